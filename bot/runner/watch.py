"""Lets a run remember what it saw of every board's threads (``bot.observe``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.journal import Observed, WikiJournal
from bot.model import Board
from bot.observe import Observation, Reading, forgotten, observe
from bot.plan import Need
from bot.reading.helpers import accounts_needed, listed_names, listings
from bot.reading.rights import Rights
from bot.reading.status import doubted
from bot.runner.desk import Desk
from bot.runner.job import Job

# After so many edits between two looks nobody is taken for the only editor.
_EDITS = 50


def watch(desk: Desk, journal: WikiJournal, jobs: Sequence[Job]) -> None:
    """Observe the boards that changed since they were last observed, before anything is edited.

    What must be known of people is asked for over all boards together; the tasks have mostly asked already.
    """
    seen = journal.observed()
    boards: list[tuple[Job, Board, datetime]] = []
    for job in jobs:
        page = desk.pages.get(job.title)
        if page is not None and page.text is None:
            desk.shelf.forget(job.title)
        if job.problems or page is None or page.text is None or page.instant is None:
            continue
        if job.title not in seen or seen[job.title].revision != page.revision:
            boards.append((job, desk.board(job.title, job.settings.rules), page.instant))
    for title in desk.shelf.new.keys() - {job.title for job, _, _ in boards}:
        desk.shelf.keep(title)
    if not boards:
        return
    desk.gather((board, _need(job, board)) for job, board, _ in boards)
    desk.gather((board, _doubts(desk, job, board)) for job, board, _ in boards)
    for job, board, instant in boards:
        known = job.recent(journal, board)
        job.known = None
        reading = _reading(desk, journal, job, board, instant)
        if job.title in seen and _somebody_took(known, reading, journal):
            reading = replace(reading, editor=_only_editor(desk, seen[job.title], board))
        since = seen[job.title].since if job.title in seen else instant
        changed = observe(known, reading, journal.hash_of)
        together = {one.thread: one for one in (*known, *changed)}
        with journal.at_once():
            journal.observe(job.title, changed, Observed(board.revision, instant, since))
            journal.forget(job.title, forgotten(together.values(), desk.now))
            desk.shelf.keep(job.title)


def _need(job: Job, board: Board) -> Need:
    rules = job.settings.rules
    return Need(pages=listings(rules), users=accounts_needed(board.threads, rules))


def _rights(desk: Desk, job: Job, board: Board) -> Rights:
    rules = job.settings.rules
    return Rights(desk.users, listed_names(desk.info, rules, desk.pages), desk.edits_of(board))


def _doubts(desk: Desk, job: Job, board: Board) -> Need:
    """Which signatures must be looked up before the figures can rely on them; the tasks have mostly asked already."""
    rules, rights = job.settings.rules, _rights(desk, job, board)
    return Need(edits=frozenset().union(*(doubted(thread, rules, rights) for thread in board.threads)))


def _reading(desk: Desk, journal: WikiJournal, job: Job, board: Board, instant: datetime) -> Reading:
    rules = job.settings.rules
    return Reading(
        board.threads,
        rules,
        instant,
        _rights(desk, job, board),
        journal.archived(job.title),
        journal.told_about(job.title),
    )


def _somebody_took(known: Sequence[Observation], reading: Reading, journal: WikiJournal) -> bool:
    """Whether a thread whose reporter is known has gone from the board, and not by the bot's hand."""
    here = {journal.hash_of(thread.identity) for thread in reading.threads}
    standing = (one.alias for one in known if one.reporter and not one.away)
    return any(alias not in here and alias not in reading.moved for alias in standing)


def _only_editor(desk: Desk, seen: Observed, board: Board) -> str:
    """Who alone edited a board since it was last observed; "" where there were several."""
    edits = [one for one in desk.histories.lately(board, seen.instant, _EDITS) if one.id > seen.revision]
    editors = {one.editor for one in edits if not one.hidden}
    alone = len(editors) == 1 and len(edits) < _EDITS and not any(one.hidden for one in edits)
    return editors.pop() if alone else ""
