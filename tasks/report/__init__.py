"""Posts a report for every span that is over, once each, and warns early where a figure rises far above the usual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.figures.report import Absence, BoardSeen, LeftOut, Report, make, running
from bot.figures.shown import Kind
from bot.figures.spans import Period, Span
from bot.figures.words import span_in_words
from bot.model import Page
from bot.plan import Change, Decision, Edit, Fact, Need, Plan, Splice, Splices, WholeText
from bot.settings.report import ReportSettings
from bot.wikiplan import WikiSnapshot, WikiTask
from tasks.report.escalation import escalation
from tasks.report.page import brief, full, markers, newest, warning
from tasks.section import unfit

__all__ = ["TASK", "plan"]

_CAUGHT_UP = {Period.WEEK: 8, Period.MONTH: 3, Period.QUARTER: 2}
"""How many spans that nobody reported on are caught up after a pause, the newest of them included."""
_SETTLED = timedelta(hours=6)
"""How long after its end a span is reported on: by then every board was looked at once more."""
_PATIENCE = timedelta(days=7)
"""How long a report waits for a wiki that could not be looked at since the span's end; then it goes without it."""
_WARNED = "report-warned"
_PAGE_KNOWN = "report-page"
_WARN_ABOUT = (Kind.INTAKE, Kind.WAITING, Kind.FIRST_ANSWER, Kind.FIRST_RESPONSE)


def plan(snapshot: WikiSnapshot, settings: ReportSettings, now: datetime) -> Plan | Need:
    """One new page for each report that is due, the section that leads to them, and new warnings.

    A report is known by its page and by the key of its edit: with either, it is never posted again (law 5).
    """
    due = [(span, f"{settings.page}/{span.key.capitalize()}") for span in _spans(snapshot, settings, now)]
    others = {settings.page, settings.warn.page if settings.warn else "", settings.escalate or ""} - {""}
    wanted = {title for _, title in due} | others
    missing = frozenset(wanted - snapshot.pages.keys())
    if missing:
        return Need(pages=missing)
    edits: list[Edit] = []
    decisions: list[Decision] = []
    for span, title in due:
        key = snapshot.memory.hash_of("report", settings.page, span.key)
        if snapshot.pages[title].exists or key in snapshot.memory.keys:
            decisions.append(_said("stay", f"the report for {span.key} was posted", "a span not reported on yet"))
            continue
        edits.append(_report(snapshot, settings, span, title, key, now))
        decisions.append(_said("post", f"{span.key} is over", "a report for every span"))
    posted = {
        span: title for span, title in due if snapshot.pages[title].exists or title in {one.page for one in edits}
    }
    section, verdict = _section(snapshot, settings, _newest(posted))
    edits += [section] if section else []
    edits += _escalations(snapshot, settings, posted, now, decisions)
    warned, facts = _warnings(snapshot, settings, now)
    edits += [warned] if warned else []
    facts += [Fact(_page_known(snapshot, settings), "", settings.page)] if posted else []
    return Plan(tuple(edits), (*decisions, *verdict), tuple(facts))


def _page_known(snapshot: WikiSnapshot, settings: ReportSettings) -> str:
    """The kind of the fact that the section stood on this page; a wiki may have several reports."""
    return f"{_PAGE_KNOWN} {snapshot.memory.hash_of(settings.page)}"


def _spans(snapshot: WikiSnapshot, settings: ReportSettings, now: datetime) -> Iterator[Span]:
    """The spans that are over and that at least one board was observed in from end to end, oldest first.

    While a board was not looked at since a span's end, the span waits, but not for ever.
    """
    since = min((one.since for board in snapshot.boards for one in board.boards), default=now)
    for period in settings.periods:
        last = settings.calendar.ended(period, now - _SETTLED)
        for span in (*settings.calendar.earlier(last, _CAUGHT_UP[period] - 1), last):
            late = any(board.until is not None and board.until < span.end for board in snapshot.boards)
            if span.start >= since and not (late and now < span.end + _PATIENCE):
                yield span


def _observed(snapshot: WikiSnapshot, span: Span, now: datetime) -> tuple[tuple[BoardSeen, ...], tuple[LeftOut, ...]]:
    """The boards of which a whole span is known, and those of which it is not."""
    # Of a span that is not over (an early warning) the last look is enough.
    enough = min(span.end, now - timedelta(days=1))
    known: list[BoardSeen] = []
    left_out = list(snapshot.left_out)
    for board in snapshot.boards:
        seen = board.observed_in(span)
        if board.until is not None and board.until < enough:
            left_out.append(LeftOut(board.title, Absence.AWAY))
        elif seen is None:
            left_out.append(LeftOut(board.title, Absence.LATER, board.since))
        else:
            known.append(seen)
    return tuple(known), tuple(left_out)


def _made(snapshot: WikiSnapshot, settings: ReportSettings, span: Span, now: datetime) -> Report:
    goals = tuple(goal.goal() for goal in settings.goals)
    boards, left_out = _observed(snapshot, span, now)
    return replace(make(boards, span, settings.calendar, goals, snapshot.changes), left_out=left_out)


def _report(snapshot: WikiSnapshot, settings: ReportSettings, span: Span, title: str, key: str, now: datetime) -> Edit:
    report = _made(snapshot, settings, span, now)
    form = brief if span.period is Period.WEEK else full
    return Edit(
        task="report",
        kind="report",
        page=title,
        base=0,
        change=WholeText(form(report, snapshot.messages, snapshot.settings_page)),
        summary=snapshot.messages.say("report-own", span_in_words(span, snapshot.messages)),
        key=key,
        independent=True,
    )


