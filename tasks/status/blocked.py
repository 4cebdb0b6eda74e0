"""Threads of which all that is named was dealt with since the opening: the mark that says so, or their removal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages import plain, stamp
from bot.model import Block, PageAction, Thread
from bot.plan import Edit, Need, Snapshot, Splice, Splices
from tasks.ownkeys import joined, made
from tasks.status.settings import StatusSettings

MOST_PAGES = 10
"""A thread that names more pages than this is left to people: each page may cost a request."""

_HEADING = re.compile(r"\A(=+)(.*?)(\s*)(=+)(\s*)\Z", re.S)


FREE = "status-free"
"""Kind of fact about a thread: when it was first looked at, none of the accounts that it names was locked."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """What was done about everything that a thread names, all since it was opened and still in force.

    A block of None stands for an account locked on all wikis. When that was done the wiki does not tell; it counts
    where the account was seen unlocked in this thread before.
    """

    blocks: tuple[Block | None, ...] = ()
    pages: tuple[PageAction, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether one of the blocks is from parts of the wiki only."""
        return any(block is not None and block.partial for block in self.blocks)


def need_of(threads: Iterable[Thread], snapshot: Snapshot) -> Need:
    """The accounts and pages that must be known; of a thread that was marked before nothing is asked any more."""
    ours = made(snapshot)
    users: set[str] = set()
    pages: set[str] = set()
    for thread in threads:
        if ours.isdisjoint(keys_of(thread, snapshot)):
            users |= set(thread.subjects)
            pages |= set(thread.pages) if len(thread.pages) <= MOST_PAGES else set()
    return Need(users=frozenset(users - snapshot.users.keys()), actions=frozenset(pages - snapshot.actions.keys()))


def dealt_with(thread: Thread, snapshot: Snapshot) -> Dealt | None:
    """What was done about all accounts and pages that a thread names; None where one of them is as it was."""
    opened = thread.opened
    if opened is None or not (thread.subjects or thread.pages) or len(thread.pages) > MOST_PAGES:
        return None
    blocks = _blocks_since(thread, opened, snapshot)
    actions = [snapshot.actions[title] for title in thread.pages]
    pages = tuple(one for one in actions if one is not None and one.since >= opened)
    if blocks is None or len(pages) < len(actions):
        return None
    return Dealt(blocks, pages)


def _blocks_since(thread: Thread, opened: datetime, snapshot: Snapshot) -> tuple[Block | None, ...] | None:
    found: list[Block | None] = []
    seen_free = (FREE, snapshot.memory.hash_of(thread.identity)) in snapshot.memory.facts
    for name in thread.subjects:
        user = snapshot.users[name]
        if user.block is not None and user.block.since >= opened:
            found.append(user.block)
        elif user.locked and seen_free:
            found.append(None)
        else:
            return None
    return tuple(found)


def free_now(thread: Thread, snapshot: Snapshot) -> bool:
    """Whether none of the accounts that a thread names is locked."""
    return all(name in snapshot.users and not snapshot.users[name].locked for name in thread.subjects)


def keys_of(thread: Thread, snapshot: Snapshot) -> tuple[str, ...]:
    """The ledger's keys of the mark, the one that a new one leaves first: it is never made again on this thread."""
    memory = snapshot.memory
    return tuple(memory.hash_of("blocked", snapshot.board.title, name) for name in memory.called(thread.identity))


def mark(handled: Sequence[tuple[Thread, Dealt]], snapshot: Snapshot, settings: StatusSettings) -> Edit:
    """One edit that marks these threads: a line with who did what for how long, and what else the settings want."""
    splices: list[Splice] = []
    for thread, dealt in handled:
        whole = not dealt.partial
        if whole and settings.blocked_heading:
            splices += _heading(thread, settings.blocked_heading, snapshot)
        template = f"{{{{{settings.blocked_template}}}}} " if whole and settings.blocked_template else ""
        indent = "*:" if snapshot.rules.style == "list" else ":"
        end = thread.start + len(snapshot.board.wikitext(thread).rstrip())
        splices.append(Splice(end, end, f"\n{indent}{template}{_sentences(dealt, snapshot)} ~~~~"))
    own = "status-pages-own" if any(dealt.pages for _, dealt in handled) else "status-blocked-own"
    return _edit([thread for thread, _ in handled], splices, snapshot.messages.say(own, len(handled)), snapshot)


def remove(threads: Sequence[Thread], snapshot: Snapshot) -> Edit:
    """One edit that takes these items off a list, with the counts in its summary."""
    splices = [Splice(thread.start, thread.end, "") for thread in threads]
    left = len(snapshot.board.threads) - len(threads)
    return _edit(threads, splices, snapshot.messages.say("status-removed-own", len(threads), left), snapshot)


def _edit(threads: Sequence[Thread], splices: Sequence[Splice], summary: str, snapshot: Snapshot) -> Edit:
    return Edit(
        task="status",
        kind="blocked",
        page=snapshot.board.title,
        base=snapshot.board.revision,
        change=Splices(tuple(splices)),
        summary=summary,
        key=joined(keys_of(thread, snapshot)[0] for thread in threads),
        threads=tuple(thread.identity for thread in threads),
        independent=True,
    )


def _heading(thread: Thread, words: str, snapshot: Snapshot) -> list[Splice]:
    if thread.heading is None:
        return []
    line = snapshot.board.text[thread.heading.start : thread.heading.end]
    match = _HEADING.match(line.rstrip("\n"))
    if match is None or match[2].rstrip().endswith(words):
        return []
    at = thread.heading.start + match.end(2)
    return [Splice(at, at, f" {words}")]


def _sentences(dealt: Dealt, snapshot: Snapshot) -> str:
    say = snapshot.messages.say
    parts = []
    if dealt.blocks:
        blocks = dict.fromkeys(_block_in_words(block, snapshot) for block in dealt.blocks)
        parts.append(say("status-blocked", "; ".join(blocks)))
    if dealt.pages:
        pages = dict.fromkeys(_action_in_words(action, snapshot) for action in dealt.pages)
        parts.append(say("status-pages", "; ".join(pages)))
    return " ".join(parts)


def _block_in_words(block: Block | None, snapshot: Snapshot) -> str:
    """Who blocked and for how long."""
    if block is None:
        return snapshot.messages.say("status-locked")
    part = "-partly" if block.partial else ""
    if block.until is None:
        return snapshot.messages.say(f"status-blocked{part}-forever", _who(block.by, snapshot))
    return snapshot.messages.say(f"status-blocked{part}-until", _who(block.by, snapshot), stamp(block.until))


def _action_in_words(action: PageAction, snapshot: Snapshot) -> str:
    """Who protected or deleted a page, for whom it is still open, and for how long."""
    say, who = snapshot.messages.say, _who(action.by, snapshot)
    if action.deleted:
        return say("status-deleted", who, stamp(action.since))
    if action.until is None:
        return say("status-protected-forever", who, plain(action.level))
    return say("status-protected-until", who, stamp(action.until), plain(action.level))


def _who(name: str, snapshot: Snapshot) -> str:
    """A name as plain text, so that nobody is pinged."""
    return plain(name) if name else snapshot.messages.say("status-somebody")
