"""The report task: posted once for every span that is over, whatever happens to runs and journal; early warning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.figures.report import BoardSeen, Report, make
from bot.figures.spans import Calendar, Period, Span
from bot.journal import Journal
from bot.memory import Memory
from bot.messages import Messages
from bot.model import Page
from bot.observe import End, Ending, Observation
from bot.plan import Edit, Need, NewSection, Plan, WholeText
from bot.settings.report import GoalSettings, ReportSettings, WarnSettings
from bot.wikiplan import WikiSnapshot
from tasks import WIKI
from tasks.report import plan
from tasks.report.page import brief, full, markers
from tests.builders import hash_of, page, wiki_info
from tests.world import BOARD, PAGE, World, signed, thread, world

REPORT = "Project:Report"
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
NOW = MONDAY + timedelta(hours=9)
WEEK = Span(MONDAY - timedelta(days=7), MONDAY, Period.WEEK)
SETTINGS = ReportSettings(mode="live", page=REPORT, every=("week",))


def threads(count: int, first: datetime, wait: timedelta, name: str = "") -> list[Observation]:
    """So many threads an hour apart, answered after a wait and then resolved and archived."""
    made = []
    for number in range(count):
        opened = first + timedelta(hours=number)
        answered = opened + wait
        ends = (Ending(End.RESOLVED, answered), Ending(End.ARCHIVED, answered + timedelta(days=1)))
        key = f"{name}{first:%m%d}{number}"
        made.append(
            Observation(key, key, opened, answered, answered, endings=ends, responders=(f"hashed{number % 6}",))
        )
    return made


def weeks(*counts: int, wait: float = 3) -> list[Observation]:
    """Threads in the weeks before NOW, the oldest week first."""
    found: list[Observation] = []
    for back, count in enumerate(reversed(counts), 1):
        found += threads(count, MONDAY - timedelta(days=7 * back), timedelta(hours=wait), f"{back}-")
    return found


def board(observations: list[Observation], **changes: Any) -> BoardSeen:
    """A board that was observed for half a year."""
    seen = BoardSeen("Project:Incidents", "incidents", MONDAY - timedelta(days=180), tuple(observations))
    return replace(seen, **changes)


def given(*boards: BoardSeen, **changes: Any) -> WikiSnapshot:
    """What the task sees."""
    memory = Memory(hash_of)
    return replace(
        WikiSnapshot(wiki_info(), Messages(), memory, boards, settings_page="User:Clerk/settings"), **changes
    )


def decided(snapshot: WikiSnapshot, settings: ReportSettings = SETTINGS, now: datetime = NOW, *pages: Page) -> Plan:
    """The plan, its needs answered."""
    wiki = {one.title: one for one in pages}
    result = plan(snapshot, settings, now)
    while isinstance(result, Need):
        snapshot = replace(
            snapshot, pages={**snapshot.pages, **{title: wiki.get(title, Page(title)) for title in result.pages}}
        )
        result = plan(snapshot, settings, now)
    return result


def whole(edit_change: object) -> str:
    """The text of a whole page."""
    assert isinstance(edit_change, WholeText)
    return edit_change.text


def test_every_week_that_is_over_is_reported_on_once_and_the_page_leads_there() -> None:
    found = decided(given(board(weeks(*[8] * 10))))

    titles = [edit.page for edit in found.edits]
    assert titles[-2:] == [f"{REPORT}/Week 2026-11-09", REPORT]
    assert len(titles) == 9
    assert all(edit.base == 0 for edit in found.edits)
    assert f"{REPORT}/Week 2026-11-09" in whole(found.edits[-1].change)


def test_a_report_that_stands_there_is_not_posted_again() -> None:
    snapshot = given(board(weeks(*[8] * 10)))
    first = decided(snapshot)
    pages = [page(edit.page, whole(edit.change)) for edit in first.edits]

    assert decided(snapshot, SETTINGS, NOW, *pages).edits == ()


def test_a_report_that_was_posted_and_then_deleted_is_not_posted_again() -> None:
    snapshot = given(board(weeks(*[8] * 10)))
    keys = frozenset(edit.key for edit in decided(snapshot).edits if edit.key)

    assert decided(replace(snapshot, memory=Memory(hash_of, keys=keys))).edits == ()


def test_a_missed_week_is_caught_up() -> None:
    snapshot = given(board(weeks(*[8] * 10)))
    first = decided(snapshot)
    pages = [page(edit.page, whole(edit.change)) for edit in first.edits]

    later = decided(snapshot, SETTINGS, NOW + timedelta(days=14), *pages)

    assert [edit.page for edit in later.edits] == [f"{REPORT}/Week 2026-11-16", f"{REPORT}/Week 2026-11-23", REPORT]


def test_nothing_is_reported_of_a_week_that_was_not_observed_from_its_beginning() -> None:
    found = decided(given(board(weeks(8, 8), since=MONDAY - timedelta(days=5))))

    assert found.edits == ()


def test_a_board_that_was_not_observed_from_the_weeks_beginning_is_named() -> None:
    new = board(weeks(8, 8), title="Project:New", since=MONDAY - timedelta(days=5))
    last = decided(given(board(weeks(*[8] * 10)), new)).edits[-2]

    assert "\nNot included: [[:Project:New]] (observed since 2026-11-11).\n" in whole(last.change)


def test_a_week_is_reported_on_when_every_board_was_looked_at_once_more() -> None:
    snapshot = given(board(weeks(*[8] * 10)))

    assert f"{REPORT}/Week 2026-11-09" not in {
        edit.page for edit in decided(snapshot, SETTINGS, MONDAY + timedelta(hours=5)).edits
    }


def test_what_else_stands_on_the_page_stays() -> None:
    snapshot = given(board(weeks(*[8] * 10)))
    begin, end = markers()

    (edit,) = [
        one
        for one in decided(snapshot, SETTINGS, NOW, page(REPORT, f"Before.\n{begin}old{end}\nAfter.")).edits
        if one.page == REPORT
    ]

    assert not isinstance(edit.change, WholeText)
    text = edit.change.apply(f"Before.\n{begin}old{end}\nAfter.")  # type: ignore[union-attr]  # splices, see above
    assert text.startswith("Before.\n")
    assert text.endswith("\nAfter.")


@pytest.mark.parametrize("text", ["{0}a{1}{0}b{1}", "{0}a", "{1}a{0}"])
def test_doubled_or_broken_markers_are_told_and_not_guessed_at(text: str) -> None:
    snapshot = given(board(weeks(*[8] * 10)))

    found = decided(snapshot, SETTINGS, NOW, page(REPORT, text.format(*markers())))

    assert REPORT not in {edit.page for edit in found.edits}
    assert [one.verdict for one in found.decisions][-1] == "held back"


def goal(target: str, **changes: Any) -> GoalSettings:
    """A goal for the first response."""
    fields = {"figure": "first_response", "target": target, "action": "ask for help", "owner": "Project:Admins"}
    return GoalSettings.model_validate({**fields, "tolerance": "20 %", "due": "2027-03-31", **changes})


def report(*goals: GoalSettings, past: float = 3, now: float = 3) -> Report:
    """The report of the last week."""
    seen = weeks(*[8] * 9, wait=past) + threads(22, WEEK.start, timedelta(hours=now), "now-")
    return make([board(seen)], WEEK, Calendar(), [one.goal() for one in goals])


@pytest.mark.parametrize(("hours", "state"), [(3, "on track"), (4.5, "drifting"), (9, "off")])
def test_a_missed_goal_stands_there_with_what_is_done_by_whom_and_until_when(hours: float, state: str) -> None:
    text = brief(report(goal("4 h"), now=hours, past=hours), Messages(), "User:Clerk/settings")

    assert "set by the community on [[:User:Clerk/settings]]" in text
    if state == "on track":
        assert "Every goal that could be measured is met." in text
    else:
        row = next(line for line in text.split("\n") if "ask for help" in line)
        assert state in row
        assert "[[:Project:Admins]]" in row
        assert "2027-03-31" in row


def test_the_next_report_says_what_became_of_a_missed_goal() -> None:
    seen = weeks(*[8] * 9, wait=9)
    before = [one for one in seen if one.opened < WEEK.start]
    mended = make(
        [board([*before, *threads(22, WEEK.start, timedelta(hours=3))])], WEEK, Calendar(), [goal("4 h").goal()]
    )

    row = next(line for line in brief(mended, Messages(), "User:Clerk/settings").split("\n") if "ask for help" in line)
    assert "|| 3.0 h || 9.0 h (off) || at most 4.0 h || on track ||" in row
    assert "2027-03-31" in row


def test_an_action_whose_day_has_passed_is_said_to_be_late_while_the_goal_is_missed() -> None:
    late = brief(report(goal("4 h", due="2026-11-10"), now=9, past=9), Messages(), "S")
    met = full(report(goal("4 h", due="2026-11-10")), Messages(), "S")

    assert "2026-11-10 (passed)" in late
    assert "2026-11-10" in met
    assert "passed" not in met


def test_the_whole_report_shows_every_goal_with_its_state_and_the_brief_counts_those_met() -> None:
    goals = (goal("4 h"), goal("20", figure="intake"), goal("50 %", figure="spread"))
    made = report(*goals, now=9)

    rows = [line for line in full(made, Messages(), "S").split("\n") if "ask for help" in line]
    assert [row.split(" || ")[4] for row in rows] == ["off", "off", "–"]
    assert "Other goals, all met" not in brief(made, Messages(), "S")
    relaxed = report(goals[0], goal("90", figure="intake"), now=9)
    assert "Other goals, all met: 1." in brief(relaxed, Messages(), "S")


ESCALATING = SETTINGS.model_copy(
    update={"escalate": "Project talk:Admins", "goals": (goal("4 h"), goal("90", figure="intake"))}
)


def escalated(plan_: Plan) -> list[Edit]:
    """The edits that put goals before those who can act."""
    return [edit for edit in plan_.edits if edit.kind == "goals"]


def test_a_goal_that_is_off_is_put_once_before_those_who_can_act() -> None:
    snapshot = given(board(weeks(*[8] * 9, 12, wait=9)))

    found = decided(snapshot, ESCALATING)
    (edit,) = escalated(found)
    again = decided(replace(snapshot, memory=Memory(hash_of, keys=frozenset({edit.key}))), ESCALATING)

    assert isinstance(edit.change, NewSection)
    assert edit.page == "Project talk:Admins"
    assert "Week from 2026-11-09" in edit.change.heading
    assert f"[[:{REPORT}/Week 2026-11-09]]" in edit.change.text
    assert (
        "Result: 9.0 h; Goal: at most 4.0 h; Action: ask for help; Seen to by: [[:Project:Admins]]" in edit.change.text
    )
    assert edit.change.text.count("\n*") == 1
    assert escalated(again) == []


def test_a_goal_that_drifts_or_is_met_is_not_escalated() -> None:
    for hours in (3, 4.5):
        assert escalated(decided(given(board(weeks(*[8] * 10, wait=hours))), ESCALATING)) == []


def test_goals_are_not_escalated_to_a_page_that_cannot_take_them() -> None:
    snapshot = given(board(weeks(*[8] * 10, wait=9)))
    moved = page("Project talk:Admins", "#REDIRECT [[X]]", redirect="X")

    found = decided(snapshot, ESCALATING, NOW, moved)

    assert escalated(found) == []
    assert "redirect" in next(one.found for one in found.decisions if one.verdict == "held back")


def test_the_words_of_the_reports(snapshot: SnapshotAssertion) -> None:
    made = report(goal("2 h"))

    assert brief(made, Messages(), "User:Clerk/settings") == snapshot(name="brief")
    assert full(made, Messages(), "User:Clerk/settings") == snapshot(name="full")


def test_every_report_opens_by_saying_that_it_is_about_the_load() -> None:
    for text in (brief(report(), Messages(), "S"), full(report(), Messages(), "S")):
        opening = text.split("</noinclude>")[1].strip()
        assert opening.startswith("These figures describe the load on the boards, not the work of any person.")
        assert "__NOINDEX__" in text


def test_a_figure_that_doubles_is_warned_of_once() -> None:
    settings = SETTINGS.model_copy(update={"warn": WarnSettings.model_validate({"page": f"{REPORT}/Early"})})
    busy = weeks(*[8] * 10) + threads(20, MONDAY, timedelta(hours=3), "new")
    snapshot = given(board(busy))
    now = MONDAY + timedelta(days=3)

    found = decided(snapshot, settings, now)
    (edit,) = [one for one in found.edits if one.kind == "warning"]
    again = decided(snapshot, settings, now, page(f"{REPORT}/Early", whole(edit.change)))
    facts = {(fact.kind, ""): fact.value for fact in found.facts}
    removed = decided(replace(snapshot, memory=Memory(hash_of, facts=facts)), settings, now)

    assert "Threads opened: now 20, usually 8." in whole(edit.change)
    assert "warning" not in {one.kind for one in (*again.edits, *removed.edits)}


def test_an_ordinary_week_is_not_warned_of() -> None:
    settings = SETTINGS.model_copy(update={"warn": WarnSettings.model_validate({"page": f"{REPORT}/Early"})})
    snapshot = given(board(weeks(*[8] * 10) + threads(12, MONDAY, timedelta(hours=3), "new")))

    assert "warning" not in {one.kind for one in decided(snapshot, settings, MONDAY + timedelta(days=3)).edits}


def test_the_report_names_nobody() -> None:
    assert "hashed" not in full(report(), Messages(), "S")


RUNNING = (
    PAGE
    + """\
