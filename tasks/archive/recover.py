"""Brings moves that were begun and not finished to their end: cut what is archived, take back what is not wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.memory import Move
from bot.model import Board, Page, Thread
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Splice, Splices
from bot.reading.board import Reader
from tasks.archive.brakes import DENIED
from tasks.archive.choose import NAME, RETURNED, is_unsafe
from tasks.archive.pages import SPARE, cut_edit, refusal
from tasks.archive.text import copies, digest, lasting, lines_missing, stands_on
from tasks.ownkeys import AT_ONCE, joined, made

LOOK = "stay: a person must look"
WAITS = "a move begun earlier is brought to its end first"
REFUSED_CUT = "the wiki refused the cut"


@dataclass(frozen=True, slots=True)
class _Copy:
    """One archived copy of a thread: its span on the archive page, and whether it is as the bot wrote it."""

    start: int
    end: int
    untouched: bool


@dataclass(frozen=True, slots=True)
class _Replacement:
    """A copy that follows its thread; ``old`` is its text as the bot wrote it, "" where others wrote in it."""

    thread: Thread
    splice: Splice
    old: str


@dataclass(slots=True)
class _Page:
    """What is to be done on one archive page, and which threads it holds that can be cut from the board."""

    page: Page
    cut: list[Thread] = field(default_factory=list)
    replaced: list[_Replacement] = field(default_factory=list)
    removed: list[tuple[str, Splice]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    blocked: bool = False

    @property
    def open(self) -> bool:
        """Whether the move must stay open: the page cannot be read or written now."""
        return self.blocked or (self.page.exists and self.page.text is None)


def recover(snapshot: Snapshot, due: Callable[[Thread], bool], now: datetime) -> Plan | Need | None:
    """The edits that end the board's open moves, or a plan that only settles them, or None where there are none.

    For each thread of an open move (DESIGN, laws 2 and 8):

    - on both pages, unchanged: it is cut from the board; where the wiki refused the cut, its copy goes;
    - on both, changed on the board since: the copy is brought up to date where the thread is still ``due``, else it
      goes;
    - the copy was written in by somebody: nothing of theirs is lost, the move is completed;
    - gone from the board: the copy is taken out, unless the board's newest revision is the bot's own cut;
    - not in the archive: nothing, the thread is planned like any other.

    A move without threads (the journal was lost) means the threads that stand on both.
    """
    moves: dict[str, list[Move]] = {}
    for move in snapshot.memory.moves:
        moves.setdefault(move.archive, []).append(move)
    if not moves:
        return None
    unread = frozenset({*moves, snapshot.board.title} - snapshot.pages.keys())
    if unread:
        return Need(pages=unread)
    states = [_look(snapshot.pages[archive], begun, snapshot, due) for archive, begun in moves.items()]
    _keep_boxes_whole(states, snapshot)
    return _plan(states, snapshot, now)


def _look(page: Page, begun: Sequence[Move], snapshot: Snapshot, due: Callable[[Thread], bool]) -> _Page:
    """What became of the threads of the moves to one archive page."""
    state = _Page(page)
    text = page.text
    if text is None:
        return state
    board = snapshot.board
    index = _Index(snapshot)
    archive: Board | None = None
    for identity, digests in index.of(begun):
        thread = index.thread(identity, digests)
        if thread is not None and stands_on(text, board.wikitext(thread)):
            _on_both(state, thread, snapshot)
            continue
        if thread is not None and not digests and _opening(board, thread) not in text:
            continue
        if archive is None:
            archive = Reader(snapshot.info).board(page.title, page.revision, text, snapshot.rules)
        copy = _copy(archive, identity, digests, thread, snapshot)
        if copy is None:
            continue
        if thread is None:
            _gone(state, _taken_back(identity, page, begun, snapshot), copy, snapshot)
        else:
            _changed(state, thread, copy, snapshot, still_due=due(thread))
    return state


class _Index:
    """The board's threads by what the journal knows of them: hashed identities and digests."""

    def __init__(self, snapshot: Snapshot) -> None:
        board, hash_of = snapshot.board, snapshot.memory.hash_of
        self.by_identity = {hash_of(thread.identity): thread for thread in board.threads}
        self.by_digest = {digest(board.wikitext(thread)): thread for thread in board.threads}

    def of(self, moves: Sequence[Move]) -> list[tuple[str, frozenset[str]]]:
        """The hashed identities to look at, each with the digests it was archived under; without a list all."""
        found: dict[str, set[str]] = {}
        for move in moves:
            for one in move.threads:
                found.setdefault(one.identity, set()).add(one.digest)
            if not move.threads:
                for identity in self.by_identity:
                    found.setdefault(identity, set())
        return [(identity, frozenset(digests)) for identity, digests in found.items()]

    def thread(self, identity: str, digests: frozenset[str]) -> Thread | None:
        """The thread on the board: by its bytes, else by its identity."""
        for one in digests:
            if one in self.by_digest:
                return self.by_digest[one]
        return self.by_identity.get(identity)


