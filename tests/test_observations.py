"""What the journal keeps of threads, and what runs of the bot put there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.figures.spans import Span
from bot.figures.tally import tally
from bot.journal import Journal, Observed, WikiJournal
from bot.observe import End, Ending, Observation
from bot.observe.values import KEPT
from bot.plan import Plan
from bot.reading.facts import wiki_info
from bot.runner.across import boards_seen
from bot.settings.schema import read_settings
from tasks import ALL, archive
from tests.builders import NOW, ago
from tests.world import BOARD, NOTIFY, PAGE, World, board, signed, thread, world


@pytest.fixture
def journal() -> WikiJournal:
    """An empty journal."""
    return Journal().of("embedded")


_IDLE = replace(archive.TASK, plan=lambda _snapshot, _settings, _now: Plan())
AT = Observed(7, NOW, ago(days=30))
ONE = Observation(
    "one",
    "alias",
    ago(hours=9),
    ago(hours=8),
    ago(hours=7),
    endings=(Ending(End.ARCHIVED, NOW),),
    responders=("a", "b"),
)


def test_what_was_observed_is_read_again_as_it_was(journal: WikiJournal) -> None:
    journal.observe("Board", [ONE], AT)

    assert journal.observations("Board") == (ONE,)
    assert journal.observed() == {"Board": AT}
    assert journal.observations("Other board") == ()


def test_a_later_reading_takes_the_place_of_the_earlier(journal: WikiJournal) -> None:
    later = replace(ONE, comments=5, endings=())

    journal.observe("Board", [ONE], AT)
    journal.observe("Board", [later], replace(AT, revision=8))

    assert journal.observations("Board") == (later,)
    assert journal.observed()["Board"].revision == 8


def test_a_draft_stands_apart_until_it_is_finished(journal: WikiJournal) -> None:
    live, drafted, other = ONE, replace(ONE, comments=9), replace(ONE, thread="other", alias="other")
    journal.observe("Board", [live, other], AT)
    journal.observe("Board", [drafted], Observed(9, NOW, ago(days=90)), draft=True)

    assert set(journal.observations("Board")) == {live, other}

    journal.finish_draft("Board")

    assert set(journal.observations("Board")) == {drafted, other}
    assert journal.observations("Board", draft=True) == ()
    assert journal.observed()["Board"] == Observed(9, NOW, ago(days=90))


def test_a_backfill_that_knows_a_thread_from_earlier_on_keeps_the_name_that_runs_have_for_it(
    journal: WikiJournal,
) -> None:
    first, second = replace(ONE, thread="later", alias="later"), replace(ONE, thread="twin", alias="twins")
    drafted = replace(first, thread="first", comments=9)
    twins = [replace(second, thread=name) for name in ("twin one", "twin two")]
    journal.observe("Board", [first, second], AT)
    journal.observe("Board", [drafted, *twins], Observed(9, NOW, ago(days=90)), draft=True)

    journal.finish_draft("Board")

    assert set(journal.observations("Board")) == {replace(drafted, thread="later"), second, *twins}


def test_a_run_observes_every_thread_once_and_sees_what_it_moved() -> None:
    made = world(thread(1), thread(2, resolved=False), thread(3, resolved=False))

    made.run()
    first = _opened(made)
    made.run()
    second = _opened(made)

    assert [one.endings for one in first[1:]] == [(), ()]
    assert [one.end for one in first[0].endings] == [End.RESOLVED]
    assert [one.end for one in second[0].endings] == [End.RESOLVED, End.ARCHIVED]
    assert [one.responded is not None for one in second] == [True, True, True]


def test_a_board_that_did_not_change_costs_the_run_nothing() -> None:
    # Another task looks at the board, so it is read; archive alone would ask who the people in its threads are.
    page = PAGE.replace("archive: {resolved", "responders: {groups: [sysop]}\n    archive: {resolved")
    made = world(thread(1, resolved=False), thread(2, resolved=False), page=page, tasks=[_IDLE])
    made.run()
    before = made.kept.observations(BOARD)
    calls = len(made.tap.calls)
    made.run()

    assert made.tap.calls[:calls].count("users") == 2
    assert made.kept.observations(BOARD) == before
    assert made.tap.calls[calls:].count("users") == 0


def test_a_dry_run_observes_nothing() -> None:
    made = world(thread(1, resolved=False))

    made.run(dry_run=True)

    assert made.kept.observations(BOARD) == ()


def test_a_notice_that_the_bot_left_counts_as_told() -> None:
    made = world(thread(1, resolved=False, names="Dario", age=timedelta(hours=3)), page=PAGE + NOTIFY)
    made.run()
    made.says("Eva", BOARD, made.text(BOARD) + "\n:" + signed("Eva", made.wiki.now, "I saw it too."))
    made.run()

    (one,) = _opened(made)
    assert (one.named, one.told) == (1, 1)


def test_who_was_told_by_the_bot_by_people_and_not_at_all_goes_to_the_report() -> None:
    names = ("Bea", "Clara", "Dario", "Eva", "Root", "Fynn")
    people = " ".join(f"{{{{userlinks|{name}}}}}" for name in names)
    page = PAGE + NOTIFY.replace("}", ", per_reporter: 2, per_thread: 6}")
    made = world(f"== Report ==\n{signed('Alba', NOW - timedelta(hours=3), people)}\n", page=page)
    made.wiki.add_user("Fynn", ["bot"])
    made.says("Alba", "User talk:Eva", signed("Alba", NOW, f"You are mentioned on [[{BOARD}]]."))

    made.run()

    accepted = read_settings(page, wiki_info(made.wiki.facts()), ALL).settings
    assert accepted is not None
    (seen,) = boards_seen(made.kept, accepted)
    span = Span(NOW - timedelta(days=1), NOW + timedelta(days=1))
    counts = tally([(seen.kind, seen.observations)], span)
    # Two by the bot (its limit for one reporter), one by a person; two still to be told and a bot make the rest.
    assert (counts.named, counts.told, counts.told_by_bot) == (6, 3, 2)


def test_a_thread_that_somebody_else_removed_left_the_board() -> None:
    made = world(thread(1, resolved=False), thread(2, resolved=False))
    made.run()
    made.says("Eva", BOARD, board(thread(2, resolved=False)))
    made.run()

    assert [[ending.end for ending in one.endings] for one in _opened(made)] == [[End.LEFT], []]


def test_people_are_forgotten_when_a_thread_is_long_gone_and_the_figures_stay() -> None:
    made = world(thread(1, resolved=False), thread(2, resolved=False))
    made.run()
    made.says("Eva", BOARD, board(thread(2, resolved=False)))
    made.run()
    made.wiki.advance(KEPT + timedelta(days=1))
    made.says("Eva", BOARD, board(thread(2, resolved=False), thread(4, resolved=False)))
    made.run()

    gone = _opened(made)[0]
    assert not gone.people_kept
    assert (gone.reporter, gone.responders, gone.traces) == ("", (), "")
    assert gone.responded is not None


def _opened(made: World) -> list[Observation]:
    return sorted(made.kept.observations(BOARD), key=lambda one: one.opened)


@pytest.mark.parametrize(
    ("people", "withdrawn"),
    [(("Alba",), True), (("Bea",), False), (("Bea", "Alba"), False)],
    ids=["own", "other", "two"],
)
def test_a_report_is_withdrawn_where_its_reporter_alone_took_it_away(people: tuple[str, ...], withdrawn: bool) -> None:
    made = world(thread(1, resolved=False), thread(2, resolved=False))
    made.run()
    for person in people:
        without = board(thread(2, resolved=False)) + "\n" * (person == people[-1]) + f"<!-- {person} -->"
        made.says(person, BOARD, without)
    made.run()

    gone = [one for one in made.kept.observations(BOARD) if one.away]

    assert [one.open_end(End.WITHDRAWN) is not None for one in gone] == [withdrawn]
