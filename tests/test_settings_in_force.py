"""Which revision of the settings is in force, on the embedded wiki: trust, large first runs, lost journals, trouble."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.journal.tables import settings as accepted
from bot.plan import Edit, NewSection, Plan, Splices
from bot.runner import Outcome, RunReport
from bot.runner.settingspage import first_run
from bot.settings.telling import Accepted, Scale
from tests.world import (
    ARCHIVE,
    BOARD,
    NOTIFY,
    NOW,
    PAGE,
    SETTINGS,
    SETTINGS_TALK,
    Killed,
    World,
    signed,
    thread,
    world,
)

LESS = PAGE.replace("24 h", "1 h")
MORE = PAGE.replace("keep_threads: 1", "keep_threads: 0")


def told(made: World) -> str:
    """What stands on the settings page's talk page."""
    return made.text(SETTINGS_TALK)


def tellings(made: World) -> int:
    """How often the bot saved that page."""
    return sum(one.title == SETTINGS_TALK for one in made.wiki.contributions())


def settled(made: World) -> None:
    """Further runs, with the journal and without, tell nothing more."""
    before = tellings(made)
    made.run()
    made.lose_journal()
    made.run()
    assert tellings(made) == before


def live(report: RunReport) -> bool:
    """Whether every task might act."""
    return all(task.live for board in report.boards for task in board.tasks)


def test_the_first_revision_is_told_with_what_runs() -> None:
    made = world(thread(1), thread(2), told=False)
    report = made.run()

    assert live(report)
    assert "by [[User:Root|Root]] is in force." in told(made)
    assert f"[[:{BOARD}]]: the task ''archive'' acts from now on." in told(made)
    assert "moves one thread and tells 0 people" in told(made)
    settled(made)


@pytest.mark.parametrize("lost", [False, True], ids=["journal kept", "journal lost"])
def test_every_accepted_revision_is_kept_with_its_editor_but_not_by_name(lost: bool) -> None:
    made = world(thread(1), told=False)
    first = made.run().settings_revision
    made.wiki.add_user("Rita", ["sysop"])
    second = made.says("Rita", SETTINGS, MORE)
    made.run()
    made.says("Dario", SETTINGS, LESS)
    if lost:
        made.lose_journal()
    made.run()

    with made.journal._database.transaction() as connection:
        rows = connection.execute(select(accepted.c.revision, accepted.c.editor).order_by(accepted.c.id)).all()
    told_of = [(first, made.kept.hash_of("Root")), (second, made.kept.hash_of("Rita"))]
    assert [tuple(row) for row in rows] == (told_of[1:] if lost else told_of)


def test_an_untrusted_revision_is_told_once_however_often_the_page_is_saved() -> None:
    made = world(thread(1))
    for number in range(5):
        made.says("Dario", SETTINGS, LESS + f"# {number}\n")
        made.run()

    assert tellings(made) == 2
    assert told(made).count("does not count") == 1
    assert "1 h" not in told(made)
    settled(made)


def test_before_any_revision_was_accepted_an_untrusted_one_pauses_the_bot_and_is_told() -> None:
    made = world(thread(1), told=False)
    made.says("Dario", SETTINGS, LESS)
    report = made.run()

    assert report.outcome is Outcome.PAUSED
    assert "does not count" in told(made)
    settled(made)


def test_a_protected_page_counts_whoever_saved_it_once_it_was_shown() -> None:
    made = world(thread(1))
    revision = made.says("Dario", SETTINGS, LESS)
    made.wiki.protect(SETTINGS, "sysop")

    assert made.run().settings_revision != revision
    assert made.run().settings_revision == revision
    settled(made)


@pytest.mark.parametrize("lost", [False, True], ids=["journal kept", "journal lost"])
def test_others_words_count_in_the_run_after_they_were_shown(lost: bool) -> None:
    made = world(thread(1))
    made.says("Dario", SETTINGS, LESS)
    revision = made.says("Root", SETTINGS, LESS.replace("Getting help", "Help"))
    first = made.run()
    if lost:
        made.lose_journal()
    second = made.run()

    assert first.settings_revision < revision
    assert "<code>24 h</code> → <code>1 h</code>" in told(made)
    assert second.settings_revision == revision
    settled(made)


