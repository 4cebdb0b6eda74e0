"""The notify task: who is told, who is not and why, and what stands in a notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.memory import Told
from bot.messages import Gender, Messages
from bot.model import Block, Board, Page, Revision, User
from bot.observe import COVERAGE
from bot.plan import Limits, Need, NewSection, Plan, Snapshot, Splices
from tasks.archive import UNANSWERED
from tasks.notify import TOO_MANY_NAMED, NotifySettings, plan
from tasks.notify.caps import Caps
from tasks.notify.notice import KIND, key_of
from tasks.notify.wishes import CLAIM, DECLINED
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
from tests.world import NOTIFY, PAGE, world
from tests.world import thread as report

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


@pytest.mark.parametrize(
    ("language", "chain"),
    [(code, ("en",) if code != "en" else ()) for code in ("en", "de", "fr", "es", "ar", "zh-hans", "zh-hant")],
)
def test_the_words_of_a_notice(language: str, chain: tuple[str, ...], snapshot: SnapshotAssertion) -> None:
    result, _ = decided(naming("Ben"), messages=Messages(language, chain))
    (edit,) = result.edits
    assert isinstance(edit.change, NewSection)

    assert "\n".join((edit.change.heading, edit.change.text, edit.summary)) == snapshot


@pytest.mark.parametrize(("gender", "word"), [(Gender.FEMALE, "ضعي"), (Gender.UNKNOWN, "وضع")], ids=("her", "unknown"))
def test_a_notice_speaks_to_its_reader_as_they_want(gender: Gender, word: str) -> None:
    result, _ = decided(naming("Ben"), messages=Messages("ar"), users=[user("Ben", gender=gender)])

    (edit,) = result.edits
    assert isinstance(edit.change, NewSection)
    assert f"{word} " in edit.change.text


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
        (user("Boardclerk"), "the bot itself"),
        (user("Ben", temporary=True, expired=True), "an expired temporary account"),
        (user("Ben", renamed_to="Benno"), "a renamed account"),
        (user("Ben", block=Block("Clara", ago(days=1), no_talk=True)), "blocked, the own talk page included"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_accounts_that_cannot_or_must_not_be_told(account: User, found: str) -> None:
    result, _ = decided(naming(account.name), users=[account])

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
        (naming("Ben", transcluded=True), "damaged or transcluded wikitext"),
        (naming("Ben", reporter=""), "no signature"),
    ],
    ids=("young", "crowded", "damaged", "transcluded", "unsigned"),
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


def test_a_withdrawn_thread_leads_to_no_notices() -> None:
    reading = rules(withdrawn=("Withdrawn",))
    text = wikitext("Report", ("Ana", ago(hours=2)), signed("Ana", ago(hours=1), "{{withdrawn}}"))
    read = board(text, reading=reading)
    on = replace(read, threads=(replace(read.threads[0], subjects=("Ben",)),))

    result, _ = decided(on, rules=reading)

    assert why(result) == ["the thread is withdrawn"]


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


def test_a_thread_that_names_too_many_no_longer_is_forgotten() -> None:
    on = naming("Ben")
    known = memory(facts={(TOO_MANY_NAMED, hash_of(on.threads[0].identity)): "1"})

    result, _ = decided(on, memory=known)

    assert [fact.value for fact in result.facts if fact.kind == TOO_MANY_NAMED] == [""]


def test_the_reason_why_nobody_is_told_of_a_thread_is_given_for_everybody_named() -> None:
    result, _ = decided(naming("Ben", "Cem", opened=ago(minutes=10)))

    assert [(one.person, one.found) for one in result.decisions] == [
        ("Ben", "filed 10 min ago"),
        ("Cem", "filed 10 min ago"),
    ]


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
    )
    known = snapshot(
        on,
        users=[user("Ana"), user("Zoe"), user("Ben"), user("Cem")],
        pages=[page("User talk:Ben", "Hello."), page("User talk:Cem", signed("Ana", ago(hours=1), f"[[{BOARD}]]"))],
    )
    assert plan(known, LIVE, NOW) == Need(origins=frozenset({first.identity}))


# Names, wishes and earlier words


def several(*threads: tuple[str, str], hours: float = 2) -> Board:
    """A board with one thread for each pair of reporter and subject."""
    text = "".join(
        wikitext(f"R{number}", (who, ago(hours=hours, minutes=number))) for number, (who, _) in enumerate(threads)
    )
    read = board(text)
    return replace(
        read,
        threads=tuple(replace(one, subjects=(whom,)) for one, (_, whom) in zip(read.threads, threads, strict=True)),
    )


def seen(on: Board) -> dict[str, Revision | None]:
    """The edits that opened the threads, as the history shows them."""
    return {
        one.identity: Revision(70 + number, one.opened or NOW, one.reporter, "", 10)
        for number, one in enumerate(on.threads)
    }


def test_a_renamed_account_is_told_under_its_new_name() -> None:
    people = [user("Ben", registered=False, renamed_to="Benno"), user("Benno")]

    result, _ = decided(naming("Ben"), users=people)

    assert [(edit.page, edit.person) for edit in result.edits] == [("User talk:Benno", "Benno")]


@pytest.mark.parametrize("new", ["Vanished user 1234", "Renamed user ab12cd", "VanishedAccount7"])
def test_a_vanished_account_is_left_alone(new: str) -> None:
    people = [user("Ben", registered=False, renamed_to=new), user(new)]

    assert why(decided(naming("Ben"), users=people)[0]) == ["a vanished account"]


def test_a_notice_under_the_old_name_counts_for_the_new_one() -> None:
    on = naming("Ben")
    people = [user("Ben", registered=False, renamed_to="Benno"), user("Benno")]
    key = key_of("Ben", on.threads[0].identity, snapshot(on))

    assert why(decided(on, users=people, memory=memory(keys=frozenset({key})))[0]) == ["already told by the bot"]


def test_a_reply_to_an_earlier_notice_ends_all_further_ones() -> None:
    talk = wikitext("Discussion on Project:Elsewhere", ("Boardclerk", ago(days=30)), ("Ben", ago(days=29)))

    result, _ = decided(naming("Ben"), pages=[page("User talk:Ben", talk)])

    assert why(result) == ["replied to an earlier notice, which ends them"]
    assert [(fact.kind, fact.thread) for fact in result.facts if fact.kind == DECLINED] == [(DECLINED, "Ben")]


def test_the_reply_is_remembered_when_the_talk_page_was_archived() -> None:
    facts = {(DECLINED, hash_of("Ben")): "1"}

    assert not decided(naming("Ben"), memory=memory(facts=facts))[0].edits


def test_somebody_elses_reply_ends_nothing() -> None:
    talk = wikitext("Discussion on Project:Elsewhere", ("Boardclerk", ago(days=30)), ("Ana", ago(days=29)))

    assert decided(naming("Ben"), pages=[page("User talk:Ben", talk)])[0].edits


OPT_OUT = NotifySettings(mode="live", opt_out="Project:No notices")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (signed("Ben", ago(days=9), "* No notices please."), 0),
        (signed("Ben", ago(days=9), "* [[User:Ben]]"), 0),
        (signed("Clara", ago(days=9), "* [[User:Ben]]"), 0),
        (signed("Ana", ago(days=9), "* [[User:Ben]]"), 1),
        ("* [[User:Ben]]", 1),
        (signed("Ben", ago(days=9), "* [[User:Dan]]"), 1),
        ("", 1),
    ],
    ids=("own words", "own line", "admin", "somebody else", "unsigned", "for another", "empty"),
)
def test_the_opt_out_page_counts_lines_by_the_person_or_an_administrator(line: str, told: int) -> None:
    pages = [page("Project:No notices", f"Sign below.\n\n{line}\n")]

    result, _ = decided(naming("Ben"), settings=OPT_OUT, pages=pages, users=[user("Clara", "sysop")])

    assert len(result.edits) == told


def by(editor: str, **changes: Any) -> Revision:
    """A revision by somebody."""
    return replace(Revision(50, ago(days=9), editor, "", 10), **changes)


LISTED = "* [[User:Ben]]"


@pytest.mark.parametrize(
    ("line", "brought", "told"),
    [
        (LISTED, by("Ben"), 0),
        (LISTED, by("Clara"), 0),
        (LISTED, by("Ana"), 1),
        (signed("Ben", ago(days=9), "* No notices."), by("Ana"), 1),
        (signed("Clara", ago(days=9), LISTED), by("Ana"), 1),
        (signed("Ana", ago(days=9), LISTED), by("Ben"), 0),
        (signed("Ben", ago(days=9), LISTED), by("", hidden=True), 0),
        ("Questions to [[User:Ben]].", by("Clara"), 1),
        (f"<!-- {LISTED} -->", by("Ben"), 1),
    ],
    ids=("own", "admin", "other", "forged", "forged admin", "odd words", "hidden", "prose", "comment"),
)
def test_the_history_tells_whose_entry_on_the_opt_out_page_it_is(line: str, brought: Revision, told: int) -> None:
    pages = [page("Project:No notices", f"Sign below.\n\n{line}\n")]
    lines = {("Project:No notices", line): brought}

    result, _ = decided(naming("Ben"), settings=OPT_OUT, pages=pages, users=[user("Clara", "sysop")], lines=lines)

    assert len(result.edits) == told


def test_a_reply_counts_where_the_person_saved_it() -> None:
    reply = ":" + signed("Ben", ago(days=29))
    talk = wikitext("Discussion on Project:Elsewhere", ("Boardclerk", ago(days=30)), reply.removeprefix(":"))
    given: dict[str, Any] = {"pages": [page("User talk:Ben", talk)]}

    forged, _ = decided(naming("Ben"), lines={("User talk:Ben", reply): by("Ana")}, **given)
    true, _ = decided(naming("Ben"), lines={("User talk:Ben", reply): by("Ben")}, **given)

    assert [len(forged.edits), len(true.edits)] == [1, 0]
    assert DECLINED not in {fact.kind for fact in forged.facts}


def test_who_wrote_a_line_is_looked_up_once_for_each_revision_of_its_page() -> None:
    listing = page("Project:No notices", LISTED)
    first, _ = decided(
        naming("Ben"), settings=OPT_OUT, pages=[listing], lines={("Project:No notices", LISTED): by("Ben")}
    )
    facts = {(fact.kind, hash_of(fact.thread)): fact.value for fact in first.facts}
    given: dict[str, Any] = {"users": [user("Ana"), user("Ben")], "memory": memory(facts=facts)}
    talk, origins = page("User talk:Ben"), {naming("Ben").threads[0].identity: None}

    same = plan(snapshot(naming("Ben"), pages=[listing, talk], origins=origins, **given), OPT_OUT, NOW)
    newer = replace(listing, revision=listing.revision + 1)
    changed = plan(snapshot(naming("Ben"), pages=[newer, talk], origins=origins, **given), OPT_OUT, NOW)

    assert [fact.value for fact in first.facts if fact.kind == CLAIM] == [f"{listing.revision} 1"]
    assert isinstance(same, Plan)
    assert why(same) == ["listed on the opt-out page"]
    assert changed == Need(lines=frozenset({("Project:No notices", LISTED)}))


def test_nothing_is_looked_up_where_no_line_names_the_people_to_be_told() -> None:
    pages = [page("Project:No notices", signed("Zoe", ago(days=9), "* [[User:Dan]]")), page("User talk:Ben")]
    on = naming("Ben")

    result = plan(
        snapshot(on, pages=pages, users=[user("Ana"), user("Ben")], origins={on.threads[0].identity: None}),
        OPT_OUT,
        NOW,
    )

    assert isinstance(result, Plan)


def test_an_entry_under_the_old_name_counts_for_the_new_one() -> None:
    people = [user("Ben", registered=False, renamed_to="Benno"), user("Benno")]
    lines = {("Project:No notices", LISTED): by("Benno")}

    result, _ = decided(
        naming("Ben"), settings=OPT_OUT, pages=[page("Project:No notices", LISTED)], users=people, lines=lines
    )

    assert why(result) == ["listed on the opt-out page"]


def test_the_notice_names_the_opt_out_page() -> None:
    result, _ = decided(naming("Ben"), settings=OPT_OUT)

    assert isinstance(result.edits[0].change, NewSection)
    assert "[[:Project:No notices]]" in result.edits[0].change.text


def test_the_communitys_own_template_is_substituted() -> None:
    on = naming("Ben")
    options = NotifySettings(mode="live", template="Board notice")

    result, _ = decided(on, settings=options, origins=seen(on))

    assert isinstance(result.edits[0].change, NewSection)
    assert result.edits[0].change.text == (
        "{{subst:Board notice|1=Project:Incidents|2=Special:Diff/70|3=Boardclerk}} ~~~~"
    )


@pytest.mark.parametrize(
    ("talk", "told"),
    [
        (signed("Zoe", ago(hours=1), "{{ANI-notice}}"), 0),
        (signed("Zoe", ago(days=1), "{{ANI-notice}}"), 1),
        (signed("Zoe", ago(hours=1), "<!-- [[Project:Incidents]] {{ANI-notice}} -->"), 1),
        (signed("Zoe", ago(hours=1), "<nowiki>[[Project:Incidents]]</nowiki>"), 1),
        (signed("Zoe", ago(hours=1), '<span style="display:none">x</span> [[Project:Incidents]]'), 0),
        (signed("Zoe", ago(hours=1), '<span style="color:red">[[Project:Incidents]]</span>'), 0),
    ],
    ids=("template", "before", "hidden", "nowiki", "beside something hidden", "coloured"),
)
def test_only_what_shows_and_is_new_tells_anybody(talk: str, told: int) -> None:
    options = NotifySettings(mode="live", told_by=("ANI-notice",))

    result, _ = decided(naming("Ben"), settings=options, pages=[page("User talk:Ben", talk)])

    assert len(result.edits) == told


@pytest.mark.parametrize("box", ["{{hat|off topic}}", "{{Collapse top}}", "{{atop}}"])
def test_a_folded_thread_leads_to_no_notices(box: str) -> None:
    read = board(wikitext("Report", f"{box}\n" + signed("Ana", ago(hours=2))))
    on = replace(read, threads=(replace(read.threads[0], subjects=("Ben",), reporter="Ana"),))

    assert why(decided(on)[0]) == ["the thread is folded away"]


@pytest.mark.parametrize(("reverted", "hidden"), [(True, False), (False, True)], ids=("reverted", "hidden"))
def test_a_thread_whose_opening_was_taken_back_leads_to_no_notices(reverted: bool, hidden: bool) -> None:
    on = naming("Ben")
    opening = Revision(77, ago(hours=2), "Ana", "", 10, reverted=reverted, hidden=hidden)

    result, _ = decided(on, origins={on.threads[0].identity: opening})

    assert not result.edits
    assert why(result)[0].startswith("the edit that opened the thread was")


# Limits


def test_a_plan_holds_no_more_notices_than_the_run_has_edits_left() -> None:
    on = several(*((f"A{number}", f"P{number}") for number in range(5)))

    result, _ = decided(on, origins=seen(on), limits=Limits(edits_left=2))

    assert len(result.edits) == 2
    assert sum(decision.verdict == "held back" for decision in result.decisions) == 3


def test_one_reporters_threads_lead_to_few_notices_a_day() -> None:
    on = several(*(("Ana", f"P{number}") for number in range(5)))

    result, _ = decided(on, origins=seen(on))

    assert len(result.edits) == LIVE.per_reporter
    assert sum(decision.verdict == "held back" for decision in result.decisions) == 2


def test_the_limit_counts_earlier_notices_of_the_day_on_all_boards() -> None:
    first = several(("Ana", "P1"), ("Ana", "P2"))
    before, _ = decided(first, origins=seen(first))
    keys = frozenset(edit.key for edit in before.edits)
    elsewhere = several(("Ana", "P3"), ("Ana", "P4"), hours=3)

    result, _ = decided(elsewhere, origins=seen(elsewhere), memory=memory(keys=keys))

    assert len(result.edits) == 1


def test_one_person_is_not_told_twice_because_of_one_reporter() -> None:
    first = several(("Ana", "Ben"))
    before, _ = decided(first, origins=seen(first))
    keys = frozenset(edit.key for edit in before.edits)
    again = several(("Ana", "Ben"), hours=3)

    result, _ = decided(again, origins=seen(again), memory=memory(keys=keys))

    assert why(result) == ["told lately because of the same reporter"]


def test_threads_whose_opening_nobody_can_see_count_as_one_reporters() -> None:
    on = several(*((f"Forged{number}", f"P{number}") for number in range(6)))

    assert len(decided(on)[0].edits) == LIVE.per_reporter


# NOW is noon: half of the day is left, and so half of what the other boards have not spent stays back for them.
@pytest.mark.parametrize(
    ("left", "elsewhere", "told"),
    [(12, (), 12), (12, (0,), 9), (12, (0, 0, 0), 7), (6, (6,), 6), (2, (10,), 2), (12, (0,) * 20, 2), (0, (0,), 0)],
    ids=("alone", "two boards", "four boards", "the other spent", "flood elsewhere", "many boards", "none left"),
)
def test_a_flood_on_one_board_leaves_notices_for_the_others(left: int, elsewhere: tuple[int, ...], told: int) -> None:
    on = several(*((f"A{number}", f"P{number}") for number in range(20)))
    spent = memory(spent={"notices": sum(elsewhere)})

    result, _ = decided(on, origins=seen(on), limits=Limits(notices_left=left, elsewhere=elsewhere), memory=spent)

    assert len(result.edits) == told
    assert sum(decision.verdict == "held back" for decision in result.decisions) == 20 - told


@hypothesis_settings(derandomize=True, max_examples=40, deadline=None)
@hypothesis_given(spent=st.lists(st.integers(0, 30), min_size=2, max_size=5), hour=st.integers(0, 23))
def test_no_board_ever_goes_without_its_share_while_notices_are_left(spent: list[int], hour: int) -> None:
    total = max(60, sum(spent))
    mine, *elsewhere = spent
    here = tuple(Told(hash_of(f"P{number}"), hash_of("x"), KIND, NOW.replace(hour=0)) for number in range(mine))
    limits = Limits(notices_left=total - sum(spent), elsewhere=tuple(elsewhere))
    caps = Caps(
        snapshot(naming("Ben"), limits=limits, memory=memory(told=here, spent={"notices": sum(spent)})),
        LIVE,
        NOW.replace(hour=hour),
    )

    share = total // len(spent)
    assert caps.left >= min(limits.notices_left, limits.edits_left, max(0, share - mine))
    assert caps.left <= limits.notices_left


@hypothesis_settings(derandomize=True, max_examples=60, deadline=None)
@hypothesis_given(
    pairs=st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("PQRS")), max_size=8, unique=True),
    left=st.integers(0, 12),
)
def test_planning_again_right_after_tells_nobody_more_than_a_limit_held_back(
    pairs: list[tuple[str, str]], left: int
) -> None:
    on = several(*pairs)
    first, _ = decided(on, origins=seen(on), limits=Limits(notices_left=left))
    told = tuple(Told(hash_of(edit.person), hash_of(edit.threads[0]), KIND, NOW) for edit in first.edits)
    kept = memory(keys=frozenset(edit.key for edit in first.edits), told=told, spent={"notices": len(told)})

    second, _ = decided(on, origins=seen(on), limits=Limits(notices_left=left - len(told)), memory=kept)

    assert not second.edits


# Reminding, observing, coverage


REMIND = NotifySettings(mode="live", subjects="remind")


def test_reminding_says_it_in_the_thread_once_and_tells_nobody() -> None:
    on = naming("Ben")

    result, _ = decided(on, settings=REMIND, pages=[page(BOARD, on.text)])
    (edit,) = result.edits
    assert isinstance(edit.change, Splices)
    again, _ = decided(on, settings=REMIND, pages=[page(BOARD, on.text)], memory=memory(keys=frozenset({edit.key})))

    assert edit.page == BOARD
    assert not edit.person
    assert edit.change.apply(on.text).endswith("any editor may. ~~~~\n\n")
    assert not again.edits


def test_no_reminder_where_somebody_told_them() -> None:
    talk = page("User talk:Ben", signed("Zoe", ago(hours=1), f"See [[{BOARD}]]."))

    assert not decided(naming("Ben"), settings=REMIND, pages=[talk, page(BOARD, "x")])[0].edits


def test_who_knows_from_whom_is_remembered() -> None:
    on = naming("Ben", "Cem", "Dan", "Eli")
    talk = page("User talk:Ben", signed("Zoe", ago(hours=1), f"See [[{BOARD}]]."))
    away = page("User talk:Eli", "{{nobots}}")

    result, _ = decided(on, pages=[talk, away], users=[user("Dan", "bot")])

    # Cem by the bot, Ben by Zoe, Eli by nobody (a person still may), Dan cannot be told.
    assert [fact.value for fact in result.facts if fact.kind == COVERAGE] == ["1 1 1 1"]


def test_whoever_replied_in_the_thread_after_the_notice_was_told_by_the_bot() -> None:
    read = board(wikitext("Report", ("Ana", ago(hours=2)), ("Ben", ago(hours=1))))
    on = replace(read, threads=(replace(read.threads[0], subjects=("Ben",)),))
    key = key_of("Ben", on.threads[0].identity, snapshot(on))

    result, _ = decided(on, memory=memory(keys=frozenset({key})))

    assert [fact.value for fact in result.facts if fact.kind == COVERAGE] == ["1 0 0 0"]


# Those who opened a thread


ASKED = NotifySettings(mode="live", subjects="off", reporters=("answered", "resolved", "archived_unanswered"))


def test_a_reporter_is_told_of_an_answer_once() -> None:
    on = board(wikitext("Report", ("Ana", ago(hours=9)), ("Zoe", ago(hours=2))))

    result, _ = decided(on, settings=ASKED)
    (edit,) = result.edits
    again, _ = decided(on, settings=ASKED, memory=memory(keys=frozenset({edit.key})))

    assert (edit.page, edit.kind) == ("User talk:Ana", "answered-notice")
    assert not again.edits


@pytest.mark.parametrize(
    "comments",
    [
        [("Zoe", ago(minutes=5))],
        [("Zoe", ago(hours=3)), ("Ana", ago(hours=2))],
        [("Zoe", ago(days=8))],
        [],
    ],
    ids=("just now", "seen", "long ago", "none"),
)
def test_reporters_who_know_or_need_not_know_are_not_told(comments: list[tuple[str, datetime]]) -> None:
    on = board(wikitext("Report", ("Ana", ago(days=9)), *comments))

    assert not decided(on, settings=ASKED)[0].edits


def test_a_reporter_is_told_that_the_thread_was_resolved() -> None:
    on = board(wikitext("Report", ("Ana", ago(hours=9)), resolved(ago(hours=2))))

    assert [edit.kind for edit in decided(on, settings=ASKED)[0].edits] == ["resolved-notice"]


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "zh-hans", "zh-hant"])
def test_the_words_for_a_post_archived_without_an_answer(language: str, snapshot: SnapshotAssertion) -> None:
    archive = "Project:Incidents/Archive 1"
    gone = wikitext("Ben again", ("Ana", ago(days=20)))
    (identity,) = (thread.identity for thread in board(gone).threads)
    facts = {(UNANSWERED, hash_of(identity)): f"2026-11-02T12:00:00Z 2026-11-21T12:00:00Z {archive}"}

    result, _ = decided(
        board("Lead.\n"),
        settings=ASKED,
        pages=[page(archive, f"Archive.\n\n{gone}")],
        memory=memory(facts=facts),
        messages=Messages(language),
        rules=rules(support="Project:Help"),
    )
    (edit,) = result.edits
    assert isinstance(edit.change, NewSection)

    assert (edit.page, edit.kind) == ("User talk:Ana", "archived-notice")
    assert "\n".join((edit.change.heading, edit.change.text, edit.summary)) == snapshot


def test_a_post_that_somebody_took_out_of_the_archive_is_not_written_about() -> None:
    facts = {(UNANSWERED, hash_of("Ana|x|1")): "2026-11-02T12:00:00Z 2026-11-21T12:00:00Z Project:A"}

    assert not decided(board("Lead.\n"), settings=ASKED, memory=memory(facts=facts))[0].edits


# Whole runs


def test_a_reporter_whose_post_is_archived_without_an_answer_hears_of_it_once_whatever_is_lost() -> None:
    settings = (
        PAGE.replace("keep_threads: 1", "keep_threads: 0").replace(
            "inactive_after", "unanswered_after: 2 days, inactive_after"
        )
        + "    responders: {groups: [sysop]}\n    notify: {subjects: off, reporters: [archived_unanswered]}\n"
    )
    at = world(report(1, resolved=False), page=settings)

    at.run()
    at.run()
    told = at.text("User talk:Alba")
    at.says("Alba", "User talk:Alba", "Blanked.")
    at.lose_journal()
    at.run()
    at.run()

    assert at.bot_edits().count("User talk:Alba") == 1
    assert "[[:Project:Getting help]]" in told or "[[:Wiki:Getting help]]" in told
    assert "Report 1" not in told


def test_two_runs_tell_everybody_named_once_and_the_second_changes_nothing() -> None:
    at = world(report(1, resolved=False, names="Eva"), report(2, resolved=False, names="Dario"), page=PAGE + NOTIFY)

    at.run()
    before = at.bot_edits()
    at.run()

    assert sorted(title for title in before if "talk" in title) == ["User talk:Dario", "User talk:Eva"]
    assert at.bot_edits() == before
