"""The report across wikis: by whole passes over two wikis, posted once for each span, with what must not be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.onepass import Chosen, Passed, Surroundings, make_pass
from bot.figures.report import BoardSeen, Report, make
from bot.figures.shown import FEW, Kind, Shown
from bot.figures.spans import Calendar
from bot.operatorfile import Operator, WikiEntry, read_operator_file
from bot.runner import Outcome, RunReport
from bot.wiki.port import Wiki, WikiError
from tests.test_task_report import MONDAY, WEEK, board, threads, weeks
from tests.world import BOARD, PAGE, World, signed, world

PROGRAMME = "User:Clerk/settings.yaml/Programme"
TALK = "User:Clerk/settings.yaml/Programme goals"
FILE = """\
database: sqlite:///{folder}/clerk.db
wikis:
  large: &entry
    api: http://127.0.0.1:1/w/api.php
    settings: "User:Clerk/settings.yaml"
    run_page: "User:Clerk/run"
    trusted: [sysop]
    approval: not needed
  small:
    api: http://127.0.0.1:2/w/api.php
    settings: "User:Clerk/settings.yaml"
    run_page: "User:Clerk/run"
    trusted: [sysop]
    approval: not needed
programme:
  page: "large:{page}"
  wikis: [large, small]
  mode: live
  every: week
  escalate: "{talk}"
  goals: [{{figure: intake, target: 10, action: "ask for more hands", owner: steering group}}]
"""


@dataclass
class Fleet:
    """Two wikis under one operator's file; their clocks go together."""

    operator: Operator
    wikis: dict[str, World]
    away: set[str] = field(default_factory=set)

    @contextmanager
    def opened(self, entry: WikiEntry, _folder: Path) -> Iterator[Wiki]:
        """The wiki, unless it is away."""
        if entry.name in self.away:
            raise WikiError("the wiki does not answer")
        yield self.wikis[entry.name].wiki

    def make_pass(self) -> Passed:
        """One ordinary pass."""
        around = Surroundings(clock=lambda: self.wikis["large"].wiki.now, opened=self.opened, owner="host:1")
        return make_pass(self.operator, Chosen(), Quiet(), lambda: False, around)

    def days(self, count: int, asked: dict[str, int] | None = None) -> None:
        """Days with a pass at noon, and before it so many new threads on the wikis' boards."""
        for _ in range(count):
            for name, made in self.wikis.items():
                made.wiki.advance(timedelta(days=1))
                ask(made, (asked or {}).get(name, 0))
            self.make_pass()

    def posted(self) -> list[str]:
        """The programme's reports, with repeats."""
        return [title for title in self.wikis["large"].bot_edits() if title.startswith(f"{PROGRAMME}/")]

    def left_out(self) -> str:
        """Which wikis the newest report says it does without."""
        found = re.search(r"^Not included: (.*)\.$", self.wikis["large"].text(self.posted()[-1]), re.MULTILINE)
        return found[1] if found else ""

    def rows(self, title: str) -> dict[str, str]:
        """The cell of the intake by wiki."""
        text, *_ = self.wikis["large"].text(title).split("|}")
        return dict(re.findall(r'^! scope="row" \| (.*)\n\| (\S+?(?: shown)?)(?:<br>| )', text, re.MULTILINE))


@dataclass
class Quiet:
    """Hears nothing."""

    lines: list[Any] = field(default_factory=list)

    def step(self, *_: Any) -> None:
        """Nothing."""

    def said(self, _line: str) -> None:
        """Nothing."""

    def ended(self, report: RunReport) -> None:
        """Nothing may need a person, but for what a wiki away is."""
        assert report.outcome is Outcome.STOPPED or not report.needs_attention, report

    def failed(self, *_: Any) -> None:
        """A wiki was away."""


