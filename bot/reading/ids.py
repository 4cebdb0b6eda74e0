"""Gives comments the ids that DiscussionTools gives them, so that links by id find them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model import Comment, Heading, WikiInfo

ID_BYTES = 80
"""How many bytes of a name or heading an id holds, so that the whole fits the database's 255."""

_SWITCH = datetime(2022, 7, 12, tzinfo=UTC)  # DiscussionToolsTimestampFormatSwitchTime, midnight in the wiki's own zone
_BLANKS = re.compile(r"[ _\t\n\f\r]+")


@dataclass(slots=True)
class _Item:
    """A heading or comment in the tree; ``number`` is its place among its kind, -1 for the lead."""

    item: Heading | Comment | None
    number: int
    part: str = ""
    parent: _Item | None = None


@dataclass(frozen=True, slots=True)
class Stem:
    """What of a comment's id follows from its own thread.

    ``text`` lacks the number that parts equal ids on a page, and the heading's part where the comment answers one:
    ``heading`` is then the number of that heading, else -1.
    """

    text: str
    heading: int = -1


def stems(headings: Sequence[Heading], comments: Sequence[Comment], info: WikiInfo) -> tuple[Stem, ...]:
    """Compute what of the comments' ids does not depend on other threads (CommentParser::computeId).

    An id is the author, the timestamp, and the parent's part: a heading, or a comment's author and timestamp.
    """
    items = _items(headings, comments, switch_time(info))
    _connect(items)
    found = [Stem("")] * len(comments)
    for item in items:
        if isinstance(item.item, Comment):
            found[item.number] = _stem(item)
    return tuple(found)


def _stem(item: _Item) -> Stem:
    own = f"c-{item.part}"
    match item.parent:
        case _Item(item=Heading(), number=number):
            return Stem(own, number)
        case _Item(item=Comment(), part=part):
            return Stem(f"{own}-{part}")
        case _:
            return Stem(own)


def parts(headings: Sequence[Heading]) -> list[str]:
    """Compute what headings give to the ids of the comments that answer them: their anchors on the page, cut."""
    return [_cut(anchor) for anchor in anchors(headings)]


def numbered(bases: Iterable[str]) -> list[str]:
    """Part equal ids, in page order: the second becomes ``…-1``, the third ``…-2``."""
    taken: set[str] = set()
    last: dict[str, int] = {}
    ids: list[str] = []
    for base in bases:
        found = base
        if base in taken:
            number = last.get(base, 0)
            while found in taken:
                number += 1
                found = f"{base}-{number}"
            last[base] = number
        taken.add(found)
        ids.append(found)
    return ids


def anchors(headings: Sequence[Heading]) -> tuple[str, ...]:
    """Compute the fragment that links to each heading (``$wgFragmentMode`` html5); repeats get ``_2``, ``_3``."""
    taken: set[str] = set()
    last: dict[str, int] = {}
    found: list[str] = []
    for heading in headings:
        anchor = _BLANKS.sub("_", heading.text.replace("\N{NO-BREAK SPACE}", " ")).strip("_")
        key = anchor.lower()
        if key in taken:
            number = last.get(key, 1) + 1
            while f"{key}_{number}" in taken:
                number += 1
            last[key] = number
            anchor, key = f"{anchor}_{number}", f"{key}_{number}"
        taken.add(key)
        found.append(anchor)
    return tuple(found)


def timestamp_part(instant: datetime, switch: datetime = _SWITCH) -> str:
    """Write an instant as ids do: ``20240131120000``, and before July 2022 ``2021-01-31T12:00:00.000Z``."""
    at = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    if at < switch:
        return f"{at.isoformat()[:19]}.000Z"
    # a quarter of the time that strftime takes; the year has four digits
    return str(
        at.year * 10_000_000_000
        + at.month * 100_000_000
        + at.day * 1_000_000
        + at.hour * 10_000
        + at.minute * 100
        + at.second
    )


def part_of(author: str, instant: datetime, switch: datetime) -> str:
    """Write what a comment gives to its own id and to those of its answers; ``switch`` is ``switch_time``."""
    return f"{name_part(author)}-{timestamp_part(instant, switch)}"


@lru_cache(maxsize=4096)
def name_part(author: str) -> str:
    """Write what a comment's author gives to ids."""
    return _cut(author.replace(" ", "_"))


def switch_time(info: WikiInfo) -> datetime:
    """Tell when the wiki's ids changed how they write instants."""
    try:
        # in UTC, so that instants are compared without a look at a time zone
        return _SWITCH.replace(tzinfo=ZoneInfo(info.time_zone)).astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError):
        return _SWITCH


def _items(headings: Sequence[Heading], comments: Sequence[Comment], switch: datetime) -> list[_Item]:
    """Merge headings and comments in page order; comments before the first heading hang on an unnamed one."""
    marks = parts(headings)
    items = [(heading.start, _Item(heading, number, marks[number])) for number, heading in enumerate(headings)]
    for number, comment in enumerate(comments):
        part = part_of(comment.author, comment.instant, switch)
        items.append((comment.end, _Item(comment, number, part)))
    ordered = [item for _, item in sorted(items, key=lambda entry: entry[0])]
    if ordered and isinstance(ordered[0].item, Comment):
        ordered.insert(0, _Item(None, -1))
    return ordered


def _connect(items: Sequence[_Item]) -> None:
    """Give every comment its parent by levels (CommentParser::buildThreads)."""
    replies: list[_Item] = []
    for item in items:
        if isinstance(item.item, Comment):
            level = item.item.level
            del replies[level:]
            while len(replies) < level:
                replies.append(replies[-1])
            item.parent = replies[level - 1]
        else:
            replies.clear()
        replies.append(item)


def _cut(text: str) -> str:
    """Cut to ID_BYTES without breaking a character; half a surrogate pair, which no wiki stores, counts as ``?``."""
    if len(text) > ID_BYTES or not text.isascii():
        text = text.encode(errors="replace")[:ID_BYTES].decode(errors="ignore")
    return text.strip("_")
