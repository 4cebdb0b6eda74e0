"""What one hostile person may try: whole runs on the embedded wiki, in which the bot must not help to harm anybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.world import BOARD, BOT, NOW, SETTINGS, World, board, signed, world

PAGE = """\
version: 1
support: "Project:Getting help"
defaults: {mode: live, quiet: 0 s}
boards:
  "Project:Incidents":
    resolved: {templates: [resolved], withdrawn: [withdrawn], closers: {groups: [sysop]}}
    responders: {groups: [sysop]}
    subjects: {templates: [userlinks], headings: true}
    archive: {resolved_after: 24 h, unanswered_after: 14 days, keep_threads: 0}
    notify: {subjects: notice, wait: 20 min, reporter_min_edits: 0, opt_out: "Project:No notices"}
    status:
      template: case
      states: {new: [new], old: [old]}
      moves: [{states: [new], to: old, open_for: 2 h}]
      blocked: mark
    backlog: {flag_at: 3, clear_at: 1}
    summary: {page: "Project:Incidents/Waiting"}
    escalate: {page: "Project:Incidents/Overdue", unanswered_after: 2 h, open_after: 7 days}
"""
LISTS = "Project:No notices"
OVERDUE, WAITING = f"{BOARD}/Overdue", f"{BOARD}/Waiting"
OWN = {BOARD, OVERDUE, WAITING}


def report(
    words: str, *, heading: str = "Report", by: str = "Alba", age: timedelta = timedelta(hours=3), more: str = ""
) -> str:
    """One thread."""
    return f"== {heading} ==\n{signed(by, NOW - age, words)}\n{more}\n"


def scene(*threads: str) -> World:
    """A wiki with every task at work on one board."""
    return world(*threads, page=PAGE)


def told(at: World) -> dict[str, int]:
    """How many notices the bot left, by talk page."""
    pages = [title for title in at.bot_edits() if title.startswith("User talk:")]
    return {title: pages.count(title) for title in pages}


def twice(at: World) -> None:
    """Two runs; the second one has nothing to do."""
    at.run()
    before = at.bot_edits()
    at.run()
    assert at.bot_edits() == before


def overdue(at: World) -> int:
    """How many lines stand on the overdue page."""
    return len(re.findall(r"^\* <!-- bc:", at.text(OVERDUE), re.M))


def test_a_report_that_names_fifty_people_tells_nobody_and_says_so() -> None:
    at = scene(report(" ".join(f"{{{{userlinks|Person {number}}}}}" for number in range(50))))

    twice(at)

    assert told(at) == {}
    assert "Names more accounts than are told automatically" in at.text(WAITING)


def test_several_reports_that_name_one_person_tell_once_and_all_count_as_told() -> None:
    reports = [
        report("{{userlinks|Eva}}", heading=f"Report {hours}", by=by, age=timedelta(hours=hours))
        for hours, by in ((3, "Alba"), (4, "Bea"), (5, "Cleo"))
    ]
    at = scene(*reports)

    twice(at)

    assert told(at) == {"User talk:Eva": 1}
    assert "has not been told yet" not in at.text(WAITING)


@pytest.mark.parametrize(
    "heading",
    [
        "[[User:Eva]] [[Category:Harassers]]",
        "{{subst:Eva}} {{User:Eva/evil}}",
        "Eva | a || b",
        "Eva ~~~~~ done",
        "Eva <ref>x</ref> <nowiki>",
        "Eva\n== Second ==",
        "Eva <!-- boardclerk begin: Wiki:Incidents -->",
        "Eva " + "x" * 10_000,
    ],
    ids=("links", "templates", "pipes", "tildes", "tags", "newline", "marker", "long"),
)
def test_a_hostile_heading_is_never_quoted(heading: str) -> None:
    at = scene(report("{{userlinks|Dario}} and so on.", heading=heading))

    twice(at)

    # The board and its archive hold people's words; all other pages only the bot's own.
    for title in set(at.bot_edits()) - {BOARD} - {one for one in at.bot_edits() if "/Archive" in one}:
        text = at.text(title)
        assert "Eva" not in text
        assert "Harassers" not in text
        assert "xxxx" not in text
    assert not any("Eva" in one.summary for one in at.wiki.contributions())
    assert all(count == 1 for count in told(at).values())


@pytest.mark.parametrize(
    "name", ["Template:Evil", "de:Eva", "Eva{{evil", "Eva/sub", "Eva]]", "Category:X", "Clerk", "192.0.2.7"]
)
def test_a_subject_called_like_something_else_makes_no_other_page(name: str) -> None:
    at = scene(report(f"{{{{userlinks|{name}}}}}"))

    twice(at)

    assert set(at.bot_edits()) <= OWN
    assert told(at) == {}


def test_a_thread_that_is_removed_while_the_bot_is_at_work_tells_nobody() -> None:
    at = scene(report("{{userlinks|Eva}}"))
    seen: list[str] = []

    def step_in(_: int, titles: Sequence[str]) -> None:
        if "User talk:Eva" in titles:
            seen.append("talk")
            if len(seen) == 2:
                at.says("Root", BOARD, "Write below.")

    at.wiki.before_read = step_in
    at.run()
    at.wiki.before_read = None
    at.run()

    # Read once for the plan and once more right before the save, which then did not come.
    assert len(seen) >= 2
    assert told(at) == {}


def test_a_close_by_the_person_named_closes_nothing() -> None:
    close = "{{resolved}} " + signed("Eva", NOW - timedelta(hours=30), "Nothing to see.")
    at = scene(report("{{userlinks|Eva}}", age=timedelta(hours=40), more=close + "\n"))

    twice(at)

    assert "Closed by a party" in at.text(WAITING)
    assert overdue(at) == 1
    assert not any("/Archive" in title for title in at.bot_edits())


@pytest.mark.parametrize(
    ("who", "words"),
    [("Alba", "Still waiting."), ("Dario", "+1"), ("Dario", "{{resolved}} fine now"), ("Alba", "{{withdrawn}} sorry")],
    ids=("bump", "friend", "close", "withdrawal"),
)
def test_no_bump_friend_or_withdrawal_ends_an_alarm(who: str, words: str) -> None:
    at = scene(report("{{userlinks|Eva}}"))
    at.run()
    assert overdue(at) == 1

    at.says(who, BOARD, at.text(BOARD) + "\n:" + signed(who, at.wiki.now, words))
    at.run()
    assert overdue(at) == 1

    at.says("Root", BOARD, at.text(BOARD) + "\n:" + signed("Root", at.wiki.now, "I look into it."))
    at.run()
    assert overdue(at) == 0


def test_an_alarm_outlasts_the_removal_of_its_thread() -> None:
    at = scene(report("{{userlinks|Eva}}"), report("Other.", heading="Other", age=timedelta(hours=1)))
    at.run()

    at.says("Eva", BOARD, board(report("Other.", heading="Other", age=timedelta(hours=1))))
    at.run()

    assert overdue(at) == 1


def test_an_alarm_ends_when_the_bot_archives_its_thread_without_an_answer() -> None:
    at = world(report("{{userlinks|Eva}}"), page=PAGE.replace("unanswered_after: 14 days", "unanswered_after: 2 days"))
    at.run()
    assert overdue(at) == 1

    at.wiki.advance(timedelta(days=3))
    at.run()
    at.run()

    assert any("/Archive" in title for title in at.bot_edits())
    assert overdue(at) == 0
    assert "Archived without an answer" in at.text(WAITING)


def test_a_renamed_board_keeps_its_alarms_and_has_each_once() -> None:
    at = scene(report("{{userlinks|Eva}}"))
    at.run()
    before = at.text(OVERDUE)
    for title in (BOARD, OVERDUE, WAITING):
        at.wiki.move(title, title.replace("Incidents", "Cases"))
    at.says("Root", SETTINGS, PAGE.replace("Incidents", "Cases"))

    at.run()
    at.run()

    after = at.text("Wiki:Cases/Overdue")
    assert before.count("* <!-- bc:") == after.count("* <!-- bc:") == 1
    assert "begin: Wiki:Incidents" not in after
    assert "begin: Wiki:Cases" in after


def test_filing_and_blanking_ten_times_gives_one_notice() -> None:
    at = scene("")
    for number in range(10):
        opened = at.wiki.now
        text = f"== R{number} ==\n" + signed("Alba", opened, "{{userlinks|Eva}}")
        at.says("Alba", BOARD, board(text))
        at.wiki.advance(timedelta(minutes=30))
        at.run()
        at.says("Alba", BOARD, "Write below.")
        at.wiki.advance(timedelta(hours=1))
        at.run()

    assert told(at) == {"User talk:Eva": 1}


def test_many_reports_by_one_reporter_tell_three_people_a_day() -> None:
    names = ("Bea", "Clara", "Dario", "Eva", "Root")
    at = scene("")
    for number, name in enumerate(names):
        text = f"== R{number} ==\n" + signed("Alba", at.wiki.now, f"{{{{userlinks|{name}}}}}") + "\n\n"
        at.says("Alba", BOARD, at.text(BOARD) + "\n\n" + text)
        at.wiki.advance(timedelta(minutes=3))
    at.wiki.advance(timedelta(minutes=30))

    at.run()

    assert len(told(at)) == 3


def test_forged_signatures_do_not_multiply_the_notices() -> None:
    names = ("Bea", "Clara", "Dario", "Eva", "Root")
    threads = [report(f"{{{{userlinks|{name}}}}}", heading=name, by=f"Forged {name}") for name in names]
    at = scene(*threads)

    at.run()

    assert len(told(at)) <= 3


@pytest.mark.parametrize(
    "line",
    [
        "<!-- [[Wiki:Incidents]] {when} -->",
        "<nowiki>[[Wiki:Incidents]] {when}</nowiki>",
        "<!-- bc:subject-notice --> {when}",
        '<span style="color:red; display: none">[[Wiki:Incidents]]</span> {when}',
        "<div style='DISPLAY:/**/none'>[[Wiki:Incidents]] {when}",
        '<span style="visibility:hidden"><span>a</span>[[Wiki:Incidents]]</span> {when}',
    ],
    ids=("comment", "nowiki", "marker", "style", "unclosed style", "nested style"),
)
def test_a_false_marker_on_a_talk_page_keeps_nobody_from_being_told(line: str) -> None:
    at = scene(report("{{userlinks|Eva}}"))
    at.says("Alba", "User talk:Eva", "Hello.\n\n" + line.format(when=signed("Alba", NOW, "x")))

    at.run()

    assert told(at) == {"User talk:Eva": 1}


def test_a_false_marker_on_the_overdue_page_silences_no_alarm() -> None:
    at = scene(report("{{userlinks|Eva}}"))
    at.run()
    true = at.text(OVERDUE)
    other = scene(report("{{userlinks|Eva}}"))
    other.says("Alba", OVERDUE, true.replace("A thread", "No thread"))

    other.run()

    assert "No thread" not in other.text(OVERDUE)
    assert overdue(other) == 1


def test_nobody_opts_out_for_somebody_else() -> None:
    forged = signed("Eva", NOW - timedelta(days=9), "* No notices, please.")
    entries = (signed("Alba", NOW, "* [[User:Eva]]"), forged, signed("Root", NOW, "* [[User:Eva]]"), "* [[User:Eva]]")
    for entry in entries:
        at = scene(report("{{userlinks|Eva}}"))
        at.says("Dario", LISTS, "* [[User:Clara]]")
        at.says("Alba", LISTS, f"* [[User:Clara]]\n{entry}")

        at.run()

        assert told(at) == {"User talk:Eva": 1}


@pytest.mark.parametrize("who", ["Eva", "Root"])
def test_an_entry_made_by_the_person_or_an_administrator_counts_through_blanking_and_restoring(who: str) -> None:
    at = scene(report("{{userlinks|Eva}}"))
    at.says(who, LISTS, "* [[User:Eva]]")
    at.says("Alba", LISTS, "Nothing here.")
    at.says("Dario", LISTS, "* [[User:Eva]]")
    at.says("Dario", LISTS, "* [[User:Eva]]\n* [[User:Bea]]")

    twice(at)

    assert told(at) == {}


def test_a_forged_reply_to_a_notice_turns_no_further_ones_down() -> None:
    at = scene(report("{{userlinks|Eva}}"))
    at.run()
    at.says("Alba", "User talk:Eva", at.text("User talk:Eva") + "\n:" + signed("Eva", at.wiki.now, "Stop this."))
    at.wiki.advance(timedelta(days=8))
    at.says("Dario", BOARD, at.text(BOARD) + f"\n\n== New ==\n{signed('Dario', at.wiki.now, '{{userlinks|Eva}}')}")
    at.wiki.advance(timedelta(hours=1))
    at.run()

    assert told(at) == {"User talk:Eva": 2}


def test_the_persons_own_reply_to_a_notice_turns_further_ones_down() -> None:
    at = scene(report("{{userlinks|Eva}}"))
    at.run()
    at.says("Eva", "User talk:Eva", at.text("User talk:Eva") + "\n:" + signed("Eva", at.wiki.now, "Stop this."))
    at.wiki.advance(timedelta(days=8))
    at.says("Dario", BOARD, at.text(BOARD) + f"\n\n== New ==\n{signed('Dario', at.wiki.now, '{{userlinks|Eva}}')}")
    at.wiki.advance(timedelta(hours=1))
    at.run()

    assert told(at) == {"User talk:Eva": 1}


def test_a_flood_of_reports_on_one_board_leaves_everybody_elses_notices() -> None:
    other = """
  "Project:Help":
    subjects: {templates: [userlinks]}
    notify: {subjects: notice, wait: 20 min, reporter_min_edits: 0}