def ask(made: World, count: int) -> None:
    """So many new threads on the board."""
    now = made.wiki.now
    lines = [f"== {now:%d %H} {number} ==\n{signed('Alba', now, 'Please help.')}" for number in range(count)]
    if lines:
        made.says("Alba", BOARD, "\n\n".join([made.text(BOARD), *lines]))


def founded(tmp_path: Path, *away: str) -> Fleet:
    """Two wikis, looked at once but for those that are away."""
    path = tmp_path / "clerk.yaml"
    text = FILE.replace(" &entry", "").format(folder=tmp_path, page=PROGRAMME, talk=TALK)
    path.write_text(text, encoding="utf-8")
    wikis = {}
    for name in ("large", "small"):
        made = wikis[name] = world(page=PAGE, told=False)
        made.says("Alba", BOARD, "Write below.")
    made_ready = Fleet(read_operator_file(path, {}, ["archive"]), wikis, set(away))
    made_ready.make_pass()
    return made_ready


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """Two wikis, looked at once."""
    return founded(tmp_path)


def test_each_week_is_reported_on_once_with_a_row_for_each_wiki(fleet: Fleet) -> None:
    fleet.days(16, {"large": 3, "small": 1})

    assert fleet.posted() == [f"{PROGRAMME}/Week 2026-11-23", f"{PROGRAMME}/Week 2026-11-30"]
    assert fleet.rows(fleet.posted()[0]) == {"large": "21", "small": "7", "All wikis": "28"}
    assert f"{PROGRAMME}/Week 2026-11-30" in fleet.wikis["large"].text(PROGRAMME)
    assert not [title for title in fleet.wikis["small"].bot_edits() if "Programme" in title]


def test_a_small_wiki_is_kept_back_and_the_total_does_not_give_it_away(fleet: Fleet) -> None:
    ask(fleet.wikis["small"], 2)
    fleet.days(2)
    ask(fleet.wikis["small"], 3)
    fleet.days(8, {"large": 3})

    assert fleet.rows(fleet.posted()[0]) == {"large": "15", "small": "not shown", "All wikis": "not shown"}


def test_a_goal_of_the_programme_that_is_off_is_escalated_once_a_week(fleet: Fleet) -> None:
    fleet.days(16, {"large": 3, "small": 1})

    text = fleet.wikis["large"].text(TALK)
    assert text.count("== Goals that are off") == 2
    assert fleet.wikis["large"].bot_edits().count(TALK) == 2
    assert "* large · Threads opened · Result: 21; Goal: at most 10; Action: ask for more hands" in text
    assert "* small" not in text


def test_lost_weeks_are_caught_up_and_none_is_doubled(fleet: Fleet) -> None:
    fleet.days(9, {"large": 3, "small": 1})
    for made in fleet.wikis.values():
        made.wiki.advance(timedelta(days=15))
    fleet.days(2)

    days = [title.rpartition(" ")[2] for title in fleet.posted()]
    assert days == ["2026-11-23", "2026-11-30", "2026-12-07"]


def test_a_week_waits_for_a_wiki_that_is_away_but_not_for_ever(fleet: Fleet) -> None:
    fleet.days(6, {"large": 3, "small": 1})
    fleet.away = {"small"}
    fleet.days(4, {"large": 3})
    waiting = fleet.posted()
    fleet.days(6, {"large": 3})

    assert waiting == []
    assert fleet.posted() == [f"{PROGRAMME}/Week 2026-11-23"]
    assert fleet.rows(fleet.posted()[0]) == {"large": "21"}
    assert fleet.left_out() == "small (not looked at since the end of this span)"


def test_the_wiki_that_comes_back_in_time_is_in_the_report(fleet: Fleet) -> None:
    fleet.days(6, {"large": 3, "small": 1})
    fleet.away = {"small"}
    fleet.days(4, {"large": 3, "small": 1})
    fleet.away = set()
    fleet.days(2, {"large": 3})

    assert fleet.rows(fleet.posted()[0]) == {"large": "21", "small": "7", "All wikis": "28"}
    assert fleet.left_out() == ""


