"""What the journal knows of a wiki's boards, for reports on one wiki and across wikis."""

from __future__ import annotations

from collections.abc import Mapping

from bot.figures.report import Absence, BoardSeen, LeftOut
from bot.figures.spans import Calendar
from bot.journal import WikiJournal
from bot.observe import covered
from bot.settings.report import ReportSettings
from bot.settings.schema import Settings


def boards_seen(journal: WikiJournal, settings: Settings) -> tuple[BoardSeen, ...]:
    """Every board of the settings that was ever observed, with all that is known of it, in page order."""
    return _seen(journal, _kinds(settings))


def wiki_seen(name: str, journal: WikiJournal, calendar: Calendar) -> BoardSeen | LeftOut:
    """A whole wiki as its own runs left it in the journal, for a report across wikis.

    Left out where nothing is known of it yet, and where its own report counts by another calendar: what is shown of
    two spans that overlap could tell of a single day by subtraction.
    """
    kinds, own = journal.boards_kept()
    boards = _seen(journal, kinds)
    if not boards:
        return LeftOut(name, Absence.UNKNOWN)
    if own not in ("", _told(calendar)):
        return LeftOut(name, Absence.CALENDAR)
    since = min(board.since for board in boards)
    return BoardSeen(name, "", since, until=journal.last_done() or since, parts=boards)


def _seen(journal: WikiJournal, kinds: Mapping[str, str]) -> tuple[BoardSeen, ...]:
    observed = journal.observed()
    return tuple(
        BoardSeen(title, kind, observed[title].since, tuple(covered(journal.observations(title), journal.facts(title))))
        for title, kind in kinds.items()
        if title in observed
    )


def _kinds(settings: Settings) -> Mapping[str, str]:
    return {title: board.preset or board.rules.style for title, board in settings.boards.items()}


def for_programme(settings: Settings) -> tuple[Mapping[str, str], str]:
    """What a report across wikis must know of this one: the kinds of its boards, its own report's calendar."""
    section = settings.sections.get("report")
    return _kinds(settings), _told(section.calendar) if isinstance(section, ReportSettings) else ""


def _told(calendar: Calendar) -> str:
    return f"{calendar.week_starts} {calendar.year_starts} {'weeks' if calendar.whole_weeks else 'months'}"
