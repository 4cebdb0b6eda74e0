"""The status task: words of a status template along a table, marks on handled threads, and no quarrel over either."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.messages import Messages
from bot.model import Block, Board, PageAction, User
from bot.plan import Plan, Snapshot, Splices
from bot.reading.rules import People
from tasks.status import StatusSettings, plan
from tasks.status.blocked import MOST_PAGES
from tests.builders import BOARD, NOW, ago, answered, board, hash_of, memory, page, resolved, rules, snapshot, user
from tests.builders import thread as wikitext
from tests.world import BOARD as WORLD_BOARD
from tests.world import PAGE, signed, world

DRN = StatusSettings.model_validate({"mode": "live", "template": "DR case status", "table": "drn"})
MARK = StatusSettings.model_validate({"mode": "live", "blocked": "mark", "blocked_template": "done"})
VOLUNTEERS = rules(responders=People(groups=frozenset({"volunteer"})), closers=People(groups=frozenset({"volunteer"})))
VERA = user("Vera", "volunteer")


def case(word: str, opened: datetime, *comments: tuple[str, datetime], size: int = 0) -> str:
    """A thread with a status template, opened by Ana."""
    return wikitext("Case", ("Ana", opened), *comments).replace(
        "== Case ==\n", f"== Case ==\n{{{{DR case status{word}}}}}\n{'x' * size}"
    )


def decided(
    on: Board | str, options: StatusSettings = DRN, *, users: Iterable[User] = (VERA,), **given: Any
) -> tuple[Plan, Snapshot]:
    """The plan, once every need is answered."""
    reading = given.pop("rules", VOLUNTEERS)
    read = board(on, reading=reading) if isinstance(on, str) else on
    now = snapshot(read, rules=reading, users=users, pages=[page(BOARD, read.text)], **given)
    for _ in range(4):
        result = plan(now, options, NOW)
        if isinstance(result, Plan):
            return result, now
        now = answered(now, result, {})
    raise AssertionError("more than four rounds")


def after(result: Plan, text: str) -> str:
    """The board after the plan."""
    for edit in result.edits:
        assert isinstance(edit.change, Splices)
        text = edit.change.apply(text)
    return text


def word(text: str) -> str:
    """What the first status template says."""
    return text.partition("{{DR case status")[2].partition("}}")[0].lstrip("|")


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (case("", ago(hours=5), ("Vera", ago(hours=4))), "open"),
        (case("|new", ago(hours=5), ("Vera", ago(hours=4))), "open"),
        (case("|new", ago(hours=5), ("Zoe", ago(hours=4))), "new"),
        (case("|new", ago(days=3)), "needassist"),
        (case("|new", ago(hours=5), size=15_000), "needassist"),
        (case("|active", ago(days=3), ("Vera", ago(hours=40))), "active"),
        (case("|open", ago(days=3), ("Vera", ago(days=2, hours=1))), "stale"),
        (case("|stale", ago(days=4), ("Vera", ago(days=3)), ("Zoe", ago(hours=1))), "open"),
        (case("|stale", ago(days=8), ("Vera", ago(days=6))), "needassist"),
        (case("|open", ago(days=7), ("Vera", ago(hours=1))), "needassist"),
        (case("|needassist", ago(days=3), ("Vera", ago(hours=1))), "open"),
        (case("|needassist", ago(days=8), ("Vera", ago(hours=1))), "needassist"),
        (case("|closed", ago(days=30)), "closed"),
        (case("|what is this", ago(days=30)), "what is this"),
    ],
)
def test_the_table_of_the_dispute_resolution_noticeboard(before: str, expected: str) -> None:
    result, _ = decided(before)

    assert word(after(result, before)) == expected


@pytest.mark.parametrize(
    "template",
    ["|status=new ", "| 1 = new", "|x=y|status= New", "|new|x=y"],
)
def test_only_the_word_changes(template: str) -> None:
    before = case(template, ago(days=3))

    changed = after(decided(before)[0], before)

    assert changed == before.replace("new" if "new" in template else "New", "needassist", 1)


@pytest.mark.parametrize("template", ["|{{x}}", "|x=y", "|[[new]]"])
def test_a_template_that_is_written_otherwise_is_left_alone(template: str) -> None:
    before = case(template, ago(days=3))

    assert after(decided(before)[0], before) == before


def test_a_status_template_in_nowiki_is_none() -> None:
    before = wikitext("Case", ("Ana", ago(days=3)), "<nowiki>{{DR case status|new}}</nowiki>")

    assert not decided(before)[0].edits


def test_a_closed_thread_keeps_its_word() -> None:
    before = case("|open", ago(days=9)).rstrip() + "\n" + resolved(ago(hours=3), "Vera") + "\n\n"

    assert not decided(before)[0].edits


def facts(result: Plan) -> Mapping[tuple[str, str], str]:
    """The plan's facts as the journal gives them back."""
    return {(fact.kind, hash_of(fact.thread)): fact.value for fact in result.facts}


