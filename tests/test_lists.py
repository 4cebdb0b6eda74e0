from __future__ import annotations

from bot.model import Board
from tests.boards import at, read, says, sign

GIVEN = {"style": "list", "report_templates": ("vandal", "IPvandal"), "subject_templates": ("vandal", "IPvandal")}
NOTE = sign("Rosa", at(9))


def board(text: str) -> Board:
    return read(text, None, **GIVEN)


def texts(text: str) -> list[str]:
    found = board(text)
    return [found.wikitext(thread) for thread in found.threads]


def test_an_item_that_begins_with_a_report_template_is_a_thread() -> None:
    text = (
        "{{/Header}}\n"
        "* Read the instructions first.\n"
        "<!-- * {{vandal|Example}} reason -->\n"
        "=== New reports ===\n"
        f"* {{{{vandal|Vera}}}} Blanked a page. {NOTE}\n"
        f"*: {sign('Adam', at(10))} on it\n"
        f"*{{{{IPvandal|192.0.2.7}}}} Again. {NOTE}\n"
        "\n"
        "=== Older ===\n"
        "Nothing here.\n"
    )
    found = board(text)
    assert [found.wikitext(thread) for thread in found.threads] == [
        f"* {{{{vandal|Vera}}}} Blanked a page. {NOTE}\n*: {sign('Adam', at(10))} on it\n",
        f"*{{{{IPvandal|192.0.2.7}}}} Again. {NOTE}\n",
    ]
    assert [(thread.reporter, thread.subjects) for thread in found.threads] == [
        ("Rosa", ("Vera",)),
        ("Rosa", ("192.0.2.7",)),
    ]
    assert [len(thread.comments) for thread in found.threads] == [2, 1]


def test_replies_may_be_deeper_indented_or_of_the_same_depth() -> None:
    first = f"* '''{{{{vandal|Vera}}}}''' {NOTE}\n"
    replies = "** deeper\n*: indented\n:: only indented\n* one bullet too few\n"
    assert texts(first + replies + f"* {{{{vandal|Ben}}}} {NOTE}\n") == [
        first + replies,
        f"* {{{{vandal|Ben}}}} {NOTE}\n",
    ]


def test_a_line_that_is_no_list_item_ends_a_report() -> None:
    first = f"* {{{{vandal|Vera}}}} {NOTE}\n"
    assert texts(first + "Plain words.\n** not a reply any more\n") == [first]
    assert texts(first + "== Heading ==\n** not a reply any more\n") == [first]


def test_a_shallower_item_ends_a_report() -> None:
    first = f"** {{{{vandal|Vera}}}} {NOTE}\n"
    assert texts("* Today\n" + first + "* Yesterday\n") == [first]


def test_a_blank_line_ends_a_report_unless_a_reply_follows() -> None:
    first = f"* {{{{vandal|Vera}}}} {NOTE}\n"
    assert texts(first + "\n*: a reply\n\n\n") == [first + "\n*: a reply\n"]
    assert texts(first + "\n* instructions\n") == [first]


def test_a_comment_between_reports_stays_unless_a_reply_follows() -> None:
    first = f"* {{{{vandal|Vera}}}} {NOTE}\n"
    assert texts(first + "<!-- put new reports above -->\n") == [first]
    assert texts(first + "<!-- Marked -->\n*: known address\n") == [first + "<!-- Marked -->\n*: known address\n"]


def test_line_breaks_in_templates_and_comments_end_no_line() -> None:
    first = f"* {{{{vandal\n|Vera\n}}}} <!-- two\nlines --> {NOTE}\n"
    assert texts(first) == [first]


def test_a_report_template_elsewhere_in_a_line_begins_nothing() -> None:
    assert texts(f"* See {{{{vandal|Vera}}}} {NOTE}\n{{{{vandal|Ben}}}} {NOTE}\n") == []
    assert texts(f"* <nowiki>{{{{vandal|Vera}}}}</nowiki> {NOTE}\n") == []


def test_sections_are_no_threads_on_a_list_board() -> None:
    assert texts("== Section ==\n" + says("Rosa", at(9))) == []


def test_every_report_has_an_identity_of_its_own() -> None:
    found = board(f"* {{{{vandal|Vera}}}} {NOTE}\n* {{{{vandal|Ben}}}} {NOTE}\n* {{{{vandal|Ike}}}} unsigned\n")
    assert [thread.identity for thread in found.threads[:2]] == ["Rosa|2026-03-02T09:00Z|1", "Rosa|2026-03-02T09:00Z|2"]
    assert found.threads[2].identity.startswith("|unsigned:")
