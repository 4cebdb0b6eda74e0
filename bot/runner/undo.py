"""Takes back what one run saved: page by page, newest first, only where nobody built on it, under every brake."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.guard import namespace_of
from bot.journal import UNCUT, PastWrite, WikiJournal
from bot.model import USER_TALK, Page
from bot.operatorfile import WikiEntry
from bot.plan import Edit, WholeText
from bot.runner import opening
from bot.runner.desk import Desk
from bot.runner.trust import Trust
from bot.runner.values import Outcome, RunOptions, State
from bot.runner.write import LEASE, Context, Denied, HaltError, Stale, Writer
from bot.wiki.port import Wiki

# A move's edits (archive, cut) stand or fall together: a thread must not stand on both pages, or on neither.
_TOGETHER = "archive"


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of one page of the run; ``page`` is empty where the title is a person's talk page."""

    page: str
    revision: int
    result: str
    well: bool


@dataclass(frozen=True, slots=True)
class _Change:
    """Everything that a run did to one page: from the text before ``base`` became ``revision``."""

    title: str
    board: str
    task: str
    base: int
    revision: int
    revisions: tuple[int, ...]
    run: int
    broken: str = ""


def undo_run(
    wiki: Wiki,
    entry: WikiEntry,
    journal: WikiJournal,
    run: int,
    *,
    options: RunOptions,
    deadline: datetime,
) -> tuple[Undone, ...]:
    """Restore the text before the run on every page that is still as the run left it.

    What somebody edited since is left, and the other half of its move with it. Notices stay noted as sent: nobody is
    told twice. Raises HaltError's reasons as results, OperatorProblem where the journal fails, WikiError.
    """
    owner = options.owner
    if not journal.take_lease(owner, options.clock(), LEASE):
        return (Undone("", 0, "another run is at work on this wiki; try again when it is over", well=False),)
    try:
        return _undo(wiki, entry, journal, run, deadline, options)
    finally:
        journal.release_lease(owner)


def _undo(
    wiki: Wiki, entry: WikiEntry, journal: WikiJournal, run: int, deadline: datetime, options: RunOptions
) -> tuple[Undone, ...]:
    saved = [write for write in journal.past_writes(run=run) if write.state == "saved" and write.revision]
    if not saved:
        return ()
    info = opening.facts(wiki, journal, options.clock())
    account = wiki.account()
    opening.check_account(account, dry_run=options.dry_run)
    known = wiki.revisions([write.revision for write in saved])
    changes = _changes(saved, known)
    reading = wiki.read(sorted({change.title for change in changes if change.title}))
    wiki_now = {change.title: reading.pages[change.title] for change in changes if change.title}
    before = wiki.revisions([change.base for change in changes if change.base])
    desk = Desk(wiki, journal, info, account, reading.now)
    writer = Writer(desk, entry, options, Trust(wiki, entry.trusted), deadline, notices_left=len(changes))
    reasons = {change: _why_not(change, wiki_now.get(change.title), before) for change in changes}
    lost = {change.board for change, reason in reasons.items() if reason and change.task == _TOGETHER}
    results: list[Undone] = []
    number = 0 if options.dry_run else journal.begin_run(reading.now)
    outcome = Outcome.DONE
    for change in changes:
        shown = "" if namespace_of(info, change.title) == USER_TALK else change.title
        reason = reasons[change]
        if not reason and change.task == _TOGETHER and change.board in lost:
            reason = "left: the other half of its move cannot be taken back"
        if reason or options.dry_run:
            words = reason or "would be taken back"
            results.append(Undone(shown, change.revision, words, well=not reason))
            continue
        if outcome is not Outcome.DONE:
            results.append(Undone(shown, change.revision, "left: no further write was allowed", well=False))
            continue
        try:
            result = _take_back(writer, change, before, number, person=change.title if not shown else "")
        except HaltError as halt:
            outcome = halt.outcome
            result = f"left: {halt.reason}"
        well = not result.startswith("left")
        if not well and change.task == _TOGETHER:
            lost.add(change.board)
        elif change.task == _TOGETHER:
            journal.undo_moves(change.board, change.revisions)
        results.append(Undone(shown, change.revision, result, well=well))
    if number:
        journal.end_run(number, desk.now, outcome.value, 0)
    return tuple(results)


def _changes(saved: Sequence[PastWrite], known: Mapping[int, Page]) -> list[_Change]:
    """Put a run's writes together by page, the page written last first."""
    by_title: dict[str, list[PastWrite]] = {}
    for write in saved:
        page = known.get(write.revision)
        by_title.setdefault(page.title if page is not None else f"?{write.revision}", []).append(write)
    changes: list[_Change] = []
    for title, writes in by_title.items():
        first, last = writes[0], writes[-1]
        numbers = tuple(write.revision for write in writes)
        chained = all(after.base == one.revision for one, after in itertools.pairwise(writes))
        broken = "" if chained else "left: somebody edited between the run's own edits"
        gone = title.startswith("?")
        broken = "left: the page or its revision is gone or hidden" if gone else broken
        changes.append(
            _Change(
                "" if gone else title, first.board, first.task, first.base, last.revision, numbers, first.run, broken
            )
        )
    return sorted(changes, key=lambda change: -change.revision)


def _why_not(change: _Change, now: Page | None, before: Mapping[int, Page]) -> str:
    if change.broken:
        return change.broken
    if now is None or now.revision != change.revision:
        return "left: somebody edited the page since"
    old = before.get(change.base)
    if change.base and (old is None or old.text is None):
        return "left: the text before is hidden"
    return ""


def _take_back(writer: Writer, change: _Change, before: Mapping[int, Page], run: int, person: str) -> str:
    """Save the text before. A page that the run made is blanked: only administrators can delete."""
    text = (before[change.base].text or "") if change.base else ""
    # Words would have to be in the wiki's language; a link to the edit says it in all of them.
    summary = f"Bot: ↶ [[Special:Diff/{change.revision}]]"
    name = person.partition(":")[2]
    # Where a cut is taken back the move is open again, and whoever dies here leaves it to the next run (law 2).
    cut = change.task == _TOGETHER and change.title == change.board
    edit = Edit(
        change.task,
        UNCUT if cut else "undo",
        change.title,
        change.revision,
        WholeText(text),
        summary,
        key=f"run-{change.run}",
        person=name,
    )
    match writer.write(edit, Context(change.board, run, None)):
        case Stale():
            return "left: somebody edited the page just now"
        case Denied(report):
            return f"left: {report.reason}"
        case written:
            if written.report.state is State.LEFT:
                return f"left: {written.report.reason}"
    return "taken back" if change.base else "blanked; an administrator may delete it"