def test_what_a_person_undid_is_not_done_again() -> None:
    before = case("|new", ago(days=3))
    first, _ = decided(before)

    again, _ = decided(before, memory=memory(facts=facts(first)))

    assert not again.edits
    assert again.decisions[0].verdict == "stay: changed by a person"


def test_nor_is_it_done_again_after_another_change_in_between() -> None:
    before = case("|new", ago(days=3))
    first, _ = decided(before)
    undone, _ = decided(before, memory=memory(facts=facts(first)))
    reply = case("|new", ago(days=3), ("Vera", ago(hours=1)))
    opened, _ = decided(reply, memory=memory(facts=facts(undone)))
    assert word(after(opened, reply)) == "open"

    back = case("|new", ago(days=3))
    remembered = {**facts(undone), **facts(opened)}
    assert not decided(back, memory=memory(facts=remembered))[0].edits


def test_nor_with_the_journal_lost() -> None:
    before = case("|new", ago(days=3))
    first, _ = decided(before)

    again, _ = decided(before, memory=memory(keys=frozenset({first.edits[0].key})))

    assert not again.edits


def test_a_table_that_goes_round_in_circles_changes_nothing() -> None:
    circle = StatusSettings.model_validate(
        {
            "template": "DR case status",
            "states": {"a": ["a"], "b": ["b"]},
            "moves": [{"states": ["a"], "to": "b"}, {"states": ["b"], "to": "a"}],
        }
    )

    result, _ = decided(case("|a", ago(days=3)), circle)

    assert not result.edits
    assert result.decisions[0].found == "the table goes round in circles"


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    start=st.sampled_from(["", "|new", "|open", "|stale", "|needassist", "|closed"]),
    opened=st.integers(1, 400),
    replies=st.lists(st.tuples(st.sampled_from(["Vera", "Zoe", "Ana"]), st.integers(0, 300)), max_size=3),
    size=st.sampled_from([0, 16_000]),
)
def test_planning_again_right_after_gives_no_edit(
    start: str, opened: int, replies: list[tuple[str, int]], size: int
) -> None:
    comments = [(name, ago(hours=min(hours, opened))) for name, hours in replies]
    before = case(start, ago(hours=opened), *comments, size=size)
    first, _ = decided(before)

    second, _ = decided(after(first, before), memory=memory(facts=facts(first)))

    assert not second.edits


# Blocks


def report(*subjects: str, opened: datetime | None = None) -> Board:
    """A thread by Ana that names people."""
    read = board(wikitext("Report", ("Ana", opened or ago(hours=2))), reading=VOLUNTEERS)
    return replace(read, threads=(replace(read.threads[0], subjects=subjects),))


def blocked(name: str, **changes: Any) -> User:
    """An account blocked an hour ago."""
    fields: dict[str, Any] = {"since": ago(hours=1), "until": NOW + timedelta(days=3)} | changes
    return user(name, block=Block("Clara", **fields))


def test_a_thread_whose_accounts_were_all_blocked_since_is_marked() -> None:
    on = report("Ben", "Cem")

    result, _ = decided(on, MARK, users=[blocked("Ben"), blocked("Cem", until=None)])

    assert after(result, on.text) == (
        on.text.rstrip()
        + "\n:{{Done}} After this thread was opened, all accounts named in it were blocked:"
        + " by Clara until 2026-11-25 12:00 (UTC); by Clara without an end. ~~~~\n\n"
    )


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "zh-hans", "zh-hant"])
def test_the_words_of_the_mark(language: str, snapshot: SnapshotAssertion) -> None:
    on = report("Ben", "Cem")
    result, _ = decided(
        on, MARK, users=[blocked("Ben", partial=True), blocked("Cem", until=None)], messages=Messages(language)
    )

    assert [*after(result, on.text).splitlines()[-2:], result.edits[0].summary] == snapshot


