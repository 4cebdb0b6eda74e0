"""What becomes of signatures that a board's history does not bear out: asked for together, told by ``explain``."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Revision
from bot.plan import Need, Plan, Snapshot
from bot.runner.origins import Edits
from tasks.archive import ArchiveSettings
from tasks.archive import plan as archive
from tasks.escalate import EscalateSettings
from tasks.escalate import plan as escalate
from tasks.people import rights_of
from tests.builders import BOARD, NOW, ago, answered, only_plan, page, resolved, signed, snapshot, thread

OVERDUE = f"{BOARD}/Overdue"
CLOSED = ("Clara", ago(days=3))
NOT_THEN = "with the signature of somebody who did not edit the board then"


def revision(editor: str, instant: datetime) -> Revision:
    """One edit of the board."""
    return Revision(1, instant, editor, "", 10)


def history(*edits: tuple[str, datetime]) -> list[Revision]:
    """The board's history, newest first; it goes back ten days."""
    return [revision(*one) for one in sorted((*edits, ("Zoe", ago(days=10))), key=lambda one: one[1], reverse=True)]


def done(name: str, hours: float = 72) -> str:
    """A thread that Clara closed."""
    return thread(name, signed(f"Author {name}", ago(hours=hours + 1)), resolved(ago(hours=hours)))


def archived(seen: Snapshot) -> Plan | Need:
    """What archiving wants, once its pages are in hand."""
    known = {BOARD: page(BOARD, seen.board.text, revision=seen.board.revision)}
    for _ in range(4):
        result = archive(seen, ArchiveSettings(mode="live", keep_threads=1, resolved_after=timedelta(days=1)), NOW)
        if isinstance(result, Plan) or result.edits:
            return result
        seen = answered(seen, result, known)
    raise AssertionError("more rounds than the runner gives")


@pytest.mark.parametrize(("minutes", "found"), [(-2, False), (-1, True), (0, True), (2, True), (3, False)], ids=str)
def test_an_edit_counts_for_a_signature_of_its_minute_or_of_the_two_before(minutes: int, found: bool) -> None:
    edits = history(("Clara", CLOSED[1] + timedelta(minutes=minutes)))

    assert Edits(edits).bear_out({"Clara"}, CLOSED[1]) is found
    assert Edits(edits).bear_out({"Bea"}, CLOSED[1]) is False


@pytest.mark.parametrize("edits", [[], history()], ids=("none", "younger"))
def test_of_what_is_older_than_the_history_nothing_can_be_told(edits: list[Revision]) -> None:
    assert Edits(edits).bear_out({"Clara"}, ago(days=10)) is None


def test_an_edit_whose_editor_is_hidden_may_be_anybodys() -> None:
    assert Edits(history(("", CLOSED[1]))).bear_out({"Clara"}, CLOSED[1]) is True


@given(st.lists(st.tuples(st.sampled_from(["Clara", "Bea"]), st.integers(0, 9000)), max_size=20), st.data())
@settings(derandomize=True, max_examples=100)
def test_a_signature_that_an_edit_left_is_never_taken_for_forged(
    edits: list[tuple[str, int]], data: st.DataObject
) -> None:
    made = [(name, ago(minutes=minutes, seconds=minutes % 60)) for name, minutes in edits]
    for name, instant in made:
        signature = instant.replace(second=0)
        assert Edits(history(*made)).bear_out({name}, signature) is not False
    other = ago(minutes=data.draw(st.integers(0, 9000)))
    near = any(name == "Clara" and abs(instant - other) <= timedelta(minutes=2) for name, instant in made)
    assert near or Edits(history(*made)).bear_out({"Clara"}, other) is False


def test_archiving_asks_at_once_for_the_signatures_of_all_threads_that_are_due() -> None:
    seen = snapshot("".join(done(name, 72 + number) for number, name in enumerate("ABCD")), edits={})

    result = archived(seen)

    assert isinstance(result, Need)
    assert result.edits == {("Clara", ago(hours=72 + number)) for number in range(4)}


def test_a_thread_with_a_forged_close_stays_and_its_reason_is_told() -> None:
    seen = snapshot(done("A") + done("B", 73), edits={("Clara", ago(hours=72)): True, ("Clara", ago(hours=73)): False})

    wanted = archived(seen)

    assert isinstance(wanted, Plan)
    reasons = {decision.thread: decision for decision in wanted.decisions}
    true, forged = (reasons[one.identity] for one in seen.board.threads)
    assert (true.verdict, forged.verdict) == ("move", "stay")
    assert NOT_THEN in forged.found
    assert NOT_THEN not in true.found


def test_a_signature_of_which_nothing_can_be_told_counts_unless_it_is_older_than_its_thread() -> None:
    text = thread("A", signed("Ana", ago(days=4)), resolved(ago(days=3)), signed("Clara", ago(days=300)))
    seen = snapshot(text, edits={("Clara", ago(days=3)): None, ("Clara", ago(days=300)): None})

    one, rights = seen.board.threads[0], rights_of(seen)
    assert [rights.forged("Clara", ago(days=days), one) for days in (3, 300)] == [False, True]


def test_what_stands_in_a_box_above_a_thread_does_not_open_it() -> None:
    closed = f"{{{{resolved|{signed('Clara', ago(days=1))}}}}}\n"
    text = thread("A", closed + signed("Ana", ago(days=4)), signed("Bea", ago(days=3)))
    seen = snapshot(text, edits={("Bea", ago(days=3)): None})

    assert not rights_of(seen).forged("Bea", ago(days=3), seen.board.threads[0])


def overdue(*comments: tuple[str, datetime] | str, edits: dict[tuple[str, datetime], bool | None]) -> Plan | Need:
    """What the overdue page shall become."""
    seen = snapshot(thread("A", ("Ana", ago(days=4)), *comments), edits=edits, pages=[page(OVERDUE)])
    result = escalate(seen, EscalateSettings(mode="live", page=OVERDUE), NOW)
    if isinstance(result, Need) and result.openings:
        result = escalate(answered(seen, result, {}), EscalateSettings(mode="live", page=OVERDUE), NOW)
    return result


def test_an_answer_that_keeps_a_thread_off_the_list_is_looked_up() -> None:
    assert overdue(CLOSED, edits={}) == Need(edits=frozenset({CLOSED}))
    assert not only_plan(overdue(CLOSED, edits={CLOSED: True})).edits


def test_an_answer_more_by_somebody_who_answered_before_is_not_looked_up() -> None:
    assert not only_plan(overdue(CLOSED, ("Clara", ago(days=2)), edits={CLOSED: True})).edits


def test_a_forged_answer_keeps_no_thread_off_the_list() -> None:
    wanted = only_plan(overdue(CLOSED, edits={CLOSED: False}))

    assert [decision.verdict for decision in wanted.decisions] == ["list: overdue"]
    assert NOT_THEN in wanted.decisions[0].found


def test_beside_a_forged_answer_a_true_one_counts() -> None:
    forged = ("Bea", ago(days=2))

    assert not only_plan(overdue(CLOSED, forged, edits={CLOSED: True, forged: False})).edits
