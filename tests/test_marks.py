from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model import TEMPLATE, Mark, Namespace, Outcome, Thread
from bot.reading.facts import english, wiki_info
from tests.boards import at, only, read, says, sign, stamp, thread

REPORT = says("Rosa", at(9))
ANSWER = says("Adam", at(10), indent=":")


def marks(text: str, **rules: object) -> tuple[Mark, ...]:
    return only(text, None, **rules).marks


def names(text: str, **rules: object) -> list[str]:
    return [mark.name for mark in marks(text, **rules)]


@pytest.mark.parametrize(
    "written",
    [
        "{{resolved}}",
        "{{Resolved}}",
        "{{ resolved }}",
        "{{Template:Resolved}}",
        "{{template: resolved|1=done}}",
        "{{T:resolved}}",
        "{{resolved\n|1=all done}}",
    ],
)
def test_a_closing_template_counts_however_its_name_is_written(written: str) -> None:
    spaces = english().namespaces
    info = replace(english(), namespaces={**spaces, TEMPLATE: Namespace(TEMPLATE, "Template", "Template", ("T",))})
    found = only(thread(REPORT, f"{written} {sign('Adam', at(11))}\n"), info, closing=("resolved",))
    assert [(mark.name, mark.outcome, mark.signer, mark.instant) for mark in found.marks] == [
        ("resolved", Outcome.RESOLVED, "Adam", at(11))
    ]


def test_underscores_and_spaces_in_a_name_are_equal() -> None:
    assert names(thread(REPORT, "{{section_resolved}}\n"), closing=("Section  resolved",)) == ["Section  resolved"]


def test_a_redirect_counts_as_the_template_it_stands_for() -> None:
    given = {"closing": ("resolved",), "aliases": {"resolved": ("Sorted", "Fixed")}}
    assert names(thread(REPORT, f"{{{{fixed|1={sign('Adam', at(11))}}}}}\n"), **given) == ["resolved"]


def test_the_first_letter_matters_where_the_wiki_says_so() -> None:
    info = replace(english(), first_letter=False)
    assert only(thread(REPORT, "{{Resolved}}\n"), info, closing=("resolved",)).marks == ()


@pytest.mark.parametrize(
    "written",
    [
        "<nowiki>{{resolved}}</nowiki>",
        "<!-- {{resolved}} -->",
        "<pre>{{resolved}}</pre>",
        "{{tl|resolved}}",
        "{{tq|{{resolved}}}}",
        "<blockquote>{{resolved}}</blockquote>",
        "{{resolvedly}}",
        "{{{resolved}}}",
        "{{subst:resolved}}",
        "{{User:Resolved}}",
        "[[Template:Resolved]]",
    ],
)
def test_what_is_quoted_or_another_name_is_no_mark(written: str) -> None:
    assert names(thread(REPORT, f"{written} {sign('Adam', at(11))}\n"), closing=("resolved",)) == []


def test_the_signer_is_the_one_inside_the_template() -> None:
    quoted = f"as [[User:Zoe]] said at {stamp(at(8))}, done. {sign('Adam', at(11))}"
    (mark,) = marks(thread(REPORT, f"{{{{resolved|1={quoted}}}}}\n"), closing=("resolved",))
    assert (mark.signer, mark.instant) == ("Adam", at(11))


def test_the_signer_is_the_next_one_on_the_line_even_behind_another_signature() -> None:
    line = f":Fine. {sign('Zoe', at(10))} {{{{resolved}}}} Closed. {sign('Adam', at(11))}\n"
    (mark,) = marks(thread(REPORT, line), closing=("resolved",))
    assert (mark.signer, mark.instant) == ("Adam", at(11))


def test_a_signature_on_another_line_signs_nothing() -> None:
    (mark,) = marks(thread(REPORT, "{{resolved}}\n\n", ANSWER), closing=("resolved",))
    assert (mark.signer, mark.instant) == ("", None)


def test_a_signature_in_a_comment_or_nowiki_signs_nothing() -> None:
    hidden = f"<!-- {sign('Adam', at(11))} --> <nowiki>{sign('Adam', at(11))}</nowiki>"
    (mark,) = marks(thread(REPORT, f"{{{{resolved|{hidden}}}}}\n"), closing=("resolved",))
    assert mark.signer == ""


def test_a_mark_slipped_into_the_report_is_not_signed_by_the_reporter() -> None:
    (mark,) = marks(thread("{{resolved}} " + REPORT, ANSWER), closing=("resolved",))
    assert mark.signer == ""


def test_closing_words_on_top_make_nobody_the_reporter() -> None:
    for gap in ("\n", ""):
        found = only(thread(f"{{{{resolved}}}} {sign('Adam', at(11))}\n{gap}", REPORT, ANSWER), closing=("resolved",))
        assert (found.reporter, found.identity) == ("Rosa", "Rosa|2026-03-02T09:00Z|1")
        assert found.marks[0].signer == "Adam"