@pytest.mark.parametrize(
    "people",
    [
        [blocked("Ben"), user("Cem")],
        [blocked("Ben"), blocked("Cem", since=ago(days=9))],
        [user("Ben"), user("Cem")],
    ],
    ids=("one free", "one blocked before", "none"),
)
def test_a_thread_where_that_is_not_so_is_not_marked(people: list[User]) -> None:
    assert not decided(report("Ben", "Cem"), MARK, users=people)[0].edits


def test_a_partial_block_is_told_apart_and_closes_nothing() -> None:
    on = report("Ben")

    changed = after(decided(on, MARK, users=[blocked("Ben", partial=True)])[0], on.text)

    assert "{{Done}}" not in changed
    assert "by Clara from parts of the wiki until" in changed


@pytest.mark.parametrize("seen", [True, False], ids=("seen free", "never seen free"))
def test_an_account_locked_since_counts_like_a_blocked_one(seen: bool) -> None:
    on = report("Ben", "Cem")
    first, _ = decided(on, MARK, users=[user("Ben"), user("Cem")])
    kept = memory(facts=facts(first) if seen else {})

    result, _ = decided(on, MARK, users=[blocked("Ben"), user("Cem", locked=True)], memory=kept)

    assert ("locked on all wikis" in after(result, on.text)) == seen
    assert not decided(on, MARK, users=[user("Ben"), user("Cem")], memory=memory(facts=facts(first)))[0].facts


# Pages


def request(*pages: str, subjects: tuple[str, ...] = (), opened: datetime | None = None) -> Board:
    """A thread by Ana that names pages."""
    on = report(*subjects, opened=opened)
    return replace(on, threads=(replace(on.threads[0], pages=pages),))


PROTECTED = PageAction("Clara", ago(hours=1), "autoconfirmed", NOW + timedelta(days=3))
DELETED = PageAction("Clara", ago(hours=1))


def test_a_thread_whose_pages_were_all_protected_or_deleted_since_is_marked() -> None:
    on = request("A", "B", "C")
    actions = {"A": PROTECTED, "B": replace(PROTECTED, level="sysop", until=None), "C": DELETED}

    result, _ = decided(on, MARK, actions=actions)

    assert after(result, on.text) == (
        on.text.rstrip()
        + "\n:{{Done}} After this thread was opened, all pages named in it were protected or deleted:"
        + " protected by Clara (editing: autoconfirmed) until 2026-11-25 12:00 (UTC);"
        + " protected by Clara (editing: sysop) without an end; deleted by Clara on 2026-11-22 11:00 (UTC). ~~~~\n\n"
    )
    assert not any(word in result.edits[0].summary for word in ("A,", "Clara"))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "zh-hans", "zh-hant"])
def test_the_words_of_the_mark_on_pages(language: str, snapshot: SnapshotAssertion) -> None:
    on = request("A", "B", "C", "D", subjects=("Ben",))
    actions = {
        "A": PROTECTED,
        "B": replace(PROTECTED, level="sysop", until=None),
        "C": DELETED,
        "D": replace(DELETED, by=""),
    }

    result, _ = decided(on, MARK, users=[blocked("Ben")], actions=actions, messages=Messages(language))

    assert [*after(result, on.text).splitlines()[-2:], result.edits[0].summary] == snapshot


@pytest.mark.parametrize(
    ("actions", "people"),
    [
        ({"A": PROTECTED, "B": None}, [blocked("Ben")]),
        ({"A": PROTECTED, "B": replace(DELETED, since=ago(days=9))}, [blocked("Ben")]),
        ({"A": PROTECTED, "B": DELETED}, [user("Ben")]),
    ],
    ids=("one page free", "one before", "the account free"),
)
def test_while_one_thing_named_is_as_it_was_the_thread_is_not_marked(
    actions: dict[str, PageAction | None], people: list[User]
) -> None:
    result, _ = decided(request("A", "B", subjects=("Ben",)), MARK, users=people, actions=actions)

    assert not result.edits
    assert result.decisions[-1].found == "not all accounts and pages named were dealt with since"


def test_a_mark_on_pages_that_somebody_took_away_does_not_come_back_and_nothing_more_is_asked() -> None:
    on = request("A")
    first, _ = decided(on, MARK, actions={"A": PROTECTED})
    kept = memory(keys=frozenset({first.edits[0].key}))

    needed = plan(snapshot(on, rules=VOLUNTEERS, users=[VERA, user("Ana")], memory=kept), MARK, NOW)

    assert isinstance(needed, Plan)
    assert not needed.edits