def test_words_that_were_taken_back_need_not_be_shown() -> None:
    made = world(thread(1))
    made.says("Dario", SETTINGS, LESS)
    revision = made.says("Root", SETTINGS, MORE)

    assert made.run().settings_revision == revision


def test_a_first_run_that_moves_much_plans_once_and_then_acts() -> None:
    threads = [thread(number) for number in range(1, 24)]
    made = world(*threads, page=MORE.replace("keep_threads: 0", "keep_threads: 0, move_at_most: 100"), told=False)
    first = made.run()

    assert not live(first)
    assert made.text(ARCHIVE) == ""
    assert "moves 23 threads" in told(made)
    assert "shows its plan first" in told(made)
    assert any("the plan is shown for one run" in task.why_not for board in first.boards for task in board.tasks)

    second = made.run()

    assert live(second)
    assert "Words of report 23." in made.text(ARCHIVE)
    settled(made)


@pytest.mark.parametrize(("people", "held"), [(5, False), (6, True)])
def test_a_first_run_that_tells_many_is_shown_first(people: int, held: bool) -> None:
    notices = tuple(
        Edit("notify", "notice", f"User talk:P{n}", 0, NewSection("A", "B"), "C", person=f"P{n}") for n in range(people)
    )
    telling = first_run(Accepted(1, "Root"), [(Plan(notices), True), (Plan(notices), False)])

    assert isinstance(telling, Accepted)
    assert telling.scale == Scale(0, people, held)


def named(number: int) -> str:
    """A fresh report by somebody of their own, about somebody of their own."""
    opened = NOW - timedelta(hours=5) + timedelta(minutes=number)
    words = f"Words of report {number}. {{{{userlinks|Named {number}}}}}"
    return f"== Report {number} ==\n{signed(f'Filer {number}', opened, words)}\n\n"


def with_reports(count: int, page: str = PAGE + NOTIFY) -> World:
    """A board on which so many people filed a report each, and new settings."""
    made = world(page=page, told=False)
    text = "Write below.\n\n"
    for number in range(count):
        for name in (f"Named {number}", f"Filer {number}"):
            made.wiki.add_user(name)
        made.wiki.set_now(NOW - timedelta(hours=5) + timedelta(minutes=number))
        text += named(number)
        made.says(f"Filer {number}", BOARD, text.rstrip())
    made.wiki.set_now(NOW)
    return made


@pytest.mark.parametrize(
    ("people", "held", "page"),
    [
        (5, False, PAGE + NOTIFY),
        (6, True, PAGE + NOTIFY),
        # a board's share of the day's notices leaves some to later runs: they count
        (8, True, PAGE + NOTIFY.replace("wait: 20 min", "wait: 20 min, every: 15 min")),
    ],
)
def test_a_whole_first_run_tells_few_at_once_and_shows_first_whom_many_it_would_tell(
    people: int, held: bool, page: str
) -> None:
    made = with_reports(people, page)
    first = made.run(notices_per_day=4 if people == 8 else 50)

    assert live(first) is not held
    assert f"tells {people} people" in told(made)
    assert any(title.startswith("User talk:Named") for title in made.wiki.pages()) is not held
    plan = made.text(f"{SETTINGS}/Plan/{BOARD}, notify")
    if held:
        assert "so the plan is shown for one run" in plan
        assert ("* ''subject-notice'', talk pages: 6 edits" in plan) is (people == 6)
        assert not re.search(r"Named|Filer|Report|Words", plan)
    else:
        assert plan == ""
    made.run(notices_per_day=50)
    assert sum(title.startswith("User talk:Named") for title in made.wiki.pages()) == people
    settled(made)


