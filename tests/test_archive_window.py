"""The window of one request (law 8): what somebody does to an archive while the board is cut loses no thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.runner import RunReport
from tests.world import ARCHIVE, BOARD, NOW, PAGE, SUMMARY, Killed, World, signed, thread, world

OLD = "{{Archive}}\n\n== Old ==\n" + "Words of long ago."
THREADS = tuple(thread(number, resolved=number != 3) for number in range(1, 6))
GONE = (1, 2, 4, 5)


def _made() -> World:
    made = world(*THREADS)
    made.says("Bea", ARCHIVE, OLD)
    made.wiki.advance(timedelta(hours=1))
    return made


def _run(made: World, act: Callable[[], object], *, place: str = "before", **options: object) -> RunReport:
    """A run; somebody acts after the bot looked at the archive for the last time, right before (or after) the cut."""

    def step(number: int, name: str) -> None:
        if name == "save" and made.tap.calls.count("save") == 2:
            act()

    setattr(made.tap, place, step)
    return made.run(**options)


def _problems(report: RunReport) -> list[str]:
    return [problem for board in report.boards for task in board.tasks for problem in task.problems]


def _each_once(made: World, numbers: tuple[int, ...] = (1, 2, 3, 4, 5)) -> None:
    for number in numbers:
        assert sum(made.copies(f"Words of report {number}.").values()) == 1
        assert sum(made.copies(f"Answer to report {number}.").values()) == 1


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("left", [OLD, "", "Rubbish."])
def test_threads_taken_out_of_the_archive_while_they_are_cut_are_put_back_where_they_stood(
    place: str, left: str
) -> None:
    made = _made()
    before = made.text(BOARD)

    report = _run(made, lambda: made.says("Eva", ARCHIVE, left), place=place)

    assert made.text(BOARD) == before
    assert made.text(ARCHIVE) == left
    assert _problems(report)
    assert not any(name in " ".join(_problems(report)) for name in ("Eva", "Alba", "Report 1"))


def test_they_are_archived_by_a_later_run_and_nobody_put_them_back() -> None:
    made = _made()
    _run(made, lambda: made.says("Eva", ARCHIVE, OLD))
    made.untapped()

    made.run()

    _each_once(made)
    assert made.copies("Words of report 1.") == {ARCHIVE: 1}
    edits = made.bot_edits()
    made.run()
    assert made.bot_edits() == edits


def test_with_the_journal_lost_they_are_archived_by_a_later_run_too() -> None:
    made = _made()
    _run(made, lambda: made.says("Eva", ARCHIVE, OLD))
    made.untapped()
    made.lose_journal()

    made.run()

    assert made.copies("Words of report 1.") == {ARCHIVE: 1}


def test_one_thread_taken_out_alone_comes_back_between_its_neighbours() -> None:
    made = _made()

    _run(made, lambda: made.says("Eva", ARCHIVE, made.text(ARCHIVE).replace(THREADS[1].rstrip(), "")))

    assert made.text(BOARD) == f"Write below.\n\n{THREADS[1]}{THREADS[2]}".rstrip()
    _each_once(made)


def test_whoever_writes_on_the_board_meanwhile_keeps_their_words() -> None:
    made = _made()
    remark = "\n:" + signed("Dario", made.wiki.now, "One more word.") + "\n\n" + thread(7, resolved=False)

    def act() -> None:
        made.says("Eva", ARCHIVE, OLD)
        made.says("Dario", BOARD, made.text(BOARD).rstrip() + remark)

    _run(made, act, place="after")

    text = made.text(BOARD)
    _each_once(made, (1, 2, 3, 4, 5, 7))
    assert "One more word." in text
    assert all(one.rstrip() in text for one in THREADS)
    order = [text.index(f"== Report {number} ==") for number in (1, 2, 3)]
    assert order == sorted(order)


def test_what_somebody_took_off_the_board_as_well_stays_away() -> None:
    made = _made()

    def act() -> None:
        made.says("Eva", ARCHIVE, OLD)
        made.says("Eva", BOARD, f"Write below.\n\n{THREADS[2]}")

    report = _run(made, act)

    assert made.copies("Words of report 1.") == {}
    assert made.copies("Words of report 3.") == {BOARD: 1}
    assert not _problems(report)


def test_a_copy_that_somebody_answered_in_meanwhile_is_there() -> None:
    made = _made()
    answer = "\n:" + signed("Dario", made.wiki.now, "Late.")
    last = "Answer to report 2. [[User:Bea|Bea]] ([[User talk:Bea|talk]])"

    def act() -> None:
        text = made.text(ARCHIVE)
        end = text.index("\n", text.index(last))
        made.says("Dario", ARCHIVE, text[:end] + answer + text[end:])

    report = _run(made, act)

    _each_once(made)
    assert made.copies("Words of report 2.") == {ARCHIVE: 1}
    assert not _problems(report)


@pytest.mark.parametrize("redirect", [True, False])
def test_an_archive_moved_to_another_title_meanwhile_holds_its_threads(redirect: bool) -> None:
    made = _made()
    other = f"{BOARD}/Old reports"

    def act() -> None:
        made.wiki.move(ARCHIVE, other)
        if not redirect:
            made.wiki.delete(ARCHIVE)

    report = _run(made, act)

    _each_once(made)
    assert made.copies("Words of report 1.") == {other: 1}
    assert not _problems(report)


def test_an_archive_deleted_meanwhile_gives_its_threads_back_to_the_board() -> None:
    made = _made()
    before = made.text(BOARD)

    report = _run(made, lambda: made.wiki.delete(ARCHIVE))

    assert made.text(BOARD) == before
    assert _problems(report)


def test_no_limit_keeps_the_bot_from_putting_back_what_it_took() -> None:
    made = _made()
    before = made.text(BOARD)

    _run(made, lambda: made.says("Eva", ARCHIVE, ""), edits_per_run=2)

    assert made.text(BOARD) == before


def test_a_thread_put_back_is_not_said_to_be_archived_without_an_answer() -> None:
    page = PAGE.replace("inactive_after: never", "unanswered_after: 24 h") + SUMMARY
    alone = f"== Report 1 ==\n{signed('Alba', NOW - timedelta(days=3), 'Words of report 1.')}\n\n"
    other = f"== Report 2 ==\n{signed('Bea', NOW - timedelta(days=4), 'Words of report 2.')}\n\n"
    made = world(alone, other, thread(3, resolved=False), page=page.replace("keep_threads: 1", "keep_threads: 0"))

    def act() -> None:
        made.says("Eva", ARCHIVE, made.text(ARCHIVE).replace(alone.rstrip(), ""))

    _run(made, act)

    facts = [key for key in made.kept.facts(BOARD) if key[0] == "archived-unanswered"]
    assert len(facts) == 1
    assert made.copies("Words of report 1.") == {BOARD: 1}


@pytest.mark.parametrize("dies", range(1, 4))
def test_the_bot_may_die_at_any_call_after_the_cut_and_the_next_run_puts_them_back(dies: int) -> None:
    made = _made()
    calls: list[str] = []

    def step(number: int, name: str) -> None:
        if name == "save" and made.tap.calls.count("save") == 2 and not calls:
            made.says("Eva", ARCHIVE, OLD)

    def then(number: int, name: str) -> None:
        if made.tap.calls.count("save") >= 2:
            calls.append(name)
            if len(calls) == dies:
                raise Killed

    made.tap.before, made.tap.after = step, then
    with pytest.raises(Killed):
        made.run()
    made.untapped()

    made.run()
    made.untapped()

    _each_once(made)
    made.run()
    _each_once(made)


def test_what_a_person_takes_out_of_the_archive_after_the_cut_stays_away() -> None:
    made = _made()

    made.dies(after_save=2)
    made.says("Eva", ARCHIVE, OLD)

    made.run()

    assert made.copies("Words of report 1.") == {}


def test_looking_at_the_archive_after_the_cut_costs_no_request() -> None:
    made = _made()
    made.run()

    assert made.tap.calls[-2:] == ["save", "read"]


def test_with_the_journal_lost_as_well_the_next_run_puts_them_back() -> None:
    made = _made()

    def kill(number: int, name: str) -> None:
        if name == "save" and made.tap.calls.count("save") == 2:
            raise Killed

    made.tap.after = kill
    with pytest.raises(Killed):
        _run(made, lambda: made.says("Eva", ARCHIVE, OLD))
    made.untapped()
    made.lose_journal()

    report = made.run()
    made.run()

    assert _problems(report)
    _each_once(made)


SMALL = PAGE.replace("keep_threads: 1", "keep_threads: 1, max_threads: 2")


@pytest.mark.parametrize("deed", ["blank", "delete"])
@pytest.mark.parametrize("archives", [(1,), (2,), (1, 2)])
def test_of_two_archives_each_is_looked_at(deed: str, archives: tuple[int, ...]) -> None:
    made = world(*THREADS, page=SMALL)

    def act(number: int, name: str) -> None:
        if name == "save" and made.tap.calls.count("save") == 3:
            for one in archives:
                title = f"{BOARD}/Archive {one}"
                if deed == "blank":
                    made.says("Eva", title, "")
                else:
                    made.wiki.delete(title)

    made.tap.before = act
    made.run()

    _each_once(made)
    assert made.text(BOARD).count("== Report") == 1 + 2 * len(archives)


def test_what_the_last_of_all_new_plans_cut_is_put_back_all_the_same() -> None:
    made = _made()
    reads = iter(range(1, 99))

    def step(number: int, name: str) -> None:
        saves = made.tap.calls.count("save")
        read = next(reads) if name == "read" and saves == 1 else 0
        if read == 1:
            made.says("Dario", BOARD, f"{made.text(BOARD)}\n\n{thread(7, resolved=False)}")
        elif read in {2, 3}:
            made.says("Dario", ARCHIVE, f"{made.text(ARCHIVE)}\n\n== Remark {read} ==\nWords.")
        elif name == "save" and saves == 2:
            made.says("Eva", ARCHIVE, OLD)

    made.tap.before = step
    report = made.run()

    _each_once(made, (1, 2, 3, 4, 5, 7))
    assert made.copies("Words of report 1.") == {BOARD: 1}
    assert len(_problems(report)) == 1