def _copy(
    archive: Board, identity: str, digests: frozenset[str], thread: Thread | None, snapshot: Snapshot
) -> _Copy | None:
    """The archived copy that is not the board's text: by its digest, else by identity and first comment."""
    for position, one in enumerate(archive.threads):
        last = position == len(archive.threads) - 1
        # What ends the page (a category, say) is the page's own to the reader, but went there with the thread.
        for end in (one.end, len(archive.text)) if last else (one.end,):
            if digest(archive.text[one.start : end]) in digests:
                return _Copy(one.start, end, untouched=True)
    for one in archive.threads:
        if snapshot.memory.hash_of(one.identity) != identity:
            continue
        if thread is None or _opening(archive, one) == _opening(snapshot.board, thread):
            # With the journal lost, a copy that has nothing of its own but a heading is taken for the bot's.
            untouched = not digests and thread is not None and not _own_lines(archive, one, snapshot.board, thread)
            return _Copy(one.start, one.end, untouched)
    return None


def _own_lines(archive: Board, copy: Thread, board: Board, thread: Thread) -> list[str]:
    """What a copy has, heading aside, that the thread on the board has not."""
    body = archive.text[copy.heading.end if copy.heading else copy.start : copy.end]
    return lines_missing(body, board.wikitext(thread))


def _opening(board: Board, thread: Thread) -> str:
    """A thread's first comment, heading aside."""
    start = thread.heading.end if thread.heading else thread.start
    return board.text[start : thread.comments[0].end if thread.comments else thread.end].strip()


def _on_both(state: _Page, thread: Thread, snapshot: Snapshot) -> None:
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


def _take_back(state: _Page, thread: Thread, snapshot: Snapshot, why: str) -> None:
    """Take the exact copy out of the archive, where it stands as a thread of its own."""
    text = snapshot.board.wikitext(thread)
    if found := copies(state.page.text or "", text, snapshot.rules):
        state.removed.append((lasting(text), Splice(*found[-1], "")))
        state.decisions.append(_says(thread.identity, "stay: taken back", why))
    else:
        state.decisions.append(_says(thread.identity, LOOK, f"{why}; its copy was written in"))


def _changed(state: _Page, thread: Thread, copy: _Copy, snapshot: Snapshot, *, still_due: bool) -> None:
    """The thread on the board is not the archived one any more: the copy follows it, or goes."""
    page = state.page.text or ""
    old, new = page[copy.start : copy.end], snapshot.board.wikitext(thread)
    room = snapshot.info.max_page_bytes - SPARE - len(page.encode())
    denied = snapshot.board.title in snapshot.denied
    fits = len(new.encode()) - len(old.encode()) <= room and is_unsafe(thread, snapshot) is None and not denied
    if copy.untouched and not (still_due and fits):
        state.removed.append((lasting(old), Splice(copy.start, copy.end, "")))
        state.decisions.append(_says(thread.identity, "stay: taken back", "the thread changed while it was moved"))
    elif fits:
        theirs = [] if copy.untouched else lines_missing(old, new)
        text = lasting(new) + "".join(f"\n{line}" for line in theirs)
        trailing = old[len(lasting(old)) :]
        splice = Splice(copy.start, copy.end, text + trailing)
        state.replaced.append(_Replacement(thread, splice, lasting(old) if copy.untouched else ""))
        state.cut.append(thread)
        state.decisions.append(
            _says(thread.identity, "move", "the thread changed while it was moved; the copy follows")
        )
    else:
        state.decisions.append(_says(thread.identity, LOOK, "both the thread and its copy changed"))


def _taken_back(identity: str, page: Page, begun: Sequence[Move], snapshot: Snapshot) -> str:
    """The key of the edit that takes a thread of these moves out of the archive: what then stands there is others'."""
    revision = str(max(move.archive_revision for move in begun))
    return snapshot.memory.hash_of("taken back", snapshot.board.title, page.title, revision, identity)


