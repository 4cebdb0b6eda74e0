"""Which threads the archive task moves, where to, and what it says about every other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.memory import Memory
from bot.model import Account, Page, Revision
from bot.plan import Decision, Fact, Limits, Need, Plan, Snapshot, Splices, WholeText
from bot.reading.rules import People
from tasks.archive import TASK, UNANSWERED, ArchiveSettings, plan
from tasks.archive.brakes import DENIED
from tasks.archive.pages import COUNTER
from tasks.archive.target import last_of_series, series, title_of
from tasks.archive.text import changed_by_saving
from tests.builders import (
    BOARD,
    NOW,
    ago,
    answered,
    hash_of,
    memory,
    page,
    resolved,
    rules,
    signed,
    snapshot,
    thread,
    timestamp,
    user,
    wiki_info,
)
from tests.sizes import cases

FIRST = f"{BOARD}/Archive 1"


def _settings(**given_: Any) -> ArchiveSettings:
    return ArchiveSettings.model_validate({"keep_threads": 0} | given_)


def _done(name: str, hours: float = 72, word: str = "Words.") -> str:
    return thread(name, signed(f"Author {name}", ago(hours=hours + 1), word), resolved(ago(hours=hours)))


def _plan(text: str | Snapshot, pages: Mapping[str, Page] | None = None, **given_: Any) -> Plan:
    """The plan with every need answered; at most as many rounds as the runner gives."""
    seen = snapshot(text) if isinstance(text, str) else text
    known = {BOARD: page(BOARD, seen.board.text, revision=seen.board.revision)} | dict(pages or {})
    for _ in range(5):
        match plan(seen, _settings(**given_), NOW):
            case Need() as need:
                seen = answered(seen, need, known)
            case wanted:
                return wanted
    raise AssertionError("more rounds than the runner gives")


def _verdicts(wanted: Plan) -> list[str]:
    return [decision.verdict for decision in wanted.decisions]


def _moved(wanted: Plan) -> int:
    return sum(len(edit.threads) for edit in wanted.edits if edit.kind == "archive")


def _only(wanted: Plan) -> Decision:
    (decision,) = wanted.decisions
    return decision


def test_a_resolved_thread_goes_when_it_was_quiet_for_long_enough() -> None:
    assert _moved(_plan(_done("Old", 24))) == 1
    young = _plan(_done("Young", 23.9))
    assert young.edits == ()
    assert _only(young).found == "resolved, quiet for 23 h 54 min"
    assert _only(young).wanted == "resolved_after: 24 h"


def test_a_mark_of_its_own_delay_goes_by_it() -> None:
    text = thread("A", ("Ann", ago(hours=9)), signed("Clara", ago(hours=5), "{{not done}}")) + _done("B", 5)

    wanted = _plan(text, resolved_after={"default": "24 h", "not done": "4 h"})

    assert _verdicts(wanted) == ["move", "stay"]


def test_an_answered_thread_goes_by_inactive_after_and_without_it_never() -> None:
    text = thread("A", ("Ann", ago(days=9)), ("Bob", ago(days=8)))

    assert _moved(_plan(text, inactive_after="7 days")) == 1
    assert _moved(_plan(text, inactive_after="9 days")) == 0
    assert _only(_plan(text)).wanted == "inactive_after is never"


def test_what_the_bot_itself_signs_in_a_thread_is_no_activity_but_a_thread_it_closed_stays_for_a_while() -> None:
    old = (("Ann", ago(days=9)), ("Bob", ago(days=8)))
    status = thread("A", *old, signed("Boardclerk", ago(hours=1), "{{stale}}"))
    closed = thread("A", *old, signed("Boardclerk", ago(hours=23), "{{resolved}}"))
    by_a_person = thread("A", *old, signed("Clara", ago(hours=1), "{{stale}}"))

    assert _moved(_plan(status, inactive_after="7 days")) == 1
    assert _moved(_plan(by_a_person, inactive_after="7 days")) == 0
    assert _only(_plan(closed, inactive_after="7 days")).found == "resolved, quiet for 23 h"


def test_an_unanswered_thread_goes_by_its_own_delay_and_is_remembered_as_such() -> None:
    wanted = _plan(thread("A", ("Ann", ago(days=15))), unanswered_after="14 days", inactive_after="1 h")

    assert _only(wanted).verdict == "move: archived without an answer"
    (fact,) = [fact for fact in wanted.facts if fact.kind == UNANSWERED]
    assert fact.value == f"2026-11-07T12:00:00Z 2026-11-22T12:00:00Z {FIRST}"
    assert _plan(thread("A", ("Ann", ago(days=15)))).edits == ()


def test_what_people_hold_stays() -> None:
    pinned = _done("A", 72, "{{pin until|2031-01-01}} Words.")
    ended = _done("A", 72, "{{pin until|2026-11-01}} Words.")
    future = thread("A", ("Ann", ago(days=-30)), resolved(ago(hours=72)))
    working = thread("A", ("Ann", ago(days=9)), signed("Clara", ago(days=8), "{{in progress}}"))

    assert _verdicts(_plan(pinned)) == ["stay: pinned"]
    assert _moved(_plan(ended)) == 1
    assert _verdicts(_plan(future)) == ["stay: pinned"]
    assert _verdicts(_plan(working, inactive_after="1 h")) == ["stay: in progress"]


def test_damaged_text_and_all_that_it_swallows_stays() -> None:
    wanted = _plan(_done("A") + _done("B", 72, "<!-- never ended") + _done("C"))

    assert _verdicts(wanted)[0] == "move"
    assert not any(verdict == "move" for verdict in _verdicts(wanted)[1:])


def test_a_transcluded_thread_stays() -> None:
    assert "move" not in _verdicts(_plan("== A ==\n{{/Sub page}}\n\n" + _done("B", 2)))


def test_text_that_a_save_would_change_stays_and_inside_nowiki_it_goes() -> None:
    assert _verdicts(_plan(_done("A", 72, "{{subst:unsigned}} Words."))) == ["stay: text would change"]
    assert _moved(_plan(_done("A", 72, "<nowiki>~~~~ {{subst:x}}</nowiki> Words."))) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", ""),
        ("a ~~~~ b", "a signature not yet expanded"),
        ("<!-- ~~~~ -->", ""),
        ("{{ SUBST:x}}", "a substitution not yet expanded"),
        ("{{safesubst:x}}", "a substitution not yet expanded"),
        ("<pre>{{subst:x}}</pre>", ""),
        ("[[Help:X (y)|]]", "a link with an empty part"),
        ("[[|x]]", "a link with an empty part"),
        ("[[X#y|]] [[X|y]]", ""),
    ],
)
def test_what_the_pre_save_transform_would_change_is_found(text: str, found: str) -> None:
    assert changed_by_saving(text, wiki_info()) == found


def test_a_thread_without_signature_goes_by_the_edit_that_brought_it() -> None:
    text = "== A ==\nNobody signed this.\n\n"
    given_ = snapshot(text)
    identity = given_.board.threads[0].identity
    assert plan(given_, _settings(unanswered_after="14 days"), NOW) == Need(origins=frozenset({identity}))

    def with_origin(origin: Revision | None) -> Plan:
        return _plan(replace(given_, origins={identity: origin}), unanswered_after="14 days")

    assert _moved(with_origin(Revision(5, ago(days=15), "Ann", "", 10))) == 1
    assert _moved(with_origin(Revision(5, ago(days=13), "Ann", "", 10))) == 0
    assert _only(with_origin(None)).verdict == "stay"


def test_some_threads_stay_on_the_board_and_the_longest_quiet_go_first() -> None:
    wanted = _plan(_done("A", 50) + _done("B", 90) + _done("C", 70), keep_threads=1, move_at_most=1)

    assert _verdicts(wanted) == ["held back", "move", "held back"]
    assert {decision.wanted for decision in wanted.decisions if decision.verdict == "held back"} == {"move_at_most: 1"}
    kept = _plan(_done("A", 50) + _done("B", 90), keep_threads=1)
    assert _verdicts(kept) == ["held back", "move"]


def test_few_threads_wait_until_there_are_enough() -> None:
    wanted = _plan(_done("A") + _done("B"), move_at_least=3)

    assert wanted.edits == ()
    assert {decision.wanted for decision in wanted.decisions} == {"move_at_least: 3"}
    assert _moved(_plan(_done("A") + _done("B"), move_at_least=2)) == 2


def test_threads_in_one_box_go_together_or_not_at_all() -> None:
    reading = rules(pairs={"Atop": "Abot"})
    box = "== A ==\n{{atop}} " + signed("Clara", ago(days=4)) + "\n\n" + _done("B") + "{{abot}}\n\n"

    together = _plan(snapshot(box, rules=reading), inactive_after="1 h", unanswered_after="24 h")
    still = box.replace("{{abot}}", signed("Udo", ago(hours=1)) + "\n{{abot}}")
    apart = _plan(snapshot(still, rules=reading), unanswered_after="24 h")

    assert {one.tied for one in snapshot(box, rules=reading).board.threads} == {0}
    assert _moved(together) == 2
    assert apart.edits == ()
    assert "stay: tied" in _verdicts(apart)


def test_who_closed_counts_by_the_groups_that_the_settings_name() -> None:
    reading = rules(closers=People(groups=frozenset({"sysop"})))
    given_ = snapshot(_done("A"), rules=reading)
    first = plan(given_, _settings(), NOW)
    assert isinstance(first, Need)
    assert first.users == {"Clara"}
    assert FIRST in first.pages

    by_admin = _plan(replace(given_, users={"Clara": user("Clara", "sysop")}))
    by_anyone = _plan(replace(given_, users={"Clara": user("Clara")}))

    assert _moved(by_admin) == 1
    assert by_anyone.edits == ()


def test_a_young_board_asks_nobody_for_anything() -> None:
    reading = rules(closers=People(groups=frozenset({"sysop"})))

    assert isinstance(plan(snapshot(_done("A", 3), rules=reading), _settings(), NOW), Plan)


def test_a_new_page_begins_where_the_next_thread_would_pass_the_size() -> None:
    long = "x" * 6_000
    text = _done("A", 90, long) + _done("B", 80, long) + _done("C", 70, long)

    wanted = _plan(text, max_size="12 kB")

    assert [(edit.kind, edit.page[-1], len(edit.threads)) for edit in wanted.edits] == [
        ("archive", "1", 1),
        ("archive", "2", 1),
        ("archive", "3", 1),
        ("cut", "s", 3),
    ]
    assert wanted.edits[-1].finishes == tuple(f"{BOARD}/Archive {number}" for number in (1, 2, 3))
    assert Fact("archive-counter", f"{BOARD}/Archive {{counter}}", "3") in wanted.facts


def test_a_new_page_begins_where_there_would_be_too_many_threads() -> None:
    text = "".join(_done(name) for name in "ABCDE")

    wanted = _plan(text, {FIRST: page(FIRST, "== Old ==\nx")}, max_threads=2)

    assert [len(edit.threads) for edit in wanted.edits] == [1, 2, 2, 5]


def test_no_page_passes_the_limit_of_the_wiki() -> None:
    small = replace(snapshot(_done("A", 72, "x" * 3_000) + _done("B")), info=wiki_info(max_page_bytes=3_500))

    wanted = _plan(small)

    assert _verdicts(wanted) == ["held back", "move"]
    assert "more than a page may have" in wanted.decisions[0].found


def test_a_series_without_a_counter_that_is_full_is_said_so() -> None:
    title = f"{BOARD}/2026"
    small = replace(snapshot(_done("A")), info=wiki_info(max_page_bytes=5_000))

    wanted = _plan(small, {title: page(title, "x" * 4_000)}, to="{board}/{year}")

    assert _only(wanted).found == "the archive page is full"


def test_the_date_of_the_pattern_is_the_first_the_last_or_the_day_of_the_move() -> None:
    text = thread("A", ("Ann", datetime(2025, 12, 30, tzinfo=UTC)), resolved(datetime(2026, 3, 31, tzinfo=UTC)))

    def page_of(by: str) -> str:
        return _plan(text, to="/{year}/{month:02} {month_name}", date_by=by).edits[0].page

    assert page_of("first") == f"{BOARD}/2025/12 December"
    assert page_of("last") == f"{BOARD}/2026/03 March"
    assert page_of("moved") == f"{BOARD}/2026/11 November"


def test_every_field_of_a_pattern_is_filled_in_the_wikis_time_zone() -> None:
    midnight = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    fields = "{board}/{year} {isoyear} {semester} {quarter} {month} {week} {day:02}"

    assert series(fields, "B", midnight, wiki_info()) == "B/2026 2026 2 4 12 53 31"
    assert series(fields, "B", midnight, wiki_info(time_zone="Europe/Berlin")) == "B/2027 2026 1 1 1 53 01"


def test_numbers_are_written_in_the_wikis_digits() -> None:
    info = wiki_info()
    arabic = replace(info, sample=replace(info.sample, text="٠٥:٥١، ٢٢ نوفمبر ٢٠٢٦ (UTC)"))

    assert title_of("B/{counter:03}", 12, arabic) == "B/٠١٢"
    assert title_of("B/{counter:03}", 12, info) == "B/012"


@settings(max_examples=cases(150, 2_000), deadline=None, derandomize=True)
@given(st.integers(0, 1_500), st.none() | st.integers(1, 1_500))
def test_the_last_page_of_a_series_is_found_in_few_rounds(last: int, hint: int | None) -> None:
    info = wiki_info()
    known: dict[str, Page] = {}
    there = {title_of("B/{counter}", number, info): number for number in range(1, last + 1)}
    hint = min(hint, max(last, 1)) if hint else None
    for _ in range(5):
        found = last_of_series("B/{counter}", hint, known, info)
        if isinstance(found, int):
            assert found == max(last, 1)
            return
        assert found
        known |= {title: page(title, "x") if title in there else Page(title) for title in found}
    assert last > 1_025 or (hint or 0) + 1_024 < last


def test_the_remembered_number_is_where_the_search_begins() -> None:
    remembered = memory(facts={("archive-counter", hash_of(f"{BOARD}/Archive {{counter}}")): "7"})

    need = plan(snapshot(_done("A"), memory=remembered), _settings(), NOW)

    assert isinstance(need, Need)
    assert need.pages == {BOARD, f"{BOARD}/Archive 7", f"{BOARD}/Archive 8"}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"redirect": "Elsewhere"}, "the archive page is a redirect"),
        ({"protection": {"edit": "sysop"}}, "the archive page is protected (sysop)"),
        ({"model": "json"}, "the archive page has the content model json"),
        ({"text": None, "hidden": True}, "the archive page's text is hidden"),
        ({"text": "Old. <!-- open"}, "an unclosed comment hides the end of the archive page"),
    ],
)
def test_an_archive_page_that_cannot_be_written_is_left_and_said(changes: dict[str, Any], found: str) -> None:
    wanted = _plan(_done("A"), {FIRST: replace(page(FIRST, "Old."), **changes)})

    assert wanted.edits == ()
    assert _only(wanted).found == found


def test_a_protected_archive_is_written_with_the_right_for_it() -> None:
    trusted = Account("Boardclerk", frozenset({"bot"}), frozenset({"edit", "editprotected"}))
    locked = page(FIRST, "Old.", protection={"edit": "sysop"})

    assert _moved(_plan(replace(snapshot(_done("A")), account=trusted), {FIRST: locked})) == 1


def test_a_board_just_edited_is_left_to_the_next_run_unless_the_bot_did_it() -> None:
    fresh = page(BOARD, _done("A"), revision=10, instant=ago(seconds=30))

    waits = _plan(_done("A"), {BOARD: fresh})

    assert waits.edits == ()
    assert _verdicts(waits) == ["held back: just edited", "held back"]
    assert _moved(_plan(_done("A"), {BOARD: replace(fresh, editor="Boardclerk")})) == 1
    assert _moved(_plan(snapshot(_done("A"), rules=rules(quiet=timedelta(0))))) == 1


def test_a_board_too_large_sends_off_what_was_answered_or_closed_the_longest_quiet_first() -> None:
    words = "x" * 4000
    closed, answered_ = _done("A", 30, words), thread("B", signed("Ann", ago(hours=60), words), ("Bob", ago(hours=50)))
    waiting = thread("C", signed("Ann", ago(days=90), words))
    lately = thread("D", signed("Ann", ago(hours=60), words), ("Bob", ago(hours=23)))
    pinned = _done("E", 40, "{{pin until|2031-01-01}} " + words)
    text = closed + answered_ + waiting + lately + pinned
    given_: dict[str, Any] = {"resolved_after": "7 days"}

    assert _moved(_plan(text, **given_)) == 0
    assert _moved(_plan(text, board_max_size="30 kB", **given_)) == 0
    first = _plan(text, board_max_size="17 kB", **given_)
    assert _verdicts(first) == ["stay", "move", "stay", "stay", "stay: pinned"]
    assert first.decisions[1].wanted == "board_max_size: 17408 bytes"
    most = _plan(text, board_max_size="10 kB", **given_)
    assert _verdicts(most) == ["move", "move", "stay", "stay", "stay: pinned"]
    assert _verdicts(_plan(text, board_max_size="10 kB", **given_ | {"keep_threads": 4})).count("held back") == 1


def test_threads_stand_in_the_archive_in_the_boards_order_whichever_was_quiet_for_longest() -> None:
    wanted = _plan(_done("A", 50) + _done("B", 90) + _done("C", 70), move_at_most=2)

    archive = wanted.edits[0]
    assert isinstance(archive.change, WholeText)
    assert archive.change.text == (_done("B", 90) + _done("C", 70)).rstrip()


def test_a_series_whose_title_holds_no_date_goes_on_past_the_end_of_a_year() -> None:
    text = _done("Old", 24 * 330) + _done("New")
    stem = f"{BOARD}/Archive {{counter}}"
    remembered = memory(facts={(COUNTER, hash_of(stem)): "7"})
    seventh = f"{BOARD}/Archive 7"

    wanted = _plan(snapshot(text, memory=remembered), {seventh: page(seventh, "Older.")})

    assert [edit.page for edit in wanted.edits] == [seventh, BOARD]
    assert Fact(COUNTER, stem, "7") in wanted.facts


def test_a_full_page_is_not_begun_again_when_its_series_goes_on() -> None:
    old, new = _done("Old", 24 * 330, "x" * 8_000), _done("New")
    seventh = f"{BOARD}/2025/7"
    remembered = memory(facts={(COUNTER, hash_of(f"{BOARD}/2025/{{counter}}")): "7"})

    wanted = _plan(
        snapshot(old + new, memory=remembered),
        {seventh: page(seventh, "y" * 8_000)},
        to="{board}/{year}/{counter}",
        max_size="12 kB",
    )

    assert [edit.page for edit in wanted.edits] == [f"{BOARD}/2025/8", f"{BOARD}/2026/1", BOARD]


def test_a_new_year_begins_a_series_of_its_own_and_leaves_the_number_of_the_old_one() -> None:
    old, new = _done("Old", 24 * 330), _done("New")
    remembered = memory(facts={(COUNTER, hash_of(f"{BOARD}/2025/{{counter}}")): "7"})
    pages = {f"{BOARD}/2025/7": page(f"{BOARD}/2025/7", "Older.")}

    wanted = _plan(snapshot(old + new, memory=remembered), pages, to="{board}/{year}/{counter}")

    assert [edit.page for edit in wanted.edits if edit.kind == "archive"] == [f"{BOARD}/2025/7", f"{BOARD}/2026/1"]
    counters = {fact.thread: fact.value for fact in wanted.facts if fact.kind == COUNTER}
    assert counters == {f"{BOARD}/2025/{{counter}}": "7", f"{BOARD}/2026/{{counter}}": "1"}


def test_a_board_that_the_bot_may_not_edit_is_not_archived() -> None:
    text = _done("A")
    shut = page(BOARD, text, protection={"edit": "sysop"}, revision=10)
    lately = memory(facts={(DENIED, ""): ago(hours=20).isoformat()})
    before = memory(facts={(DENIED, ""): ago(hours=25).isoformat()})

    assert _plan(snapshot(text, pages=[shut])).decisions[0].found == "the board is protected (sysop)"
    assert _plan(snapshot(text, memory=lately)).edits == ()
    assert _moved(_plan(snapshot(text, memory=before))) == 1


@pytest.mark.parametrize("template", ["{{nobots}}", "{{bots|deny=Boardclerk}}", "{{bots|allow=Otherbot}}"])
def test_a_board_that_keeps_the_bot_away_is_left_alone(template: str) -> None:
    tail = f"<!-- {template} is talked about -->[[Category:Boards]]"
    assert _moved(_plan(_done("Old") + tail)) == 1
    assert _moved(_plan(thread("Old", signed("Ana", ago(hours=90)), template, resolved(ago(hours=80))))) == 1

    assert _only(_plan(f"{template}\n{_done('Old')}")).verdict == "refused: the board keeps the bot away"


@pytest.mark.parametrize(
    "late",
    [
        # the same paragraph: one comment, which the first signature dates
        signed("Bea", ago(hours=2)),
        # a signature without a link
        f"No, this goes on. Bea {timestamp(ago(hours=2))}",
        # a person quotes an old date and answers it
        f"You said at {timestamp(ago(hours=90))}: no. {signed('Bea', ago(hours=2))}",
        f"<nowiki>{signed('Bea', ago(hours=2))}</nowiki>",
        f"<!-- bumped at {timestamp(ago(hours=2))} -->",
    ],
)
def test_whatever_was_dated_lately_keeps_a_thread(late: str) -> None:
    old = thread("Old", f"{signed('Ana', ago(hours=90))}\n\n{resolved(ago(hours=80))}\nLINE")
    harmless = f"Seen {timestamp(ago(hours=85))}, ends {timestamp(ago(hours=-900))}."
    assert _moved(_plan(old.replace("LINE", harmless))) == 1

    assert _only(_plan(old.replace("LINE", late))).found.endswith("quiet for 2 h")


def test_another_archiver_on_the_board_stops_this_one_until_it_takes_over() -> None:
    text = "{{User:MiszaBot/config\n|algo = old(3d)\n}}\n" + _done("A")

    assert _verdicts(_plan(text)) == ["refused: another archiver"]
    assert _moved(_plan(text, takeover=True)) == 1
    assert _moved(_plan("<!-- {{User:MiszaBot/config}} -->\n" + _done("A"))) == 1
    assert _moved(_plan(_done("A", 72, "We use {{User:MiszaBot/config}} elsewhere."))) == 1


def test_only_subpages_and_what_the_operator_allows_are_written() -> None:
    outside = _plan(_done("A"), to="Project:Elsewhere/{year}")
    allowed = replace(snapshot(_done("A")), limits=Limits(allowed=("Project:Elsewhere/",)))

    assert _verdicts(outside) == ["refused: archive page out of bounds"]
    assert _moved(_plan(allowed, to="Project:Elsewhere/{year}")) == 1


def test_a_board_that_lost_half_its_threads_is_left_alone_for_a_day() -> None:
    text = "".join(_done(name) for name in "ABCD")

    def with_size(value: str) -> Plan:
        return _plan(snapshot(text, memory=memory(facts={("archive-board", ""): value})))

    first = with_size("12 3000")
    assert _verdicts(first) == ["refused: half the board is gone"]
    assert first.facts == (Fact("archive-board", "", f"12 3000 {NOW.isoformat()}"),)
    assert _verdicts(with_size(f"12 3000 {ago(hours=23).isoformat()}")) == ["refused: half the board is gone"]
    assert _moved(with_size(f"12 3000 {ago(hours=25).isoformat()}")) == 4
    assert _moved(with_size("8 3000")) == 4


def test_the_bots_own_cut_is_not_a_loss() -> None:
    text = "".join(_done(f"T{number}") for number in range(18)) + thread("Last", ("Ann", ago(hours=1)))

    (size,) = [fact for fact in _plan(text).facts if fact.kind == "archive-board"]

    assert size.value.split()[0] == "1"


def test_the_operators_limit_of_edits_is_kept_with_the_cut_counted_in() -> None:
    text = thread("A", ("Ann", ago(days=400)), resolved(ago(days=400))) + _done("B")
    tight = replace(snapshot(text), limits=Limits(edits_left=2))

    wanted = _plan(tight, to="{board}/{year}")

    assert [edit.kind for edit in wanted.edits] == ["archive", "cut"]
    assert _verdicts(wanted) == ["move", "held back"]


def test_threads_that_a_person_put_back_are_left_alone() -> None:
    given_ = snapshot(_done("A"))
    known = Memory(hash_of, left_alone=frozenset({hash_of(given_.board.threads[0].identity)}))

    assert _verdicts(_plan(replace(given_, memory=known))) == ["stay: put back by hand"]


REPORTS = rules(style="list", report_templates=("Vandal",))


def _report(name: str, hours: float = 72, closed: bool = True) -> str:
    line = f"* {{{{Vandal|{name}}}}} {signed(f'Author {name}', ago(hours=hours + 1))}\n"
    return line + (f"** {{{{resolved}}}} {signed('Clara', ago(hours=hours))}\n" if closed else "")


def test_handled_reports_are_taken_off_a_list_where_the_settings_say_so_and_no_others() -> None:
    text = "Words.\n" + _report("One") + _report("Two", closed=False) + _report("Three", 80) + "\nMore words.\n"
    given_: dict[str, Any] = {"handled": "remove", "inactive_after": "1 h", "unanswered_after": "24 h"}

    wanted = _plan(snapshot(text, rules=REPORTS), **given_)

    (edit,) = wanted.edits
    assert isinstance(edit.change, Splices)
    assert edit.change.apply(text) == "Words.\n" + _report("Two", closed=False) + "\nMore words.\n"
    assert (edit.kind, edit.page, edit.begins, edit.finishes) == ("remove", BOARD, None, ())
    assert edit.summary == "Bot: 2 handled reports removed; the page history keeps them"
    assert _verdicts(wanted) == ["remove", "stay", "remove"]


def test_a_removed_report_that_a_person_put_back_stays() -> None:
    seen = snapshot(_report("One") + _report("Two"), rules=REPORTS)
    (edit,) = _plan(seen, handled="remove").edits

    again = _plan(replace(seen, memory=memory(keys=frozenset({edit.key, "another"}))), handled="remove")

    assert again.edits == ()
    assert _verdicts(again) == ["stay: put back by hand"] * 2


def test_a_report_that_takes_over_the_identity_of_a_removed_one_is_not_taken_for_put_back() -> None:
    seen = snapshot(_report("One") + _report("One", closed=False), rules=REPORTS)

    (edit,) = _plan(seen, handled="remove").edits
    left = snapshot(_report("One"), rules=REPORTS, memory=memory(keys=frozenset({edit.key})))

    assert len(_plan(left, handled="remove").edits) == 1


def test_one_run_removes_no_more_reports_than_an_edit_summary_can_name() -> None:
    text = "".join(_report(f"N{number}", 72 + number) for number in range(8))

    wanted = _plan(snapshot(text, rules=REPORTS), handled="remove")

    assert _verdicts(wanted) == ["held back"] * 2 + ["remove"] * 6


def test_sections_are_never_removed() -> None:
    wanted = _plan(_done("A"), handled="remove")

    assert wanted.edits == ()
    assert _verdicts(wanted) == ["refused: threads are not removed"]


def test_edit_summaries_name_counts_and_the_other_page_and_nobody() -> None:
    wanted = _plan(_done("Ann's trouble") + _done("B"))

    assert [edit.summary for edit in wanted.edits] == [
        f"Bot: 2 threads moved here from [[:{BOARD}]]",
        f"Bot: 2 threads moved to [[:{FIRST}]]",
    ]


def test_each_archive_holds_its_threads_and_rests_on_the_board_as_it_was_read() -> None:
    wanted = _plan(_done("A") + _done("B"))
    archive, cut = wanted.edits

    assert archive.unchanged == ((BOARD, 10),)
    assert isinstance(archive.change, WholeText)
    assert all(text in archive.change.text for text in archive.holds)
    assert archive.begins is not None
    assert [one.identity for one in archive.begins.threads] == list(archive.threads)
    assert cut.finishes == (FIRST,)
    assert len(cut.lacks) == 2


def test_list_items_are_moved_line_by_line() -> None:
    reading = rules(style="list", report_templates=("Vandal",), closing=("Resolved",))
    items = [
        "* {{vandal|Some}} " + signed("Ann", ago(days=4)) + "\n** " + resolved(ago(days=3)) + "\n",
        "* {{vandal|Other}} " + signed("Bob", ago(hours=4)) + "\n",
    ]
    given_ = snapshot("== Reports ==\n" + "".join(items), rules=reading)

    wanted = _plan(given_)

    assert isinstance(wanted.edits[0].change, WholeText)
    assert wanted.edits[0].change.text == items[0].rstrip("\n")
    cut = wanted.edits[1].change
    assert not isinstance(cut, WholeText)
    assert cut.apply(given_.board.text).rstrip() == ("== Reports ==\n" + items[1]).rstrip()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ({"to": "{board}/{decade}"}, "{decade} is no field"),
        ({"resolved_after": "5 min"}, "at least 15 min"),
        ({"resolved_after": {"not done": "5 min"}}, "at least 15 min"),
        ({"unanswered_after": "2 h"}, "at least 24 h"),
        ({"move_at_least": 30}, "move_at_most"),
        ({"max_size": "2 kB"}, "10000"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(given_: dict[str, Any], wanted: str) -> None:
    with pytest.raises(ValidationError, match=wanted):
        ArchiveSettings.model_validate(given_)


def test_the_whole_section_of_a_settings_page_is_understood() -> None:
    section: dict[str, Any] = {
        "resolved_after": "24 h",
        "inactive_after": "72 h",
        "unanswered_after": "14 days",
        "to": "{board}/Archive {counter}",
        "max_size": "500 kB",
        "keep_threads": 0,
        "header": "{{Talk archive}}",
        "index": "{board}/Archive index",
    }

    wanted = _plan(_done("A"), **section)

    assert _verdicts(wanted) == ["move"]


def test_how_often_the_task_looks_follows_its_shortest_delay() -> None:
    assert TASK.every(_settings()) == timedelta(hours=6)
    assert TASK.every(_settings(resolved_after="2 h")) == timedelta(minutes=30)
    assert TASK.every(_settings(resolved_after={"default": "3 days", "spam": "20 min"})) == timedelta(minutes=15)
    assert TASK.every(_settings(every="2 h")) == timedelta(hours=2)
    assert _settings(resolved_after={"spam": "20 min"}).delay_for("Resolved") == timedelta(hours=24)


def test_every_thread_has_exactly_one_reason() -> None:
    text = "".join(_done(f"T{number}", 20 + number) for number in range(12)) + thread("Open", ("Ann", ago(days=2)))
    given_ = snapshot(text)

    wanted = _plan(given_, keep_threads=3, move_at_most=4)

    assert [decision.thread for decision in wanted.decisions] == [one.identity for one in given_.board.threads]