report:
  mode: live
  page: "User:Clerk/settings.yaml/Report"
  every: week
"""
)


def played(weeks_long: int, **changes: Any) -> World:
    """A board with two threads, and a run a day."""
    made = world(thread(1, resolved=False), thread(2, resolved=False), page=RUNNING, **changes)
    made.wiki_tasks = WIKI
    days(made, 7 * weeks_long)
    return made


def days(made: World, count: int) -> None:
    """A run a day."""
    for _ in range(count):
        made.wiki.advance(timedelta(days=1))
        made.run()


def posted(made: World) -> list[str]:
    """The reports that were saved, with repeats."""
    return [title for title in made.bot_edits() if "/Report/Week" in title]


def test_runs_post_each_week_once() -> None:
    made = played(4)

    assert posted(made) == [f"User:Clerk/settings.yaml/Report/Week 2026-{day}" for day in ("11-23", "11-30", "12-07")]
    assert "Week 2026-12-07" in made.text("User:Clerk/settings.yaml/Report")


def test_a_lost_fortnight_is_caught_up_and_nothing_doubled() -> None:
    made = played(3)
    made.wiki.advance(timedelta(days=15))
    days(made, 3)

    found = [title.rpartition(" ")[2] for title in posted(made)]
    assert found == ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"]


def test_a_lost_journal_posts_nothing_twice() -> None:
    made = played(3)
    made.lose_journal()
    days(made, 15)

    assert len(posted(made)) == len(set(posted(made)))


def test_an_old_copy_of_the_journal_posts_nothing_twice(tmp_path: Any) -> None:
    path = tmp_path / "journal.db"
    made = played(2, journal=Journal(f"sqlite:///{path}"))
    made.journal.close()
    old = path.read_bytes()
    made.journal = Journal(f"sqlite:///{path}")
    days(made, 14)
    made.journal.close()
    path.write_bytes(old)
    made.journal = Journal(f"sqlite:///{path}")
    days(made, 3)

    assert len(posted(made)) == len(set(posted(made))) >= 3


def test_in_plan_mode_the_report_stands_below_the_settings_page() -> None:
    made = world(thread(1, resolved=False), page=RUNNING.replace("\n  mode: live\n", "\n  mode: plan\n"))
    made.wiki_tasks = WIKI
    days(made, 16)

    assert any("/Plan/report/Week" in title for title in made.bot_edits())
    assert not posted(made)


def test_a_page_that_the_operator_did_not_allow_is_not_written() -> None:
    page_ = RUNNING.replace("User:Clerk/settings.yaml/Report", "Project:Village pump")
    made = world(thread(1, resolved=False), page=page_)
    made.wiki_tasks = WIKI
    days(made, 16)

    assert "Village pump" not in " ".join(made.bot_edits())


def test_runs_escalate_each_week_once_even_where_the_journal_is_lost_and_the_section_removed() -> None:
    talk = "User:Clerk/settings.yaml/Goals"
    goals = f'  goals: [{{figure: intake, target: 1, action: help, owner: Admins}}]\n  escalate: "{talk}"\n'
    made = world(thread(1, resolved=False), page=RUNNING + goals)
    made.wiki_tasks = WIKI
    for week in range(5):
        asked = [f"== Week {week}, {number} ==\n{signed('Alba', made.wiki.now, 'Help.')}" for number in range(6)]
        made.says("Alba", BOARD, "\n\n".join([made.text(BOARD), *asked]))
        days(made, 7)
        if week == 2:
            made.says("Eva", talk, "Dealt with.")
            made.lose_journal()

    assert made.bot_edits().count(talk) == len(posted(made)) == 3
    assert made.text(talk).startswith("Dealt with.\n\n== Goals that are off: Week from 2026-12-14 ==")
