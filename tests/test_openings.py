"""Which edit opened a thread is looked up once and remembered by number; nobody's name is."""

from __future__ import annotations

from datetime import timedelta

from bot.model import Board
from bot.plan import Fact
from bot.runner.openings import Openings
from bot.runner.origins import Histories
from tests.builders import board as read_board
from tests.world import BOARD, NOW, World, signed, world

OPENED = [NOW - timedelta(hours=1, minutes=-5 * number) for number in range(3)]


def reported() -> tuple[World, list[int], Board]:
    """Three reports, each by an edit of its own, and a fourth thread whose signature nobody left there."""
    made, text, numbers = world(), "", []
    for number, instant in enumerate(OPENED):
        made.wiki.set_now(instant)
        text += f"== Report {number} ==\n{signed('Alba', instant, 'Words.')}\n\n"
        numbers.append(made.says("Alba", BOARD, text))
    made.wiki.set_now(NOW)
    text += f"== Copied ==\n{signed('Bea', NOW - timedelta(days=9), 'Words.')}"
    revision = made.says("Eva", BOARD, text)
    made.wiki.asked.clear()
    return made, numbers, read_board(text, BOARD, revision)


def found(made: World, on: Board, wanted: int = 4) -> list[int | None]:
    """What a new process finds."""
    openings = Openings(made.kept)
    openings.find(on, [thread.identity for thread in on.threads[:wanted]], Histories(made.wiki), NOW)
    numbers = openings.of(on)
    return [numbers.get(thread.identity) for thread in on.threads]


def test_a_process_asks_for_the_history_where_no_process_before_did() -> None:
    made, numbers, on = reported()

    first, asked = found(made, on), made.wiki.asked["history"]
    again = found(made, on)

    assert first == again == [*numbers, 0]
    assert asked == 1
    assert made.wiki.asked["history"] == 1


def test_only_threads_not_asked_for_before_are_looked_up() -> None:
    made, numbers, on = reported()

    assert found(made, on, 1) == [numbers[0], None, None, None]
    assert found(made, on) == [*numbers, 0]
    assert made.wiki.asked["history"] == 2


def test_with_the_journal_lost_the_history_tells_the_same() -> None:
    made, numbers, on = reported()
    found(made, on)
    made.lose_journal()

    assert found(made, on) == [*numbers, 0]


def test_what_is_remembered_names_nobody_and_goes_with_its_thread() -> None:
    made, numbers, on = reported()
    found(made, on)
    gone = read_board(on.text[: on.threads[1].start], BOARD, on.revision + 1)
    Openings(made.kept).find(gone, [], Histories(made.wiki), NOW)
    (fact,) = [value for (kind, _), value in made.kept.facts(BOARD).items() if kind == "openings"]

    assert "Alba" not in fact
    assert [int(word.partition(":")[2]) for word in fact.split()] == [0, *reversed(numbers)]
    made.says("Dario", BOARD, gone.text)
    later = f"{gone.text}== New ==\n{signed('Dario', NOW, 'Words.')}"
    newest = made.says("Dario", BOARD, later)
    found(made, read_board(later, BOARD, newest))
    (fact,) = [value for (kind, _), value in made.kept.facts(BOARD).items() if kind == "openings"]
    assert [int(word.partition(":")[2]) for word in fact.split()] == [newest, numbers[0]]


def test_a_damaged_memory_costs_a_request_and_no_more() -> None:
    made, numbers, on = reported()
    found(made, on)
    hashed = made.kept.hash_of(on.threads[0].identity)
    for rubbish in ("::: x", f"{hashed}:nothing", "²:²", f"{hashed}:"):
        made.kept.remember(BOARD, [Fact("openings", "", rubbish)], NOW)
        assert found(made, on) == [*numbers, 0]