def _newest(posted: dict[Span, str]) -> list[tuple[Span, str]]:
    last: dict[Period | None, tuple[Span, str]] = {}
    for span, title in posted.items():
        if span.period not in last or last[span.period][0].start < span.start:
            last[span.period] = (span, title)
    return list(last.values())


def _section(
    snapshot: WikiSnapshot, settings: ReportSettings, pages: list[tuple[Span, str]]
) -> tuple[Edit | None, list[Decision]]:
    """The edit that brings the page that leads to the reports up to date; everything else on it is left alone."""
    page = snapshot.pages[settings.page]
    if not pages:
        return None, []
    if page.exists and (page.text is None or page.redirect is not None or page.model != "wikitext"):
        return None, [
            _said("held back", "the report's page is hidden, a redirect, or not wikitext", "a page of its own")
        ]
    text, wanted = page.text or "", newest(pages, page.title, snapshot.messages)
    begin, end = markers()
    if text.count(begin) > 1 or text.count(end) > 1 or text.count(begin) != text.count(end):
        return None, [_said("held back", "markers are doubled or missing on the report's page", "one pair of markers")]
    change: Change
    if begin in text:
        start, stop = text.index(begin), text.index(end) + len(end)
        if stop < start:
            return None, [_said("held back", "the markers on the report's page are the wrong way round", "one pair")]
        if text[start:stop] == wanted:
            return None, []
        change = Splices((Splice(start, stop, wanted),))
    elif page.exists and (_page_known(snapshot, settings), "") in snapshot.memory.facts:
        return None, [_said("held back", "the markers are gone from the report's page", "one pair of markers")]
    else:
        change = WholeText(f"{text.rstrip()}\n\n{wanted}" if text.strip() else f"__NOINDEX__\n{wanted}")
    summary = snapshot.messages.say("report-own-newest")
    return Edit("report", "reports", page.title, page.revision, change, summary, independent=True), []


def _escalations(
    snapshot: WikiSnapshot,
    settings: ReportSettings,
    posted: dict[Span, str],
    now: datetime,
    decisions: list[Decision],
) -> list[Edit]:
    """What is put before those who can act: of each kind of span the newest that is over, once.

    Of older spans that are caught up the reports tell; nobody can act on them any more.
    """
    if settings.escalate is None or not settings.goals:
        return []
    page = snapshot.pages[settings.escalate]
    edits: list[Edit] = []
    for period in settings.periods:
        span = settings.calendar.ended(period, now - _SETTLED)
        key = snapshot.memory.hash_of("goals", settings.escalate, span.key)
        if span not in posted or key in snapshot.memory.keys:
            continue
        if unfit(page):
            decisions.append(_said("held back", f"goals cannot be escalated: {unfit(page)}", "a talk page in wikitext"))
            continue
        report = _made(snapshot, settings, span, now)
        where = (page.title, page.revision)
        edit = escalation(report, where, posted[span], snapshot.messages, key)
        edits += [edit] if edit else []
    return edits


def _warnings(snapshot: WikiSnapshot, settings: ReportSettings, now: datetime) -> tuple[Edit | None, list[Fact]]:
    """One edit with every warning that was not given before in this span."""
    if settings.warn is None or not settings.periods:
        return None, []
    shortest = next(period for period in Period if period in settings.periods)
    span = settings.calendar.span(shortest, now)
    page = snapshot.pages[settings.warn.page]
    given = {kind for kind, _ in snapshot.memory.facts if kind.startswith(f"{_WARNED} ")}
    lines, facts = [], []
    boards, _ = _observed(snapshot, span, now)
    for row in running(boards, span, now, settings.calendar).rows:
        for line in row.lines:
            if line.kind not in _WARN_ABOUT or line.change is None or line.change + 1 < settings.warn.when:
                continue
            mark = snapshot.memory.hash_of("warned", settings.warn.page, span.key, row.title, line.kind)
            if f"{_WARNED} {mark}" in given or mark in (page.text or ""):
                continue
            lines.append(warning(span, row, line, snapshot.messages, mark))
            facts.append(Fact(f"{_WARNED} {mark}", "", span.key))
    return (_warning_edit(page, lines, snapshot), facts) if lines and _writable(page) else (None, [])


def _writable(page: Page) -> bool:
    return not page.exists or (page.text is not None and page.redirect is None and page.model == "wikitext")


def _warning_edit(page: Page, lines: list[str], snapshot: WikiSnapshot) -> Edit:
    say = snapshot.messages.say
    text = (page.text or "").rstrip() or f"__NOINDEX__\n{say('report-warning-intro')}"
    change = WholeText("\n".join([text, *lines]))
    return Edit("report", "warning", page.title, page.revision, change, say("report-own-warning"), independent=True)


def _said(verdict: str, found: str, wanted: str) -> Decision:
    return Decision("report", "", verdict, found, wanted)


TASK: WikiTask[ReportSettings] = WikiTask(
    name="report",
    settings=ReportSettings,
    plan=plan,
    every=timedelta(hours=1),
    needs_words=("report-title", "report-load", "report-own"),
)
"""The task as the runner knows it."""


def _programme(snapshot: WikiSnapshot, settings: ReportSettings, now: datetime) -> Plan | Need:
    """The same across wikis: what the operator's file sets up, under a name of its own for approval and brakes."""
    found = plan(replace(snapshot, settings_page=""), settings, now)
    if isinstance(found, Need):
        return found
    edits = tuple(replace(edit, task="programme") for edit in found.edits)
    return replace(found, edits=edits, decisions=tuple(replace(one, task="programme") for one in found.decisions))


PROGRAMME: WikiTask[ReportSettings] = replace(TASK, name="programme", plan=_programme)
"""The report across wikis."""
