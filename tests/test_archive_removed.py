"""Handled reports taken off a list (``handled: remove``): once, with and without the journal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import BOARD, NOW, PAGE, Killed, World, signed, world

LIST = PAGE.replace("subjects: {templates: [userlinks]}", "threads: {style: list, reports: [vandal]}").replace(
    "keep_threads: 1, to: ", "keep_threads: 0, handled: remove, to: "
)


def _report(number: int, *, closed: bool = True) -> str:
    opened = NOW - timedelta(days=3, minutes=number)
    line = f"* {{{{vandal|N{number}}}}} " + signed("Alba", opened, f"Words of report {number}.") + "\n"
    return line + ("** {{resolved}} " + signed("Clara", opened + timedelta(hours=1), "Done.") + "\n" if closed else "")


def _list() -> World:
    return world(_report(1), _report(2), _report(3, closed=False), page=LIST)


def test_handled_reports_go_and_the_next_run_has_nothing_to_do() -> None:
    made = _list()

    made.run()
    made.run()

    assert made.bot_edits() == [BOARD]
    assert "Words of report 1." not in made.text(BOARD)
    assert "Words of report 3." in made.text(BOARD)


@pytest.mark.parametrize("lost", [False, True])
def test_a_report_that_a_person_put_back_is_never_removed_again_with_or_without_the_journal(lost: bool) -> None:
    made = _list()
    made.run()
    made.says("Dario", BOARD, f"{made.text(BOARD)}\n{_report(1)}{_report(4)}")
    if lost:
        made.lose_journal()
    made.wiki.advance(timedelta(days=2))

    made.run()

    assert "Words of report 1." in made.text(BOARD)
    assert "Words of report 4." not in made.text(BOARD)
    assert made.bot_edits() == [BOARD, BOARD]


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("place", ["before", "after"])
def test_killed_at_the_save_nothing_is_removed_twice_and_what_is_put_back_stays(place: str, lost: bool) -> None:
    made = _list()

    def kill(number: int, name: str) -> None:
        if name == "save":
            raise Killed

    setattr(made.tap, place, kill)
    with pytest.raises(Killed):
        made.run()
    made.untapped()
    if place == "after":
        made.says("Dario", BOARD, f"{made.text(BOARD)}\n{_report(1)}")
    if lost:
        made.lose_journal()

    made.run()

    assert made.bot_edits() == [BOARD]
    assert ("Words of report 1." in made.text(BOARD)) is (place == "after")
    assert "Words of report 2." not in made.text(BOARD)