def test_a_wiki_that_counts_by_another_calendar_is_left_out_and_named(fleet: Fleet) -> None:
    own = 'report: {page: "User:Clerk/settings.yaml/Report", week_starts: sunday, every: week}\n'
    fleet.wikis["small"].says("Root", "User:Clerk/settings.yaml", PAGE + own)
    fleet.days(9, {"large": 3, "small": 1})

    assert fleet.rows(fleet.posted()[0]) == {"large": "21"}
    assert fleet.left_out() == "small (counts by another calendar)"


def test_a_wiki_of_which_nothing_is_known_yet_is_named(tmp_path: Path) -> None:
    fleet = founded(tmp_path, "small")
    fleet.days(9, {"large": 3})

    assert fleet.rows(fleet.posted()[0]) == {"large": "21"}
    assert fleet.left_out() == "small (nothing known of it yet)"


def test_a_stopped_home_wiki_gets_no_report(fleet: Fleet) -> None:
    fleet.wikis["large"].says("Eva", "User:Clerk/run", "stop")
    fleet.days(9, {"large": 3, "small": 1})

    assert fleet.posted() == []


def wiki(name: str, *boards: BoardSeen) -> BoardSeen:
    """A wiki with its boards."""
    return BoardSeen(name, "", min(one.since for one in boards), parts=boards)


def across(*wikis: BoardSeen) -> Report:
    """The week's report across wikis."""
    return make(wikis, WEEK, Calendar())


def intake(report: Report) -> list[Shown]:
    """The threads opened by wiki, and in all."""
    assert report.total is not None
    return [row.figures.of(Kind.INTAKE) for row in (*report.rows, report.total)]


def test_what_a_wikis_own_report_keeps_back_is_kept_back_across_wikis() -> None:
    # Two boards with four each: the own report hides both and their sum, which says that each has four.
    pair = [board(threads(4, WEEK.start, timedelta(hours=1), name), title=name) for name in ("A", "B")]
    others = [wiki(name, board(threads(20, WEEK.start, timedelta(hours=1), name), title=name)) for name in ("C", "D")]

    own = make(pair, WEEK, Calendar())
    found = intake(across(wiki("small", *pair), *others))

    assert own.total is not None
    assert own.total.figures.of(Kind.INTAKE) == FEW
    assert found == [FEW, Shown(20), Shown(20), FEW]


def test_what_wikis_show_themselves_is_not_hidden_here_for_the_sake_of_others() -> None:
    few = wiki("small", board(threads(3, WEEK.start, timedelta(hours=1)), title="A"))
    many = wiki("large", board(threads(20, WEEK.start, timedelta(hours=1)), title="B"))

    assert intake(across(few, many)) == [FEW, Shown(20), FEW]


def test_there_is_no_median_across_kinds_of_board_on_one_wiki_or_several() -> None:
    one = board(weeks(9), title="A")
    other = replace(board(weeks(9), title="B"), kind="help-desk")
    mixed, same = across(wiki("w", one, other), wiki("v", one)), across(wiki("w", one), wiki("v", one))

    assert [row.figures.of(Kind.FIRST_RESPONSE).value for row in mixed.rows] == [None, 3 * 3600]
    assert mixed.total is not None
    assert same.total is not None
    assert mixed.total.figures.of(Kind.FIRST_RESPONSE) == Shown()
    assert same.total.figures.of(Kind.FIRST_RESPONSE).value == 3 * 3600


def test_a_board_that_is_new_on_a_wiki_does_not_keep_the_wiki_out() -> None:
    new = replace(board(weeks(9), title="New"), since=MONDAY - timedelta(days=3))
    seen = wiki("w", board(weeks(9), title="Old"), new).observed_in(WEEK)

    assert seen is not None
    assert [one.title for one in seen.boards] == ["Old"]
