"""The runner's laws, on the embedded wiki: killed at every instant, crossed by others, stopped, without its journal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.errors import OperatorProblem
from bot.journal import key_in
from bot.operatorfile import Trial
from bot.plan import Need, Plan, Snapshot, Task
from bot.runner import Outcome, RunReport, State
from bot.settings.base import TaskSettings
from bot.wiki.port import Barred, Busy, Doubtful, Unreachable, Write
from tasks import ALL
from tests.world import (
    ARCHIVE,
    BOARD,
    NOTIFY,
    NOW,
    PAGE,
    RUN_PAGE,
    SETTINGS,
    SUMMARY,
    Killed,
    World,
    board,
    signed,
    thread,
    world,
)

WAITING = f"{BOARD}/Waiting"
TALK = "User talk:Eva"
DUE = (2, 4)


def busy(**changes: Any) -> World:
    """A board of five threads: two to move, one that names Eva, three to list."""
    threads = [thread(number, resolved=number in DUE, names="Eva" if number == 1 else "") for number in range(1, 6)]
    return world(*threads, page=changes.pop("page", PAGE + NOTIFY + SUMMARY), **changes)


def once_each(made: World) -> None:
    """Laws 2 and 6: no comment lost, none doubled, everybody told once."""
    for number in range(1, 6):
        home = ARCHIVE if number in DUE else BOARD
        for words in (f"Words of report {number}.", f"Answer to report {number}."):
            assert made.copies(words) == {home: 1}, words
    assert made.text(TALK).count("== Discussion on") == 1
    assert made.text(WAITING).count("wikitable") <= 3


def settled(made: World) -> None:
    """Law 4: nothing left to do."""
    before = made.bot_edits()
    report = made.run()

    assert report.outcome is Outcome.DONE
    assert made.bot_edits() == before


def calls_of_a_run() -> list[str]:
    made = busy()
    made.run()
    return made.tap.calls


CALLS = calls_of_a_run()


def test_a_run_archives_tells_and_lists() -> None:
    made = busy()
    report = made.run()

    assert report.outcome is Outcome.DONE
    assert not report.needs_attention
    assert made.bot_edits() == [ARCHIVE, BOARD, TALK, WAITING]
    once_each(made)


def test_a_second_run_edits_nothing() -> None:
    made = busy()
    made.run()

    settled(made)


def test_every_edit_summary_ends_in_a_key_and_quotes_nobody() -> None:
    made = busy()
    made.run()
    summaries = [one.summary for one in made.wiki.contributions()]

    assert all(key_in(summary) for summary in summaries)
    assert not any(word in summary for summary in summaries for word in ("Eva", "Alba", "Report 2", "Words"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("lost", [False, True], ids=["journal kept", "journal lost"])
@pytest.mark.parametrize("number", range(1, len(CALLS) + 1))
def test_killed_at_any_call_the_next_run_ends_what_was_begun(number: int, when: str, lost: bool) -> None:
    made = busy()

    def die(call: int, _name: str) -> None:
        if call == number:
            raise Killed

    setattr(made.tap, when, die)
    with pytest.raises(Killed):
        made.run()
    made.untapped()
    if lost:
        made.lose_journal()
    report = made.run()

    assert report.outcome is Outcome.DONE, report.problems
    once_each(made)
    settled(made)


def test_killed_at_any_word_to_the_journal_the_next_run_ends_what_was_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = _transactions_of_a_run(monkeypatch)
    assert counted > 20
    for number in range(1, counted + 1):
        made = busy()
        with monkeypatch.context() as patch:
            _die_at(made, number, patch)
            with pytest.raises(Killed):
                made.run()
        made.untapped()
        report = made.run()

        assert report.outcome is Outcome.DONE, (number, report.problems)
        once_each(made)
        settled(made)


def _transactions_of_a_run(monkeypatch: pytest.MonkeyPatch) -> int:
    made = busy()
    count = 0
    database = made.journal._database
    plain = database.transaction

    def counting() -> Any:
        nonlocal count
        count += 1
        return plain()

    with monkeypatch.context() as patch:
        patch.setattr(database, "transaction", counting)
        made.run()
    return count


def _die_at(made: World, number: int, patch: pytest.MonkeyPatch) -> None:
    count = 0
    database = made.journal._database
    plain = database.transaction

    def dying() -> Any:
        nonlocal count
        count += 1
        if count >= number:
            # Dead is dead: not even the lease is given back.
            raise Killed
        return plain()

    patch.setattr(database, "transaction", dying)


@pytest.mark.parametrize("number", range(1, 5))
def test_an_edit_by_somebody_else_right_before_any_save_loses_nothing(number: int) -> None:
    made = busy()

    def meddle(save: int, write: Write) -> None:
        if save == number:
            text = made.text(write.title)
            made.says("Dario", write.title, f"Dario was here.\n{text}" if text else "Dario was here.")

    made.wiki.before_save = meddle
    made.run()
    made.wiki.before_save = None
    made.run()

    assert sum(made.copies("Dario was here.").values()) == 1
    once_each(made)
    settled(made)


def _reply(made: World, number: int) -> None:
    words = signed("Dario", NOW, "A late word.")
    text = made.text(BOARD).replace(f"Closed {number}.", f"Closed {number}. {words}\n:")
    made.says("Dario", BOARD, text)


def _remove(made: World, number: int) -> None:
    text = made.text(BOARD)
    start = text.index(f"== Report {number} ==")
    end = text.index(f"== Report {number + 1} ==")
    made.says("Alba", BOARD, text[:start] + text[end:])


def test_a_reply_between_archive_and_cut_is_neither_lost_nor_doubled() -> None:
    made = busy()
    made.wiki.after_save = lambda _number, write: (
        _reply(made, 2) if write.title == ARCHIVE and not made.copies("A late word.") else None
    )
    made.run()
    made.wiki.after_save = None
    made.run()

    assert sum(made.copies("A late word.").values()) == 1
    assert sum(made.copies("Words of report 2.").values()) == 1
    assert made.copies("Words of report 4.") == {ARCHIVE: 1}
    settled(made)


def test_a_thread_removed_between_archive_and_cut_is_taken_out_of_the_archive() -> None:
    made = busy()
    made.wiki.after_save = lambda _number, write: (
        _remove(made, 2) if write.title == ARCHIVE and BOARD in made.copies("Words of report 2.") else None
    )
    made.run()
    made.wiki.after_save = None

    assert made.copies("Words of report 2.") == {}
    assert made.copies("Words of report 4.") == {ARCHIVE: 1}
    settled(made)


def test_an_archive_reverted_before_the_cut_keeps_the_threads_on_the_board() -> None:
    made = busy()

    def revert(number: int, name: str) -> None:
        # The archive was saved and not read back yet; the same read is the last look before the cut.
        if name == "read" and made.copies("Words of report 2.") == {ARCHIVE: 1, BOARD: 1} and not done:
            done.append(number)
            made.says("Dario", ARCHIVE, "Nothing here.")

    done: list[int] = []
    made.tap.before = revert
    made.run()
    made.untapped()
    made.run()

    assert done
    assert sum(made.copies("Words of report 2.").values()) == 1
    assert sum(made.copies("Words of report 4.").values()) == 1
    settled(made)


@pytest.mark.parametrize("number", range(1, 5))
@pytest.mark.parametrize("text", ["", "stop", "Run"])
def test_the_run_page_changed_in_the_middle_stops_the_next_write(number: int, text: str) -> None:
    made = busy()

    def stop(save: int, _write: Write) -> None:
        # Even saying run counts for nothing from somebody who is not trusted.
        if save == number:
            made.says("Dario", RUN_PAGE, text)

    made.wiki.after_save = stop
    report = made.run()

    assert len(made.bot_edits()) == number
    if number < 4:
        assert report.outcome is Outcome.STOPPED
        assert RUN_PAGE in report.problems[-1]


def test_a_stopped_bot_goes_on_when_a_trusted_editor_says_so() -> None:
    made = busy()
    made.says("Dario", RUN_PAGE, "halt")
    stopped = made.run()
    made.says("Dario", RUN_PAGE, "run")
    untrusted = made.run()
    made.says("Root", RUN_PAGE, "run ")
    made.says("Root", RUN_PAGE, "run it")
    wrong = made.run()
    made.says("Root", RUN_PAGE, "run")
    made.run()

    assert [one.outcome for one in (stopped, untrusted, wrong)] == [Outcome.STOPPED] * 3
    once_each(made)


def test_without_a_run_page_nothing_is_written() -> None:
    made = busy()
    made.wiki.delete(RUN_PAGE)
    report = made.run()

    assert report.outcome is Outcome.STOPPED
    assert made.bot_edits() == []


def test_a_second_run_leaves_while_the_first_holds_the_lease() -> None:
    made = busy()
    assert made.kept.take_lease("elsewhere", made.wiki.now, timedelta(minutes=15))
    report = made.run()

    assert report.outcome is Outcome.LEASED
    assert made.tap.calls == []


def test_a_run_that_lost_its_lease_stops_before_the_next_write() -> None:
    made = busy()

    def steal(_number: int, _write: Write) -> None:
        made.wiki.advance(timedelta(minutes=16))
        assert made.kept.take_lease("elsewhere", made.wiki.now, timedelta(minutes=15))

    made.wiki.after_save = steal
    report = made.run(seconds_per_run=86400)

    # The cut after the archive is the other run's to make.
    assert report.outcome is Outcome.LEASED
    assert made.bot_edits() == [ARCHIVE]


@pytest.mark.parametrize("allowed", range(0, 60, 3))
def test_a_journal_that_fails_means_no_further_write(allowed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = busy()
    database = made.journal._database
    plain = database.transaction
    count = 0
    at_failure: list[int] = []

    def failing() -> Any:
        nonlocal count
        count += 1
        if count > allowed:
            at_failure.append(len(made.bot_edits()))
            raise OperatorProblem("the database is gone")
        return plain()

    monkeypatch.setattr(database, "transaction", failing)
    try:
        made.run()
    except OperatorProblem:
        assert len(made.bot_edits()) == at_failure[0]
    else:
        assert not at_failure


@pytest.mark.parametrize("number", range(1, 5))
def test_a_save_whose_answer_was_lost_is_found_and_not_sent_again(number: int) -> None:
    made = busy()

    def doubt(save: int, _write: Write) -> None:
        if save == number:
            raise Doubtful("no answer")

    made.wiki.after_save = doubt
    report = made.run()
    made.wiki.after_save = None

    assert report.outcome is Outcome.DONE
    assert made.bot_edits() == [ARCHIVE, BOARD, TALK, WAITING]
    once_each(made)
    settled(made)


@pytest.mark.parametrize("number", range(1, 5))
def test_a_save_that_never_arrived_is_left_to_the_next_run(number: int) -> None:
    made = busy()

    def doubt(save: int, _write: Write) -> None:
        if save == number:
            raise Doubtful("no answer")

    made.wiki.before_save = doubt
    report = made.run()
    made.wiki.before_save = None

    assert State.LEFT in {edit.state for edit in report.edits}
    made.run()
    once_each(made)
    settled(made)


def test_a_barred_account_ends_the_run() -> None:
    made = busy()

    def bar(_save: int, _write: Write) -> None:
        raise Barred("blocked")

    made.wiki.before_save = bar
    report = made.run()

    assert report.outcome is Outcome.BARRED
    assert report.needs_attention
    assert made.wiki.saves == 1


def test_a_busy_wiki_ends_the_run_without_alarm() -> None:
    made = busy()

    def wait(_save: int, _write: Write) -> None:
        raise Busy("read-only")

    made.wiki.before_save = wait
    report = made.run()
    made.wiki.before_save = None
    made.run()

    assert report.outcome is Outcome.BUSY
    once_each(made)


def test_a_wiki_that_cannot_be_read_ends_the_run() -> None:
    made = busy()

    def fail(number: int, _name: str) -> None:
        if number == 5:
            raise Unreachable("no network")

    made.tap.before = fail
    report = made.run()

    assert report.outcome is Outcome.UNREACHABLE
    assert made.kept.lease() is None


OTHER = (
    '  "Project:Other":\n    mode: live\n    archive: {resolved_after: 24 h, keep_threads: 1, to: "{board}/Archive"}\n'
)


def _failing(task: Task[Any], title: str) -> Task[Any]:
    plain: Callable[[Snapshot, Any, datetime], Plan | Need] = task.plan

    def plan(snapshot: Snapshot, settings: Any, now: datetime) -> Plan | Need:
        if snapshot.board.title == title:
            raise ValueError("Alba wrote something strange")
        return plain(snapshot, settings, now)

    return replace(task, plan=plan)


def test_an_error_on_one_board_lets_the_others_go_on_and_quotes_nothing() -> None:
    made = busy(page=PAGE + NOTIFY + SUMMARY + OTHER, tasks=[_failing(task, "Wiki:Other") for task in ALL])
    made.says("Alba", "Wiki:Other", board(thread(7), thread(8)))
    report = made.run()
    by_title = {one.title: one for one in report.boards}

    assert not by_title[BOARD].problems
    assert "ValueError" in by_title["Wiki:Other"].problems[0]
    assert "Alba" not in by_title["Wiki:Other"].problems[0]
    once_each(made)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda made: made.wiki.delete("Wiki:Other"), "does not exist"),
        (lambda made: made.says("Alba", "Wiki:Other", ""), "is blank"),
        (lambda made: made.says("Alba", "Wiki:Other", "#REDIRECT [[Wiki:Third]]"), "redirect to Wiki:Third"),
    ],
)
def test_a_board_that_cannot_be_worked_on_is_told_and_the_others_go_on(
    spoil: Callable[[World], object], told: str
) -> None:
    made = busy(page=PAGE + NOTIFY + SUMMARY + OTHER)
    made.says("Alba", "Wiki:Other", board(thread(7), thread(8)))
    spoil(made)
    report = made.run()
    by_title = {one.title: one for one in report.boards}

    assert told in by_title["Wiki:Other"].problems[0]
    once_each(made)


def test_plan_mode_posts_the_plan_once_and_moves_nothing() -> None:
    made = busy(page=PAGE.replace("mode: live", "mode: plan") + NOTIFY)
    made.run()
    first = made.bot_edits()
    made.run()

    assert first == [f"{SETTINGS}/Plan/{BOARD}, archive", f"{SETTINGS}/Plan/{BOARD}, notify"]
    assert made.bot_edits() == first
    for title in first:
        assert "Eva" not in made.text(title)
        assert "Report" not in made.text(title)


def test_a_task_without_approval_or_trial_only_plans() -> None:
    made = busy()
    made.entry = replace(made.entry, approval_needed=False, approval={})
    made.entry = replace(made.entry, approval_needed=True, approval={"notify": "Project:Approved"})
    report = made.run()
    live = {task.task: task.live for task in report.boards[0].tasks}

    assert live == {"archive": False, "notify": True, "summary": False}
    assert "[[Project:Approved]]" in next(one.summary for one in made.wiki.contributions() if one.title == TALK)
    assert BOARD not in made.bot_edits()


def test_a_trial_stops_by_itself() -> None:
    made = busy()
    made.entry = replace(made.entry, approval_needed=True, trial=Trial({"archive": 2}, date(2026, 12, 31)))
    made.run()
    made.says("Alba", BOARD, made.text(BOARD) + "\n\n" + thread(9))
    report = made.run()

    assert ARCHIVE in made.bot_edits()
    assert report.boards[0].tasks[0].why_not.startswith("its trial is over")
    assert made.copies("Words of report 9.") == {BOARD: 1}


def test_a_limit_never_leaves_a_thread_on_both_pages() -> None:
    for limit in range(5):
        made = busy()
        made.run(edits_per_run=limit)

        assert len(made.bot_edits()) <= limit
        assert len(made.copies("Words of report 2.")) == 1
        made.run()
        once_each(made)


def test_a_run_asked_to_end_finishes_the_move_it_began() -> None:
    made = busy()
    report = made.run(stop=lambda: ARCHIVE in made.bot_edits())

    assert report.outcome is Outcome.STOPPED
    assert made.bot_edits() == [ARCHIVE, BOARD]


def test_a_run_past_its_time_leaves_the_rest() -> None:
    made = busy()
    report = made.run(clock=lambda: made.wiki.now + timedelta(hours=2 * ("redirects" in made.tap.calls)))

    assert report.outcome is Outcome.STOPPED
    assert made.bot_edits() == []


def test_a_dry_run_writes_nothing_and_shows_every_edit() -> None:
    made = busy()
    report = made.run(dry_run=True)

    assert made.bot_edits() == []
    assert [edit.page for edit in report.edits] == [ARCHIVE, BOARD, TALK, WAITING]
    assert "Words of report 2." in report.edits[0].new
    assert "Words of report 2." not in report.edits[1].new
    assert "Words of report 2." in report.edits[1].old
    assert made.kept.looks() == {}
    made.run()
    once_each(made)


def test_an_untrusted_settings_page_leaves_the_last_accepted_one_in_force() -> None:
    made = busy(told=False)
    made.says("Dario", SETTINGS, PAGE.replace("24 h", "1 h"))
    nothing_yet = made.run()
    made.says("Root", SETTINGS, PAGE + NOTIFY + SUMMARY)
    accepted = made.run()
    made.says("Dario", SETTINGS, PAGE.replace("mode: live", "mode: plan"))
    report = made.run()

    assert nothing_yet.outcome is Outcome.PAUSED
    assert report.settings_revision == accepted.settings_revision
    assert any("not saved by a trusted editor" in problem for problem in report.settings_problems)
    assert all(task.live for task in report.boards[0].tasks)


def test_a_broken_settings_page_leaves_the_last_accepted_one_in_force() -> None:
    made = busy()
    accepted = made.run()
    made.says("Root", SETTINGS, "boards: [")
    report = made.run()

    assert report.outcome is Outcome.DONE
    assert report.settings_revision == accepted.settings_revision
    assert report.settings_problems


def test_a_blank_settings_page_pauses_the_bot() -> None:
    made = busy()
    made.run()
    made.says("Root", SETTINGS, "")
    report = made.run()

    assert report.outcome is Outcome.PAUSED
    assert SETTINGS in report.problems[0]


def test_what_is_not_due_costs_one_request() -> None:
    made = busy()
    made.run()
    made.tap.calls.clear()
    report = made.run(all_due=False)

    assert report.boards == ()
    assert made.tap.calls == ["read", "account"]


def test_whether_the_run_page_is_a_trusted_editors_is_asked_once_per_revision_and_day() -> None:
    made = busy()
    made.run()
    made.tap.calls.clear()
    made.says("Root", RUN_PAGE, "Run")
    made.run(board="Wiki:No board")
    made.run(board="Wiki:No board")
    assert made.tap.calls.count("users") == 1

    made.wiki.advance(timedelta(days=1, minutes=1))
    made.run(board="Wiki:No board")
    assert made.tap.calls.count("users") == 2


def test_what_was_found_out_of_a_run_page_counts_only_for_the_groups_trusted_then() -> None:
    made = busy()
    made.run()
    made.entry = replace(made.entry, trusted=frozenset({"steward"}))

    assert made.run().outcome is Outcome.STOPPED


def test_redirects_to_templates_are_asked_for_once_a_day() -> None:
    made = busy()
    made.run()
    made.tap.calls.clear()
    made.run()
    assert "redirects" not in made.tap.calls

    made.wiki.advance(timedelta(days=1, minutes=1))
    made.run()
    assert made.tap.calls.count("redirects") == 1


@pytest.mark.parametrize("title", ["Wiki:Incidents", "Project:incidents", "project: Incidents"])
def test_one_board_may_be_named_in_any_way_that_the_wiki_understands(title: str) -> None:
    made = busy()

    assert [one.title for one in made.run(board=title).boards] == [BOARD]


def test_what_is_due_again_is_looked_at_and_a_new_settings_revision_makes_everything_due() -> None:
    made = busy()
    made.run()
    made.wiki.advance(timedelta(minutes=15))
    later = made.run(all_due=False)
    made.says("Root", SETTINGS, PAGE + NOTIFY + SUMMARY + "# changed\n")
    changed = made.run(all_due=False)

    assert [task.task for task in later.boards[0].tasks] == ["notify"]
    assert [task.task for task in changed.boards[0].tasks] == ["archive", "notify", "summary"]


def test_a_thread_put_back_by_a_person_is_left_alone() -> None:
    made = busy()
    made.run()
    archived = made.text(ARCHIVE)
    back = archived[archived.index("== Report 2 ==") : archived.index("== Report 4 ==")]
    made.says("Alba", ARCHIVE, archived.replace(back, ""))
    made.says("Alba", BOARD, f"{made.text(BOARD)}\n\n{back.strip()}")
    made.wiki.advance(timedelta(days=30))
    made.run()

    assert made.copies("Words of report 2.") == {BOARD: 1}


def test_two_threads_of_one_author_in_one_minute_are_not_taken_for_put_back() -> None:
    first = thread(2)
    second = first.replace("Report 2", "Twin").replace("report 2", "the twin").replace("{{resolved}} ", "")
    made = world(first, second, thread(5, resolved=False), page=PAGE)
    made.run()
    assert made.copies("Words of the twin.") == {BOARD: 1}
    made.says("Clara", BOARD, made.text(BOARD).replace("Closed 2.", "{{resolved}} Closed 2."))
    made.run()

    assert made.copies("Words of the twin.") == {ARCHIVE: 1}


class EndlessSettings(TaskSettings):
    """No settings of its own."""


def _endless(snapshot: Snapshot, settings: EndlessSettings, now: datetime) -> Plan | Need:
    return Need(pages=frozenset({f"Wiki:Page {len(snapshot.pages)}"}))


def test_a_task_that_never_has_enough_is_stopped_and_told() -> None:
    endless = Task("endless", EndlessSettings, _endless, lambda _settings: timedelta(hours=1))
    made = busy(page=PAGE.replace("    archive:", "    endless: {}\n    archive:"), tasks=[*ALL, endless])
    report = made.run()

    assert made.copies("Words of report 2.") == {ARCHIVE: 1}
    assert report.boards[0].problems


def test_the_needs_of_all_boards_are_answered_together() -> None:
    one, two = busy(), busy(page=PAGE + NOTIFY + SUMMARY + OTHER)
    two.says("Alba", "Wiki:Other", board(thread(7, resolved=False), thread(8, resolved=False)))
    one.run(dry_run=True)
    two.run(dry_run=True)

    assert len(two.tap.calls) <= len(one.tap.calls) + 1


def test_the_journal_holds_no_name_and_no_heading(tmp_path: Any) -> None:
    from bot.journal import Journal

    file = tmp_path / "clerk.db"
    made = busy(journal=Journal(f"sqlite:///{file}"))
    made.run()
    made.journal.close()
    held = file.read_bytes()

    assert b"Wiki:Incidents" in held
    for word in (b"Eva", b"Alba", b"Clara", b"Report 2", b"Words of"):
        assert word not in held


def _edit_of(report: RunReport, page: str) -> Any:
    return next(edit for edit in report.edits if edit.page == page)


def test_a_refused_notice_is_told_and_the_rest_goes_on() -> None:
    made = busy()
    made.wiki.protect(TALK, "sysop")
    report = made.run()

    assert made.bot_edits() == [ARCHIVE, BOARD, WAITING]
    assert re.search("protect", str(report.boards[0].tasks[1]))


def test_a_spam_filter_on_the_archive_keeps_the_threads_on_the_board() -> None:
    made = busy()
    made.wiki.spam = ("report 2",)
    report = made.run()

    assert made.copies("Words of report 2.") == {BOARD: 1}
    assert _edit_of(report, ARCHIVE).state is State.REFUSED
    assert report.needs_attention
    assert report.now == datetime(2026, 11, 22, 12, 1, tzinfo=UTC)


def test_nothing_is_written_while_the_wikis_timestamps_cannot_be_read_for_sure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = busy()
    facts = dict(made.wiki.facts())
    monkeypatch.setattr(made.wiki, "facts", lambda: {**facts, "sample": {**facts["sample"], "text": "11/11 (UTC)"}})

    report = made.run(all_due=True)

    assert made.bot_edits() == []
    assert all("timestamps" in task.why_not for board in report.boards for task in board.tasks)
    assert report.boards[0].tasks

    monkeypatch.undo()
    made.run(all_due=True)

    assert made.bot_edits()
