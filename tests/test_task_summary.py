"""The summary task: which thread stands in which bucket, what the list shows, and when it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.memory import Memory
from bot.messages import Messages
from bot.model import Board, Mark, Outcome, Page, Revision
from bot.observe import COVERAGE, Coverage
from bot.plan import Need, Plan, Snapshot, Splices, WholeText
from bot.reading.rules import People
from tasks.notify import TOO_MANY_NAMED
from tasks.summary import SummarySettings, plan
from tests.builders import NOW, ago, answered, board, hash_of, memory, page, resolved, rules, signed, snapshot, user
from tests.builders import thread as wikitext

PAGE = "Project:Incidents/Waiting"
SETTINGS = SummarySettings(mode="live", page=PAGE)
# Only Clara, an administrator, is a responder here.
RULES = rules(responders=People(groups=frozenset({"sysop"})))
CLARA = user("Clara", "sysop")


def decided(
    on: Board | str, *, settings: SummarySettings = SETTINGS, wiki: Mapping[str, Page] | None = None, **given: Any
) -> tuple[Plan, Snapshot]:
    """The plan, once every need is answered."""
    fields: dict[str, Any] = {"rules": RULES, "users": [CLARA]} | given
    now = snapshot(on, **fields)
    for _ in range(4):
        result = plan(now, settings, given.get("now", NOW))
        if isinstance(result, Plan):
            return result, now
        now = answered(now, result, wiki or {})
    raise AssertionError("more than four rounds")


def listed(result: Plan) -> list[str]:
    """The buckets of the threads, in page order."""
    return [decision.verdict.removeprefix("list: ") for decision in result.decisions if decision.thread]


def shown(result: Plan) -> str:
    """The text that the plan would save."""
    (edit,) = result.edits
    return edit.change.text if isinstance(edit.change, WholeText) else str(edit.change)


@pytest.mark.parametrize(
    ("text", "bucket"),
    [
        (wikitext("A", ("Ana", ago(hours=5))), "unanswered"),
        (wikitext("A", ("Ana", ago(hours=5)), ("Friend", ago(hours=4))), "unanswered"),
        (wikitext("A", ("Ana", ago(hours=5)), "{{pin until|ever}}"), "unanswered"),
        (wikitext("A", ("Ana", ago(hours=5)), ("Clara", ago(hours=4))), "closing"),
        (wikitext("A", ("Ana", ago(hours=5)), ("Clara", ago(hours=4)), ("Ana", ago(hours=3))), "last-word"),
        (wikitext("A", ("Ana", ago(hours=5)), ("Clara", ago(hours=4)), "{{pin until|ever}}"), "pinned"),
        (wikitext("A", ("Ana", ago(hours=5)), signed("Clara", ago(hours=4), "{{in progress}}")), "progress"),
        (wikitext("A", ("Ana", ago(hours=5)), resolved(ago(hours=4))), "not listed"),
    ],
    ids=(
        "nobody",
        "a friend",
        "pinned but unanswered",
        "answered",
        "reporter last",
        "pinned",
        "in progress",
        "resolved",
    ),
)
def test_each_thread_stands_in_the_bucket_of_what_it_waits_for(text: str, bucket: str) -> None:
    result, _ = decided(text)

    assert listed(result) == [bucket]


def knowing(coverage: Coverage, *comments: tuple[str, datetime]) -> tuple[Board, Memory]:
    """A board with one thread that names Ben, and what the journal knows of who told him."""
    read = board(wikitext("A", ("Ana", ago(hours=5)), *comments))
    on = replace(read, threads=(replace(read.threads[0], subjects=("Ben",)),))
    return on, memory(facts={(COVERAGE, hash_of(on.threads[0].identity)): coverage.written()})


ANSWERED = ("Clara", ago(hours=4))


@pytest.mark.parametrize(
    ("coverage", "bucket"),
    [
        (Coverage(untold=1), "untold"),
        (Coverage(bot=1), "closing"),
        (Coverage(people=1), "closing"),
        (Coverage(beyond=1), "closing"),
    ],
)
def test_a_thread_is_not_ready_for_closing_while_somebody_named_was_not_told(coverage: Coverage, bucket: str) -> None:
    on, kept = knowing(coverage, ANSWERED)

    assert listed(decided(on, memory=kept)[0]) == [bucket]


@pytest.mark.parametrize(
    ("comments", "bucket"),
    [((), "unanswered"), ((ANSWERED, ("Ana", ago(hours=3))), "last-word")],
)
def test_a_thread_that_waits_for_more_stands_there_with_a_note_that_somebody_was_not_told(
    comments: tuple[tuple[str, datetime], ...], bucket: str
) -> None:
    on, kept = knowing(Coverage(untold=1), *comments)

    result, _ = decided(on, memory=kept)

    assert listed(result) == [bucket]
    assert shown(result).count("Somebody named has not been told yet") == 1
    assert "Ben" not in shown(result)


def test_a_thread_closed_by_the_person_named_in_it_still_waits_and_is_shown_as_such() -> None:
    read = board(wikitext("A", ("Ana", ago(hours=5)), ("Ben", ago(hours=4))))
    mark = Mark("Resolved", Outcome.RESOLVED, 0, 1, "Ben", ago(hours=4))

    result, _ = decided(replace(read, threads=(replace(read.threads[0], subjects=("Ben",), marks=(mark,)),)))

    assert listed(result) == ["party"]


def test_a_damaged_thread_is_listed_whatever_else_it_is() -> None:
    read = board(wikitext("A", ("Ana", ago(hours=5)), resolved(ago(hours=4))))

    result, _ = decided(replace(read, threads=(replace(read.threads[0], damage="table"),)))

    assert listed(result) == ["damaged"]


BUSY = (
    wikitext("Ben is at it", ("Ana", ago(days=9)))
    + wikitext("Old", ("Ana", ago(days=40)), ("Clara", ago(days=39)))
    + wikitext("New", ("Zoe", ago(hours=2)))
    + wikitext("Held", ("Zoe", ago(days=2)), ("Clara", ago(days=1)), "{{pin until|2027-01-01T00:00+00:00}}")
    + "== Undated ==\nno signature\n\n"
)


@pytest.mark.parametrize(("language", "chain"), [("en", ()), ("de", ("en",))])
def test_the_list_as_it_stands_on_the_page(language: str, chain: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    read = board(BUSY)
    crowded = {(TOO_MANY_NAMED, hash_of(read.threads[0].identity)): "1"}
    opening = {read.threads[0].identity: Revision(41, ago(days=9), "Ana", "", 9)}

    result, _ = decided(read, messages=Messages(language, chain), memory=memory(facts=crowded), origins=opening)

    assert shown(result) == snapshot


def test_no_name_and_no_heading_stands_in_the_list_unless_the_community_wants_headings() -> None:
    hidden, _ = decided(BUSY)
    open_, _ = decided(BUSY, settings=SummarySettings(page=PAGE, headings="show"))

    assert not any(word in shown(hidden) for word in ("Ana", "Ben", "Zoe", "Clara", "Held"))
    assert "Ben is at it" in shown(open_)


def test_a_heading_that_is_shown_is_not_expanded() -> None:
    text = wikitext("{{evil}} [[User:X]] | ~~~~", ("Ana", ago(hours=5)))

    result, _ = decided(text, settings=SummarySettings(page=PAGE, headings="show"))

    assert "{{evil}}" not in shown(result)
    assert "[[User:X]]" not in shown(result)
    assert "~~~~" not in shown(result)


def test_a_new_page_keeps_search_engines_away() -> None:
    result, _ = decided(BUSY)

    assert shown(result).startswith("__NOINDEX__\n<!-- boardclerk begin: Project:Incidents -->")
    assert result.edits[0].base == 0


def saved(result: Plan) -> Page:
    return page(PAGE, shown(result))


def test_nothing_is_written_while_only_the_clock_changes() -> None:
    first, _ = decided(BUSY)
    settled, _ = decided(BUSY, pages=[saved(first)])

    later = snapshot(BUSY, rules=RULES, users=[CLARA, user("Friend")], pages=[saved(first)])
    later = answered(later, Need(openings=frozenset(thread.identity for thread in later.board.threads)), {})
    after_an_hour = plan(later, SETTINGS, NOW + timedelta(hours=1))

    assert settled.edits == ()
    assert isinstance(after_an_hour, Plan)
    assert after_an_hour.edits == ()


def test_an_age_band_later_the_list_is_written_again() -> None:
    first, _ = decided(BUSY)
    later = snapshot(BUSY, rules=RULES, users=[CLARA], pages=[saved(first)])
    later = answered(later, Need(openings=frozenset(thread.identity for thread in later.board.threads)), {})

    result = plan(later, SETTINGS, NOW + timedelta(hours=11))

    assert isinstance(result, Plan)
    assert len(result.edits) == 1


def test_everything_around_the_markers_stays_as_it_is() -> None:
    first, _ = decided(BUSY)
    around = replace(saved(first), text=f"before\n{shown(first)}\nafter")

    result, _ = decided(wikitext("A", ("Ana", ago(hours=5))), pages=[around])

    (edit,) = result.edits
    assert isinstance(edit.change, Splices)
    changed = edit.change.apply(around.text or "")
    assert changed.startswith("before\n__NOINDEX__\n<!-- boardclerk begin")
    assert changed.endswith("<!-- boardclerk end: Project:Incidents -->\nafter")


def test_an_existing_page_gets_the_list_at_its_end_the_first_time() -> None:
    result, _ = decided(BUSY, pages=[page(PAGE, "Words of the community.\n")])

    assert shown(result).startswith("Words of the community.\n\n<!-- boardclerk begin")


def test_markers_that_people_removed_are_missed_and_not_guessed() -> None:
    remembered = memory(facts={("summary-page", ""): PAGE})

    result, _ = decided(BUSY, pages=[page(PAGE, "Words.")], memory=remembered)

    assert result.edits == ()
    assert result.decisions[-1].found == "the markers are gone from the page"


def test_doubled_markers_are_told_and_not_guessed() -> None:
    first, _ = decided(BUSY)

    result, _ = decided(BUSY, pages=[page(PAGE, shown(first) + "\n" + shown(first))])

    assert result.edits == ()
    assert result.decisions[-1].verdict == "held back"


@pytest.mark.parametrize("changes", [{"text": None, "hidden": True}, {"redirect": "X"}, {"model": "json"}])
def test_a_page_that_cannot_hold_the_list_is_left_alone(changes: dict[str, Any]) -> None:
    result, _ = decided(BUSY, pages=[replace(page(PAGE, "x"), **changes)])

    assert result.edits == ()


def test_an_empty_board_says_that_nothing_waits() -> None:
    result, _ = decided(wikitext("A", ("Ana", ago(hours=5)), resolved(ago(hours=4))))

    assert "Nothing is waiting." in shown(result)


def archived_unanswered(days: float) -> Memory:
    """A journal that remembers a thread archived without an answer so many days ago."""
    value = f"{ago(days=days + 3).isoformat()} {ago(days=days).isoformat()} Project:Incidents/Archive 7"
    return memory(facts={("archived-unanswered", "a hash"): value})


def test_a_thread_archived_without_an_answer_is_listed_for_14_days() -> None:
    lately = section_with(archived_unanswered(13.9))
    long_ago = section_with(archived_unanswered(14.1))

    assert "Archived without an answer in the last 14 days''' (1)" in lately
    assert "[[:Project:Incidents/Archive 7]]" in lately
    assert "a hash" not in lately
    assert "Archive 7" not in long_ago


def test_an_archived_thread_that_stands_on_the_board_again_is_not_listed_as_archived() -> None:
    on = board(wikitext("Help", ("Alba", ago(days=20))), reading=RULES)
    value = f"{ago(days=20).isoformat()} {ago(days=2).isoformat()} Project:Incidents/Archive 7"
    fact = {("archived-unanswered", hash_of(on.threads[0].identity)): value}

    text = section_with(memory(facts=fact), on)

    assert "Archive 7" not in text


def section_with(remembered: Memory, on: Board | None = None) -> str:
    """What the list says with this journal."""
    result, _ = decided(on or board("Lead.", reading=RULES), memory=remembered)
    return shown(result)