def test_a_status_template_says_what_its_parameter_says() -> None:
    given = {"status_templates": {"DR case status": {"closed": "resolved", "on hold": "in progress", "new": "open"}}}
    for written, outcome in (
        ("{{DR case status|Closed}}", Outcome.RESOLVED),
        ("{{dR case status|status=on_hold}}", Outcome.IN_PROGRESS),
    ):
        (mark,) = marks(thread(f"{written}\n\n", REPORT), **given)
        assert (mark.name, mark.outcome, mark.signer) == ("DR case status", outcome, "")
        assert mark.outcome_word.casefold().replace("_", " ") in ("closed", "on hold")
    for written in ("{{DR case status}}", "{{DR case status|new}}", "{{DR case status|nonsense}}"):
        assert names(thread(f"{written}\n\n", REPORT), **given) == []


def test_words_count_at_a_headings_end_only() -> None:
    given = {"closing_headings": ("(erl.)",), "progress_headings": ("(in Bearbeitung)",)}
    assert names(thread(REPORT, heading="Rosa gegen alle (erl.)"), **given) == ["(erl.)"]
    assert names(thread(REPORT, heading="Rosa (Erl.) <!-- x -->"), **given) == ["(erl.)"]
    assert names(thread(REPORT, heading="Was heißt (erl.) denn?"), **given) == []
    assert names(thread(REPORT + "(erl.)\n", heading="Rosa"), **given) == []
    (mark,) = marks(thread(REPORT, heading="Rosa (in Bearbeitung)"), **given)
    assert mark.outcome is Outcome.IN_PROGRESS


def test_a_word_at_a_headings_end_is_a_whole_word() -> None:
    assert names(thread(REPORT, heading="All done"), closing_headings=("done",)) == ["done"]
    assert names(thread(REPORT, heading="All undone"), closing_headings=("done",)) == []


def test_a_pattern_is_looked_for_anywhere_in_a_heading() -> None:
    given = {"closing_headings": (r"/\((nicht )?erl\.?\)/",)}
    assert names(thread(REPORT, heading="Rosa (nicht erl.) gestern"), **given) == [r"/\((nicht )?erl\.?\)/"]
    assert names(thread(REPORT, heading="Rosa"), **given) == []


@pytest.mark.parametrize("pattern", ["/(/", "/(?=x)/", "/" + "x" * 300 + "/", r"/(a)\1/", "//"])
def test_a_pattern_that_cannot_be_used_marks_nothing(pattern: str) -> None:
    assert names(thread(REPORT, heading="x (a) aa"), closing_headings=(pattern,)) == []


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("[[User:Vera]] reported by [[User:Rosa]] (Result: Blocked 24h)", "Blocked 24h"),
        ("Vera (result : no violation (stale))", "no violation (stale)"),
        ("Vera (Result: ) (Result: declined)", "declined"),
    ],
)
def test_a_filled_heading_field_closes(heading: str, value: str) -> None:
    (mark,) = marks(thread(REPORT, heading=heading), heading_field="Result")
    assert (mark.name.lower(), mark.outcome, mark.outcome_word) == ("result", Outcome.RESOLVED, value)


@pytest.mark.parametrize("heading", ["Vera (Result: )", "Vera (Result:)", "Vera Result: blocked", "(Result: x) Vera"])
def test_an_empty_or_missing_heading_field_does_not(heading: str) -> None:
    assert names(thread(REPORT, heading=heading), heading_field="Result") == []


def box(*inside: str, closing: str = "", below: str = "", heading: str = "A report") -> str:
    return thread(f"{{{{atop|1={closing}}}}}\n", *inside, "{{abot}}\n", below, heading=heading)


def test_a_box_closes_what_it_holds() -> None:
    found = only(box(REPORT, ANSWER, closing="Done. " + sign("Adam", at(12))), closing=("atop",))
    (mark,) = found.marks
    assert (mark.name, mark.signer, mark.instant) == ("atop", "Adam", at(12))
    assert (found.reporter, found.reopened, found.damage, found.tied) == ("Rosa", False, "", None)


def test_well_known_names_of_one_box_stand_for_each_other() -> None:
    text = thread("{{Archive top}}\n\n", REPORT, "{{Archive bottom}}\n")
    assert names(text, closing=("atop",)) == ["atop"]


def test_a_pair_from_the_settings_is_a_box_too() -> None:
    text = thread("{{zu}}\n\n", REPORT, "{{ende}}\n")
    assert names(text, pairs={"zu": "ende"}) == ["zu"]
    assert names(text) == []


def test_a_comment_below_the_box_opens_the_thread_again() -> None:
    found = only(box(REPORT, closing=sign("Adam", at(12)), below="\n" + says("Rosa", at(13))), closing=("atop",))
    assert (found.marks, found.reopened) == ((), True)


