"""Gives comments and headings the ids that DiscussionTools gives them, so that links by id find them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.model import Comment, Heading, WikiInfo

ID_BYTES = 80
"""How many bytes of a name or heading an id holds, so that the whole fits the database's 255."""

_SWITCH = datetime(2022, 7, 12, tzinfo=UTC)  # DiscussionToolsTimestampFormatSwitchTime, midnight in the wiki's own zone
_NO_SIGNS = dict.fromkeys(map(ord, "-T:"))
_BLANKS = re.compile(r"[ _\t\n\f\r]+")


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of the headings and of the comments, each in the order given."""

    headings: tuple[str, ...]
    comments: tuple[str, ...]


@dataclass(slots=True)
class _Item:
    """A heading or comment in the tree; ``number`` is its place among its kind, -1 for the lead."""

    item: Heading | Comment | None
    number: int
    part: str = ""
    parent: _Item | None = None
    oldest: datetime | None = None


def assign(headings: Sequence[Heading], comments: Sequence[Comment], info: WikiInfo) -> Ids:
    """Compute the ids of all headings and comments of a page (CommentParser::computeId).

    An id is the author or heading, the timestamp, and the parent's part; equal ones get ``-1``, ``-2`` … in page order.
    """
    items, bases = _read(headings, comments, info)
    heading_ids, comment_ids = [""] * len(headings), [""] * len(comments)
    for item, found in zip(items, numbered(bases), strict=True):
        if isinstance(item.item, Heading):
            heading_ids[item.number] = found
        elif item.item is not None:
            comment_ids[item.number] = found
    return Ids(tuple(heading_ids), tuple(comment_ids))


@dataclass(frozen=True, slots=True)
class Stem:
    """What of a comment's id follows from its own thread.

    ``text`` lacks the number that parts equal ids on a page, and the heading's part where the comment answers one:
    ``heading`` is then the number of that heading, else -1.
    """

    text: str
    heading: int = -1


def stems(headings: Sequence[Heading], comments: Sequence[Comment], info: WikiInfo) -> tuple[Stem, ...]:
    """Compute what of the comments' ids does not depend on other threads."""
    items, bases = _read(headings, comments, info)
    found = [Stem("")] * len(comments)
    for item, base in zip(items, bases, strict=True):
        if isinstance(item.item, Comment):
            under = item.parent if item.parent and isinstance(item.parent.item, Heading) else None
            found[item.number] = Stem(f"c-{item.part}", under.number) if under else Stem(base)
    return tuple(found)


def parts(headings: Sequence[Heading]) -> list[str]:
    """Compute what headings give to the ids of the comments that answer them: their anchors on the page, cut."""
    return [_cut(anchor) for anchor in anchors(headings)]


def numbered(bases: Iterable[str]) -> list[str]:
    """Part equal ids, in page order: the second becomes ``…-1``, the third ``…-2``.

    Comments and headings may be numbered apart: their ids begin with other letters.
    """
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


def _read(headings: Sequence[Heading], comments: Sequence[Comment], info: WikiInfo) -> tuple[list[_Item], list[str]]:
    """The tree of a page in page order, and the id of each of its items without number."""
    switch = _switch_time(info)
    items = _items(headings, comments, switch)
    _connect(items)
    return items, [_base(item, switch) for item in items]


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
    written = instant.astimezone(UTC).isoformat()[:19]
    if instant < switch:
        return f"{written}.000Z"
    return written.translate(_NO_SIGNS)


def _switch_time(info: WikiInfo) -> datetime:
    try:
        return _SWITCH.replace(tzinfo=ZoneInfo(info.time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        return _SWITCH


def _items(headings: Sequence[Heading], comments: Sequence[Comment], switch: datetime) -> list[_Item]:
    """Merge headings and comments in page order; comments before the first heading hang on an unnamed one."""
    marks = parts(headings)
    items = [(heading.start, _Item(heading, number, marks[number])) for number, heading in enumerate(headings)]
    for number, comment in enumerate(comments):
        part = f"{_cut(comment.author.replace(' ', '_'))}-{timestamp_part(comment.instant, switch)}"
        items.append((comment.end, _Item(comment, number, part, oldest=comment.instant)))
    ordered = [item for _, item in sorted(items, key=lambda entry: entry[0])]
    if ordered and isinstance(ordered[0].item, Comment):
        ordered.insert(0, _Item(None, -1))
    return ordered


def _connect(items: Sequence[_Item]) -> None:
    """Give every item its parent by levels (CommentParser::buildThreads), and headings their oldest reply."""
    replies: list[_Item] = []
    last_heading: _Item | None = None
    for item in items:
        if isinstance(item.item, Comment):
            level = item.item.level
            del replies[level:]
            while len(replies) < level:
                replies.append(replies[-1])
            item.parent = replies[level - 1]
        else:
            parent = last_heading if item.item is not None else None
            while parent and _heading_level(parent) >= _heading_level(item):
                parent = parent.parent
            item.parent, last_heading = parent, item
            replies.clear()
        replies.append(item)
    for item in reversed(items):
        parent = item.parent
        if parent and item.oldest and (parent.oldest is None or item.oldest < parent.oldest):
            parent.oldest = item.oldest


def _heading_level(item: _Item) -> int:
    return item.item.level if isinstance(item.item, Heading) else 99


def _base(item: _Item, switch: datetime) -> str:
    if item.item is None:
        return "h-"
    parts = ["c" if isinstance(item.item, Comment) else "h", item.part]
    if item.parent and item.parent.item is not None:
        parts.append(item.parent.part)
    if isinstance(item.item, Heading) and item.oldest:
        parts.append(timestamp_part(item.oldest, switch))
    return "-".join(parts)


def _cut(text: str) -> str:
    """Cut to ID_BYTES without breaking a character; half a surrogate pair, which no wiki stores, counts as ``?``."""
    if len(text) > ID_BYTES or not text.isascii():
        text = text.encode(errors="replace")[:ID_BYTES].decode(errors="ignore")
    return text.strip("_")
