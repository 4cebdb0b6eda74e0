"""``clerk report``: the figures of any span from the journal, as wikitext, CSV, JSON, or one HTML page with charts."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.cli import wire
from bot.cli.console import ATTENTION, DONE, messages, output
from bot.cli.forms import Form
from bot.errors import OperatorProblem
from bot.figures.report import Absence, BoardSeen, Goal, LeftOut, Line, Report, make
from bot.figures.spans import Calendar, Period, Span
from bot.guard import normal_title
from bot.journal import WikiJournal
from bot.messages import Messages
from bot.model import WikiInfo
from bot.operatorfile import Operator, WikiEntry
from bot.reading.facts import wiki_info
from bot.runner.across import boards_seen
from bot.settings.report import ReportSettings
from bot.settings.schema import Settings
from bot.show.report import render
from bot.wiki.port import WikiError
from tasks.report.page import full


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for; without a start, the newest span of ``period`` that is over."""

    period: Period = Period.WEEK
    since: datetime | None = None
    until: datetime | None = None
    wiki: str = ""
    board: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Source:
    """What one wiki brings to a report."""

    entry: WikiEntry
    boards: tuple[BoardSeen, ...]
    settings: ReportSettings | None
    changes: tuple[datetime, ...]
    info: WikiInfo


def report(config: Path, wanted: Wanted, form: Form, out: Path | None, now: datetime | None = None) -> int:
    """Writes the report. Exit 1 where no board was observed in the span; raises OperatorProblem on wrong use."""
    operator = wire.operator(config)
    entries = wire.entries(operator, wanted.wiki)
    sources, left_out = _sources(operator, entries)
    alone = sources[0] if len(entries) == 1 else None
    boards = tuple(
        replace(board, title=board.title if alone else f"{source.entry.name}: {board.title}")
        for source in sources
        for board in source.boards
        if normal_title(source.info, wanted.board) in ("", board.title)
    )
    own = alone.settings if alone else None
    calendar = own.calendar if own is not None else Calendar(whole_weeks=True)
    span = _span(wanted, calendar, now or datetime.now(UTC))
    goals: tuple[Goal, ...] = tuple(goal.goal() for goal in own.goals) if own is not None else ()
    changes = alone.changes if alone else ()
    made = make(tuple(one for one in boards if one.since < span.end), span, calendar, goals, changes)
    left_out += [LeftOut(one.title, Absence.LATER, one.since) for one in boards if one.since >= span.end]
    made = replace(made, left_out=tuple(left_out))
    language = wanted.language or (alone.info.language if alone else "en")
    text = written(made, form, Messages(language), ", ".join(entry.name for entry in entries), entries[0].settings)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
        output().print(f"{span.key}: {len(made.rows)} boards, in {out}", markup=False)
    if not made.rows:
        messages().print("no board was observed in this span; clerk backfill reads it from page histories")
    return DONE if made.rows else ATTENTION


def written(made: Report, form: Form, words: Messages, place: str, settings_page: str) -> str:
    """The report in one of its forms; all of them show the same figures, and keep back the same."""
    match form:
        case Form.HTML:
            return render(made, words, place, rtl=words.language.split("-")[0] in ("ar", "fa", "he", "ur"))
        case Form.WIKITEXT:
            return full(made, words, settings_page) + "\n"
        case Form.CSV:
            return _csv(made)
    return json.dumps(as_json(made), ensure_ascii=False, indent=2) + "\n"


def as_json(made: Report) -> dict[str, Any]:
    """The report for machines: waits in seconds, shares of 1; ``few`` where a figure is kept back."""
    return {
        "span": {"key": made.span.key, "start": _z(made.span.start), "end": _z(made.span.end)},
        "figures": list(_records(made)),
        "left_out": [
            {"title": one.title, "why": one.why.value, "since": _z(one.since) if one.since else None}
            for one in made.left_out
        ],
        "settings_changed": [_z(one) for one in made.changes],
    }


def _records(made: Report) -> list[dict[str, Any]]:
    rows = (*made.rows, *([made.total] if made.total is not None else []))
    lines = [(row, _record(row.title, line)) for row in rows for line in row.lines]
    bands = [
        (row, {"board": row.title, "figure": f"waiting_band_{number}", "value": band.value, "few": band.few} | _NOTHING)
        for row in rows
        for number, band in enumerate(row.figures.bands)
    ]
    return [record for row in rows for one, record in (*lines, *bands) if one is row]


_GOAL = ("goal", "state", "before", "before_state", "action", "owner", "due")
_NAMES = ("board", "figure", "value", "few", "cases", "p90", "usual", "change", *_GOAL)
_NOTHING = dict.fromkeys(("cases", "p90", "usual", "change", *_GOAL))


def _record(board: str, line: Line) -> dict[str, Any]:
    return {
        "board": board,
        "figure": line.kind.value,
        "value": line.now.value,
        "few": line.now.few,
        "cases": line.now.cases,
        "p90": line.now.p90,
        "usual": line.usual,
        "change": line.change,
    } | (_goal(line, line.goal) if line.goal else dict.fromkeys(_GOAL))


def _goal(line: Line, goal: Goal) -> dict[str, Any]:
    return {
        "goal": goal.target,
        "state": line.state.value if line.state else None,
        "before": line.last,
        "before_state": line.before.value if line.before else None,
        "action": goal.action,
        "owner": goal.owner,
        "due": goal.due.isoformat() if goal.due else None,
    }


def _csv(made: Report) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, ("span", *_NAMES), lineterminator="\n")
    writer.writeheader()
    for record in _records(made):
        # A title, or words of the settings, that begin like a formula must not become one in a spreadsheet.
        safe = {
            key: f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
            for key, value in record.items()
        }
        writer.writerow({"span": made.span.key, **safe})
    return file.getvalue()


def _sources(operator: Operator, entries: tuple[WikiEntry, ...]) -> tuple[list[_Source], list[LeftOut]]:
    """What the wikis bring, and which of several bring nothing. Raises WikiError where the only wiki is away."""
    journal = wire.journal(operator)
    sources: list[_Source] = []
    left_out: list[LeftOut] = []
    try:
        for entry in entries:
            try:
                sources.append(_source(operator, entry, journal.of(entry.name)))
            except WikiError:
                if len(entries) == 1:
                    raise
                left_out.append(LeftOut(entry.name, Absence.AWAY))
                continue
            if len(entries) > 1 and not sources[-1].boards:
                left_out.append(LeftOut(entry.name, Absence.UNKNOWN))
    finally:
        journal.close()
    return sources, left_out


def _source(operator: Operator, entry: WikiEntry, journal: WikiJournal) -> _Source:
    with wire.opened(entry, operator.path.absolute().parent, read_only=True) as wiki:
        cached = journal.cached_facts()
        info = wiki_info(cached.answer if cached is not None else wiki.facts())
        reading = wire.settings_on(wiki, entry, info)
    settings = reading.settings or Settings(1, info.language)
    section = settings.sections.get("report")
    own = section if isinstance(section, ReportSettings) else None
    return _Source(entry, boards_seen(journal, settings), own, journal.settings_changes(), info)


def _span(wanted: Wanted, calendar: Calendar, now: datetime) -> Span:
    if wanted.since is None:
        if wanted.until is not None:
            raise OperatorProblem("--until needs --since: a span has a beginning")
        return calendar.ended(wanted.period, now)
    start = wanted.since.replace(tzinfo=UTC)
    end = wanted.until.replace(tzinfo=UTC) if wanted.until is not None else now
    if end <= start:
        raise OperatorProblem("the span ends before it begins; give --since the earlier day")
    return Span(start, end)


def _z(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