"""
    at = world(page=PAGE.rstrip() + other)
    flood = []
    for number in range(18):
        for kind in ("Reporter", "Named"):
            at.wiki.add_user(f"{kind} {number}")
        flood.append(report(f"{{{{userlinks|Named {number}}}}}", heading=f"R{number}", by=f"Reporter {number}"))
    text = ""
    at.wiki.set_now(NOW - timedelta(hours=3))
    for number, one in enumerate(flood):
        text += one
        at.says(f"Reporter {number}", BOARD, board(text))
    at.wiki.set_now(NOW)
    at.run(notices_per_day=20)
    at.run(notices_per_day=20)
    flooded = len(told(at))
    at.says("Dario", "Project:Help", "Lead.\n\n" + report("{{userlinks|Eva}}", by="Dario", age=timedelta()))
    at.wiki.advance(timedelta(hours=1))
    at.run(notices_per_day=20)

    # Half of the day is left: the other board's ten stay back by half.
    assert flooded == 15
    assert told(at)["User talk:Eva"] == 1


def test_over_a_word_or_a_flag_there_is_no_edit_war() -> None:
    at = scene(
        *(report("Words. {{case|new}}", heading=f"R{number}", age=timedelta(hours=3 + number)) for number in range(3))
    )
    before = at.text(BOARD)
    at.run()
    changed = at.text(BOARD)
    assert "{{Admin backlog}}" in changed
    assert changed.count("{{case|old}}") == 3

    for _ in range(3):
        at.says("Eva", BOARD, before)
        at.run()

    assert at.text(BOARD) == before
    assert at.bot_edits().count(BOARD) == 2


def test_a_mark_that_somebody_took_away_is_not_put_back() -> None:
    at = scene(report("{{userlinks|Eva}}"))
    at.wiki.block("Eva", by="Root")
    before = at.text(BOARD)
    at.run()
    assert "all accounts named in it were blocked" in at.text(BOARD)

    at.says("Dario", BOARD, before)
    at.run()

    assert at.text(BOARD) == before


def test_the_bots_own_lines_are_nobodys_answer() -> None:
    reminding = PAGE.replace("subjects: notice", "subjects: remind").replace("responders: {groups: [sysop]}", "")
    at = world(report("{{userlinks|Eva}}"), page=reminding)

    twice(at)

    assert "Nobody seems to have done so yet" in at.text(BOARD)
    assert f"[[User:{BOT}" in at.text(BOARD)
    assert overdue(at) == 1


def test_with_the_journal_lost_nothing_is_said_twice() -> None:
    at = scene(report("{{userlinks|Eva}} {{case|new}}"))
    at.run()
    at.run()
    before = at.bot_edits()
    assert told(at) == {"User talk:Eva": 1}

    at.says("Eva", "User talk:Eva", "Blanked by its owner.")
    at.lose_journal()
    at.run()
    at.run()

    assert at.bot_edits() == before


@pytest.mark.parametrize("changes", [1, 2])
def test_a_report_signed_anew_after_a_week_tells_nobody_a_second_time(changes: int) -> None:
    comment = ":" + signed("Bea", NOW - timedelta(hours=2), "Looking into it.") + "\n"
    at = scene(report("{{userlinks|Dario}} and so on.", more=comment))
    at.run()
    assert told(at) == {"User talk:Dario": 1}
    at.says("Dario", "User talk:Dario", "Empty again.")

    for number in range(changes):
        at.wiki.advance(timedelta(days=8 + number))
        renewed = signed("Alba", at.wiki.now - timedelta(hours=2), "{{userlinks|Dario}} and so on.")
        text = re.sub(r"^\{\{userlinks.*$", renewed, at.text(BOARD), count=1, flags=re.M)
        at.says("Alba", BOARD, text)
        at.run()
    before = at.bot_edits()
    at.run()

    assert told(at) == {"User talk:Dario": 1}
    assert overdue(at) <= 1
    assert at.bot_edits() == before


@pytest.mark.parametrize("above", ["{{{{resolved|1={0}}}}}\n", "{{{{resolved}}}} {0}\n\n", "{{{{resolved}}}} {0} "])
def test_closing_words_put_above_a_report_make_it_no_younger(above: str) -> None:
    at = scene(report("{{userlinks|Dario}} Words."))
    words = above.format(signed("Eva", at.wiki.now - timedelta(minutes=5), "Done."))
    at.says("Eva", BOARD, at.text(BOARD).replace("== Report ==\n", f"== Report ==\n{words}"))

    at.run()

    assert overdue(at) == 1
    assert told(at) == {"User talk:Dario": 1}


def later(age: timedelta = timedelta(hours=40)) -> World:
    """A board with an overdue report, known to be on the list, two days after somebody last wrote in it."""
    at = scene(report("{{userlinks|Eva}} Words.", age=age))
    at.run()
    assert overdue(at) == 1
    at.wiki.advance(timedelta(days=2))
    return at


def archived(at: World) -> bool:
    """Whether the report went to an archive."""
    return any("/Archive" in title for title in at.bot_edits())


@pytest.mark.parametrize(
    ("who", "words"),
    [("Root", "{{resolved}} Done."), ("Root", "I look into it."), ("Alba", "{{withdrawn}} Sorry.")],
    ids=("close", "answer", "withdrawal"),
)
@pytest.mark.parametrize("back", [timedelta(), timedelta(hours=30), timedelta(days=300)], ids=("now", "hours", "year"))
def test_a_forged_signature_ends_no_alarm_and_archives_nothing(who: str, words: str, back: timedelta) -> None:
    at = later()
    at.says("Eva", BOARD, at.text(BOARD) + "\n:" + signed(who, at.wiki.now - back, words))

    for _ in range(3):
        at.run()
        at.wiki.advance(timedelta(days=2))

    assert overdue(at) == 1
    assert not archived(at)


def test_a_forged_close_keeps_no_report_off_the_overdue_page() -> None:
    at = scene("")
    at.says("Alba", BOARD, board(report("{{userlinks|Eva}}", age=timedelta(hours=1))))
    at.says("Eva", BOARD, at.text(BOARD) + "\n:" + signed("Root", at.wiki.now - timedelta(minutes=20), "{{resolved}}"))
    at.wiki.advance(timedelta(hours=3))

    twice(at)

    assert overdue(at) == 1
    assert not archived(at)


def forged_in_all(words: str, who: str = "Root", page: str = PAGE) -> World:
    """Three reports that nobody answered, in each of which Eva writes something under another name."""
    reports = [report(f"{{{{userlinks|Dario}}}} {one}. {{{{case|new}}}}", heading=f"R{one}") for one in range(3)]
    at = world("", page=page)
    at.says("Alba", BOARD, board(*reports))
    at.wiki.advance(timedelta(minutes=10))
    lines = signed(who, at.wiki.now - timedelta(minutes=5), words)
    at.says("Eva", BOARD, re.sub(r"(Dario\}\} \d\..*)", lambda found: f"{found[1]}\n:{lines}", at.text(BOARD)))
    at.wiki.advance(timedelta(minutes=10))
    return at


FORGED = pytest.mark.parametrize(
    ("who", "words"),
    [("Root", "{{resolved}} Done."), ("Root", "I look into it."), ("Alba", "{{withdrawn}} Sorry.")],
    ids=("close", "answer", "withdrawal"),
)


@FORGED
def test_a_forged_signature_hides_no_report_from_the_list_the_flag_the_states_or_the_figures(
    who: str, words: str
) -> None:
    at = forged_in_all(words, who)

    at.run()
    at.run()

    section = at.text(WAITING).partition("No responder yet")[2]
    assert section.count("\n* ") + section.count("\n# ") + section.count("\n|-") >= 3, at.text(WAITING)
    assert "{{Admin backlog}}" in at.text(BOARD)
    assert at.text(BOARD).count("{{case|old}}") == 3
    known = at.kept.observations(BOARD)
    assert [(one.responded, one.endings) for one in known] == [(None, ())] * 3


@FORGED
def test_a_forged_signature_stops_no_notice(who: str, words: str) -> None:
    at = forged_in_all(words, who)

    at.run()
    at.run()

    assert told(at) == {"User talk:Dario": 1}


def test_a_comment_under_the_name_of_somebody_named_stops_no_notice_to_them() -> None:
    at = forged_in_all("I know of this.", "Dario")

    at.run()
    at.run()

    assert told(at) == {"User talk:Dario": 1}


def test_whoever_wrote_themselves_is_told_nothing() -> None:
    at = scene("")
    at.says("Alba", BOARD, board(report("{{userlinks|Dario}}")))
    at.says("Dario", BOARD, at.text(BOARD) + "\n:" + signed("Dario", at.wiki.now, "I know of this."))
    at.wiki.advance(timedelta(minutes=10))

    at.run()
    at.run()

    assert told(at) == {}


def test_what_was_looked_up_once_is_remembered_true_or_not() -> None:
    # The flag alone: other tasks look for other things in the history.
    others = r"    (?:archive|notify|status|summary|escalate):|      "
    page = "".join(line for line in PAGE.splitlines(keepends=True) if not re.match(others, line))
    at = forged_in_all("I look into it.", page=page)
    at.says("Root", BOARD, at.text(BOARD) + "\n:" + signed("Root", at.wiki.now, "So do I."))
    at.run()
    at.run()
    assert at.tap.calls.count("history") == 1

    at.says("Bea", BOARD, at.text(BOARD) + "\n:" + signed("Bea", at.wiki.now, "Me too."))
    at.run()

    assert at.tap.calls.count("history") == 1


def test_many_forged_signatures_in_many_threads_archive_nothing_and_hold_up_nothing() -> None:
    at = later()
    more = "".join(report(f"{{{{userlinks|Eva}}}} {number}.", heading=f"R{number}") for number in range(40))
    at.says("Alba", BOARD, at.text(BOARD) + "\n\n" + more)
    at.wiki.advance(timedelta(minutes=30))
    forged = signed("Root", at.wiki.now - timedelta(minutes=20), "{{resolved}} Done.")
    text = re.sub(r"(\{\{userlinks\|Eva\}\} \d+\..*)", lambda found: f"{found[1]}\n:{forged}", at.text(BOARD))
    at.says("Eva", BOARD, text)
    at.wiki.advance(timedelta(minutes=30))
    closed = signed("Root", at.wiki.now, "{{resolved}} Done.")
    at.says("Root", BOARD, at.text(BOARD).replace("Words.", f"Words. {signed('Alba', NOW, '')}\n:{closed}\n", 1))
    at.wiki.advance(timedelta(days=2))

    at.run()

    assert at.text(BOARD).count("{{resolved}}") == 40
    assert archived(at)


@pytest.mark.parametrize("words", ["{{resolved}} Done.", "I look into it."], ids=("close", "answer"))
def test_a_true_signature_ends_the_alarm_and_is_looked_up_once(words: str) -> None:
    # Escalation alone: other tasks look for other things in the history.
    others = r"    (?:archive|notify|status|backlog|summary):|      "
    page = "".join(line for line in PAGE.splitlines(keepends=True) if not re.match(others, line))
    at = world(report("{{userlinks|Eva}}"), page=page)
    at.run()
    at.says("Root", BOARD, at.text(BOARD) + "\n:" + signed("Root", at.wiki.now, words))
    at.run()
    assert overdue(at) == 0
    at.tap.calls.clear()

    at.run()

    assert overdue(at) == 0
    assert "history" not in at.tap.calls


def test_a_true_close_by_a_helper_who_was_renamed_since_still_counts() -> None:
    at = later()
    at.wiki.add_user("Rood", ["sysop"])
    at.says("Rood", BOARD, at.text(BOARD) + "\n:" + signed("Root", at.wiki.now, "{{resolved}} Done."))
    at.wiki.mark_user("Root", renamed_to="Rood")
    at.wiki.advance(timedelta(days=2))

    at.run()

    assert overdue(at) == 0
    assert archived(at)


def test_a_close_that_is_older_than_the_page_counts() -> None:
    age = timedelta(days=20)
    close = "{{resolved}} " + signed("Root", NOW - timedelta(days=19), "Done.")
    at = scene(report("{{userlinks|Eva}}", age=age, more=close + "\n"))

    at.run()

    assert overdue(at) == 0
    assert archived(at)
