"""How an open move ends for each of its threads: cut, with its copy as it is or brought up to date, or taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from bot.model import Page, Thread
from bot.plan import Decision, Snapshot, Splice
from tasks.archive.choose import NAME, is_unsafe
from tasks.archive.gone import Removal, TakenBack
from tasks.archive.pages import SPARE
from tasks.archive.standing import Copy
from tasks.archive.text import copies, lasting, lines_missing

LOOK = "stay: a person must look"
WAITS = "a move begun earlier is brought to its end first"
REFUSED_CUT = "the wiki refused the cut"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A copy that follows its thread; ``old`` is its text as the bot wrote it, "" where others wrote in it."""

    thread: Thread
    splice: Splice
    old: str


@dataclass(slots=True)
class Ending:
    """What is to be done on one archive page, and which threads it holds that can be cut from the board.

    ``archived`` tells under which digests the board's threads were archived, by their starts.
    """

    page: Page
    taken: TakenBack
    cut: list[Thread] = field(default_factory=list)
    replaced: list[Replacement] = field(default_factory=list)
    removed: list[Removal] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    archived: dict[int, frozenset[str]] = field(default_factory=dict)
    unfinished: bool = False

    @property
    def open(self) -> bool:
        """Whether the move must stay open: the page cannot be read or written now, or not all at once."""
        return self.unfinished or (self.page.exists and self.page.text is None)

    def remove(self, splice: Splice, digests: Collection[str]) -> None:
        """Take a copy out that was archived under these digests."""
        text = (self.page.text or "")[splice.start : splice.end]
        self.removed.append(Removal(lasting(text), replace(splice, text=""), min(digests, default="")))

    @property
    def splices(self) -> list[Splice]:
        """All that is to be changed on the page, in its order."""
        parts = [*(one.splice for one in self.replaced), *(one.splice for one in self.removed)]
        return sorted(parts, key=lambda one: one.start)

    def free(self, start: int, end: int) -> bool:
        """Whether nothing is to be done with this part of the page yet: of two equal threads each has its own copy."""
        return not any(start < one.end and one.start < end for one in self.splices)

    def put_off(self) -> None:
        """Leave the page and what it holds for a later plan: what is cut meanwhile would be missed on the board."""
        self.cut, self.replaced, self.removed = [], [], []
        self.decisions = [replace(one, verdict="held back") for one in self.decisions if one.verdict != LOOK]
        self.unfinished = True

    def limit(self) -> None:
        """Take out no more copies than one edit's key can tell of; the rest, and the cut, are for the next plan."""
        removed = self.taken.at_once(self.removed)
        if len(removed) < len(self.removed):
            self.cut, self.replaced, self.removed = [], [], removed
            self.unfinished = True


def on_both(state: Ending, thread: Thread, snapshot: Snapshot) -> None:
    """Every byte of the thread is in the archive: cut it, or take the copy back where cutting is not safe now."""
    unsafe = is_unsafe(thread, snapshot)
    if snapshot.board.title in snapshot.denied:
        _take_back(state, thread, snapshot, REFUSED_CUT)
        return
    if unsafe is None:
        if thread not in state.cut:
            state.cut.append(thread)
            state.decisions.append(_says(thread.identity, "move", "it stands in the archive, unchanged"))
        return
    _take_back(state, thread, snapshot, unsafe.found)


def _take_back(state: Ending, thread: Thread, snapshot: Snapshot, why: str) -> None:
    """Take the exact copy out of the archive, where it stands as a thread of its own and was not taken out before."""
    digests = state.archived.get(thread.start, frozenset())
    everywhere = copies(state.page.text or "", snapshot.board.wikitext(thread), snapshot.rules)
    found = [span for span in everywhere if state.free(*span)]
    if state.taken.holds(digests):
        state.decisions.append(_says(thread.identity, LOOK, f"{why}; somebody else archived it"))
    elif found:
        state.remove(Splice(*found[-1], ""), digests)
        state.decisions.append(_says(thread.identity, "stay: taken back", why))
    else:
        state.decisions.append(_says(thread.identity, LOOK, f"{why}; its copy was written in"))


def changed(state: Ending, thread: Thread, copy: Copy, snapshot: Snapshot, *, still_due: bool) -> None:
    """The thread on the board is not the archived one any more: the copy follows it, or goes."""
    page = state.page.text or ""
    old, new = page[copy.start : copy.end], snapshot.board.wikitext(thread)
    room = snapshot.info.max_page_bytes - SPARE - len(page.encode())
    denied = snapshot.board.title in snapshot.denied
    fits = len(new.encode()) - len(old.encode()) <= room and is_unsafe(thread, snapshot) is None and not denied
    if copy.untouched and not (still_due and fits):
        state.remove(Splice(copy.start, copy.end, ""), state.archived[thread.start])
        state.decisions.append(_says(thread.identity, "stay: taken back", "the thread changed while it was moved"))
    elif fits:
        theirs = [] if copy.untouched else lines_missing(old, new)
        text = lasting(new) + "".join(f"\n{line}" for line in theirs)
        trailing = old[len(lasting(old)) :]
        splice = Splice(copy.start, copy.end, text + trailing)
        state.replaced.append(Replacement(thread, splice, lasting(old) if copy.untouched else ""))
        state.cut.append(thread)
        state.decisions.append(
            _says(thread.identity, "move", "the thread changed while it was moved; the copy follows")
        )
    else:
        state.decisions.append(_says(thread.identity, LOOK, "both the thread and its copy changed"))


def gone(state: Ending, digests: Collection[str], copy: Copy, snapshot: Snapshot) -> None:
    """The thread left the board before the bot cut it: what a person removed does not live on in the archive."""
    newest = snapshot.pages[snapshot.board.title]
    if (newest.editor == snapshot.account.name and newest.editor) or state.taken.holds(digests):
        return
    if not copy.untouched:
        state.decisions.append(_says("", LOOK, "a thread removed from the board was answered there"))
        return
    state.remove(Splice(copy.start, copy.end, ""), digests)
    state.decisions.append(_says("", "taken back", "a thread is gone from the board, its copy leaves the archive"))


def _says(identity: str, verdict: str, found: str) -> Decision:
    return Decision(NAME, identity, verdict, found, WAITS)


def keep_boxes_whole(states: Sequence[Ending], snapshot: Snapshot) -> None:
    """Threads in one box are cut together or not at all; where one of them stays, the others' copies are taken back."""
    cut = {thread.start for state in states for thread in state.cut}
    broken = {thread.tied for thread in snapshot.board.threads if thread.tied is not None and thread.start not in cut}
    for state in states:
        for thread in [one for one in state.cut if one.tied is not None and one.tied in broken]:
            state.cut.remove(thread)
            follows = [one for one in state.replaced if one.thread is thread]
            state.replaced = [one for one in state.replaced if one.thread is not thread]
            state.decisions = [one for one in state.decisions if one.thread != thread.identity]
            why = "another thread in the same box stays"
            if not follows:
                _take_back(state, thread, snapshot, why)
            elif follows[0].old:
                state.remove(follows[0].splice, state.archived[thread.start])
                state.decisions.append(_says(thread.identity, "stay: taken back", why))
            else:
                state.decisions.append(_says(thread.identity, LOOK, f"{why}; both changed"))
