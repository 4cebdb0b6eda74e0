"""The notify task: who is told, who is not and why, and what stands in a notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.messages import Messages
from bot.model import Block, Board, Page, Revision, User
from bot.plan import Need, NewSection, Plan, Snapshot, Told
from tasks.notify import TOO_MANY_NAMED, NotifySettings, plan
from tasks.notify.notice import KIND, key_of
from tests.builders import BOARD, NOW, ago, answered, board, hash_of, memory, page, resolved, signed, snapshot, user
from tests.builders import thread as wikitext

LIVE = NotifySettings(mode="live")


def naming(*people: str, opened: datetime | None = None, **changes: Any) -> Board:
    """A board with one thread by Ana that names people; ``changes`` are changes to the thread."""
    read = board(wikitext("Report", ("Ana", opened or ago(hours=2))))
    return replace(read, threads=(replace(read.threads[0], subjects=people, **changes),))


def decided(
    on: Board, *, wiki: Mapping[str, Page] | None = None, settings: NotifySettings = LIVE, **given: Any
) -> tuple[Plan, Snapshot]:
    """The plan, once every need is answered."""
    now = snapshot(on, **given)
    for _ in range(4):
        result = plan(now, settings, NOW)
        if isinstance(result, Plan):
            return result, now
        now = answered(now, result, wiki or {})
    raise AssertionError("more than four rounds")


def why(result: Plan) -> list[str]:
    """What was found for each person or thread that was not told."""
    return [decision.found for decision in result.decisions if decision.verdict == "not told"]


def test_whoever_is_named_gets_one_new_section_on_their_talk_page() -> None:
    result, seen = decided(naming("Ben"))

    (edit,) = result.edits
    assert edit.page == "User talk:Ben"
    assert isinstance(edit.change, NewSection)
    assert not edit.minor
    assert edit.person == "Ben"
    assert edit.unchanged == ((BOARD, seen.board.revision),)
    assert edit.independent


@pytest.mark.parametrize(("language", "chain"), [("en", ()), ("de", ("en",))])
def test_the_words_of_a_notice(language: str, chain: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    result, _ = decided(naming("Ben"), messages=Messages(language, chain))
    (edit,) = result.edits
    assert isinstance(edit.change, NewSection)

    assert "\n".join((edit.change.heading, edit.change.text, edit.summary)) == snapshot


def test_the_link_is_the_edit_that_opened_the_thread_where_it_is_known() -> None:
    on = naming("Ben")
    opening = Revision(77, ago(hours=2), "Ana", "", 10)

    result, _ = decided(on, origins={on.threads[0].identity: opening})

    assert isinstance(result.edits[0].change, NewSection)
    assert "[[:Special:Diff/77|here]]" in result.edits[0].change.text


def test_no_heading_or_other_name_stands_in_a_notice() -> None:
    read = board(wikitext("Ben and Zora again", ("Ana", ago(hours=2))))
    on = replace(read, threads=(replace(read.threads[0], subjects=("Ben", "Zora")),))

    result, _ = decided(on)

    for edit in result.edits:
        assert isinstance(edit.change, NewSection)
        shown = edit.change.heading + edit.change.text + edit.summary
        assert not any(word in shown for word in ("Ana", "Ben", "Zora", "again"))


@pytest.mark.parametrize(
    ("account", "found"),
    [
        (user("Ben", registered=False), "no account of this name"),
        (user("Ben", "bot"), "a bot"),
        (user("Ben", locked=True), "a locked account"),
        (user("Ben", temporary=True, expired=True), "an expired temporary account"),
        (user("Ben", renamed_to="Benno"), "a renamed account"),
        (user("Ben", block=Block("Clara", ago(days=1), no_talk=True)), "blocked, the own talk page included"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_accounts_that_cannot_or_must_not_be_told(account: User, found: str) -> None:
    result, _ = decided(naming("Ben"), users=[account])

    assert not result.edits
    assert why(result) == [found]


@pytest.mark.parametrize(
    "block",
    [Block("Clara", ago(days=1)), Block("Clara", ago(days=1), partial=True, no_talk=True)],
    ids=("site", "partial"),
)
def test_a_blocked_user_who_can_still_answer_is_told(block: Block) -> None:
    result, _ = decided(naming("Ben"), users=[user("Ben", block=block)])

    assert [edit.person for edit in result.edits] == ["Ben"]


@pytest.mark.parametrize(
    ("talk", "found"),
    [
        (page("User talk:Ben", "{{nobots}}"), "the talk page keeps the bot away"),
        (page("User talk:Ben", "x", protection={"edit": "sysop"}), "the talk page is protected"),
        (page("User talk:Ben", "x", model="flow-board"), "the talk page is of the kind flow-board"),
        (page("User talk:Ben", "", redirect="Project:Elsewhere"), "the talk page is redirected elsewhere"),
        (replace(page("User talk:Ben", "x"), text=None, hidden=True), "the talk page's text is hidden"),
        (page("User talk:Ben", signed("Zoe", ago(hours=1), f"See [[{BOARD}#Report]].")), "already told by someone"),
        (
            page("User talk:Ben", signed("Zoe", ago(hours=1), "See [[wp:x]] [[ project:incidents|a]].")),
            "already told by someone",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_talk_pages_that_cannot_or_need_not_take_a_notice(talk: Page, found: str) -> None:
    result, _ = decided(naming("Ben"), pages=[talk], wiki={"Project:Elsewhere": page("Project:Elsewhere", "x")})

    assert not result.edits
    assert why(result) == [found]


@pytest.mark.parametrize(
    "text",
    [
        signed("Zoe", ago(days=3), f"See [[{BOARD}]]."),
        signed("Zoe", ago(hours=1), "See [[Project:Incidents/Archive 3]]."),
        "an old link to [[Project:Incidents]] that nobody signed",
    ],
    ids=("before filing", "another page", "unsigned"),
)
def test_an_older_or_other_link_is_no_notice_of_this_thread(text: str) -> None:
    result, _ = decided(naming("Ben"), pages=[page("User talk:Ben", text)])

    assert [edit.person for edit in result.edits] == ["Ben"]


def test_a_redirected_talk_page_is_followed_once() -> None:
    wiki = {"User talk:Benno": page("User talk:Benno", "hello")}

    result, _ = decided(naming("Ben"), pages=[page("User talk:Ben", "", redirect="User talk:Benno")], wiki=wiki)

    assert [edit.page for edit in result.edits] == ["User talk:Benno"]


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (naming("Ben", opened=ago(minutes=10)), "filed 10 min ago"),
        (naming(*(f"P{number}" for number in range(6))), "6 people named"),
        (naming("Ben", damage="comment"), "damaged or transcluded wikitext"),
        (naming("Ben", reporter=""), "no signature"),
    ],
    ids=("young", "crowded", "damaged", "unsigned"),
)
def test_threads_that_lead_to_no_notices(on: Board, found: str) -> None:
    result, _ = decided(on)

    assert not result.edits
    assert why(result) == [found]


def test_a_closed_thread_leads_to_no_notices() -> None:
    read = board(wikitext("Report", ("Ana", ago(hours=2)), resolved(ago(hours=1))))
    on = replace(read, threads=(replace(read.threads[0], subjects=("Ben",)),))

    result, _ = decided(on)

    assert why(result) == ["the thread is resolved"]


@pytest.mark.parametrize(
    ("reporter", "found"),
    [
        (user("Ana", locked=True), "the reporter is blocked or locked"),
        (user("Ana", block=Block("Clara", ago(hours=1))), "the reporter is blocked or locked"),
        (user("Ana", edits=3), "the reporter has 3 edits"),
    ],
    ids=("locked", "blocked", "new"),
)
def test_reporters_whose_reports_lead_to_no_notices(reporter: User, found: str) -> None:
    result, _ = decided(naming("Ben"), users=[reporter])

    assert why(result) == [found]


def test_a_thread_that_names_too_many_is_remembered_for_the_summary() -> None:
    result, _ = decided(naming(*(f"P{number}" for number in range(6))))

    assert [fact.kind for fact in result.facts] == [TOO_MANY_NAMED]


def test_whoever_wrote_in_the_thread_knows_of_it() -> None:
    read = board(wikitext("Report", ("Ana", ago(hours=2)), ("Ben", ago(hours=1))))
    result, _ = decided(replace(read, threads=(replace(read.threads[0], subjects=("Ben",)),)))

    assert why(result) == ["already wrote in the thread"]


def test_nobody_is_told_twice_of_one_thread() -> None:
    on = naming("Ben")
    key = key_of("Ben", on.threads[0].identity, snapshot(on))

    result, _ = decided(on, memory=memory(keys=frozenset({key})))

    assert why(result) == ["already told by the bot"]


@pytest.mark.parametrize(("days", "edits"), [(6.9, 0), (7.1, 1)])
def test_nobody_is_told_twice_in_seven_days_from_one_board(days: float, edits: int) -> None:
    told = Told(hash_of("Ben"), hash_of("another thread"), KIND, ago(days=days))

    result, _ = decided(naming("Ben"), memory=memory(told=(told,)))

    assert len(result.edits) == edits


def test_somebody_named_in_two_threads_is_told_once() -> None:
    read = board(wikitext("One", ("Ana", ago(hours=3))) + wikitext("Two", ("Zoe", ago(hours=2))))
    on = replace(read, threads=tuple(replace(one, subjects=("Ben",)) for one in read.threads))

    result, _ = decided(on)

    assert len(result.edits) == 1
    assert why(result) == ["told of another thread in this run"]


def test_observing_tells_nobody() -> None:
    result, _ = decided(naming("Ben"), settings=NotifySettings(subjects="observe"))

    assert not result.edits
    assert why(result) == ["nobody told them yet"]


def test_switched_off_it_looks_at_nothing() -> None:
    assert plan(snapshot(naming("Ben")), NotifySettings(subjects="off"), NOW) == Plan()


def test_it_asks_for_all_people_of_all_threads_together() -> None:
    read = board(wikitext("One", ("Ana", ago(hours=3))) + wikitext("Two", ("Zoe", ago(hours=2))))
    first, second = read.threads
    on = replace(read, threads=(replace(first, subjects=("Ben",)), replace(second, subjects=("Cem",))))

    first_need = plan(snapshot(on), LIVE, NOW)
    second_need = plan(snapshot(on, users=[user("Ana"), user("Zoe")]), LIVE, NOW)

    assert first_need == Need(users=frozenset({"Ana", "Zoe"}))
    assert second_need == Need(
        pages=frozenset({"User talk:Ben", "User talk:Cem"}),
        users=frozenset({"Ben", "Cem"}),
        origins=frozenset(thread.identity for thread in on.threads),
    )
