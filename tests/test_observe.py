"""Observations: what readings of a board, one after the other, tell of each thread's life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import User
from bot.observe import COVERAGE, Coverage, End, Fold, Observation, Reading, covered, forgotten, observe
from bot.observe.values import KEPT, endings_of
from bot.reading.rights import Rights
from bot.reading.rules import People, Rules
from bot.reading.warm import Learned
from tests.builders import NOW, ago, board, hash_of, reader, resolved, rules, signed, thread, user
from tests.sizes import cases

RULES = rules(responders=People(groups=frozenset({"sysop"})), subject_templates=("Userlinks",))
USERS: Mapping[str, User] = {
    name: user(name, *groups)
    for name, groups in {"Alba": (), "Bea": (), "Clara": ("sysop",), "Dario": (), "Robot": ("bot",)}.items()
}


def read(text: str, instant: datetime, reading: Rules = RULES, **changes: Any) -> Reading:
    """A reading of a board."""
    return Reading(board(text, reading=reading).threads, reading, instant, Rights(USERS), **changes)


def fold(*readings: Reading) -> dict[str, Observation]:
    """What is known after these readings."""
    known: dict[str, Observation] = {}
    for one in readings:
        known |= {found.thread: found for found in observe(known.values(), one, hash_of)}
    return known


def only(*readings: Reading) -> Observation:
    """The one thread that these readings showed."""
    (one,) = fold(*readings).values()
    return one


def waits(one: Observation, instant: datetime) -> bool:
    """Whether a thread was opened by then and nothing had ended its waiting."""
    return one.opened <= instant and not any(ending.holds_at(instant) for ending in one.endings)


ASKED = ("Alba", ago(hours=9))


def test_a_thread_is_opened_answered_and_responded_to_when_its_signatures_say() -> None:
    text = thread("Help", ASKED, ("Bea", ago(hours=7)), ("Clara", ago(hours=4)), ("Alba", ago(hours=1)))

    one = only(read(text, NOW))

    assert (one.opened, one.answered, one.responded) == (ago(hours=9), ago(hours=7), ago(hours=4))
    assert (one.comments, one.participants) == (4, 3)
    assert one.endings == ()


def test_neither_the_reporter_nor_a_bot_answers() -> None:
    text = thread("Help", ASKED, ("Alba", ago(hours=7)), ("Robot", ago(hours=4)))

    one = only(read(text, NOW))

    assert one.answered is None
    assert one.responded is None


def test_a_resolved_thread_ended_when_its_mark_was_signed() -> None:
    text = thread("Help", ASKED, resolved(ago(hours=2)))

    one = only(read(text, NOW))

    assert [(ending.end, ending.instant) for ending in one.endings] == [(End.RESOLVED, ago(hours=2))]
    assert waits(one, ago(hours=3))
    assert not waits(one, NOW)


def test_a_renamed_heading_is_the_same_thread() -> None:
    one = only(read(thread("Help", ASKED), ago(hours=8)), read(thread("Help (moved down)", ASKED), NOW))

    assert one.opened == ago(hours=9)
    assert not one.away


def test_a_thread_that_was_closed_and_opened_again_waits_again() -> None:
    closed = thread("Help", ASKED, resolved(ago(hours=6)))

    one = only(read(closed, ago(hours=5)), read(thread("Help", ASKED), ago(hours=3)))

    assert [(ending.end, ending.until) for ending in one.endings] == [(End.RESOLVED, ago(hours=3))]
    assert waits(one, NOW)
    assert not waits(one, ago(hours=4))


def test_a_thread_closed_a_second_time_ends_then_and_keeps_both_ends() -> None:
    closed = thread("Help", ASKED, resolved(ago(hours=6)))
    again = thread("Help", ASKED, resolved(ago(hours=2)))

    one = only(read(closed, ago(hours=5)), read(thread("Help", ASKED), ago(hours=3)), read(again, ago(hours=1)))

    assert [ending.instant for ending in one.endings] == [ago(hours=6), ago(hours=2)]
    assert not waits(one, NOW)


def test_a_thread_that_the_bot_moved_was_archived_then() -> None:
    text = thread("Help", ASKED)
    (one,) = observe((), read(text, ago(hours=8)), hash_of)

    (gone,) = observe([one], read("Nothing.", NOW, moved={one.alias: ago(hours=1)}), hash_of)

    assert [(ending.end, ending.instant) for ending in gone.endings] == [(End.ARCHIVED, ago(hours=1))]


def test_a_thread_that_vanished_left_at_the_reading_that_misses_it() -> None:
    one = only(read(thread("Help", ASKED), ago(hours=8)), read("Nothing.", ago(hours=2)))

    assert [(ending.end, ending.instant) for ending in one.endings] == [(End.LEFT, ago(hours=2))]


def test_a_page_blanked_and_restored_leaves_no_trace() -> None:
    text = thread("Help", ASKED)

    one = only(read(text, ago(hours=8)), read("Nothing.", ago(hours=2)), read(text, ago(hours=1)))

    assert one == only(read(text, ago(hours=1)))


def test_a_thread_put_back_days_later_was_away_and_waits_again() -> None:
    text = thread("Help", ("Alba", ago(days=9)))

    one = only(read(text, ago(days=8)), read("Nothing.", ago(days=6)), read(text, ago(days=2)))

    assert not waits(one, ago(days=4))
    assert waits(one, NOW)


def test_where_gone_means_handled_a_removed_report_is_resolved() -> None:
    text = thread("Help", ASKED)

    handled = rules(gone_is_handled=True)
    one = only(read(text, ago(hours=8), handled), read("Nothing.", NOW, handled))

    assert [ending.end for ending in one.endings] == [End.RESOLVED, End.LEFT]


@pytest.mark.parametrize("reading", [RULES, rules(gone_is_handled=True)])
@pytest.mark.parametrize(("editor", "withdrawn"), [("Alba", True), ("Bea", False), ("", False)])
def test_a_report_that_its_reporter_took_away_is_withdrawn(reading: Rules, editor: str, withdrawn: bool) -> None:
    text = thread("Help", ASKED)

    one = only(read(text, ago(hours=8), reading), read("Nothing.", NOW, reading, editor=editor))

    assert (one.open_end(End.WITHDRAWN) is not None) is withdrawn
    assert one.open_end(End.LEFT) is not None


def test_a_report_taken_away_and_back_within_a_day_was_neither_withdrawn_nor_handled() -> None:
    text, handled = thread("Help", ASKED), rules(gone_is_handled=True)

    for editor in ("Alba", "Bea"):
        gone = read("Nothing.", ago(hours=6), handled, editor=editor)
        one = only(read(text, ago(hours=7), handled), gone, read(text, ago(hours=1), handled))

        assert one.endings == ()


def test_a_closed_report_that_its_reporter_took_away_stays_closed() -> None:
    text = thread("Help", ASKED, resolved(ago(hours=5)))

    one = only(read(text, ago(hours=4)), read("Nothing.", NOW, editor="Alba"))

    assert [ending.end for ending in one.endings] == [End.RESOLVED, End.LEFT]


def test_of_two_threads_by_one_author_in_one_minute_the_one_that_stays_is_not_taken_for_the_one_that_left() -> None:
    first = thread("One", ASKED, ("Bea", ago(hours=7)))
    second = thread("Two", ASKED, ("Clara", ago(hours=6)))

    known = fold(read(first + second, ago(hours=5)), read(second, ago(hours=3)), read(second, NOW))

    here, gone = sorted(known.values(), key=lambda one: one.away)
    assert here.responded == ago(hours=6)
    assert gone.responded is None
    assert len(known) == 2


def test_threads_made_into_one_stay_the_one_whose_opening_it_has() -> None:
    one = signed("Alba", ago(hours=9)), ":" + signed("Bea", ago(hours=7))
    other = signed("Dario", ago(hours=6)), ":" + signed("Clara", ago(hours=5))
    apart = thread("One", *one) + thread("Two", *other)

    known = fold(read(apart, ago(hours=4)), read(thread("One", *one, *other), ago(hours=2)))

    here, gone = sorted(known.values(), key=lambda one: one.away)
    assert (here.opened, here.comments) == (ago(hours=9), 4)
    assert (gone.opened, gone.comments) == (ago(hours=6), 2)


def test_two_threads_first_seen_under_one_identity_are_told_apart() -> None:
    asked = thread("Question", "Nobody signed.")
    signed_since = thread("Question", "Nobody signed.", ASKED)

    known = fold(read(asked, ago(hours=9)), read(signed_since, ago(hours=8)), read(asked + signed_since, NOW))

    assert sorted((one.opened, one.comments) for one in known.values()) == [(ago(hours=9), 1), (NOW, 0)]


def test_a_report_filed_again_after_it_left_unanswered_is_told_apart_from_a_new_one() -> None:
    first = thread("Help", ("Alba", ago(days=9)))
    again = thread("Help, please", ("Alba", ago(days=3)))
    other = thread("Else", ("Dario", ago(days=3)))

    known = fold(read(first, ago(days=8)), read("Nothing.", ago(days=5)), read(again + other, NOW))

    assert [one.reposted for one in sorted(known.values(), key=lambda one: (one.opened, one.reposted))] == [
        False,
        False,
        True,
    ]


def test_who_was_told_or_wrote_counts_as_told() -> None:
    names = "{{userlinks|Bea}} {{userlinks|Dario}} {{userlinks|Eva}}"
    text = thread("Help", signed("Alba", ago(hours=9), names), ("Bea", ago(hours=7)))
    alias = only(read(text, NOW)).alias

    one = only(read(text, NOW, told={alias: frozenset({hash_of("Dario")})}))

    assert (one.named, one.told) == (3, 2)


def test_notices_count_that_came_after_the_boards_last_edit() -> None:
    names = "{{userlinks|Bea}} {{userlinks|Dario}} {{userlinks|Eva}}"
    seen = only(read(thread("Help", signed("Alba", ago(hours=9), names), ("Bea", ago(hours=7))), NOW))
    facts = {(COVERAGE, seen.alias): Coverage(bot=1, people=1, untold=1).written()}

    (one,) = covered([seen], facts)
    (other,) = covered([seen], {})

    assert (seen.named, seen.told, seen.told_by_bot) == (3, 1, 0)
    assert (one.named, one.told, one.told_by_bot) == (3, 2, 1)
    assert other == seen


def test_a_forged_date_stays_inside_the_threads_life() -> None:
    text = thread("Help", ASKED, ("Clara", NOW + timedelta(days=400)), ("Bea", ago(days=900)))

    one = only(read(text, NOW))

    assert one.answered == one.opened
    assert one.responded == NOW


def test_an_observation_holds_no_name_and_no_word_of_the_thread() -> None:
    text = thread("Trouble with Dario", signed("Alba", ago(hours=9), "{{userlinks|Dario}} Words."), ("Clara", NOW))

    (one,) = observe((), read(text, NOW), hash_of)

    for word in ("Alba", "Dario", "Clara", "Trouble", "Words"):
        assert word not in repr(one)


def test_what_stands_for_people_is_forgotten_after_its_time_and_only_then() -> None:
    gone = only(read(thread("Help", ASKED, ("Clara", ago(hours=5))), ago(hours=4)), read("Nothing.", NOW))

    assert list(forgotten([gone], NOW + KEPT)) == []
    (later,) = forgotten([gone], NOW + KEPT + timedelta(minutes=1))
    assert (later.reporter, later.responders, later.traces, later.people_kept) == ("", (), "", False)
    assert later.responded == gone.responded
    assert list(forgotten([later], NOW + 2 * KEPT)) == []


def test_endings_read_from_the_journal_are_the_ones_written() -> None:
    text = thread("Help", ASKED, resolved(ago(hours=6)))
    one = only(read(text, ago(hours=5)), read(thread("Help", ASKED), ago(hours=3)), read("Nothing.", ago(hours=1)))

    assert len(one.endings) == 2
    assert endings_of(one.in_words()) == one.endings


EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["reply", "answer", "close", "open", "cut"])), max_size=25
)


@settings(derandomize=True, max_examples=150)
@given(EVENTS)
def test_reading_the_same_revision_again_changes_nothing_and_a_life_stays_in_order(
    events: list[tuple[int, str]],
) -> None:
    known: dict[str, Observation] = {}
    threads = {number: thread(f"T{number}", ("Alba", ago(days=30 - number))) for number in range(5)}
    for step, (number, what) in enumerate(events):
        at = ago(days=20) + timedelta(hours=7 * step)
        standing = threads.get(number, thread(f"T{number}", ("Alba", ago(days=30 - number))))
        lines = {"reply": signed("Bea", at), "answer": signed("Clara", at), "close": resolved(at)}
        threads[number] = standing.rstrip() + "\n" + lines[what] + "\n\n" if what in lines else standing
        if what == "open":
            threads[number] = standing.replace("{{resolved}}", "")
        if what == "cut":
            del threads[number]
        reading = read("".join(threads[one] for one in sorted(threads)), at)
        known |= {one.thread: one for one in observe(known.values(), reading, hash_of)}

        assert observe(known.values(), reading, hash_of) == ()
        assert {one.alias for one in known.values() if not one.away} == {
            hash_of(one.identity) for one in reading.threads
        }
    for one in known.values():
        assert all(one.opened <= instant for instant in (one.answered, one.responded) if instant)
        assert all(ending.until is None or ending.instant <= ending.until for ending in one.endings)
        assert replace(one, endings=endings_of(one.in_words())) == one


LINES = (
    signed("Alba", ago(hours=9)),
    signed("Bea", ago(hours=8)),
    ":" + signed("Clara", ago(hours=5)),
    ":" + resolved(ago(hours=3)),
    signed("Dario", ago(hours=6), "{{resolved}} {{userlinks|Bea}}"),
    "Unsigned.",
    "<!-- never closed",
    "{{atop}}",
    "{{abot}}",
)
PAGES = st.lists(
    st.lists(st.tuples(st.sampled_from("ABC"), st.lists(st.sampled_from(LINES), max_size=3)), max_size=5).map(
        lambda threads: "".join(thread(heading, *lines) for heading, lines in threads)
    ),
    max_size=8,
)


@settings(derandomize=True, max_examples=cases(150, 20_000), deadline=None)
@given(PAGES)
def test_threads_that_stay_as_they_are_need_not_be_looked_at_again(texts: list[str]) -> None:
    reading = replace(RULES, pairs={"atop": "abot"}, closing=(*RULES.closing, "atop"))
    folded = Fold((), hash_of)
    known: dict[str, Observation] = {}
    learned: Learned | None = None
    for hour, text in enumerate(texts):
        # The first readings lie before the last signatures: those claim to be from the future.
        at = ago(hours=9 - hour)
        learned = reader().learn(text, reading, learned)
        found = folded.read(Reading(learned.threads, reading, at, Rights(USERS)))
        kept = sorted(known.values(), key=lambda one: (one.opened, one.thread))
        wanted = observe(kept, read(text, at, reading), hash_of)

        assert set(found) == set(wanted)
        known |= {one.thread: one for one in wanted}
