"""Threads that people put back on the board: what becomes of the archived copy, with the journal kept and lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import ARCHIVE, BOARD, PAGE, World, signed, thread, world

REMOVE = PAGE.replace("keep_threads: 1,", "keep_threads: 1, returned_copy: remove,")


def _put_back(page: str, *, reply: bool = False, in_archive: bool = False) -> World:
    """Two threads were archived, and somebody put the first of them back."""
    made = world(thread(1), thread(2), thread(3, resolved=False), page=page)
    made.run()
    assert made.copies("Words of report 1.") == {ARCHIVE: 1}
    again = thread(1).rstrip()
    if reply:
        again += "\n:" + signed("Dario", made.wiki.now, "This is not over.")
    if in_archive:
        answer = ":" + signed("Eva", made.wiki.now, "Nor here.")
        made.says("Eva", ARCHIVE, made.text(ARCHIVE).replace("\n\n== Report 2", f"\n{answer}\n\n== Report 2"))
    made.says("Dario", BOARD, f"{made.text(BOARD)}\n\n{again}")
    return made


@pytest.mark.parametrize("reply", [False, True])
def test_the_copy_of_a_thread_put_back_stays_unless_the_settings_say_otherwise(reply: bool) -> None:
    made = _put_back(PAGE, reply=reply)

    made.run()

    assert made.copies("Words of report 1.") == {BOARD: 1, ARCHIVE: 1}


@pytest.mark.parametrize("reply", [False, True])
@pytest.mark.parametrize("lost", [False, True])
def test_the_copy_is_taken_out_where_the_settings_say_so_and_the_thread_stays_for_good(reply: bool, lost: bool) -> None:
    made = _put_back(REMOVE, reply=reply)

    made.run()

    assert made.copies("Words of report 1.") == {BOARD: 1}
    assert made.copies("Words of report 2.") == {ARCHIVE: 1}
    edits = made.bot_edits()
    if lost:
        made.lose_journal()
    made.wiki.advance(timedelta(days=9))
    made.run()
    assert made.copies("Words of report 1.") == {BOARD: 1}
    assert made.bot_edits() == edits


def test_a_copy_that_somebody_wrote_in_is_left_to_people() -> None:
    made = _put_back(REMOVE, in_archive=True)

    made.run()

    assert made.copies("Words of report 1.") == {BOARD: 1, ARCHIVE: 1}
    assert made.copies("Nor here.") == {ARCHIVE: 1}


def test_with_the_journal_lost_before_the_copy_was_taken_out_both_stay() -> None:
    made = _put_back(REMOVE)
    made.lose_journal()

    made.run()
    made.run()

    assert made.copies("Words of report 1.") == {BOARD: 1, ARCHIVE: 1}
