"""Orders to other archiving bots, as settings: the same threads go, and what has no equivalent is named."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.plan import Plan
from bot.reading.facts import english
from bot.reading.rules import Rules
from bot.settings.schema import BoardSettings, read_settings
from bot.settings.starter import imported, look
from tasks import ALL
from tasks.archive import ArchiveSettings, plan
from tests.builders import BOARD, answered, board, page, snapshot
from tests.sizes import cases

NOW = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)

MISZABOT = """\
{{User:MiszaBot/config
| archiveheader = {{Talk archive navigation}}
| maxarchivesize = 250K
| counter = 12
| minthreadsleft = 3
| minthreadstoarchive = 1
| algo = old(72h)
| key = 0123456789abcdef
| foo = bar
| archive = Project:Incidents/Archive %(counter)d
}}
"""
CLUEBOT = """\
{{User:ClueBot III/ArchiveThis
|archiveprefix=Project:Incidents/Archives/
|format=Y/F
|age=72
|minkeepthreads=2
|maxarchsize=75000
|index=yes
|archivenow=<nowiki>{{resolved}},{{done}}</nowiki>
}}
"""
AUTOARCHIV = """\
{{Autoarchiv-Erledigt
|Alter=7
|Ziel='((Lemma))/Archiv/((Jahr))/((Monat:##))'
|Ebene=3
|Zeigen=ja
}}
"""


def settings_of(orders: str) -> BoardSettings:
    """The board's settings as imported."""
    (one,) = look(orders, BOARD, english()).orders
    reading = read_settings(imported(BOARD, one), english(), ALL)
    assert [str(problem) for problem in reading.problems] == []
    assert reading.settings is not None
    (found,) = reading.settings.boards.values()
    return found


def archive_of(orders: str) -> ArchiveSettings:
    """Its section archive."""
    task = settings_of(orders).tasks["archive"]
    assert isinstance(task, ArchiveSettings)
    return task


@pytest.mark.parametrize("orders", [MISZABOT, CLUEBOT, AUTOARCHIV], ids=["MiszaBot", "ClueBot III", "Autoarchiv"])
def test_orders_become_a_settings_page(orders: str, snapshot: SnapshotAssertion) -> None:
    (one,) = look(orders, "Project:Incidents", english()).orders

    assert imported("Project:Incidents", one) == snapshot


@pytest.mark.parametrize(
    ("orders", "field", "wanted"),
    [
        ("algo=old(7d)", "inactive_after", timedelta(days=7)),
        ("algo=old(2w)", "unanswered_after", timedelta(days=14)),
        ("algo=old(86400)", "inactive_after", timedelta(days=1)),
        ("algo=old(1y)", "inactive_after", timedelta(days=365)),
        ("algo=old(2h)", "unanswered_after", timedelta(hours=24)),
        ("maxarchivesize=1M", "max_size", 1024**2),
        ("maxarchivesize=100 000 B", "max_size", 100_000),
        ("maxarchivesize=50T", "max_threads", 50),
        ("archive=Other/%(year)d/%(month)02d", "to", "Other/{year}/{month:02}"),
        ("archive=Project:Board/%(monthname)s %(isoweek)d", "to", "Project:Board/{month_name} {week}"),
        ("", "keep_threads", 5),
        ("", "move_at_least", 2),
    ],
)
def test_each_of_archivebots_orders_is_understood(orders: str, field: str, wanted: object) -> None:
    found = archive_of("{{User:MiszaBot/config|" + orders + "}}")

    assert getattr(found, field) == wanted


@pytest.mark.parametrize(
    ("orders", "noted"),
    [
        ("{{User:MiszaBot/config|algo=new(3d)}}", "algo = new(3d)"),
        ("{{User:MiszaBot/config|algo=old(86400)}}", "archivebot knows s, h, d, w and y"),
        ("{{User:MiszaBot/config|archive=X/%(week)02d}}", "%(week)02d counts weeks from the first Monday"),
        ("{{User:MiszaBot/config|archive=X/%(monthnameshort)s}}", "%(monthnameshort)s has no equivalent"),
        ("{{User:MiszaBot/config|archive=Elsewhere/1}}", "no subpage of the board"),
        ("{{User:MiszaBot/config|algo=old(1h)}}", "unanswered_after is 24 h at least"),
        ("{{User:ClueBot III/ArchiveThis|format=Y-l}}", "format: l has no equivalent"),
        ("{{Autoarchiv-Erledigt|Ziel='((Lemma))/((Sternzeit))'}}", "((Sternzeit)) has no equivalent"),
    ],
)
def test_what_has_no_equivalent_is_named(orders: str, noted: str) -> None:
    (one,) = look(orders, BOARD, english()).orders

    assert any(noted in note for note in one.notes), one.notes


