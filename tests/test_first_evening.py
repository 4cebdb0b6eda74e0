"""The README's operator chapter as a new operator plays it: from an empty folder to a call as cron makes it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mediawiki.people import People
from tests.mediawiki.server import BOT, Server
from tests.test_init import BOARD, SECRET, by_options, clerk, town

__all__ = ["town"]  # a fixture of another module

pytestmark = pytest.mark.wiki
ROOT = Path(__file__).resolve().parent.parent
SETTINGS, RUN_PAGE = f"User:{BOT}/settings.yaml", f"User:{BOT}/run"


def chapter() -> list[str]:
    """The commands of the README's operator chapter, in their order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    begin = text.index("## Run it")
    return re.findall(r"`\.venv/bin/clerk ([a-z -]+)`", text[begin : text.index("| command | does |", begin)])


def findings(folder: Path) -> dict[str, dict[str, Any]]:
    """What the doctor finds, by what was looked at."""
    return {one["what"]: one for one in json.loads(clerk(folder, "doctor", "--format", "json").stdout)}


def test_the_readme_leads_from_nothing_to_cron(town: Server, tmp_path: Path) -> None:
    assert list(dict.fromkeys(chapter())) == ["init", "doctor", "run --dry-run", "run", "status"]
    people = People(town)
    done = clerk(tmp_path, *by_options(town), CLERK_PASSWORD=SECRET)
    assert done.returncode == 0, done.stderr
    starter = (tmp_path / "settings-page.yaml").read_text()
    # The distance between two saves is for real wikis.
    config = tmp_path / "user-config.py"
    config.write_text(config.read_text().replace("put_throttle = 10", "put_throttle = 0"))

    # A stranger makes the pages, a board is protected, a list goes where the bot may not write.
    misled = starter.replace("/Waiting", " waiting").replace("mode: plan", "mode: live")
    people.as_user("Ana").edit(SETTINGS, misled)
    people.as_user("Ana").edit(RUN_PAGE, "run")
    people.protect(BOARD, "sysop")
    config = tmp_path / "clerk.yaml"
    good = config.read_text()
    bad = good.replace(f'["User:{BOT}/"]', f'["User:{BOT}/", "Incidents"]')
    config.write_text(bad.replace("approval: not needed", 'run_pages: {notify: "User:Boardclerk/run/notify"}'))
    found = findings(tmp_path)
    for what, advice in (
        (f"run page {RUN_PAGE}", "is not trusted"),
        (f"run page of notify {RUN_PAGE}/notify", "does not exist"),
        (f"author of the settings page {SETTINGS}", "a member of sysop must save it"),
        ("allowed: Incidents", "never edits articles"),
        ("board Testwiki:Incidents", "edit protected pages"),
        ("summary writes Testwiki:Incidents waiting", "add it to allowed:"),
    ):
        assert not found[what]["well"], what
        assert advice in found[what]["advice"], found[what]
    assert "approval: or a trial:" in found["archive, notify, summary on Testwiki:Incidents"]["advice"]

    # What the doctor said is done.
    config.write_text(good)
    people.protect(BOARD, "")
    people.delete(SETTINGS)
    people.as_user("Clara").edit(SETTINGS, starter)
    people.as_user("Clara").edit(RUN_PAGE, "Run")
    found = findings(tmp_path)
    assert all(one["well"] for one in found.values()), found
    for command in chapter()[2:]:
        done = clerk(tmp_path, *command.split())
        assert done.returncode == 0, done.stdout + done.stderr
        if command == "run":
            assert f"shown on {SETTINGS}/Plan/" in done.stdout

    # As cron calls it, with no environment to speak of; the settings say live now.
    people.as_user("Clara").edit(SETTINGS, starter.replace("mode: plan", "mode: live"))
    line = (ROOT / "crontab.example").read_text(encoding="utf-8").splitlines()
    job = next(one.split(None, 5)[5] for one in line if one and not one.startswith("#"))
    job = job.replace("/path/to/boardclerk", str(tmp_path)).replace(".venv/bin/clerk", f"{sys.executable} -m bot")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    for _ in range(2):
        subprocess.run(["sh", "-c", job], env=environment, check=False, timeout=300, stdin=subprocess.DEVNULL)
    log = (tmp_path / "clerk.log").read_text()
    assert "event=run wiki=home run=2 outcome=done" in log, log
    assert clerk(tmp_path, "health").returncode == 0