def test_what_a_limit_of_one_run_holds_back_counts_as_well() -> None:
    made = world(*[thread(number) for number in range(1, 24)], page=MORE, told=False)
    first = made.run()

    assert not live(first)
    assert "moves 23 threads" in told(made)
    assert "* ''cut'', [[:Wiki:Incidents]]: one edit" in made.text(f"{SETTINGS}/Plan/{BOARD}, archive")
    made.run()
    assert "Words of report 20." in made.text(ARCHIVE)


def test_threads_that_only_a_restless_board_keeps_count_as_well() -> None:
    page = MORE.replace("quiet: 0 s", "quiet: 10 min").replace("keep_threads: 0", "keep_threads: 0, move_at_most: 100")
    made = world(*[thread(number) for number in range(1, 24)], page=page, told=False)
    made.says("Dario", BOARD, made.text(BOARD) + "\n\n== New ==\n" + signed("Dario", NOW, "Just now."))

    assert not live(made.run())
    assert "moves 23 threads" in told(made)


def test_handled_reports_that_would_be_removed_count_as_well() -> None:
    removed = Edit("archive", "remove", BOARD, 1, Splices(()), "", threads=tuple(map(str, range(21))))

    telling = first_run(Accepted(1, "Root"), [(Plan((removed,)), True)])

    assert isinstance(telling, Accepted)
    assert telling.scale == Scale(21, 0, held=True)


def test_a_task_that_has_not_come_to_a_plan_holds_the_first_run() -> None:
    telling = first_run(Accepted(1, "Root"), [], unknown=True)

    assert isinstance(telling, Accepted)
    assert telling.scale.held


def test_a_plan_page_stands_as_long_as_the_talk_page_cannot_be_told_and_is_not_written_again() -> None:
    page = MORE.replace("keep_threads: 0", "keep_threads: 0, move_at_most: 100")
    made = world(*[thread(number) for number in range(1, 24)], page=page, told=False)
    made.wiki.protect(SETTINGS_TALK, "sysop")
    made.run()
    done = made.bot_edits()
    report = made.run()

    assert done == [f"{SETTINGS}/Plan/{BOARD}, archive"]
    assert made.bot_edits() == done
    assert any("nothing is done under it" in problem for problem in report.problems)
    made.wiki.protect(SETTINGS_TALK, "")
    made.run()
    made.run()
    assert "Words of report 23." in made.text(ARCHIVE)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_it_tells_the_next_run_tells_once(when: str) -> None:
    made = world(thread(1), told=False)

    def kill(_number: int, name: str) -> None:
        if name == "save":
            raise Killed

    setattr(made.tap, when, kill)
    with pytest.raises(Killed):
        made.run()
    made.untapped()
    made.run()

    assert tellings(made) == 1
    assert told(made).count("is in force.") == 1
    settled(made)


def test_where_the_talk_page_cannot_be_written_the_operator_is_told_and_the_work_goes_on() -> None:
    made = world(thread(1), thread(2), told=False)
    made.wiki.protect(SETTINGS_TALK, "sysop")
    report = made.run()

    assert any(SETTINGS_TALK in problem for problem in report.problems)
    assert made.text(ARCHIVE)


def test_a_talk_page_that_is_a_redirect_is_left_alone() -> None:
    made = world(thread(1), told=False)
    made.says("Root", SETTINGS_TALK, "#REDIRECT [[User talk:Clerk]]")
    report = made.run()

    assert any("is a redirect" in problem for problem in report.problems)
    assert tellings(made) == 0


def test_what_people_write_on_the_talk_page_meanwhile_stays() -> None:
    made = world(thread(1), told=False)
    made.says("Dario", SETTINGS_TALK, "A question.")
    made.run()
    made.says("Dario", SETTINGS_TALK, told(made) + "\n:: An answer in between.")
    made.says("Root", SETTINGS, MORE)
    made.run()

    assert told(made).startswith("A question.")
    assert ":: An answer in between." in told(made)
    assert told(made).count("is in force.") == 2


def test_a_dry_run_tells_nothing() -> None:
    made = world(thread(1), told=False)
    made.run(dry_run=True)

    assert tellings(made) == 0