def test_orders_in_comments_and_nowiki_are_none() -> None:
    text = f"<!-- {MISZABOT} --><nowiki>{CLUEBOT}</nowiki>"

    assert look(text, BOARD, english()).orders == ()


# The same decisions as archivebot


def _thread(number: int, age: timedelta, *, answered_later: bool) -> str:
    last = NOW.replace(second=0) - age
    first = last - timedelta(hours=number % 5) if answered_later else last

    def sign(name: str, at: datetime) -> str:
        return f"[[User:{name}|{name}]] ([[User talk:{name}|talk]]) {at:%H:%M}, {at.day} {at:%B} {at.year} (UTC)"

    reply = f":Words. {sign('Bea', last)}\n" if answered_later else ""
    return f"== Thread {number} ==\nWords. {sign('Alba', first)}\n{reply}\n"


def _archivebot(ages: list[timedelta], age: timedelta, left: int, least: int) -> set[int]:
    """Which threads Pywikibot's archivebot takes, by its documented rules (its own words: PageArchiver.analyze_page).

    From the top down: a thread goes where its newest timestamp is older than the age, while more than
    ``minthreadsleft`` stay; nothing goes where fewer than ``minthreadstoarchive`` would.
    """
    gone: set[int] = set()
    for number, one in enumerate(ages):
        if len(ages) - len(gone) <= left:
            break
        if one > age:
            gone.add(number)
    return gone if len(gone) >= least else set()


def _ours(text: str, settings: BoardSettings) -> set[int]:
    read = board(text, reading=Rules())
    seen = snapshot(read, rules=Rules(quiet=timedelta()))
    pages = {BOARD: page(BOARD, text)}
    found = plan(seen, settings.tasks["archive"], NOW)  # type: ignore[arg-type]  # the settings' own type is the task's
    for _ in range(5):
        if isinstance(found, Plan):
            break
        seen = answered(seen, found, pages)
        found = plan(seen, settings.tasks["archive"], NOW)  # type: ignore[arg-type]  # as above
    assert isinstance(found, Plan)
    went = {decision.thread for decision in found.decisions if decision.verdict.startswith("move")}
    return {number for number, thread in enumerate(read.threads) if thread.identity in went}


@pytest.mark.parametrize("seed", range(cases(60, 2000)))
def test_the_same_threads_go_as_with_archivebot(seed: int) -> None:
    """On boards whose oldest threads stand first, whatever the orders; no thread is exactly as old as the age.

    Where threads stand in another order and ``minthreadsleft`` binds, the two differ on purpose: archivebot takes the
    topmost threads that are due, this bot those that have been quiet for longest (the next test).
    """
    dice = random.Random(seed)
    hours, left, least = dice.choice((24, 48, 72, 168)), dice.randrange(0, 6), dice.randrange(1, 5)
    ages = sorted((timedelta(minutes=dice.randrange(5, 20_000)) for _ in range(dice.randrange(1, 14))), reverse=True)
    text = "Lead.\n\n" + "".join(_thread(n, age, answered_later=dice.random() < 0.6) for n, age in enumerate(ages))
    orders = (
        f"{{{{User:MiszaBot/config|algo=old({hours}h)|minthreadsleft={left}|minthreadstoarchive={least}"
        f"|archive={BOARD}/Archive %(counter)d}}}}"
    )

    assert _ours(text, settings_of(orders)) == _archivebot(
        [age + timedelta(seconds=30) for age in ages], timedelta(hours=hours), left, least
    )


def test_where_few_may_go_the_longest_quiet_go_and_not_the_topmost() -> None:
    ages = [timedelta(days=5), timedelta(days=9), timedelta(days=7)]
    text = "Lead.\n\n" + "".join(_thread(n, age, answered_later=True) for n, age in enumerate(ages))
    orders = "{{User:MiszaBot/config|algo=old(72h)|minthreadsleft=2|minthreadstoarchive=1}}"

    assert _archivebot(ages, timedelta(hours=72), 2, 1) == {0}
    assert _ours(text, settings_of(orders)) == {1}
