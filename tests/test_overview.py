"""The table of all boards and the daily sign of life, by whole runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.runner import State
from tasks import WIKI
from tests.world import BOARD, NOW, PAGE, SUMMARY, World, board, signed, thread, world

OVERVIEW_PAGE = "User:Clerk/settings.yaml/Boards"
HEARTBEAT_PAGE = "User:Clerk/settings.yaml/Heartbeat"
OVERVIEW = f'overview: {{mode: live, page: "{OVERVIEW_PAGE}"}}\n'
HEARTBEAT = "heartbeat: {mode: live}\n"
OTHER = "Wiki:Help"
SECOND = (
    '  "Project:Help":\n    mode: live\n    responders: {groups: [sysop]}\n    archive: {to: "{board}/Archive 1"}\n'
)
FIRST = PAGE.replace("    quiet: 0 s\n", "    quiet: 0 s\n    responders: {groups: [sysop]}\n") + SUMMARY


def unheard(number: int, hours: float) -> str:
    """A report that nobody answered."""
    opened = NOW - timedelta(hours=hours)
    return f"== Case {number} ==\n{signed('Alba', opened, f'Words of case {number}.')}\n\n"


def two_boards(**changes: Any) -> World:
    """Two boards: one where three threads wait, two of them unheard; one where nothing does."""
    made = world(unheard(1, 30), unheard(2, 2), page=FIRST + SECOND + OVERVIEW, **changes)
    reports = (unheard(1, 30), unheard(2, 2), unheard(3, 5))
    made.wiki.set_now(NOW - timedelta(hours=1))
    made.says("Alba", BOARD, board(*reports))
    made.says("Root", BOARD, board(*reports) + "\n:" + signed("Root", made.wiki.now, "Looking."))
    made.wiki.set_now(NOW)
    made.says("Alba", OTHER, "Ask below.")
    made.wiki_tasks = WIKI
    return made


def rows(made: World) -> list[list[str]]:
    """The cells of the table, row by row, the board's link first."""
    text = made.text(OVERVIEW_PAGE)
    parts = [one.strip().split("\n") for one in text.split("|-")[1:]]
    return [[lines[-2].partition("| ")[2], *lines[-1].removeprefix("|").split("||")] for lines in map(_two, parts)]


def _two(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(("! ", "| "))]


def test_the_overview_counts_what_waits_on_each_board_and_leads_to_its_list() -> None:
    made = two_boards()

    made.run()

    first, second, everything = [[cell.strip() for cell in row] for row in rows(made)]
    assert first == [
        f"[[:{BOARD}]]",
        "3",
        "2",
        f"{NOW - timedelta(hours=30):%Y-%m-%d %H:%M}",
        "1 to 3 days",
        "[[:Wiki:Incidents/Waiting]]",
    ]
    assert second == [f"[[:{OTHER}]]", "0", "0", "", "", ""]
    assert everything[:3] == ["All boards", "3", "2"]


def test_the_overview_changes_only_when_more_than_the_clock_did() -> None:
    made = two_boards()
    made.run()
    saves = len(made.bot_edits())

    made.run()
    made.wiki.advance(timedelta(hours=3))
    made.run()

    assert len(made.bot_edits()) == saves
    made.says("Root", BOARD, made.text(BOARD) + "\n:" + signed("Root", made.wiki.now, "Done with both."))
    made.run()
    assert made.bot_edits().count(OVERVIEW_PAGE) == 1


def test_a_new_thread_is_in_the_overview_after_the_next_run() -> None:
    made = two_boards()
    made.run()
    made.says("Bea", OTHER, "Ask below.\n\n== New ==\n" + signed("Bea", made.wiki.now, "Please help."))

    made.run()

    assert [row[1].strip() for row in rows(made)] == ["3", "1", "4"]


def test_what_else_stands_on_the_overviews_page_stays() -> None:
    made = two_boards()
    made.run()
    made.says("Root", OVERVIEW_PAGE, "Before.\n" + made.text(OVERVIEW_PAGE) + "\nAfter.")
    made.says("Bea", OTHER, "Ask below.\n\n== New ==\n" + signed("Bea", made.wiki.now, "Please help."))

    made.run()

    text = made.text(OVERVIEW_PAGE)
    assert text.startswith("Before.\n")
    assert text.endswith("\nAfter.")
    assert rows(made)[1][1].strip() == "1"


def test_the_overview_names_nobody_and_quotes_nothing() -> None:
    made = two_boards()

    made.run()

    text = made.text(OVERVIEW_PAGE)
    assert not any(word in text for word in ("Alba", "Root", "Case", "Words"))


def beating(**changes: Any) -> World:
    """One quiet board and a heartbeat."""
    made = world(thread(1, resolved=False), page=PAGE + HEARTBEAT, **changes)
    made.wiki_tasks = WIKI
    return made


def beats(made: World) -> int:
    """How often the page was written."""
    return made.bot_edits().count(HEARTBEAT_PAGE)


def test_the_heartbeat_is_written_once_a_day_and_nothing_else_is() -> None:
    made = beating()
    made.run()
    quiet = len(made.bot_edits())

    for _ in range(12):
        made.wiki.advance(timedelta(hours=6))
        made.run()

    assert beats(made) == 4
    assert len(made.bot_edits()) == quiet + 3


def test_the_heartbeat_tells_the_run_the_settings_and_the_last_success() -> None:
    made = beating()
    first = made.run()
    made.wiki.advance(timedelta(days=1))
    second = made.run()

    text = made.text(HEARTBEAT_PAGE)
    assert f"| {second.run}\n" in text
    assert f"[[:Special:PermanentLink/{second.settings_revision}|revision {second.settings_revision}]]" in text
    assert first.now is not None
    assert f"| {first.now:%Y-%m-%d %H:%M}" in text
    assert f"| {made.wiki.now:%Y-%m-%d}" in text


@pytest.mark.parametrize("wipe", ["the journal is lost", "somebody edits the page"])
def test_neither_a_lost_journal_nor_an_edit_makes_it_two_a_day(wipe: str) -> None:
    made = beating()
    made.run()
    if wipe == "the journal is lost":
        made.lose_journal()
    else:
        made.says("Eva", HEARTBEAT_PAGE, "Something else.")

    made.run()
    made.run()

    assert beats(made) == 1


def test_a_stopped_bot_has_no_heartbeat() -> None:
    made = beating()
    made.says("Eva", "User:Clerk/run", "stop")

    made.run()

    assert beats(made) == 0


def test_in_plan_mode_both_stand_below_the_settings_page() -> None:
    page = (PAGE + OVERVIEW + HEARTBEAT).replace("mode: live, page", "mode: plan, page").replace("{mode: live}", "")
    made = world(thread(1, resolved=False), page=page)
    made.wiki_tasks = WIKI

    done = made.run()

    saved = {edit.page for edit in done.edits if edit.state is State.SAVED}
    assert {"User:Clerk/settings.yaml/Plan/overview", "User:Clerk/settings.yaml/Plan/heartbeat"} <= saved
    assert OVERVIEW_PAGE not in saved
