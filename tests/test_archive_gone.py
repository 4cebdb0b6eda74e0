"""Threads that people take off the board while the bot moves them: each leaves the archive once at most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import ARCHIVE, BOARD, PAGE, SETTINGS, Killed, World, thread, world

MANY = PAGE.replace("keep_threads: 1", "keep_threads: 1, move_at_most: 500")


def _half_moved(count: int) -> World:
    """The archive holds threads 1 to COUNT and two more, the board still has them: the run died before the cut."""
    made = world(*(thread(number) for number in range(1, count + 3)), thread(count + 3, resolved=False), page=MANY)

    made.dies(before_save=2)
    return made


def _off_the_board(made: World, count: int) -> str:
    """Somebody begins to archive by hand: the first COUNT threads leave the board; gives their text."""
    text = made.text(BOARD)
    start, end = text.index("== Report 1 =="), text.index(f"== Report {count + 1} ==")
    made.says("Eva", BOARD, text[:start] + text[end:])
    return text[start:end].rstrip()


def _into_the_archive(made: World, taken: str) -> None:
    """They end it: the threads go to the archive; somebody else writes on the board, so that all is planned again."""
    made.says("Eva", ARCHIVE, f"{made.text(ARCHIVE)}\n\n{taken}")
    made.says("Dario", BOARD, made.text(BOARD) + "\n:One more word.")


def _each_once(made: World, count: int) -> None:
    for number in range(1, count + 3):
        assert made.copies(f"Words of report {number}.") == {ARCHIVE: 1}
    assert made.kept.open_moves(BOARD) == ()
    before = made.bot_edits()
    made.run()
    assert made.bot_edits() == before


@pytest.mark.parametrize("count", [1, 6, 7, 40, 350])
def test_threads_moved_by_hand_while_their_copies_are_taken_back_stay_where_they_were_put(count: int) -> None:
    made = _half_moved(count)
    taken = _off_the_board(made, count)

    def step(number: int, name: str) -> None:
        if name == "save" and made.tap.calls.count("save") == 1:
            _into_the_archive(made, taken)

    made.tap.after = step
    made.run()

    _each_once(made, count)


@pytest.mark.parametrize("count", [1, 7, 40])
@pytest.mark.parametrize("lost", [False, True])
def test_the_same_where_the_bot_dies_in_between_with_the_journal_or_without(count: int, lost: bool) -> None:
    made = _half_moved(count)
    taken = _off_the_board(made, count)

    def kill(number: int, name: str) -> None:
        if name == "save":
            raise Killed

    made.tap.after = kill
    with pytest.raises(Killed):
        made.run()
    made.untapped()
    _into_the_archive(made, taken)
    if lost:
        made.lose_journal()
    made.run()
    made.run()

    _each_once(made, count)


def test_what_cannot_be_mended_now_is_not_cut_either_and_all_is_ended_once_it_can() -> None:
    made = _half_moved(3)
    made.says("Dario", BOARD, made.text(BOARD).replace("Answer to report 1.", "Better answer to report 1."))
    made.wiki.protect(ARCHIVE, "sysop")

    made.run()
    made.says("Dario", BOARD, made.text(BOARD) + "\n:One more word.")
    made.wiki.protect(ARCHIVE, "")
    made.run()

    _each_once(made, 3)


def _twins() -> World:
    """Somebody sent the same report twice; both are in the archive, and on the board still."""
    made = world(thread(1), thread(1), thread(2), thread(3, resolved=False), page=MANY)

    made.dies(before_save=2)
    return made


def test_a_report_sent_twice_goes_twice() -> None:
    made = _twins()

    made.run()

    assert made.copies("Words of report 1.") == {ARCHIVE: 2}


def test_a_report_sent_twice_and_then_removed_leaves_the_archive_twice() -> None:
    made = _twins()
    made.says("Eva", BOARD, made.text(BOARD).replace(thread(1), ""))

    made.run()

    assert made.copies("Words of report 1.") == {}
    assert made.copies("Words of report 2.") == {ARCHIVE: 1}


def test_a_report_sent_twice_and_then_swallowed_from_above_leaves_the_archive_twice() -> None:
    made = _twins()
    made.says("Eva", BOARD, made.text(BOARD).replace("Write below.", "Write below.\n<!-- unclosed"))

    made.run()

    assert made.copies("Words of report 1.") == {BOARD: 2}


def test_of_two_reports_of_one_minute_the_one_removed_leaves_the_archive_and_the_other_goes_there() -> None:
    same = (
        thread(1).replace("report 1.", "report 77.").replace("Closed 1.", "Closed 77.").replace("Report 1", "Report 77")
    )
    made = world(thread(1), same, thread(3, resolved=False), page=MANY)

    made.dies(before_save=2)
    made.says("Eva", BOARD, made.text(BOARD).replace(thread(1), ""))

    made.run()

    assert made.copies("Words of report 1.") == {}
    assert made.copies("Words of report 77.") == {ARCHIVE: 1}


@pytest.mark.parametrize("redirect", [True, False])
@pytest.mark.parametrize("lost", [False, True])
def test_an_archive_moved_before_the_board_is_cut_is_followed(redirect: bool, lost: bool) -> None:
    made = _half_moved(3)
    other = f"{BOARD}/Old reports"
    made.wiki.move(ARCHIVE, other)
    if not redirect:
        made.wiki.delete(ARCHIVE)
    if lost:
        made.lose_journal()

    made.run()
    made.run()

    for number in range(1, 6):
        assert made.copies(f"Words of report {number}.") == {other: 1}
    assert made.kept.open_moves(BOARD) == ()


@pytest.mark.parametrize("redirect", [True, False])
def test_an_archive_moved_within_the_run_is_followed(redirect: bool) -> None:
    made = world(*(thread(number) for number in range(1, 4)), thread(4, resolved=False), page=MANY)
    other = f"{BOARD}/Old reports"

    def step(number: int, name: str) -> None:
        if name == "save" and made.tap.calls.count("save") == 1:
            made.wiki.move(ARCHIVE, other)
            if not redirect:
                made.wiki.delete(ARCHIVE)

    made.tap.after = step
    made.run()

    for number in range(1, 4):
        assert made.copies(f"Words of report {number}.") == {other: 1}
    assert made.kept.open_moves(BOARD) == ()


def test_a_board_moved_before_it_is_cut_is_followed_once_the_settings_name_it() -> None:
    made = _half_moved(3)
    moved = "Wiki:Problems"
    made.wiki.move(BOARD, moved)
    made.run()
    made.says("Root", SETTINGS, MANY.replace("Project:Incidents", "Project:Problems"))
    made.wiki.advance(timedelta(days=1))

    made.run()
    made.run()

    for number in range(1, 6):
        assert made.copies(f"Words of report {number}.") == {ARCHIVE: 1}
