"""Brings moves that were begun and not finished to their end: cut what is archived, take back what is not wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.memory import Move
from bot.model import Board, Page, Thread
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Splices
from bot.reading.board import Reader
from tasks.archive.brakes import DENIED
from tasks.archive.choose import NAME, RETURNED
from tasks.archive.ending import LOOK, Ending, changed, gone, keep_boxes_whole, on_both
from tasks.archive.gone import TakenBack
from tasks.archive.pages import cut_edit, refusal
from tasks.archive.standing import Index, find_copy, opening
from tasks.archive.text import digest, lasting, stands_on


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
    keep_boxes_whole(states, snapshot)
    return _plan(states, snapshot, now)


def _look(page: Page, begun: Sequence[Move], snapshot: Snapshot, due: Callable[[Thread], bool]) -> Ending:
    """What became of the threads of the moves to one archive page."""
    state = Ending(page, TakenBack(page.title, begun, snapshot))
    text = page.text
    if text is None:
        return state
    board = snapshot.board
    index = Index(snapshot)
    archive: Board | None = None
    for identity, digests in index.of(begun):
        thread = index.thread(identity, digests)
        if thread is not None:
            state.archived[thread.start] = digests
        if thread is not None and stands_on(text, board.wikitext(thread)):
            on_both(state, thread, snapshot)
            continue
        if thread is not None and not digests and opening(board, thread) not in text:
            continue
        if archive is None:
            archive = Reader(snapshot.info).board(page.title, page.revision, text, snapshot.rules)
        copy = find_copy(archive, identity, digests, thread, snapshot, state.free)
        if copy is None:
            continue
        if thread is None:
            gone(state, digests, copy, snapshot)
        else:
            changed(state, thread, copy, snapshot, still_due=due(thread))
    return state


def _plan(states: Sequence[Ending], snapshot: Snapshot, now: datetime) -> Plan:
    """Archive pages first, then one cut."""
    edits: list[Edit] = []
    blocked: list[Decision] = []
    for state in states:
        problem = refusal(state.page, snapshot.account) if state.replaced or state.removed else None
        if problem:
            blocked.append(Decision(NAME, "", "refused", problem[0], problem[1]))
            state.put_off()
        state.limit()
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


def _repair(state: Ending, snapshot: Snapshot, *, last: bool) -> Edit:
    """The edit that brings copies up to date or takes them out; the move that it mends is open already."""
    board, page = snapshot.board, state.page
    change = Splices(tuple(state.splices))
    text = change.apply(page.text or "")
    threads = [one.thread for one in state.replaced]
    fresh = tuple(lasting(one.splice.text) for one in state.replaced)
    link, say = f"[[:{board.title}]]", snapshot.messages.say
    summary = say("archive-updated", len(threads), link) if threads else say("archive-undone", len(change.parts), link)
    staying = [lasting(board.wikitext(thread)) for thread in state.cut if thread not in threads]
    return Edit(
        task=NAME,
        kind="follow" if threads else "undo",
        page=page.title,
        base=page.revision,
        change=change,
        summary=summary,
        key=state.taken.key(state.removed) or snapshot.memory.hash_of("undo", board.title, page.title, digest(text)),
        unchanged=((board.title, board.revision),),
        holds=(*fresh, *staying),
        lacks=tuple(one.text for one in state.removed if one.text and one.text not in text),
        finishes=(page.title,) if last and not state.open else (),
        threads=tuple(thread.identity for thread in threads),
    )


def _cut(states: Sequence[Ending], threads: Sequence[Thread], snapshot: Snapshot) -> Edit:
    """The cut of all that is archived; it ends every open move, and archives not rewritten must not have changed."""
    edit = cut_edit(threads, [state.page for state in states if state.cut], snapshot)
    still = [state.page for state in states if not (state.open or state.replaced or state.removed)]
    return replace(
        edit,
        unchanged=tuple((page.title, page.revision) for page in still),
        finishes=tuple(state.page.title for state in states if not state.open),
    )
