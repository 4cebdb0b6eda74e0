"""A simulated community over a year: what the reports say is what the community itself would count, and is said once.

On the way runs are missed, a week is lost, and the database is restored from an old copy. ``make test`` plays a quarter
of a smaller community, ``make soak`` the year on 12 boards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

import pytest

from bot.figures.shown import FEWEST_P90, SHARES, WAITS, Kind
from bot.figures.spans import Period, Span
from bot.messages import Messages
from bot.runner.backfill import Backfill
from bot.settings.schema import read_settings
from tasks import ALL
from tests.builders import wiki_info
from tests.simulatedyear import REPORT, START, Case, Year, settings_page
from tests.sizes import cases

BOARDS = tuple(f"Wiki:Board {number}" for number in range(1, cases(3, 12) + 1))
DAYS = cases(98, 366)
STEP = timedelta(hours=cases(12, 6))
pytestmark = pytest.mark.timeout(cases(600, 10800))
_SAY = Messages().say
_KINDS = {_SAY(f"report-figure-{kind}"): kind for kind in Kind}
_UNITS = {"min": 60.0, "h": 3600.0, "days": 86400.0}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The whole time, with what went wrong on the way."""
    database = tmp_path_factory.mktemp("year") / "journal.db"
    made = Year(BOARDS, START + timedelta(days=DAYS), database)
    made.live(START + timedelta(days=DAYS // 4), run_every=STEP, missing=0.1)
    made.live(made.world.wiki.now + timedelta(days=8), run_every=None)
    made.live(START + timedelta(days=DAYS // 2), run_every=STEP, missing=0.1)
    made.world.journal.close()
    old = database.read_bytes()
    made.world.journal = made.journal()
    made.live(made.world.wiki.now + timedelta(days=9), run_every=STEP)
    made.world.journal.close()
    database.write_bytes(old)
    made.world.journal = made.journal()
    backfilled(made)
    made.live(made.until, run_every=STEP, missing=0.1)
    made.run()
    return made


def backfilled(made: Year) -> None:
    """What an operator does after restoring a database: ``clerk backfill`` reads what it missed from the histories."""
    settings = read_settings(settings_page(made.boards), wiki_info(), ALL).settings
    assert settings is not None
    for board in settings.boards.values():
        Backfill(made.world.wiki, made.world.kept, wiki_info(), board).from_history(START)


def test_every_span_is_reported_on_exactly_once(year: Year) -> None:
    wanted = {f"{REPORT}/{span.key.capitalize()}" for span in year.spans()}

    assert sorted(year.posted()) == sorted(wanted)


def test_what_the_reports_say_is_what_the_community_itself_counts(year: Year) -> None:
    compared = dict.fromkeys(Kind, 0)
    for span in year.spans():
        rows = read(year.world.text(f"{REPORT}/{span.key.capitalize()}"), span)
        assert set(rows) == {*BOARDS, "All boards"}
        for board, figures in rows.items():
            own = [one for one in year.cases.values() if board in (one.board, "All boards") and one.reporter]
            true = count(own, span)
            for kind, figure in figures.items():
                if kind in true:
                    place = (span.key, board, kind)
                    compared[kind] += agrees(figure, true[kind], kind, place)

    # Most of what could be held against the truth was shown.
    assert all(compared[kind] >= cases(5, 100) for kind in (*WAITS, Kind.INTAKE, Kind.WAITING, Kind.CLOSED)), compared


def test_a_reader_of_the_reports_finds_percentiles_where_there_are_twenty_cases(year: Year) -> None:
    quarter = next(span for span in year.spans() if span.period is Period.QUARTER)

    rows = read(year.world.text(f"{REPORT}/{quarter.key.capitalize()}"), quarter)

    assert all(rows["All boards"][kind].p90 for kind in WAITS)
    assert all(not one.p90 or int(one.cases) >= FEWEST_P90 for row in rows.values() for one in row.values())


@dataclass(frozen=True)
class Cell:
    """One figure as a page shows it."""

    result: str
    p90: str = ""
    cases: str = ""


def read(text: str, span: Span) -> Mapping[str, Mapping[Kind, Cell]]:
    """The figures of a posted report, by board."""
    return _brief(text) if span.period is Period.WEEK else _full(text)


def _brief(text: str) -> Mapping[str, Mapping[Kind, Cell]]:
    text, *_ = text.split("|}")
    head, *_ = re.findall(r"^! (.*!!.*)$", text, re.MULTILINE)
    kinds = [_KINDS[one.rpartition("| ")[2]] for one in head.split(" !! ")[1:]]
    rows = {}
    for name, line in re.findall(r'^! scope="row" \| (.*)\n\| (.*)$', text, re.MULTILINE):
        cells = [re.fullmatch(r"(.*?)(?: \((.*)\))?(?:<br>.*)?", one) for one in line.split(" || ")]
        rows[_board(name)] = {
            kind: Cell(cell[1], cell[2] or "") for kind, cell in zip(kinds, cells, strict=True) if cell
        }
    return rows


def _full(text: str) -> Mapping[str, Mapping[Kind, Cell]]:
    rows = {}
    for name, section in re.findall(r"^== ([^\n]*) ==$(.*?)(?=^== |\Z)", text, re.MULTILINE | re.DOTALL):
        found = re.findall(r'^! scope="row" \| (.*)\n\| (.*)$', section, re.MULTILINE)
        rows[_board(name)] = {_KINDS[figure]: Cell(*line.split(" || ")[:3]) for figure, line in found}
    return rows


def _board(name: str) -> str:
    return name.removeprefix("[[:").removesuffix("]]")


def count(own: Sequence[Case], span: Span) -> Mapping[Kind, float | Sequence[float]]:
    """What the community itself counts: waits in seconds, counts, and of the unanswered the share."""
    opened = [one for one in own if span.holds(one.opened)]
    gone = [one for one in own if span.holds(one.gone)]
    out = [one for one in gone if one.resolved is None]

    def before(instant: object) -> bool:
        return instant is not None and instant < span.end  # type: ignore[operator]  # an instant or None

    return {
        Kind.INTAKE: len(opened),
        Kind.WAITING: sum(one.opened < span.end and not before(one.resolved) and not before(one.gone) for one in own),
        Kind.FIRST_ANSWER: [
            (one.answered - one.opened).total_seconds() for one in own if one.answered and span.holds(one.answered)
        ],
        Kind.FIRST_RESPONSE: [
            (one.responded - one.opened).total_seconds() for one in own if one.responded and span.holds(one.responded)
        ],
        Kind.RESOLUTION: [
            (one.resolved - one.opened).total_seconds() for one in own if one.resolved and span.holds(one.resolved)
        ],
        Kind.UNANSWERED: sum(not before(one.responded) and not before(one.resolved) for one in opened)
        / max(len(opened), 1),
        Kind.CLOSED: len(gone) - len(out),
        Kind.TIMED_OUT: len(out),
        Kind.ARCHIVED_UNANSWERED: sum(one.responded is None for one in out),
    }


def agrees(cell: Cell, true: float | Sequence[float], kind: Kind, place: object) -> bool:
    """Hold a cell against the truth; false where it is kept back or empty. Fails where they differ."""
    if not isinstance(true, float | int):
        waits = sorted(true)
        if cell.cases:
            assert int(cell.cases) == len(waits), place
        if cell.p90:
            assert near(cell.p90, kind, nine_of_ten(waits)), (place, cell, nine_of_ten(waits))
        if cell.result not in ("not shown", "–"):
            assert near(cell.result, kind, median(waits)), (place, cell, median(waits))
        assert (cell.result == "–") == (not waits), place
    elif cell.result not in ("not shown", "–"):
        assert near(cell.result, kind, true), (place, cell, true)
    if cell.result == "not shown":
        # A whole that is kept back is small, or gives a small one away; what is nought never is.
        assert true != [], place
    return cell.result not in ("not shown", "–")


def near(words: str, kind: Kind, true: float) -> bool:
    """Whether words mean a value, within half of their last digit."""
    number, unit = (*words.split(" "), "")[:2]
    scale = _UNITS[unit] if kind in WAITS else 0.01 if kind in SHARES else 1.0
    digit = 10.0 ** -len(number.partition(".")[2])
    return abs(float(number) * scale - true) <= digit * scale / 2 + 1e-6


def nine_of_ten(waits: Sequence[float]) -> float:
    """The 90th percentile between the nearest two, of waits in order."""
    place = 0.9 * (len(waits) - 1)
    low = int(place)
    high = min(low + 1, len(waits) - 1)
    return waits[low] + (waits[high] - waits[low]) * (place - low)
