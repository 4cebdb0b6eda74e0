"""The escalate task: which threads are overdue, what the line says, and what alone ends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.messages import Messages
from bot.model import Board, Page, Revision, User
from bot.plan import Plan, Snapshot
from bot.reading.rules import People, Rules
from bot.runner.rebase import applied
from tasks.escalate import OVERDUE as OVERDUE_LINE
from tasks.escalate import EscalateSettings, plan
from tasks.ownkeys import AT_ONCE
from tests.builders import (
    BOARD,
    NOW,
    ago,
    answered,
    board,
    hash_of,
    memory,
    page,
    resolved,
    rules,
    signed,
    snapshot,
    user,
)
from tests.builders import thread as wikitext

OVERDUE = f"{BOARD}/Overdue"
LIVE = EscalateSettings(mode="live", page=OVERDUE)
STRICT = rules(
    responders=People(groups=frozenset({"sysop"})),
    closers=People(groups=frozenset({"sysop"})),
    support="Project:Help",
    withdrawn=("Withdrawn",),
)
ADMIN = user("Clara", "sysop")


def decided(
    on: Board | str,
    *,
    listing: Page | None = None,
    settings: EscalateSettings = LIVE,
    reading: Rules = STRICT,
    users: Iterable[User] = (ADMIN,),
    **given: Any,
) -> tuple[Plan, Snapshot]:
    """The plan, once every need is answered."""
    read = board(on, reading=reading) if isinstance(on, str) else on
    now = snapshot(read, rules=reading, users=users, **given)
    for _ in range(4):
        result = plan(now, settings, NOW)
        if isinstance(result, Plan):
            return result, now
        now = answered(now, result, {OVERDUE: listing} if listing else {})
    raise AssertionError("more than four rounds")


def after(first: Plan, listing: Page | None = None) -> tuple[Page, frozenset[str]]:
    """The overdue page once a plan was applied, and the keys then known."""
    (edit,) = first.edits
    old = listing.text or "" if listing else ""
    return page(OVERDUE, applied(edit.change, old), revision=200), frozenset({edit.key} - {""})


def lines(listing: Page) -> list[str]:
    """The lines of the list."""
    return [line for line in (listing.text or "").splitlines() if line.startswith("*")]


WAITING = wikitext("Ben again", ("Ana", ago(hours=13)))


def test_a_thread_without_an_answer_for_too_long_is_listed() -> None:
    result, _ = decided(WAITING)

    assert [(edit.page, edit.base, edit.kind) for edit in result.edits] == [(OVERDUE, 0, "overdue")]
    assert [decision.verdict for decision in result.decisions] == ["list: overdue"]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "zh-hans", "zh-hant"])
def test_the_words_of_the_list(language: str, snapshot: SnapshotAssertion) -> None:
    answered_long_ago = wikitext("Old", ("Zoe", ago(days=8)), ("Clara", ago(days=7)))
    on = board(WAITING + answered_long_ago, reading=STRICT)
    origins = {on.threads[0].identity: Revision(77, ago(hours=13), "Ana", "", 10)}

    result, _ = decided(on, origins=origins, messages=Messages(language))

    listing, _ = after(result)
    assert "\n".join((listing.text or "", result.edits[0].summary)) == snapshot


def test_no_name_heading_or_comment_id_stands_in_the_list() -> None:
    result, _ = decided(WAITING)

    (edit,) = result.edits
    shown = applied(edit.change, "") + edit.summary
    assert not any(word in shown for word in ("Ana", "Ben", "again", "c-Ana"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (wikitext("Young", ("Ana", ago(hours=11))), "opened 11 h ago"),
        (wikitext("Answered", ("Ana", ago(days=6)), ("Clara", ago(days=5))), "opened 6 days ago"),
        ("== Unsigned ==\nwords\n\n", "no signature, or wikitext that cannot be read in full"),
    ],
    ids=("young", "answered", "unsigned"),
)
def test_threads_that_are_not_overdue(text: str, found: str) -> None:
    result, _ = decided(text)

    assert not result.edits
    assert [decision.found for decision in result.decisions] == [found]


def test_a_closed_thread_is_not_listed() -> None:
    result, _ = decided(wikitext("Report", ("Ana", ago(days=9)), resolved(ago(days=8))))

    assert not result.edits


def test_with_nothing_to_list_no_page_is_made() -> None:
    assert not decided("Write below.\n")[0].edits


def test_planning_again_right_after_gives_no_edit() -> None:
    first, _ = decided(WAITING)
    listing, keys = after(first)

    assert not decided(WAITING, listing=listing, memory=memory(keys=keys))[0].edits


def test_an_answer_by_a_responder_takes_the_line_away() -> None:
    first, _ = decided(WAITING)
    listing, keys = after(first)
    answer = wikitext("Ben again", ("Ana", ago(hours=13)), ("Clara", ago(minutes=5)))

    second, _ = decided(answer, listing=listing, memory=memory(keys=keys))

    left, _ = after(second, listing)
    assert lines(left) == []
    assert "No thread has waited too long." in (left.text or "")


@pytest.mark.parametrize(
    "more",
    [
        signed("Ana", ago(minutes=5), "Still waiting."),
        signed("Zoe", ago(minutes=5), "+1"),
        signed("Zoe", ago(minutes=5), "{{resolved}}"),
        signed("Ana", ago(minutes=5), "{{withdrawn}}"),
        signed("Zoe", ago(minutes=5), "{{in progress}}"),
    ],
    ids=("bump", "friend", "close by anybody", "withdrawal", "in progress"),
)
def test_nothing_but_an_answer_or_a_valid_close_ends_an_alarm(more: str) -> None:
    first, _ = decided(WAITING)
    listing, keys = after(first)

    second, _ = decided(wikitext("Ben again", ("Ana", ago(hours=13)), more), listing=listing, memory=memory(keys=keys))

    assert not second.edits


@pytest.mark.parametrize(("meaning", "left"), [("unknown", 1), ("handled", 0)])
def test_a_line_outlasts_its_thread_where_nobody_knows_why_it_went(meaning: str, left: int) -> None:
    first, _ = decided(WAITING)
    listing, keys = after(first)
    reading = replace(STRICT, gone_is_handled=meaning == "handled")
    others = wikitext("Other", ("Zoe", ago(hours=14)))

    second, _ = decided(others, listing=listing, reading=reading, memory=memory(keys=keys))

    assert len(lines(after(second, listing)[0])) == left + 1


def test_the_line_of_a_thread_that_the_bot_archived_goes_with_it() -> None:
    first, _ = decided(WAITING)
    listing, keys = after(first)
    kept = {(fact.kind, hash_of(fact.thread)): fact.value for fact in first.facts}
    (thread,) = (thread for kind, thread in kept if kind == OVERDUE_LINE)

    second, _ = decided("Lead.\n", listing=listing, memory=memory(keys=keys, facts=kept, moved=frozenset({thread})))

    assert lines(after(second, listing)[0]) == []


OLD = "Project:Reports"


def renamed(*removed: str) -> tuple[Page, frozenset[str], dict[str, Any]]:
    """The list as it stood while the board had its old title, the keys then known, and what is known since the move."""
    first, _ = decided(board(WAITING + wikitext("Other", ("Zoe", ago(hours=14))), title=OLD, reading=STRICT))
    listing, keys = after(first)
    text = "\n".join(line for line in (listing.text or "").splitlines() if not any(one in line for one in removed))
    return replace(listing, text=text), keys, {"redirects": {BOARD: (OLD, "Project:Elsewhere")}}


def test_the_lines_of_a_board_that_was_renamed_are_taken_over_once() -> None:
    listing, keys, known = renamed()
    text = WAITING + wikitext("Other", ("Zoe", ago(hours=14)))

    second, _ = decided(text, listing=listing, memory=memory(keys=keys), **known)
    moved, _ = after(second, listing)
    facts = {(fact.kind, ""): fact.value for fact in second.facts}
    third, _ = decided(text, listing=moved, memory=memory(keys=keys, facts=facts))
    answer = wikitext("Ben again", ("Ana", ago(hours=13)), ("Clara", ago(minutes=5)))
    fourth, _ = decided(
        answer + wikitext("Other", ("Zoe", ago(hours=14))), listing=moved, memory=memory(keys=keys, facts=facts)
    )

    assert f"begin: {OLD}" not in (moved.text or "")
    assert f"begin: {BOARD}" in (moved.text or "")
    assert len(lines(moved)) == 2
    assert OLD not in "".join(lines(moved))
    assert not third.edits
    assert len(lines(after(fourth, moved)[0])) == 1


def test_a_line_taken_away_before_the_board_was_renamed_does_not_come_back() -> None:
    first, _ = decided(board(WAITING, title=OLD, reading=STRICT))
    _, keys = after(first)
    listing, all_keys, known = renamed(*keys)
    text = WAITING + wikitext("Other", ("Zoe", ago(hours=14)))

    second, _ = decided(text, listing=listing, memory=memory(keys=all_keys), **known)
    moved, _ = after(second, listing)
    facts = {(fact.kind, ""): fact.value for fact in second.facts}
    third, _ = decided(text, listing=moved, memory=memory(keys=all_keys, facts=facts))

    assert len(lines(moved)) == 1
    assert not third.edits


def test_another_boards_section_on_the_same_page_is_left_alone() -> None:
    first, _ = decided(board(WAITING, title=OLD, reading=STRICT))
    listing, keys = after(first)

    second, _ = decided(WAITING, listing=listing, memory=memory(keys=keys), redirects={BOARD: ()})

    both, _ = after(second, listing)
    assert f"begin: {OLD}" in (both.text or "")
    assert len(lines(both)) == 2


def test_a_line_that_somebody_took_away_does_not_come_back() -> None:
    first, _ = decided(WAITING)
    listing, keys = after(first)
    (line,) = lines(listing)
    without = replace(listing, text=(listing.text or "").replace(f"{line}\n", ""))

    second, _ = decided(WAITING, listing=without, memory=memory(keys=keys))

    assert lines(after(second, without)[0]) == [] if second.edits else True
    assert second.decisions[0].found.startswith("it was listed before")


def test_a_section_that_somebody_took_away_comes_back_for_a_new_alarm_alone() -> None:
    first, _ = decided(WAITING)
    _, keys = after(first)
    blank = page(OVERDUE, "Blanked.", revision=201)

    same, _ = decided(WAITING, listing=blank, memory=memory(keys=keys))
    more, _ = decided(WAITING + wikitext("New", ("Zoe", ago(hours=14))), listing=blank, memory=memory(keys=keys))

    assert not same.edits
    assert len(lines(after(more, blank)[0])) == 1


def test_a_false_marker_keeps_no_thread_off_the_list() -> None:
    first, _ = decided(WAITING)
    listing, _ = after(first)

    # The same line, but the bot never saved one: somebody else wrote it.
    second, _ = decided(WAITING, listing=listing)

    assert second.decisions[0].verdict == "list: overdue"


def test_a_second_pair_of_markers_silences_nothing() -> None:
    first, _ = decided(WAITING)
    listing, keys = after(first)
    doubled = replace(listing, text=f"{listing.text}\n{listing.text}")
    more = WAITING + wikitext("New", ("Zoe", ago(hours=14)))

    second, _ = decided(more, listing=doubled, memory=memory(keys=keys))

    assert second.edits


def test_a_flood_is_listed_in_portions_and_the_plan_says_so() -> None:
    text = "".join(wikitext(f"R{number}", ("Ana", ago(hours=13, minutes=number))) for number in range(AT_ONCE + 2))

    first, _ = decided(text)
    listing, keys = after(first)
    second, _ = decided(text, listing=listing, memory=memory(keys=keys))

    assert sum(decision.verdict == "held back" for decision in first.decisions) == 2
    assert len(lines(listing)) == AT_ONCE
    assert len(lines(after(second, listing)[0])) == AT_ONCE + 2


def test_a_thread_past_the_second_limit_is_listed_after_its_answer() -> None:
    text = wikitext("Report", ("Ana", ago(days=8)), ("Clara", ago(days=7)))

    result, _ = decided(text)

    assert "has been open for 7 days" in lines(after(result)[0])[0]


def test_limits_can_be_switched_off() -> None:
    settings = EscalateSettings(mode="live", page=OVERDUE, unanswered_after=None, open_after=timedelta(hours=5))

    result, _ = decided(WAITING, settings=settings)

    assert "has been open for 5 hours" in lines(after(result)[0])[0]


@pytest.mark.parametrize(
    ("listing", "found"),
    [
        (page(OVERDUE, "x", model="json"), "the page is not wikitext but json"),
        (page(OVERDUE, "", redirect="Elsewhere"), "the page is a redirect"),
        (replace(page(OVERDUE, "x"), text=None, hidden=True), "the page's text is hidden"),
    ],
    ids=("model", "redirect", "hidden"),
)
def test_pages_that_cannot_hold_the_list(listing: Page, found: str) -> None:
    result, _ = decided(WAITING, listing=listing)

    assert not result.edits
    assert [decision.found for decision in result.decisions] == [found]


def test_what_else_stands_on_the_page_stays() -> None:
    result, _ = decided(WAITING, listing=page(OVERDUE, "Our own words."))

    assert (after(result, page(OVERDUE, "Our own words."))[0].text or "").startswith("Our own words.\n\n<!--")
