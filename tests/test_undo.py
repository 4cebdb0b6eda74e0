"""Undoing a run: everything as it was, nothing that others built on, no thread on both pages or on neither."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.runner import Outcome, RunOptions
from bot.runner.undo import Undone, undo_run
from tests.world import ARCHIVE, BOARD, NOTIFY, PAGE, RUN_PAGE, SUMMARY, Killed, World, thread, world

TALK = "User talk:Eva"
WAITING = f"{BOARD}/Waiting"


def after_a_run() -> tuple[World, str, int]:
    """A world in which a run archived two threads, told Eva and listed the rest."""
    threads = [thread(number, resolved=number in (2, 4), names="Eva" if number == 1 else "") for number in range(1, 6)]
    made = world(*threads, page=PAGE + NOTIFY + SUMMARY)
    before = made.text(BOARD)
    report = made.run()
    assert report.outcome is Outcome.DONE
    assert made.bot_edits() == [ARCHIVE, BOARD, TALK, WAITING]
    return made, before, report.run


def undo(made: World, run: int, *, dry_run: bool = False) -> tuple[Undone, ...]:
    made.wiki.advance(timedelta(minutes=1))
    options = RunOptions("undo", clock=lambda: made.wiki.now, edits_per_run=99, dry_run=dry_run)
    deadline = made.wiki.now + timedelta(hours=1)
    return undo_run(made.tap, made.entry, made.kept, run, deadline=deadline, options=options)


def test_an_undone_run_leaves_every_page_as_it_was_newest_first() -> None:
    made, before, run = after_a_run()

    done = undo(made, run)

    assert all(one.well for one in done)
    assert made.text(BOARD) == before
    assert [made.text(title) for title in (ARCHIVE, TALK, WAITING)] == ["", "", ""]
    assert made.bot_edits()[4:] == [WAITING, TALK, BOARD, ARCHIVE]
    assert [one.page for one in done] == [WAITING, "", BOARD, ARCHIVE]
    assert not [one for one in made.wiki.contributions() if "Eva" in one.summary]


def test_after_an_undo_threads_may_go_again_and_nobody_is_told_twice() -> None:
    made, _, run = after_a_run()
    undo(made, run)

    made.run()

    assert made.copies("Words of report 2.") == {ARCHIVE: 1}
    assert made.text(TALK) == ""


def test_what_somebody_built_on_is_left_and_the_other_half_of_its_move_with_it() -> None:
    for title in (BOARD, ARCHIVE):
        made, _, run = after_a_run()
        words = f"{made.text(title)}\n\nSomebody was here."
        made.says("Dario", title, words)

        done = {one.page: one for one in undo(made, run)}

        assert made.text(title) == words
        assert not done[BOARD].well
        assert not done[ARCHIVE].well
        assert done[WAITING].well
        for number in (2, 4):
            assert made.copies(f"Words of report {number}.") == {ARCHIVE: 1}


def test_an_undo_stops_at_the_run_page() -> None:
    made, _, run = after_a_run()
    made.says("Dario", RUN_PAGE, "stop")
    edits = made.bot_edits()

    done = undo(made, run)

    assert made.bot_edits() == edits
    assert not any(one.well for one in done)
    assert RUN_PAGE in done[0].result


def test_an_undo_on_paper_writes_nothing() -> None:
    made, _, run = after_a_run()
    edits = made.bot_edits()

    assert [one.result for one in undo(made, run, dry_run=True)] == ["would be taken back"] * 4
    assert made.bot_edits() == edits


def test_an_undo_can_be_undone() -> None:
    made, _, run = after_a_run()
    after = {title: made.text(title) for title in (BOARD, ARCHIVE, WAITING)}
    undo(made, run)

    undo(made, run + 1)

    assert {title: made.text(title) for title in after} == after


@pytest.mark.parametrize("title", [BOARD, WAITING])
def test_a_run_is_not_undone_twice(title: str) -> None:
    made, _, run = after_a_run()
    undo(made, run)
    edits = made.bot_edits()

    assert not any(one.well for one in undo(made, run))
    assert made.bot_edits() == edits


def test_an_undo_waits_for_a_run_at_work() -> None:
    made, _, run = after_a_run()
    assert made.kept.take_lease("elsewhere", made.wiki.now, timedelta(minutes=15))

    (told,) = undo(made, run)

    assert "another run" in told.result


@pytest.mark.parametrize("lost", [False, True], ids=["journal kept", "journal lost"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call_of_an_undo_the_next_run_leaves_no_thread_on_both_pages(when: str, lost: bool) -> None:
    whole, _, run = after_a_run()
    whole.tap.calls.clear()
    undo(whole, run)
    for number in range(1, len(whole.tap.calls) + 1):
        made, _, run = after_a_run()
        made.tap.calls.clear()

        def die(call: int, _name: str, at: int = number) -> None:
            if call == at:
                raise Killed

        setattr(made.tap, when, die)
        with pytest.raises(Killed):
            undo(made, run)
        made.untapped()
        if lost:
            made.lose_journal()
        made.run()

        for thread_number in range(1, 6):
            assert sum(made.copies(f"Words of report {thread_number}.").values()) == 1, number
        assert made.text(TALK).count("== Discussion on") <= 1
