"""SIGTERM on the real process and a real MediaWiki: it ends soon, no move is torn, and the next run goes on.

The throttle lets ten minutes pass between two saves: a process that waited them out would not end in the tests' time.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

import pytest

from tests import end_to_end as e2e
from tests.end_to_end import PAGE, SETTINGS, found_state
from tests.faultproxy import Choice, edit_number, number
from tests.test_end_to_end import Scene, assert_nothing_lost_or_doubled, new_scene, settled

__all__ = ["new_scene", "settled"]  # fixtures of another module

pytestmark = pytest.mark.wiki
# Toolforge kills after 15 seconds; a loaded test machine is given more.
PATIENCE = 120


def slow(new_scene: Callable[[], Scene]) -> Scene:
    """A wiki where a run begins with one archive and its cut, and a bot that keeps ten minutes between saves."""
    scene = new_scene()
    page = PAGE.replace("max_threads: 25", "max_threads: 200")
    e2e.accept(scene.people, scene.people.as_user("Clara").edit(SETTINGS, page))
    config = scene.bot.folder / "user-config.py"
    config.write_text(config.read_text().replace("put_throttle = 0", "put_throttle = 600"), encoding="utf-8")
    return scene


def ended(scene: Scene) -> str:
    """Runs until somebody sends SIGTERM, and gives what was said."""
    child = scene.bot.start("run")
    out, err = child.communicate(timeout=PATIENCE)
    assert child.returncode in (0, 1), err
    assert "Traceback" not in err
    assert "asked to end" in out + err
    scene.proxy.forget()
    return out


def goes_on(scene: Scene) -> None:
    """The next run, without a throttle, does all the rest."""
    config = scene.bot.folder / "user-config.py"
    config.write_text(config.read_text().replace("put_throttle = 600", "put_throttle = 0"), encoding="utf-8")
    scene.bot.clerk("run", "--all")


def terminate(scene: Scene, at: Choice) -> None:
    """Sends SIGTERM after the wiki did a request, before its answer comes."""
    scene.proxy.call_after(at, lambda: scene.bot.children[-1].send_signal(signal.SIGTERM))


def test_between_archive_and_cut_the_move_is_finished_without_waiting(new_scene: Callable[[], Scene]) -> None:
    scene = slow(new_scene)
    before, edits = scene.state(), scene.edits()
    terminate(scene, edit_number(1))

    ended(scene)

    after = found_state(scene.people)
    assert after.words == before.words
    assert len(after.archives) == 1
    assert scene.edits() - edits == 2, "the archive and its cut"
    goes_on(scene)
    assert_nothing_lost_or_doubled(before, scene.state())


def test_a_process_that_waits_for_its_next_edit_ends_and_does_not_make_it(new_scene: Callable[[], Scene]) -> None:
    scene = slow(new_scene)
    before, edits = scene.state(), scene.edits()
    # Between the archive and its cut the ten minutes begin.
    wait = threading.Timer(3, lambda: scene.bot.children[-1].send_signal(signal.SIGTERM))
    scene.proxy.call_after(edit_number(1), wait.start)

    ended(scene)

    wait.join()
    assert scene.state().words == before.words
    assert scene.edits() - edits == 2, "the cut was made at once, and nothing after it"
    goes_on(scene)
    assert_nothing_lost_or_doubled(before, scene.state())


def test_before_the_first_edit_nothing_is_begun(new_scene: Callable[[], Scene]) -> None:
    first = slow(new_scene)
    terminate(first, edit_number(1))
    child = first.bot.start("run")
    child.communicate(timeout=PATIENCE)
    last_read = first.proxy.edits[0].number - 1
    scene = slow(new_scene)
    before = scene.state()
    terminate(scene, number(last_read - 1))

    ended(scene)

    assert scene.state() == before
