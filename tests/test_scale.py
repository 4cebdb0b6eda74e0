"""Many wikis: what a pass over them costs each, what stays in memory, and how runners share them."""

from __future__ import annotations

import gc
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.onepass import Chosen, Surroundings, make_pass
from bot.journal import Claim, Journal
from bot.operatorfile import WikiEntry
from bot.runner import LEASE
from bot.wiki.port import Wiki
from tests.journals import fresh_url
from tests.mariadb.server import MariaDB
from tests.scale.fleet import LATENCY, Count, Fleet, VirtualClock, board_title, virtual_pass
from tests.scale.runners import run_together, runs_of
from tests.sizes import cases
from tests.world import NOW

WIKIS = cases(6, 40)
# Account, settings and run page, the boards, who signed them, the history of the board whose notice is not yet due.
IDLE_REQUESTS = 5
# A wiki may leave its mark in caches of bounded size (hashes, timestamps and statements made before); a run's report
# kept by mistake, with its pages, would be as much again.
LEFT_BEHIND = 45_000


def traced() -> float:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_each_wiki_costs_the_same_and_leaves_nothing_in_memory(tmp_path: Path) -> None:
    fleet, clock = Fleet(tmp_path, WIKIS, boards=2, threads=6).build(), VirtualClock()
    tracemalloc.start()
    try:
        first = Count(probe=traced)
        virtual_pass(fleet, clock, first)
    finally:
        tracemalloc.stop()
    clock.advance(timedelta(minutes=20))
    idle, begun = Count(), clock.now
    passed = virtual_pass(fleet, clock, idle)

    assert (first.problems, idle.problems, passed.needs_attention) == ([], [], False)
    assert (first.outcomes["done"], idle.outcomes["done"]) == (WIKIS, WIKIS)
    assert first.saved % WIKIS == 0 < first.saved
    assert len(set(first.requests.values())) == 1
    assert idle.saved == 0
    assert set(idle.requests.values()) == {IDLE_REQUESTS}
    assert clock.now - begun == WIKIS * IDLE_REQUESTS * LATENCY
    # The first wiki pays for what is loaded and compiled once; every other one must go as it came.
    assert first.probed[-1] - first.probed[1] < (WIKIS - 2) * LEFT_BEHIND


@pytest.mark.usefixtures("database")
def test_passes_that_overlap_share_the_wikis_between_them(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, 4, boards=1, threads=4).build(fresh_url())
    clock, other = VirtualClock(), Count()
    met: list[str] = []

    @contextmanager
    def opened(entry: WikiEntry, _folder: Path) -> Iterator[Wiki]:
        with fleet.opened(entry, lambda requests: clock.advance(requests * LATENCY), clock) as wiki:
            met.append(entry.name)
            if entry.name == "w001":
                # amid the work of this runner on its second wiki another one makes its whole pass
                virtual_pass(fleet, clock, other, owner="elsewhere:2")
            yield wiki

    count = Count()
    make_pass(fleet.operator(), Chosen(), count, lambda: False, Surroundings(clock, opened, "here:1"))

    assert met == ["w000", "w001"]
    assert set(other.requests) == {"w002", "w003"}
    assert (count.outcomes["done"], other.outcomes["done"], other.outcomes["another run is at work"]) == (2, 2, 1)
    clock.advance(timedelta(minutes=1))
    later = Count()
    virtual_pass(fleet, clock, later, owner="elsewhere:2")
    assert set(later.requests) == set(fleet.names)


def test_runners_share_a_round_and_none_forgets_what_a_killed_one_held(tmp_path: Path, mariadb: MariaDB) -> None:
    fleet = Fleet(tmp_path, cases(12, 60), boards=1, threads=4, seconds=600).build(mariadb.fresh_url())
    base = time.time()
    victim = fleet.names[3]
    owners = ["pod-a:1", "pod-b:1"]

    ended = run_together(fleet, owners, base, dies=dict.fromkeys(owners, victim))

    assert sorted(one.code for one in ended) == [-9, 0], [one.said for one in ended]
    runs = runs_of(fleet)
    assert {name: len(made) for name, made in runs.items()} == dict.fromkeys(fleet.names, 1)
    assert [name for name, made in runs.items() if made[0].ended is None] == [victim]
    journal = Journal(fleet.operator().database)
    assert journal.of(victim).claim("pod-c:1", NOW + LEASE / 2, LEASE, None) is Claim.LEASED
    journal.close()

    # by then the dead runner's lease has run out, and its pass is over
    (third,) = run_together(fleet, ["pod-c:1"], base - 2 * LEASE.total_seconds())

    assert (third.code, third.served) == (0, fleet.wikis), third.said
    later = runs_of(fleet)
    assert {name: len(made) for name, made in later.items()} == dict.fromkeys(fleet.names, 2)
    assert min(made[1].run for made in later.values()) == later[victim][1].run
    for name in fleet.names:
        pages = [fleet.text(name, title) for title in (board_title(1), f"{board_title(1)}/Archive 1")]
        assert [sum(page.count(f"Words of report {number}.") for page in pages) for number in range(1, 4)] == [1] * 3


def test_runners_that_ask_for_a_lease_at_one_moment_get_one_each(mariadb: MariaDB) -> None:
    url, wikis, now = mariadb.fresh_url(), [f"w{number}" for number in range(30)], datetime(2026, 11, 22, tzinfo=UTC)
    Journal(url).close()
    together = threading.Barrier(3)
    won: list[str] = []
    problems: list[Exception] = []

    def runner(owner: str) -> None:
        journal = Journal(url)
        for wiki in wikis:
            together.wait()
            try:
                if journal.of(wiki).take_lease(owner, now, LEASE):
                    won.append(wiki)
            except Exception as problem:  # noqa: BLE001 - a thread's error would go unseen
                problems.append(problem)
        journal.close()

    threads = [threading.Thread(target=runner, args=(f"pod:{number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert sorted(won) == sorted(wikis)
