"""Every way in which a run goes wrong, each with its promise: all 45 rows run, on the wiki that can produce them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

import pytest

from bot.errors import OperatorProblem
from bot.journal import Key, key_in, stamp
from bot.operatorfile import Trial
from bot.reading.signatures import learn
from bot.wiki.port import Write
from tests import test_archive_refusals as refusals
from tests import test_brakes as brakes
from tests import test_damage as damage
from tests import test_headings as headings
from tests import test_messages as messages
from tests import test_pins as pins
from tests import test_runner as runner
from tests import test_signatures as signatures
from tests import test_status as status
from tests import test_task_archive as archiving
from tests import test_task_notify as notifying
from tests.builders import page
from tests.test_archive_refusals import Ground, ground
from tests.world import ARCHIVE, BOARD, PAGE, board, signed, world
from tests.world import thread as report

__all__ = ["ground"]  # a fixture of another module, for the rows that need a wiki which refuses

F = TypeVar("F", bound=Callable[..., None])
TALK = "User talk:Eva"


@dataclass(frozen=True)
class Row:
    """One row of the table: what happens, and what the bot promises then."""

    event: str
    promise: str
    test: Callable[..., None]


ROWS: dict[int, Row] = {}


def row(number: int, event: str, promise: str) -> Callable[[F], F]:
    """Puts a test into the table."""

    def put(test: F) -> F:
        assert number not in ROWS, number
        ROWS[number] = Row(event, promise, test)
        return test

    return put


def test_all_45_rows_are_here_and_run() -> None:
    assert sorted(ROWS) == list(range(1, 46))
    assert all(one.test.__name__.startswith("test_") for one in ROWS.values())
    assert len({one.test for one in ROWS.values()}) == 45


def refused_on_a_real_wiki(ground_: Ground, name: str) -> None:
    refusals.test_what_the_wiki_refuses_leaves_the_board_as_it_was_and_is_told_without_the_address(
        ground_, refusals.REFUSALS[name]
    )


@row(1, "somebody edits the board between plan and save", "read again, planned again, no second copy, nothing lost")
def test_row_01_edit_conflict_on_the_board() -> None:
    runner.test_an_edit_by_somebody_else_right_before_any_save_loses_nothing(2)


@row(2, "killed between archive and cut", "the next run only cuts")
def test_row_02_killed_between_archive_and_cut() -> None:
    number = runner.CALLS.index("save") + 1
    for lost in (False, True):
        runner.test_killed_at_any_call_the_next_run_ends_what_was_begun(number, "after", lost)


@row(3, "the archive was saved and the answer lost", "it is looked for before anything is sent again")
def test_row_03_answer_lost() -> None:
    runner.test_a_save_whose_answer_was_lost_is_found_and_not_sent_again(1)


@row(4, "two runs at once", "the second leaves; one that lost its lease stops before the next write")
def test_row_04_overlapping_runs() -> None:
    runner.test_a_second_run_leaves_while_the_first_holds_the_lease()
    runner.test_a_run_that_lost_its_lease_stops_before_the_next_write()


@row(5, "the board was moved", "not followed; told with the new title; the others go on")
def test_row_05_board_moved() -> None:
    made = runner.busy()
    made.says("Alba", BOARD, "#REDIRECT [[Wiki:Elsewhere]]")
    done = made.run()

    assert made.bot_edits() == []
    assert "Wiki:Elsewhere" in done.boards[0].problems[0]
    assert done.needs_attention


@row(6, "the board is deleted or empty", "never made anew; told")
def test_row_06_board_gone_or_empty() -> None:
    for deleted in (True, False):
        made = runner.busy()
        if deleted:
            made.wiki.delete(BOARD)
        else:
            made.says("Alba", BOARD, "")
        done = made.run()

        assert made.text(BOARD) == ""
        assert made.bot_edits() == []
        assert done.boards[0].problems


@row(7, "a vandal truncates the board", "left alone for a day; what is gone is not taken for resolved")
def test_row_07_board_truncated() -> None:
    archiving.test_a_board_that_lost_half_its_threads_is_left_alone_for_a_day()


@row(8, "a stranger closes a thread", "counts for nothing")
def test_row_08_fake_closing() -> None:
    archiving.test_who_closed_counts_by_the_groups_that_the_settings_name()
    status.test_a_subjects_mark_resolves_nothing_and_is_shown()
    status.test_a_strangers_mark_resolves_nothing()


@pytest.mark.wiki
@row(9, "board or archive protected, cascading, title blacklist", "the board stays as it was, and that is told")
def test_row_09_protected_and_forbidden_titles(ground: Ground) -> None:
    for name in (
        "a protected archive",
        "an archive under cascading protection",
        "a protected board",
        "a list of forbidden titles",
    ):
        refused_on_a_real_wiki(ground, name)


@row(10, "the archive would be too large", "the next one is begun, by bytes; one thread over the limit stays")
def test_row_10_archive_too_large() -> None:
    archiving.test_a_new_page_begins_where_the_next_thread_would_pass_the_size()
    archiving.test_no_page_passes_the_limit_of_the_wiki()


@row(11, "a board of 2 MB", "read in one pass over the text, without a library's recursion")
def test_row_11_huge_board() -> None:
    filler, nested = "words and more words " * 100, ("{{tq|" * 20 + "quoted" + "}}" * 20) * 14
    deep = "{{tq|" * 3000 + "}}" * 3000
    made = world(page=PAGE.replace("archive: {", "archive: {move_at_most: 20, "))
    threads = [
        report(n).replace(f"Words of report {n}.", f"Words of report {n}. {filler if n % 10 else nested}")
        for n in range(1, 801)
    ]
    threads[30] = report(31).replace("Words of report 31.", f"Words of report 31. {deep}")
    made.says("Alba", BOARD, board(*threads))
    before = made.text(BOARD)
    assert 1_900_000 < len(before.encode()) < 2 << 20

    made.run()

    moved = [n for n in range(1, 801) if f"== Report {n} ==" in made.text(ARCHIVE).splitlines()]
    assert len(moved) == 20
    board_now, archive_now = made.text(BOARD).splitlines(), made.text(ARCHIVE).splitlines()
    assert Counter(filter(None, board_now + archive_now)) == Counter(filter(None, before.splitlines()))


@row(12, "the settings page is vandalised, invalid or blank", "the last accepted revision holds; blank pauses")
def test_row_12_settings_vandalised() -> None:
    runner.test_an_untrusted_settings_page_leaves_the_last_accepted_one_in_force()
    runner.test_a_broken_settings_page_leaves_the_last_accepted_one_in_force()
    runner.test_a_blank_settings_page_pauses_the_bot()


@row(13, "the run page is changed", "the next write is not made, and the bot never edits that page")
def test_row_13_run_page_changed() -> None:
    runner.test_the_run_page_changed_in_the_middle_stops_the_next_write(1, "stop")
    runner.test_without_a_run_page_nothing_is_written()


@pytest.mark.wiki
@row(14, "the bot is blocked", "no further write on that wiki, exit 1, no other account")
def test_row_14_bot_blocked(ground: Ground) -> None:
    refused_on_a_real_wiki(ground, "a block")
    refused_on_a_real_wiki(ground, "a block from the board alone")


@pytest.mark.wiki
@row(15, "an abuse filter disallows or warns", "a refusal, a warning too; the rest goes on")
def test_row_15_abuse_filter(ground: Ground) -> None:
    refusals.test_a_filter_stops_the_archive_and_nothing_else(ground)


@pytest.mark.wiki
@row(16, "the spam list refuses the archive", "no cut; the address is never told; only its thread stays")
def test_row_16_spam_list(ground: Ground) -> None:
    refusals.test_one_address_on_the_spam_list_keeps_its_own_thread_back_and_no_other(ground)


@pytest.mark.wiki
@row(17, "a captcha is asked for", "as a right that is missing: refused, nothing typed, nothing sent again")
def test_row_17_captcha(ground: Ground) -> None:
    refused_on_a_real_wiki(ground, "a captcha")
    case, _ = refusals.settled_case(ground)
    ground.captcha.touch()
    ground.proxy.forget()
    try:
        done = case.run()
    finally:
        ground.captcha.unlink()
    sent = [edit.parameters for edit in ground.proxy.edits]

    assert done is not None
    assert done.needs_attention
    assert sent
    assert not any("captchaword" in edit or "captchaid" in edit for edit in sent)
    assert len({edit["title"] for edit in sent}) == len(sent)


@row(18, "{{nobots}} on a talk page", "no notice, and said why")
def test_row_18_nobots() -> None:
    made = runner.busy()
    made.says("Eva", TALK, "{{nobots}}")
    done = made.run()

    assert made.text(TALK) == "{{nobots}}"
    told = [one for one in done.boards[0].tasks[1].decisions if one.person == "Eva"]
    assert [one.verdict for one in told] == ["not told"]


@pytest.mark.wiki
@row(19, "lag, rate limit, read-only", "the run ends without alarm, the next goes on, nothing is marked as done")
def test_row_19_busy_wiki(ground: Ground) -> None:
    refused_on_a_real_wiki(ground, "a read-only wiki")
    runner.test_a_busy_wiki_ends_the_run_without_alarm()


@row(20, "the login or a grant is lost", "no write; the account is checked before the first one")
def test_row_20_login_lost() -> None:
    made = runner.busy()
    made.wiki.bot = ""

    with pytest.raises(OperatorProblem, match="not logged in"):
        made.run()
    made.wiki.bot = "Clerk"
    assert made.bot_edits() == []
    runner.test_a_barred_account_ends_the_run()


@row(21, "a talk page that is no wikitext", "no notice, and said why")
def test_row_21_other_content_model() -> None:
    talk = page("User talk:Ben", "{}", model="flow-board")
    result, _ = notifying.decided(notifying.naming("Ben"), wiki={"User talk:Ben": talk})

    assert result.edits == ()
    assert len(notifying.why(result)) == 1


@row(22, "renamed, vanished, locked, expired, an address", "followed once or left alone")
def test_row_22_renamed_and_vanished() -> None:
    from tests.builders import user

    notifying.test_a_renamed_account_is_told_under_its_new_name()
    for account in (
        user("Ben", locked=True),
        user("Ben", temporary=True, expired=True),
        user("192.0.2.1", registered=False),
    ):
        named = notifying.naming(account.name)
        result, _ = notifying.decided(named, users=[account, user("Ana")])
        assert result.edits == ()


@row(23, "the talk page is a redirect", "followed once, within user talk")
def test_row_23_redirected_talk_page() -> None:
    notifying.test_a_redirected_talk_page_is_followed_once()


@row(24, "a person told them already", "no second notice")
def test_row_24_told_by_a_person() -> None:
    made = runner.busy()
    link = f"[[{BOARD}#Report 1]]"
    made.says("Alba", TALK, f"== Notice ==\nYou are spoken of at {link}. {signed('Alba', made.wiki.now, '')}")
    made.run()

    assert made.text(TALK).count("==") == 2
    assert TALK not in made.bot_edits()


@row(25, "the host's clock is wrong", "no run: the operator is told to set it; the wiki's clock decides all else")
def test_row_25_clock_skew() -> None:
    for minutes, runs in ((4, True), (-4, True), (6, False), (-6, False)):
        made = runner.busy()
        if runs:
            made.run(clock=lambda made=made, minutes=minutes: made.wiki.now + timedelta(minutes=minutes))
            assert made.bot_edits()
            continue
        with pytest.raises(OperatorProblem, match="clock"):
            made.run(clock=lambda made=made, minutes=minutes: made.wiki.now + timedelta(minutes=minutes))
        assert made.bot_edits() == []


@row(26, "summer time and labels of zones", "the label that is written counts; the doubtful hour is the later one")
def test_row_26_zones() -> None:
    signatures.test_localised_labels_come_from_the_messages()
    signatures.test_labels_of_earlier_years_have_their_own_offsets()
    berlin = signatures.facts("de")
    assert berlin.time_zone == "Europe/Berlin"
    read = learn(berlin)
    for written, instant in (
        # The clocks show 02:30 twice: the label tells which.
        ("02:30, 25. Okt. 2026 (CEST)", "2026-10-25T00:30"),
        ("02:30, 25. Okt. 2026 (CET)", "2026-10-25T01:30"),
        ("03:00, 25. Okt. 2026 (CET)", "2026-10-25T02:00"),
        # They never show this one.
        ("02:30, 29. M\u00e4r. 2026 (CET)", "2026-03-29T01:30"),
        ("12:00, 1. Jul. 2026 (CEST)", "2026-07-01T10:00"),
        ("12:00, 1. Jan. 2026 (CET)", "2026-01-01T11:00"),
    ):
        assert signatures.instants(read, written) == [instant], written
    # Moscow went back by an hour and kept its label: nothing tells which, and the later one is taken.
    moscow = learn(signatures.sampled("08:50, 22 November 2026 (MSK)", "2026-11-22T05:50", zone="Europe/Moscow"))
    assert signatures.instants(moscow, "01:30, 26 October 2014 (MSK)") == ["2014-10-25T22:30"]


@row(27, "local months, digits, invisible marks", "read in every language, never changed in the text")
def test_row_27_local_dates() -> None:
    signatures.test_every_signature_of_the_corpus_is_read()
    signatures.test_decomposed_letters_are_the_same_letters()


@row(28, "a timestamp in the future, a pin", "stays on the board, never an error")
def test_row_28_future_and_pins() -> None:
    pins.test_a_day_lasts_to_its_end()
    archiving.test_what_people_hold_stays()


@row(29, "no timestamp at all", "the revision that brought it, else never by age")
def test_row_29_no_timestamp() -> None:
    archiving.test_a_thread_without_signature_goes_by_the_edit_that_brought_it()


@row(30, "subheadings, doubled headings", "deeper ones stay inside; identity is not the heading")
def test_row_30_headings() -> None:
    made = world(*(report(n).replace(f"== Report {n} ==", "== Same ==\n=== Details ===") for n in range(1, 5)))
    made.run()

    assert made.text(ARCHIVE).count("== Same ==") == 3
    assert made.text(BOARD).count("== Same ==") == 1
    assert made.text(BOARD).count("=== Details ===") == 1


@row(31, "equals signs in comments, nowiki, pre, templates", "make no heading")
def test_row_31_no_headings() -> None:
    for text in (
        "<!--\n== no ==\n-->",
        "<nowiki>\n== no ==\n</nowiki>",
        "<pre>\n== no ==\n</pre>",
        "{{x|\n== no ==\n}}",
    ):
        made = world(*(report(n).rstrip() + f"\n{text}\n\n" for n in range(1, 4)))
        before = made.text(BOARD)
        made.run()
        assert made.text(BOARD).count("== no ==") + made.text(ARCHIVE).count("== no ==") == before.count("== no ==")
    headings.test_an_unclosed_template_or_link_hides_no_heading()


@row(32, "an unclosed comment swallows threads", "nothing from there on is moved")
def test_row_32_damage() -> None:
    damage.test_an_unclosed_comment_swallows_what_follows_and_makes_it_unsafe()
    archiving.test_damaged_text_and_all_that_it_swallows_stays()


@row(33, "a box over several threads", "all of them or none")
def test_row_33_box_over_threads() -> None:
    archiving.test_threads_in_one_box_go_together_or_not_at_all()


@row(34, "a thread that is another page", "stays, is listed as such")
def test_row_34_transcluded() -> None:
    archiving.test_a_transcluded_thread_stays()


@row(35, "categories and interwiki links after the last thread", "stay on the board")
def test_row_35_footer() -> None:
    made = runner.busy()
    footer = "[[Category:Noticeboards]]\n[[de:Brett]]"
    made.says("Alba", BOARD, f"{made.text(BOARD)}\n\n{footer}")
    made.run()

    assert made.text(BOARD).endswith(footer)
    assert "Category" not in made.text(ARCHIVE)


@row(36, "markers such as: new threads above this line", "belong to no thread")
def test_row_36_markers() -> None:
    made = world(*(report(number) for number in range(1, 4)))
    marker = "<!-- New threads above this line -->"
    made.says("Alba", BOARD, f"{made.text(BOARD)}\n\n{marker}")
    made.run()

    assert made.copies(marker) == {BOARD: 1}


@row(37, "links to sections that were archived", "no edit anywhere but on the bot's own pages")
def test_row_37_links_to_sections() -> None:
    made = runner.busy()
    made.says("Dario", "Wiki:Diary", f"See [[{BOARD}#Report 2]].")
    made.run()

    assert "Wiki:Diary" not in made.bot_edits()
    assert made.text("Wiki:Diary") == f"See [[{BOARD}#Report 2]]."


@row(38, "a person takes back what the bot did", "left alone for good")
def test_row_38_put_back() -> None:
    runner.test_a_thread_put_back_by_a_person_is_left_alone()


@row(39, "a revision is hidden meanwhile", "never restored: a thread gone in between leaves the archive, too")
def test_row_39_hidden_meanwhile() -> None:
    made = runner.busy()

    def suppress(_number: int, write: Write) -> None:
        if write.title == ARCHIVE and BOARD in made.copies("Words of report 2."):
            old = made.wiki.read([BOARD]).pages[BOARD].revision
            runner._remove(made, 2)
            made.wiki.hide(old)

    made.wiki.after_save = suppress
    made.run()
    made.wiki.after_save = None
    made.run()

    assert made.copies("Words of report 2.") == {}
    assert made.copies("Words of report 4.") == {ARCHIVE: 1}


@row(40, "a runaway", "limits by run, day, board and kind; a trial ends; a run stops when many boards fail")
def test_row_40_runaway() -> None:
    made = runner.busy()
    made.entry = replace(made.entry, approval_needed=True, trial=Trial({"archive": 2}, date(2026, 12, 31)))
    made.run()
    assert made.bot_edits()[:2] == [ARCHIVE, BOARD]
    brakes.test_limits_by_day_board_and_kind_hold_and_never_leave_a_thread_on_both_pages({"edits_per_day": 2}, 2)
    brakes.test_a_run_stops_where_too_many_boards_fail(3, 50, "stopped")


@row(41, "another archiver on the board", "refused until the settings say takeover")
def test_row_41_another_archiver() -> None:
    archiving.test_another_archiver_on_the_board_stops_this_one_until_it_takes_over()


@row(42, "the database is gone", "no write; rebuilt from the bot's own contributions before the next")
def test_row_42_database_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    for allowed in (0, 5, 25):
        with monkeypatch.context() as patch:
            runner.test_a_journal_that_fails_means_no_further_write(allowed, patch)
    made = runner.busy()
    made.run()
    made.lose_journal()
    before = made.bot_edits()
    made.run()
    assert made.bot_edits() == before


@row(43, "hostile wikitext in what the bot quotes", "harmless: nothing is expanded, linked or signed")
def test_row_43_hostile_markup() -> None:
    for hostile in ("{{subst:x}}", "~~~~", "[[Category:X]]", "</nowiki>{{x}}", "a|b", "<includeonly>"):
        messages.test_text_from_a_page_is_shown_and_never_expanded(hostile)
    archiving.test_text_that_a_save_would_change_stays_and_inside_nowiki_it_goes()


@row(44, "a summary over 500 characters", "cut by characters; link and key stay whole")
def test_row_44_long_summary() -> None:
    summary = stamp("語" * 900, Key("cut", "abcdefghij"), "Project:Approved")

    assert len(summary) <= 480
    assert key_in(summary) == Key("cut", "abcdefghij")
    assert "[[Project:Approved]]" in summary


@row(45, "SIGTERM at any point", "the move in hand is finished, nothing new is begun")
def test_row_45_asked_to_end() -> None:
    runner.test_a_run_asked_to_end_finishes_the_move_it_began()
    for number in range(4):
        made = runner.busy()
        made.run(stop=lambda made=made, number=number: len(made.bot_edits()) >= number)
        for report_ in (2, 4):
            assert len(made.copies(f"Words of report {report_}.")) == 1
        made.run()
        runner.once_each(made)
