"""The resident mode: its schedule, that it takes up a new one, and that it ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.serve import Server, trigger
from bot.errors import OperatorProblem
from bot.operatorfile import read_operator_file

CONFIG = """\
database: sqlite:///clerk.db
schedule: {schedule}
wikis:
  here:
    api: http://127.0.0.1:9/api.php
    settings: "User:Boardclerk/settings.yaml"
    run_page: "User:Boardclerk/run"
    trusted: [sysop]
    approval: not needed
"""
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def config(folder: Path, schedule: str = '"7 * * * *"') -> Path:
    path = folder / "clerk.yaml"
    path.write_text(CONFIG.format(schedule=schedule), encoding="utf-8")
    (folder / "user-config.py").write_text("usernames['here']['here'] = 'Boardclerk'\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("schedule", "fires"),
    [
        ("7,22,37,52 * * * *", datetime(2026, 11, 22, 12, 7, tzinfo=UTC)),
        ("0 6 * * sun", datetime(2026, 11, 29, 6, 0, tzinfo=UTC)),
        ("0 6 * * mon-fri", datetime(2026, 11, 23, 6, 0, tzinfo=UTC)),
        ("*/20 13 * * *", datetime(2026, 11, 22, 13, 0, tzinfo=UTC)),
        ("30 5 1 1,7 *", datetime(2027, 1, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_a_schedule_fires_when_it_says_in_utc(tmp_path: Path, schedule: str, fires: datetime) -> None:
    assert read_operator_file(config(tmp_path, f'"{schedule}"'), {}).schedule == schedule
    assert trigger(schedule).get_next_fire_time(None, SUNDAY) == fires


@pytest.mark.parametrize(
    "schedule",
    [
        "hourly",
        "@hourly",
        '"* * * *"',
        '"0 6 * * 0"',
        '"0 6 * * 7"',
        '"60 * * * *"',
        '"0 24 * * *"',
        '"9-3 * * * *"',
        '"*/0 * * * *"',
        '"5/10 * * * *"',
        '"0 6 * * fri-mon"',
        '"0 6 * * sonntag"',
        '"0 6 1 * mon"',
        '"0 6 0 * *"',
    ],
)
def test_a_schedule_that_schedulers_read_differently_is_refused(tmp_path: Path, schedule: str) -> None:
    with pytest.raises(OperatorProblem, match="schedule"):
        read_operator_file(config(tmp_path, schedule), {})


def test_one_pass_at_a_time_missed_ones_made_up_for_once(tmp_path: Path) -> None:
    server = Server(config(tmp_path))
    server.scheduler.start(paused=True)
    job = server.scheduler.get_job("pass")

    assert (job.max_instances, job.coalesce, job.misfire_grace_time) == (1, True, 3600)
    server.stop()


def test_a_changed_schedule_is_taken_up_and_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    server = Server(config(tmp_path))
    server.scheduler.start(paused=True)

    def next_hours() -> Any:
        return server.scheduler.get_job("pass").trigger.get_next_fire_time(None, SUNDAY)

    config(tmp_path, '"0 6 * * wed"')
    server.look()
    assert next_hours() == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
    config(tmp_path, "never")
    server.look()
    assert next_hours() == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
    server.stop()


def test_stopping_waits_for_the_work_in_hand(tmp_path: Path) -> None:
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        server.end.wait()
        ended.set()

    server = Server(config(tmp_path), work)
    server.start()
    assert begun.wait(60)
    server.stop()

    assert ended.is_set()


def test_a_served_wiki_that_is_down_is_said_in_the_log_and_sigterm_ends_cleanly(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--config", str(config(tmp_path))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYWIKIBOT_DIR": str(tmp_path)},
    )
    assert child.stdout is not None
    seen: list[str] = []
    for line in child.stdout:
        seen.append(line.rstrip("\n"))
        if "event=passed" in line:
            child.send_signal(signal.SIGTERM)
    _, err = child.communicate(timeout=60)

    assert child.returncode == 0, err
    assert [one.split()[1] for one in seen] == ["event=serving", "event=failed", "event=passed", "event=ended"]
    assert "wiki=here" in seen[1]
    assert err == ""