def _gone(state: _Page, key: str, copy: _Copy, snapshot: Snapshot) -> None:
    """The thread left the board before the bot cut it: what a person removed does not live on in the archive."""
    newest = snapshot.pages[snapshot.board.title]
    if (newest.editor == snapshot.account.name and newest.editor) or key in made(snapshot):
        return
    if not copy.untouched:
        state.decisions.append(_says("", LOOK, "a thread removed from the board was answered there"))
        return
    text = (state.page.text or "")[copy.start : copy.end]
    state.removed.append((lasting(text), Splice(copy.start, copy.end, "")))
    state.decisions.append(_says("", "taken back", "a thread is gone from the board, its copy leaves the archive"))
    state.keys.append(key)


def _says(identity: str, verdict: str, found: str) -> Decision:
    return Decision(NAME, identity, verdict, found, WAITS)


def _keep_boxes_whole(states: Sequence[_Page], snapshot: Snapshot) -> None:
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
                state.removed.append((follows[0].old, replace(follows[0].splice, text="")))
                state.decisions.append(_says(thread.identity, "stay: taken back", why))
            else:
                state.decisions.append(_says(thread.identity, LOOK, f"{why}; both changed"))


def _plan(states: Sequence[_Page], snapshot: Snapshot, now: datetime) -> Plan:
    """Archive pages first, then one cut."""
    edits: list[Edit] = []
    blocked: list[Decision] = []
    for state in states:
        problem = refusal(state.page, snapshot.account) if state.replaced or state.removed else None
        if problem:
            blocked.append(Decision(NAME, "", "refused", problem[0], problem[1]))
            state.cut = [one for one in state.cut if all(one is not other.thread for other in state.replaced)]
            state.replaced, state.removed = [], []
            state.blocked = True
    cut = sorted({thread.start: thread for state in states for thread in state.cut}.items())
    edits += [_repair(state, snapshot, last=not cut) for state in states if state.replaced or state.removed]
    if cut:
        edits.append(_cut(states, [thread for _, thread in cut], snapshot))
    decisions = blocked + [one for state in states for one in state.decisions]
    done = {archive for edit in edits for archive in edit.finishes}
    settled = tuple(state.page.title for state in states if state.page.title not in done and not state.open)
    # Its copy in the archive stays as well: the thread must not go there a second time.
    facts = tuple(Fact(RETURNED, one.thread, "yes") for one in decisions if one.verdict == LOOK and one.thread)
    if snapshot.board.title in snapshot.denied:
        facts += (Fact(DENIED, "", now.isoformat()),)
    return Plan(tuple(edits), tuple(decisions), facts, settled)


def _repair(state: _Page, snapshot: Snapshot, *, last: bool) -> Edit:
    """The edit that brings copies up to date or takes them out; the move that it mends is open already."""
    board, page = snapshot.board, state.page
    parts = sorted([*(one.splice for one in state.replaced), *(splice for _, splice in state.removed)], key=_start)
    change = Splices(tuple(parts))
    text = change.apply(page.text or "")
    threads = [one.thread for one in state.replaced]
    fresh = tuple(lasting(one.splice.text) for one in state.replaced)
    link, say = f"[[:{board.title}]]", snapshot.messages.say
    summary = say("archive-updated", len(threads), link) if threads else say("archive-undone", len(parts), link)
    staying = [lasting(board.wikitext(thread)) for thread in state.cut if thread not in threads]
    return Edit(
        task=NAME,
        kind="archive" if threads else "undo",
        page=page.title,
        base=page.revision,
        change=change,
        summary=summary,
        key=joined(state.keys[:AT_ONCE]) or snapshot.memory.hash_of("undo", board.title, page.title, digest(text)),
        unchanged=((board.title, board.revision),),
        holds=(*fresh, *staying),
        lacks=tuple(gone for gone, _ in state.removed if gone and gone not in text),
        finishes=(page.title,) if last else (),
        threads=tuple(thread.identity for thread in threads),
    )


def _start(splice: Splice) -> int:
    return splice.start


def _cut(states: Sequence[_Page], threads: Sequence[Thread], snapshot: Snapshot) -> Edit:
    """The cut of all that is archived; it ends every open move, and archives not rewritten must not have changed."""
    edit = cut_edit(threads, [state.page for state in states if state.cut], snapshot)
    still = [state.page for state in states if not (state.open or state.replaced or state.removed)]
    return replace(
        edit,
        unchanged=tuple((page.title, page.revision) for page in still),
        finishes=tuple(state.page.title for state in states if not state.open),
    )