def test_a_thread_that_names_a_crowd_of_pages_is_left_to_people() -> None:
    titles = tuple(f"Page {number}" for number in range(MOST_PAGES + 1))

    result, _ = decided(request(*titles), MARK, actions=dict.fromkeys(titles, PROTECTED))

    assert not result.edits
    assert result.decisions[-1].found == f"{MOST_PAGES + 1} pages named"


def test_words_at_the_heading_can_be_the_mark() -> None:
    options = StatusSettings.model_validate({"blocked": "mark", "blocked_heading": "(erl.)"})
    on = report("Ben")

    assert after(decided(on, options, users=[blocked("Ben")])[0], on.text).startswith("== Report (erl.) ==\n")


def test_a_mark_that_somebody_took_away_does_not_come_back() -> None:
    on = report("Ben")
    first, _ = decided(on, MARK, users=[blocked("Ben")])

    again, _ = decided(on, MARK, users=[blocked("Ben")], memory=memory(keys=frozenset({first.edits[0].key})))

    assert not again.edits
    assert again.decisions[0].found == "it was marked before"


def test_the_name_of_who_blocked_is_shown_and_never_expanded() -> None:
    on = report("Ben")
    hostile = user("Ben", block=Block("{{x}}|[[y]]~~~~", ago(hours=1)))

    (line,) = after(decided(on, MARK, users=[hostile])[0], on.text).rstrip().splitlines()[-1:]

    assert "{{x}}" not in line
    assert "[[y]]" not in line
    assert line.count("~~~~") == 1


def test_handled_items_leave_a_list_with_the_counts_in_the_summary() -> None:
    reading = rules(style="list", report_templates=("Vandal",), subject_templates=("Vandal",))
    text = "Lead.\n\n" + "".join(
        f"* {{{{vandal|{name}}}}} spam. [[User:Ana|Ana]] 10:0{number}, 22 November 2026 (UTC)\n"
        for number, name in enumerate(("Ben", "Cem", "Dan"))
    )
    on = board(text, reading=reading)
    options = StatusSettings.model_validate({"blocked": "remove"})

    result, _ = decided(on, options, users=[blocked("Ben"), blocked("Dan", partial=True)], rules=reading)

    assert after(result, text) == text.replace(text.splitlines(keepends=True)[2], "")
    assert result.edits[0].summary == "Bot: one handled thread removed, 2 left"


def test_no_thread_with_a_heading_is_ever_removed() -> None:
    options = StatusSettings.model_validate({"blocked": "remove"})

    assert not decided(report("Ben"), options, users=[blocked("Ben")])[0].edits


@pytest.mark.parametrize(
    "wrong",
    [
        {"template": "x", "states": {"a": ["a"]}, "moves": [{"states": ["a"], "to": "b"}]},
        {"template": "x", "empty": "c", "states": {"a": ["a"]}},
        {"table": "drn"},
        {"template": "x", "table": "other"},
    ],
)
def test_tables_that_do_not_fit_together_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        StatusSettings.model_validate(wrong)


# Whole runs


WATCHED = PAGE.replace("subjects: {templates: [userlinks]}", "subjects: {templates: [userlinks], pages: [pagelinks]}")


def test_a_run_marks_a_request_once_the_page_is_protected_and_the_next_run_changes_nothing() -> None:
    asked = (
        f"== Please ==\n{signed('Alba', NOW - timedelta(hours=2), '{{pagelinks|Some page}} {{pagelinks|Gone}}')}\n\n"
    )
    at = world(
        asked, asked.replace("Please", "Other").replace("Gone", "Free"), page=WATCHED + "    status: {blocked: mark}\n"
    )
    for title in ("Some page", "Gone", "Free"):
        at.says("Alba", title, "Words.")
    at.run()
    before = at.text(WORLD_BOARD)
    at.wiki.protect("Some page", "autoconfirmed", by="Root", until=NOW + timedelta(days=7))
    at.wiki.delete("Gone", by="Root")

    at.run()
    marked = at.text(WORLD_BOARD)
    at.run()

    line = ":After this thread was opened, all pages named in it were protected or deleted:"
    assert "protected or deleted" not in before
    assert marked.count(line) == 1
    assert "protected by Root (editing: autoconfirmed) until 2026-11-29 12:00 (UTC); deleted by Root on" in marked
    assert at.text(WORLD_BOARD) == marked

    at.wiki.protect("Some page", "")
    at.says("Eva", WORLD_BOARD, before)
    at.wiki.protect("Some page", "sysop", by="Root")
    at.run()

    assert at.text(WORLD_BOARD) == before
