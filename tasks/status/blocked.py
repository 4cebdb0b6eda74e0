"""Threads whose accounts were all blocked after the opening: the mark that says so, or their removal from a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.messages import plain, stamp
from bot.model import Block, Thread
from bot.plan import Edit, Snapshot, Splice, Splices
from tasks.ownkeys import joined
from tasks.status.settings import StatusSettings

_HEADING = re.compile(r"\A(=+)(.*?)(\s*)(=+)(\s*)\Z", re.S)


FREE = "status-free"
"""Kind of fact about a thread: when it was first looked at, none of the accounts that it names was locked."""


def blocks_since(thread: Thread, snapshot: Snapshot) -> tuple[Block | None, ...]:
    """The blocks in force on everybody whom a thread names, all made since it was opened; empty where one has none.

    None stands for an account locked on all wikis. When that was done the wiki does not tell; it counts where the
    account was seen unlocked in this thread before.
    """
    found: list[Block | None] = []
    seen_free = (FREE, snapshot.memory.hash_of(thread.identity)) in snapshot.memory.facts
    for name in thread.subjects:
        user = snapshot.users[name]
        if user.block is not None and thread.opened is not None and user.block.since >= thread.opened:
            found.append(user.block)
        elif user.locked and seen_free:
            found.append(None)
        else:
            return ()
    return tuple(found)


def partial(blocks: Sequence[Block | None]) -> bool:
    """Whether one of the blocks is from parts of the wiki only."""
    return any(block is not None and block.partial for block in blocks)


def free_now(thread: Thread, snapshot: Snapshot) -> bool:
    """Whether none of the accounts that a thread names is locked."""
    return not any(snapshot.users[name].locked for name in thread.subjects)


def key_of(thread: Thread, snapshot: Snapshot) -> str:
    """The ledger's key of the mark: once made, it is never made again on this thread."""
    return snapshot.memory.hash_of("blocked", snapshot.board.title, thread.identity)


def mark(threads: Sequence[Thread], snapshot: Snapshot, settings: StatusSettings) -> Edit:
    """One edit that marks these threads: a line with who blocked and how long, and what else the settings want."""
    splices: list[Splice] = []
    for thread in threads:
        blocks = blocks_since(thread, snapshot)
        whole = not partial(blocks)
        if whole and settings.blocked_heading:
            splices += _heading(thread, settings.blocked_heading, snapshot)
        template = f"{{{{{settings.blocked_template}}}}} " if whole and settings.blocked_template else ""
        indent = "*:" if snapshot.rules.style == "list" else ":"
        end = thread.start + len(snapshot.board.wikitext(thread).rstrip())
        said = snapshot.messages.say(
            "status-blocked", "; ".join(_said(block, snapshot) for block in dict.fromkeys(blocks))
        )
        splices.append(Splice(end, end, f"\n{indent}{template}{said} ~~~~"))
    summary = snapshot.messages.say("status-blocked-own", len(threads))
    return _edit(threads, splices, summary, snapshot)


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
        key=joined(key_of(thread, snapshot) for thread in threads),
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


def _said(block: Block | None, snapshot: Snapshot) -> str:
    """Who blocked and for how long; the name as plain text, so that nobody is pinged."""
    if block is None:
        return snapshot.messages.say("status-locked")
    part = "-partly" if block.partial else ""
    if block.until is None:
        return snapshot.messages.say(f"status-blocked{part}-forever", plain(block.by))
    return snapshot.messages.say(f"status-blocked{part}-until", plain(block.by), stamp(block.until))
