"""One table of all boards of a wiki: how many threads wait on each, and how many of them no responder answered yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.figures.report import BoardSeen
from bot.messages import link, stamp
from bot.observe import Observation
from bot.plan import Decision, Edit, Need, Plan
from bot.settings.overview import OverviewSettings
from bot.wikiplan import WikiSnapshot, WikiTask
from tasks.section import Markers, put, unfit
from tasks.summary.buckets import band_of
from tasks.summary.settings import SummarySettings

__all__ = ["TASK", "plan"]

_MARKERS = Markers.of("overview", "all boards")


def plan(snapshot: WikiSnapshot, settings: OverviewSettings, now: datetime) -> Plan | Need:
    """One edit where the table differs from the one that stands.

    Counted from the observations, so it is as true as the last look at each board. It says of ages only the band, and
    of instants only openings: the same threads make the same table, whatever the clock says.
    """
    if settings.page not in snapshot.pages:
        return Need(pages=frozenset({settings.page}))
    page = snapshot.pages[settings.page]
    trouble = unfit(page)
    if trouble:
        return Plan(decisions=(Decision("overview", "", "held back", trouble, "a page of wikitext"),))
    change = put(_section(snapshot, now), page, _MARKERS)
    if change is None:
        return Plan(decisions=(Decision("overview", "", "stay", "the table says just this", "something new"),))
    summary = snapshot.messages.say("overview-own")
    edit = Edit("overview", "overview", page.title, page.revision, change, summary)
    return Plan((edit,), (Decision("overview", "", "list", f"{len(snapshot.boards)} boards", "a table of them"),))


def _section(snapshot: WikiSnapshot, now: datetime) -> str:
    say = snapshot.messages.say
    names = [say(f"{key}") for key in ("report-column-board", "overview-column-waiting", "summary-bucket-unanswered")]
    names += [say(key) for key in ("overview-column-oldest", "summary-column-age", "overview-column-list")]
    lines = [_MARKERS.begin, say("overview-intro"), "", '{| class="wikitable sortable"']
    lines += [f"|+ {say('report-caption-boards')}", "! " + " !! ".join(f'scope="col" | {name}' for name in names)]
    waiting = [(board, [one for one in board.observations if not _ended(one)]) for board in snapshot.boards]
    for board, threads in waiting:
        lines += ["|-", f'! scope="row" | {link(board.title)}', _row(board, threads, snapshot, now)]
    if len(waiting) > 1:
        everything = [one for _, threads in waiting for one in threads]
        unheard = sum(one.responded is None for one in everything)
        lines += ['|- class="sortbottom"', f'! scope="row" | {say("report-all")}']
        lines.append(f"| {len(everything)} || {unheard} || || ||")
    return "\n".join([*lines, "|}", _MARKERS.end])


def _ended(one: Observation) -> bool:
    return any(ending.until is None for ending in one.endings)


def _row(board: BoardSeen, threads: list[Observation], snapshot: WikiSnapshot, now: datetime) -> str:
    unheard = [one.opened for one in threads if one.responded is None]
    oldest = min(unheard, default=None)
    cells = (
        str(len(threads)),
        str(len(unheard)),
        stamp(oldest) if oldest else "",
        snapshot.messages.say(band_of(now - oldest)) if oldest else "",
        _list(board.title, snapshot),
    )
    return "| " + " || ".join(cells)


def _list(board: str, snapshot: WikiSnapshot) -> str:
    """A link to the list of what waits on a board, where it keeps one that people can see."""
    found = snapshot.settings[board].tasks.get("summary") if board in snapshot.settings else None
    return link(found.page) if isinstance(found, SummarySettings) and found.mode == "live" else ""


TASK: WikiTask[OverviewSettings] = WikiTask(
    name="overview",
    settings=OverviewSettings,
    plan=plan,
    every=timedelta(hours=1),
    needs_words=("overview-own", "overview-intro", "summary-bucket-unanswered"),
)
"""The task as the runner knows it."""
