"""Pins: what forbids archiving a thread until an instant, in every form that boards use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.model import Pin, Thread
from bot.reading.rules import Rules
from bot.reading.signatures import Timestamps
from bot.reading.templatenames import TemplateNames, Used
from bot.reading.wikitext import Opaque, Scan

KNOWN = ("User:ClueBot III/DoNotArchiveUntil", "Pin message", "Do not archive until", "DNAU")
"""Templates that pin on many wikis (en.wikipedia: Template:Do not archive until), whatever the settings name."""

DO_NOT_ARCHIVE = "donotarchiveuntil"
"""Stands in the comment that ``{{subst:DNAU}}`` leaves: ``<!-- [[User:DoNotArchiveUntil]] TIMESTAMP -->``."""

_EPOCH = re.compile(r"\|\s*(?:1\s*=\s*)?([0-9]{9,11})\s*[|}]")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2}))?")


def pin_names(names: TemplateNames, rules: Rules) -> dict[str, str]:
    """The templates that pin, by normal name."""
    return names.table((*rules.pins, *KNOWN))


def find_pin(
    scan: Scan, thread: Thread, templates: Iterable[Used], comments: Iterable[Opaque], timestamps: Timestamps
) -> Pin | None:
    """The pin that lasts longest, or None; an end in the past is still told, the caller holds it against the clock.

    ``templates`` are those of the thread that pin, ``comments`` its HTML comments. A comment with a timestamp beyond
    every signature pins as well (Pywikibot's archivebot reads such as the thread's age, T102423); quoted in nowiki it
    does not.
    """
    pins = [*_from_templates(scan, templates, timestamps), *_from_comments(scan, thread, comments, timestamps)]
    # for good is later than any instant
    return max(pins, key=lambda pin: (pin.until is None, pin.until or datetime.min.replace(tzinfo=UTC)), default=None)


def _from_templates(scan: Scan, templates: Iterable[Used], timestamps: Timestamps) -> Iterator[Pin]:
    """A pinning template lasts until the date in it: a signature's, an epoch, or ISO; without one for good."""
    for used in templates:
        start, end = used.span.start, used.span.end
        until = max((stamp.instant for stamp in timestamps.find(scan.text, start, end)), default=None)
        yield Pin(until or _plain_date(scan.text[start : min(end, start + 1000)]), start, end)


def _plain_date(written: str) -> datetime | None:
    """The instant that a machine wrote: seconds since 1970, or an ISO date (its day's end); None for anything else."""
    if epoch := _EPOCH.search(written):
        # eleven digits at most: no later than the year 5138
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    if iso := _ISO.search(written):
        year, month, day, hour, minute = (int(part) if part else None for part in iso.groups())
        try:
            return datetime(
                year or 0,
                month or 0,
                day or 0,
                23 if hour is None else hour,
                59 if minute is None else minute,
                tzinfo=UTC,
            )
        except ValueError:
            return None
    return None


def _from_comments(scan: Scan, thread: Thread, comments: Iterable[Opaque], timestamps: Timestamps) -> Iterator[Pin]:
    """HTML comments that name the well-known account, or whose timestamp lies beyond every signature of the thread."""
    last = thread.last
    for comment in comments:
        until = max((stamp.instant for stamp in timestamps.find(scan.text, comment.start, comment.end)), default=None)
        if until is None:
            continue
        if last is None or until > last or _is_dnau(scan.text[comment.start : comment.end]):
            yield Pin(until, comment.start, comment.end)


def _is_dnau(comment: str) -> bool:
    return DO_NOT_ARCHIVE in comment.replace(" ", "").replace("_", "").casefold()
