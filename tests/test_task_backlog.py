"""The backlog task: two thresholds, one flag, and no quarrel over it with anybody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.plan import Plan, Splices
from bot.settings.values import say_duration
from tasks.backlog import FLAG, BacklogSettings, plan
from tests.builders import BOARD, NOW, ago, answered, board, memory, page, resolved, rules, snapshot
from tests.builders import thread as wikitext

LIVE = BacklogSettings(mode="live", flag_at=3, clear_at=1)
LEAD = "Write below.\n\n"


def text(waiting: int, *, top: str = "", done: int = 1) -> str:
    """A board with so many waiting threads."""
    threads = [wikitext(f"W{number}", ("Ana", ago(hours=2, minutes=number))) for number in range(waiting)]
    closed = [wikitext(f"D{number}", ("Zoe", ago(hours=9)), resolved(ago(hours=8))) for number in range(done)]
    return top + LEAD + "".join(threads + closed)


def decided(
    on: str, *, options: BacklogSettings = LIVE, last: str = "", redirects: dict[str, tuple[str, ...]] | None = None
) -> Plan:
    """The plan, once every need is answered."""
    facts = {(FLAG, ""): last} if last else {}
    now = snapshot(board(on), memory=memory(facts=facts), redirects=redirects or {}, pages=[page(BOARD, on)])
    for _ in range(4):
        result = plan(now, options, NOW)
        if isinstance(result, Plan):
            return result
        now = answered(now, result, {})
    raise AssertionError("more than four rounds")


def changed(on: str, **given: Any) -> str:
    """The board after the plan."""
    result = decided(on, **given)
    for edit in result.edits:
        assert isinstance(edit.change, Splices)
        on = edit.change.apply(on)
    return on


def test_the_flag_is_set_when_enough_threads_wait() -> None:
    assert changed(text(3)) == "{{Admin backlog}}\n" + text(3)


def test_the_flag_is_taken_off_with_its_line() -> None:
    assert changed(text(1, top="{{Admin backlog}}\n")) == text(1)


@pytest.mark.parametrize("top", ["", "{{Admin backlog}}\n"], ids=("unset", "set"))
def test_between_the_thresholds_nothing_changes(top: str) -> None:
    assert changed(text(2, top=top)) == text(2, top=top)


def test_resolved_threads_do_not_count() -> None:
    assert changed(text(2, done=9)) == text(2, done=9)


@pytest.mark.parametrize(
    "top",
    ["{{admin backlog}}\n", "{{Template:Admin_backlog|x=1}}\n", "{{Adminbacklog}}\n"],
    ids=("case", "namespace", "redirect"),
)
def test_a_flag_by_any_of_its_names_is_seen(top: str) -> None:
    known = {"Template:Admin backlog": ("Template:Adminbacklog",)}

    assert changed(text(5, top=top), redirects=known) == text(5, top=top)
    assert changed(text(0, top=top), redirects=known) == text(0)


@pytest.mark.parametrize(
    "quoted", ["<!-- {{Admin backlog}} -->", "<nowiki>{{Admin backlog}}</nowiki>"], ids=("comment", "nowiki")
)
def test_a_flag_that_does_not_show_is_none(quoted: str) -> None:
    assert changed(quoted + text(3)).startswith("{{Admin backlog}}\n" + quoted)


def test_a_flag_inside_a_thread_is_only_talked_about() -> None:
    on = text(3) + wikitext("About", ("Ana", ago(hours=1)), "{{Admin backlog}} is ugly")

    assert changed(on).startswith("{{Admin backlog}}\n")


def test_a_template_for_no_backlog_is_exchanged_in_place() -> None:
    options = BacklogSettings(mode="live", flag_at=3, clear_at=1, clear_template="No backlog")
    on = text(3).replace("Write", "{{No backlog}} Write")

    flagged = changed(on, options=options)

    assert flagged == on.replace("{{No backlog}}", "{{Admin backlog}}")
    assert changed(text(1).replace("Write", "{{Admin backlog}} Write"), options=options).startswith("{{No backlog}}")


def test_a_category_can_be_the_flag() -> None:
    options = BacklogSettings(mode="live", flag_at=3, clear_at=1, category="Category:Backlogged")

    assert changed(text(3), options=options).startswith("[[Category:Backlogged]]\n")
    assert changed(text(0, top="[[category:Backlogged|x]]\n"), options=options) == text(0)
    assert changed(text(3, top="[[Category:Backlogged]]\n"), options=options) == text(
        3, top="[[Category:Backlogged]]\n"
    )


def test_a_flag_that_a_person_took_off_stays_off() -> None:
    result = decided(text(5), last="set")

    assert not result.edits
    assert result.decisions[0].verdict == "stay: changed by a person"


def test_a_flag_that_a_person_set_again_stays() -> None:
    assert not decided(text(0, top="{{Admin backlog}}\n"), last="cleared").edits


def test_the_quarrel_is_over_when_the_other_threshold_is_crossed() -> None:
    calm = decided(text(0), last="set")

    assert [(fact.kind, fact.value) for fact in calm.facts] == [(FLAG, "cleared")]
    assert decided(text(3), last="cleared").edits


def test_nothing_is_done_while_somebody_is_editing() -> None:
    on = text(3)
    busy = page(BOARD, on, instant=ago(seconds=20))
    now = snapshot(board(on), rules=rules(), pages=[busy], redirects={"Template:Admin backlog": ()})

    result = plan(now, LIVE, NOW)

    assert isinstance(result, Plan)
    assert [decision.verdict for decision in result.decisions] == ["held back"]
    assert say_duration(now.rules.quiet) in result.decisions[0].wanted


@settings(derandomize=True, max_examples=150, deadline=None)
@given(waiting=st.integers(0, 6), flagged=st.booleans(), last=st.sampled_from(["", "set", "cleared"]))
def test_planning_again_right_after_gives_no_edit(waiting: int, flagged: bool, last: str) -> None:
    on = text(waiting, top="{{Admin backlog}}\n" if flagged else "")
    first = decided(on, last=last)
    then = next((fact.value for fact in first.facts), last)

    assert not decided(changed(on, last=last), last=then).edits


@pytest.mark.parametrize("clear_at", [3, 4])
def test_the_thresholds_must_leave_room_between_them(clear_at: int) -> None:
    with pytest.raises(ValueError, match="clear_at of less than 3"):
        BacklogSettings(flag_at=3, clear_at=clear_at)
