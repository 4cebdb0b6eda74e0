from __future__ import annotations

import pytest

from tests.boards import at, only, says, sign, thread

GIVEN = {"subject_templates": ("userlinks", "vandal"), "subjects_in_headings": True}


def subjects(*lines: str, heading: str = "A report") -> tuple[str, ...]:
    return only(thread(*lines, heading=heading), None, **GIVEN).subjects


def test_the_first_signature_is_the_reporters() -> None:
    found = only(thread("Unsigned words.\n\n", says("Rosa", at(9)), says("Adam", at(8), indent=":")))
    assert found.reporter == "Rosa"


def test_a_thread_without_signatures_has_no_reporter() -> None:
    found = only(thread("{{userlinks|Vera}} did it.\n"), None, **GIVEN)
    assert (found.reporter, found.subjects) == ("", ("Vera",))


@pytest.mark.parametrize(
    "written",
    [
        "{{userlinks|Vera Sol}}",
        "{{Userlinks|1=vera_Sol}}",
        "{{vandal|User:Vera Sol}}",
        "{{vandal| user : Vera Sol }}",
        "{{vandal|User talk:Vera Sol}}",
        "{{userlinks|user=Vera Sol}}",
    ],
)
def test_templates_name_subjects_in_the_wikis_own_form(written: str) -> None:
    assert subjects(says("Rosa", at(9), written)) == ("Vera Sol",)


@pytest.mark.parametrize(
    "written",
    [
        "{{userlinks}}",
        "{{userlinks|}}",
        "{{userlinks|{{PAGENAME}}}}",
        "{{userlinks|[[Vera]]}}",
        "{{userlinks|a<b}}",
        "{{userlinks|a#b}}",
        "{{userlinks|192.0.2.0/24}}",
        "{{userlinks|" + "x" * 300 + "}}",
        "<nowiki>{{userlinks|Vera}}</nowiki>",
        "<!-- {{userlinks|Vera}} -->",
        "{{tq|{{userlinks|Vera}}}}",
        "<blockquote>{{userlinks|Vera}}</blockquote>",
        "{{ping|Vera}}",
        "[[User:Vera]]",
    ],
)
def test_what_is_no_name_or_only_quoted_names_nobody(written: str) -> None:
    assert subjects(says("Rosa", at(9), written)) == ()


def test_a_heading_names_subjects_by_links_and_templates() -> None:
    assert subjects(says("Rosa", at(9)), heading="[[User:Vera|V]], [[User talk:Ben]] and {{vandal|Ike}}") == (
        "Vera",
        "Ben",
        "Ike",
    )
    assert subjects(says("Rosa", at(9)), heading="[[Special:Contributions/192.0.2.7]] (erl.)") == ("192.0.2.7",)


def test_a_link_in_a_heading_names_nobody_unless_the_settings_say_so() -> None:
    assert only(thread(says("Rosa", at(9)), heading="[[User:Vera]]")).subjects == ()


def test_who_reports_in_the_heading_is_no_subject() -> None:
    heading = "[[User:Vera]] Reported by [[User:Zoe]] and {{vandal|Ben}} (Result: )"
    assert subjects(says("Rosa", at(9)), heading=heading) == ("Vera",)


def test_the_settings_name_the_words_before_a_reporter() -> None:
    given = {**GIVEN, "reporter_words": ("gemeldet von",)}
    found = only(thread(says("Rosa", at(9)), heading="[[User:Vera]] gemeldet von [[User:Zoe]]"), None, **given)
    assert found.subjects == ("Vera",)


def test_the_reporter_is_never_a_subject() -> None:
    assert subjects(says("Rosa", at(9), "{{userlinks|rosa}} {{userlinks|Vera}}"), heading="[[User:Rosa]]") == ("Vera",)


def test_only_the_reporters_words_name_subjects() -> None:
    found = subjects(
        says("Rosa", at(9), "{{userlinks|Vera}}"),
        says("Vera", at(10), "No, it was {{userlinks|Adam}}!", ":"),
        says("Rosa", at(11), "And {{userlinks|Ben}}.", "::"),
    )
    assert found == ("Vera", "Ben")


def test_a_name_given_twice_stands_once() -> None:
    assert subjects(says("Rosa", at(9), "{{userlinks|Vera}} {{vandal|vera}}"), heading="[[User:Vera]]") == ("Vera",)


def test_closing_words_on_top_name_nobody() -> None:
    text = thread(f"{{{{resolved|1=see {{{{userlinks|Ben}}}} {sign('Adam', at(12))}}}}}\n\n", says("Rosa", at(9)))
    assert only(text, None, closing=("resolved",), **GIVEN).subjects == ()


PAGES = {"page_templates": ("pagelinks",), "pages_in_headings": True}


def pages(*lines: str, heading: str = "A request") -> tuple[str, ...]:
    return only(thread(*lines, heading=heading), None, **PAGES).pages


@pytest.mark.parametrize(
    ("heading", "written", "found"),
    [
        ("A request", "{{pagelinks|some_page}}", ("Some page",)),
        ("A request", "{{Pagelinks|1=talk:x}} {{pagelinks|page=Y}}", ("Talk:X", "Y")),
        ("[[:some page|the page]] and [[Other#part]]", "please", ("Some page", "Other")),
        ("[[Some page]]", "{{pagelinks|Some page}}", ("Some page",)),
        ("[[User:Vera]] [[User talk:Vera|talk]]", "please", ()),
        ("A request", "<nowiki>{{pagelinks|X}}</nowiki> {{userlinks|Vera}} [[Linked]]", ()),
        ("A request", "{{pagelinks|a{{b}}}} {{pagelinks|a<b}} {{pagelinks|}}", ()),
    ],
    ids=("template", "parameters", "heading", "twice", "users", "other things", "no titles"),
)
def test_templates_and_headings_name_pages(heading: str, written: str, found: tuple[str, ...]) -> None:
    assert pages(says("Rosa", at(9), written), heading=heading) == found


def test_only_the_reporter_names_pages() -> None:
    assert pages(says("Rosa", at(9), "Help."), says("Adam", at(8), "{{pagelinks|X}}", indent=":")) == ()


def test_without_settings_no_page_is_named() -> None:
    found = only(thread(says("Rosa", at(9), "{{pagelinks|X}}"), heading="[[X]]"), None, **GIVEN)
    assert found.pages == ()
