"""Damage: an opener inside one thread that never closes, or closes in another thread, and how far it reaches."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.model import Thread
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import Scan

_SPACE = re.compile(r"\s+")
TORN = "box"
"""The word for a thread that holds half of a box (``{{atop}}`` without its end): moved, it would box its neighbours."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is broken, by the thread's number, and from where on nothing may be moved (None: anything may)."""

    words: dict[int, str]
    unsafe_from: int | None


def find_damage(scan: Scan, threads: Sequence[Thread]) -> Damage:
    """Find unclosed comments, tags, templates and tables, and tables that reach from one thread into another.

    What MediaWiki lets run to the end of the page makes everything from its thread on unsafe. What MediaWiki shows as
    plain text (an unclosed ``nowiki`` or ``{{``) harms nobody where it stands, but moved it could pair with later text
    of the archive: only its own thread stays.
    """
    starts = [thread.start for thread in threads]
    words: dict[int, str] = {}
    unsafe: list[int] = []

    def at(offset: int) -> int | None:
        number = bisect_right(starts, offset) - 1
        return number if number >= 0 and offset < threads[number].end else None

    for unclosed in scan.unclosed:
        number = at(unclosed.start)
        if number is not None:
            words.setdefault(number, unclosed.name)
        if unclosed.swallows:
            unsafe.append(unclosed.start if number is None else threads[number].start)
    for start, end in scan.tables:
        first, last = at(start), at(end - 1)
        if first == last:
            continue
        unsafe.append(start if first is None else threads[first].start)
        for number in (first, last):
            if number is not None:
                words.setdefault(number, "table")
    return Damage(words, min(unsafe, default=None))


def stands_elsewhere(scan: Scan, thread: Thread, names: TemplateNames, but: Collection[str] = ()) -> bool:
    """Whether all that follows the heading is transclusion, of at least one page that is no template.

    Such is ``{{/Subpage}}`` or ``{{Project:Page}}``: what would be moved is the call, not the thread. ``but`` are names
    (normal form) that look like pages and are none, such as pins.
    """
    at = thread.heading.end if thread.heading is not None else thread.start
    page = False
    while at < thread.end:
        space = _SPACE.match(scan.text, at, thread.end)
        if space is not None:
            at = space.end()
            continue
        end = max(scan.hidden.end_of(at), scan.outer_templates.end_of(at))
        if end < 0:
            return False
        name = names.at(scan.text, at)
        page = page or (name not in but and names.is_page(name))
        at = end
    return page
