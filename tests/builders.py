"""Builders with defaults for the values that tasks decide on: users, pages, boards, memories, snapshots."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.memory import Memory
from bot.messages import Messages
from bot.model import Account, Board, Page, Revision, User, WikiInfo
from bot.plan import Limits, Need, Plan, Snapshot
from bot.reading.board import Reader
from bot.reading.facts import english
from bot.reading.rules import Rules

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""The wiki's clock in tests; a Sunday, ISO week 47 of 2026."""

BOARD = "Project:Incidents"


def ago(**span: float) -> datetime:
    """An instant before NOW: ``ago(days=3)``."""
    return NOW - timedelta(**span)


def hash_of(*words: str) -> str:
    """A keyed hash such as the journal makes; any function of the words will do."""
    return hashlib.blake2b("\0".join(words).encode(), key=b"tests", digest_size=10).hexdigest()


def wiki_info(**changes: Any) -> WikiInfo:
    """An English wiki, in UTC."""
    return replace(english(), **changes)


def user(name: str, *groups: str, **changes: Any) -> User:
    """An established account."""
    fields: dict[str, Any] = {"edits": 500, "since": ago(days=1000)} | changes
    return User(name, groups=frozenset(groups), **fields)


def page(title: str, text: str | None = None, **changes: Any) -> Page:
    """A page that exists where a text is given."""
    if text is None:
        return Page(title, **changes)
    fields: dict[str, Any] = {"revision": 100, "instant": ago(hours=6), "editor": "Bea"} | changes
    return Page(title, text=text, size=len(text.encode()), **fields)


def timestamp(instant: datetime) -> str:
    """An instant as an English wiki in UTC signs it."""
    return f"{instant:%H:%M}, {instant.day} {instant:%B %Y} (UTC)"


def signed(author: str, instant: datetime, words: str = "Words.") -> str:
    """One line of talk with a signature."""
    return f"{words} [[User:{author}|{author}]] ([[User talk:{author}|talk]]) {timestamp(instant)}"


def thread(heading: str, *comments: tuple[str, datetime] | str, after: str = "\n\n") -> str:
    """The wikitext of a thread: a heading, comments (author and instant, or a line as it is), a blank line."""
    lines = [f"== {heading} =="]
    for index, comment in enumerate(comments):
        lines.append(":" * index + (comment if isinstance(comment, str) else signed(*comment)))
    return "\n".join(lines) + after


def resolved(instant: datetime, author: str = "Clara") -> str:
    """A line that closes a thread."""
    return signed(author, instant, "{{resolved}} Done.")


def rules(**changes: Any) -> Rules:
    """A board of sections with closing templates, where everybody may close and answer."""
    fields: dict[str, Any] = {
        "closing": ("Resolved", "Not done"),
        "progress": ("In progress",),
        "pins": ("Pin until",),
    } | changes
    return Rules(**fields)


@cache
def reader() -> Reader:
    """The reader of the English wiki."""
    return Reader(wiki_info())


def board(text: str, title: str = BOARD, revision: int = 10, reading: Rules | None = None) -> Board:
    """A board read from wikitext."""
    return reader().board(title, revision, text, reading or rules())


def memory(**changes: Any) -> Memory:
    """A journal that remembers nothing about the board."""
    return Memory(hash_of, **changes)


class AllTrue(Mapping[tuple[str, datetime], bool]):
    """A board's history in which everybody edited when the signatures say so."""

    def __getitem__(self, signature: tuple[str, datetime]) -> bool:
        return True

    def __iter__(self) -> Iterator[tuple[str, datetime]]:
        return iter(())

    def __len__(self) -> int:
        return 0


def snapshot(
    on: Board | str,
    *,
    pages: Iterable[Page] = (),
    users: Iterable[User] = (),
    origins: Mapping[str, Revision | None] | None = None,
    **changes: Any,
) -> Snapshot:
    """What a task sees. Pages are keyed by their titles; the board may be given as wikitext."""
    fields: dict[str, Any] = {
        "info": wiki_info(),
        "account": Account("Boardclerk", frozenset({"bot"}), frozenset({"edit", "editsemiprotected"})),
        "rules": rules(),
        "messages": Messages(),
        "memory": memory(),
        "limits": Limits(),
        "settings_page": "User:Boardclerk/settings.yaml",
        "edits": AllTrue(),
    } | changes
    read = board(on, reading=fields["rules"]) if isinstance(on, str) else on
    return Snapshot(
        board=read,
        pages={one.title: one for one in pages},
        users={one.name: one for one in users},
        origins=origins or {},
        openings={identity: one.id if one is not None else 0 for identity, one in (origins or {}).items()},
        **fields,
    )


def answered(given: Snapshot, need: Need, wiki: Mapping[str, Page]) -> Snapshot:
    """The snapshot with what was asked for: pages and users that nobody made do not exist or are ordinary."""
    return replace(
        given,
        pages={**given.pages, **{title: wiki.get(title, Page(title)) for title in need.pages}},
        users={**given.users, **{name: user(name) for name in need.users if name not in given.users}},
        origins={**given.origins, **{one: given.origins.get(one) for one in need.origins}},
        openings={**dict.fromkeys(need.openings, 0), **given.openings},
        redirects={**given.redirects, **dict.fromkeys(need.redirects, ())},
        actions={**dict.fromkeys(need.actions), **given.actions},
        lines={**dict.fromkeys(need.lines), **given.lines},
        edits={**dict.fromkeys(need.edits, True), **given.edits} if need.edits else given.edits,
    )


def only_plan(result: Plan | Need) -> Plan:
    """The plan, where nothing more was needed."""
    assert isinstance(result, Plan), result
    return result