def test_a_signature_right_behind_the_end_signs_the_box() -> None:
    text = thread("{{atop}}\n\n", REPORT, f"{{{{abot}}}} {sign('Adam', at(12))}\n")
    found = only(text, closing=("atop",))
    assert ([mark.signer for mark in found.marks], found.reopened) == (["Adam"], False)


def test_a_box_around_a_part_closes_nothing() -> None:
    text = thread(REPORT, f"{{{{atop|{sign('Adam', at(12))}}}}}\n", ANSWER, "{{abot}}\n")
    found = only(text, closing=("atop",))
    assert (found.marks, found.reopened) == ((), False)


def test_a_box_over_several_threads_ties_and_closes_them() -> None:
    text = (
        thread(f"{{{{atop|{sign('Adam', at(12))}}}}}\n", REPORT)
        + thread(REPORT, heading="Another")
        + thread(REPORT, "{{abot}}\n", heading="Third")
        + thread(REPORT, heading="Fourth")
    )
    found = read(text, closing=("atop",)).threads
    assert [each.tied for each in found] == [0, 0, 0, None]
    assert [[mark.signer for mark in each.marks] for each in found] == [["Adam"], ["Adam"], ["Adam"], []]


def test_any_known_box_ties_also_one_that_closes_nothing() -> None:
    found = read(thread("{{hat}}\n", REPORT) + thread(REPORT, "{{hab}}\n") + thread(REPORT)).threads
    assert [(each.tied, each.marks) for each in found] == [(0, ()), (0, ()), (None, ())]


def test_boxes_that_overlap_make_one_tie() -> None:
    found = read(
        thread("{{hat}}\n", REPORT)
        + thread("{{atop}}\n", REPORT, heading="B")
        + thread("{{hab}}\n", REPORT, heading="C")
        + thread("{{abot}}\n", REPORT, heading="D")
    ).threads
    assert len({each.tied for each in found[:3]}) == 1


def test_half_a_box_keeps_its_thread_and_no_other() -> None:
    board = read(thread(f"{{{{atop|{sign('Adam', at(12))}}}}}\n", REPORT) + thread(REPORT), closing=("atop",))
    assert [(each.damage, each.marks) for each in board.threads] == [("box", ()), ("", ())]
    assert board.unsafe_from is None


def test_a_stray_end_means_nothing() -> None:
    found = only(thread(REPORT, "{{abot}}\n"), closing=("atop",))
    assert (found.marks, found.damage, found.tied) == ((), "", None)


def test_a_box_that_begins_above_the_threads_keeps_the_thread_it_ends_in() -> None:
    found = read("{{hat}}\n" + thread(REPORT) + thread(REPORT, "{{hab}}\n")).threads
    assert [each.damage for each in found] == ["", "box"]


def test_german_boards_are_read_with_their_own_namespaces() -> None:
    corpus = Path(__file__).parent / "corpus" / "signatures.jsonl.gz"
    answers = map(json.loads, gzip.decompress(corpus.read_bytes()).decode().splitlines())
    answer = next(each for each in answers if each["query"]["general"]["lang"] == "de")
    text = (
        "== [[Benutzer:Vera]] (erl.) ==\n"
        "Stört. [[Benutzer:Rosa|Rosa]] ([[Benutzer Diskussion:Rosa|Disk]]) 09:00, 2. Mär. 2026 (CET)\n\n"
        "{{Vorlage:Erledigt|1=[[Benutzerin:Adam]] 11:00, 2. Mär. 2026 (CET)}}\n"
    )
    found: Thread = only(text, wiki_info(answer), closing=("erledigt",), closing_headings=("(erl.)",))
    assert [(mark.name, mark.signer) for mark in found.marks] == [("(erl.)", ""), ("erledigt", "Adam")]
    assert found.marks[1].instant == at(10)


def test_a_status_template_too_long_to_read_says_nothing() -> None:
    given = {"status_templates": {"status": {"closed": "resolved"}}}
    assert names(thread("{{status|closed|" + "x" * 11_000 + "}}\n\n", REPORT), **given) == []


def test_quotation_tags_that_are_themselves_quoted_hide_nothing() -> None:
    line = f"<nowiki><blockquote></nowiki> {{{{resolved}}}} {sign('Adam', at(11))} <nowiki></blockquote></nowiki>\n"
    assert names(thread(REPORT, "\n" + line), closing=("resolved",)) == ["resolved"]


def test_a_timestamp_without_a_name_on_its_line_signs_nothing() -> None:
    (mark,) = marks(thread(REPORT, f"\n{{{{resolved}}}} [[User:Adam]]\n\n{stamp(at(11))}\n"), closing=("resolved",))
    assert mark.signer == ""
    (mark,) = marks(thread(REPORT, f"\n{{{{resolved}}}} at {stamp(at(11))}\n"), closing=("resolved",))
    assert mark.signer == ""
