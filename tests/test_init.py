"""The operator's first evening: clerk init as a process on a terminal, and by options, against a real MediaWiki."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.operatorfile import read_operator_file
from tests.conftest import WikiMaker
from tests.end_to_end import PEOPLE, busy_board
from tests.mediawiki.people import People
from tests.mediawiki.server import BOT, PASSWORD, Options, Server
from tests.terminal import Terminal

pytestmark = pytest.mark.wiki

SECRET = "0123456789abcdefghijklmnopqrstuv"
"""A bot password has 32 letters and digits."""
GRANTS = "basic,highvolume,editpage,createeditmovepage"
BOARD = "Project:Incidents"


@pytest.fixture(scope="module")
def town(make_wiki: WikiMaker) -> Server:
    """A wiki with two boards and a bot password, where nobody ever heard of the bot's settings."""
    from datetime import UTC, datetime

    server = make_wiki(Options(php='$wgSitename = "Testwiki";'))
    people = People(server)
    people.add_user("Clara", ["sysop"])
    for name in PEOPLE:
        people.add_user(name)
    people.as_user("Ana").edit(BOARD, busy_board(datetime.now(UTC)))
    people.as_user("Ana").edit("Project:Quarrels", "== One ==\nWords. ~~~~")
    server.script("createBotPassword.php", "--appid", "clerk", "--grants", GRANTS, BOT, SECRET)
    return server


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def clerk(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Calls clerk in a folder, with nobody at a keyboard."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_person_answers_and_every_bad_answer_is_told_and_asked_again(town: Server, tmp_path: Path) -> None:
    with Terminal(tmp_path, "init") as seen:
        seen.answer("Which wiki?", "http://127.0.0.1:9/api.php")
        seen.expect("does not answer")
        seen.answer("Which wiki?", town.api.removesuffix("api.php") + "index.php/Main_Page")
        seen.expect("found Testwiki (MediaWiki 1.")
        seen.answer("The bot's account", "Boardclark")
        seen.expect('no account "Boardclark"')
        seen.answer("The bot's account", BOT)
        seen.answer("How does it log in?", "carrier pigeon")
        seen.expect("is none of: bot-password, oauth, password")
        seen.answer("How does it log in?")
        seen.answer("Its name", "clerk")
        seen.answer("The password", SECRET[::-1])
        seen.expect(f"did not let {BOT} log in")
        seen.answer("The bot's account")
        seen.answer("How does it log in?", "bot")
        seen.answer("Its name")
        seen.answer("The password", SECRET)
        seen.expect(f"logged in as {BOT}")
        seen.answer("A short name for this wiki", "wikipedia")
        seen.expect("name of one of Pywikibot's wiki families")
        seen.answer("A short name for this wiki", "home")
        seen.answer("A board's title", "Project:Incidence")
        seen.expect("does not exist")
        seen.answer("A board's title", BOARD)
        seen.answer("One more board", "Project:Quarrels")
        seen.answer("One more board")
        seen.answer("The settings page", "Incidents settings")
        seen.expect("is no page for this")
        seen.answer("The settings page")
        seen.answer("The run page")
        seen.answer("Who may change the settings")
        seen.answer("Where people reach you")
        seen.answer("Do bots need approval", "not needed")
        seen.answer("Write a commented settings page")
        assert seen.end() == 0, seen.seen

    assert SECRET not in seen.seen
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "clerk.yaml",
        "settings-page.yaml",
        "user-config.py",
        "user-password.py",
    ]
    assert mode(tmp_path / "user-config.py") == mode(tmp_path / "user-password.py") == 0o600
    assert SECRET not in (tmp_path / "clerk.yaml").read_text() + (tmp_path / "user-config.py").read_text()
    entry = read_operator_file(tmp_path / "clerk.yaml", {}).wikis["home"]
    assert (entry.api, entry.trusted, entry.approval_needed) == (town.api, frozenset({"sysop"}), False)
    assert (entry.settings, entry.run_page) == (f"User:{BOT}/settings.yaml", f"User:{BOT}/run")
    starter = clerk(tmp_path, "settings", "check", "settings-page.yaml")
    assert starter.returncode == 0, starter.stdout
    assert "2 boards" in starter.stdout
    last = [line.strip() for line in seen.seen.splitlines()]
    commands = last[last.index("Then type:") + 1 :][:3]
    assert [command.rsplit(" bot ", 1)[1] for command in commands] == ["doctor", "run --dry-run", "run"]


def by_options(town: Server) -> list[str]:
    return [
        *("init", "--wiki", town.api, "--name", "home", "--account", BOT, "--password-name", "clerk"),
        *("--board", BOARD, "--approval", "not needed"),
    ]


def test_a_script_gives_everything_by_options_and_is_told_what_is_missing(town: Server, tmp_path: Path) -> None:
    told = clerk(tmp_path, "init").stderr
    for option in ("--wiki", "--account", "--board", "CLERK_PASSWORD"):
        assert option in told
    assert list(tmp_path.iterdir()) == []

    done = clerk(tmp_path, *by_options(town), CLERK_PASSWORD=SECRET)

    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert mode(tmp_path / "user-password.py") == 0o600
    found = clerk(tmp_path, "doctor", "--format", "json").stdout
    assert f"login as {BOT}" in found


def test_a_bad_answer_of_a_script_is_told_and_nothing_is_written(town: Server, tmp_path: Path) -> None:
    for changed, said in (
        (("--wiki", "http://127.0.0.1:9/api.php"), "does not answer"),
        (("--wiki", "wikipedia:klingon"), "knows no wiki"),
        (("--wiki", "ftp://wiki.example"), "no address of a wiki"),
        (("--account", "Boardclark"), "no account"),
        (("--password-name", "clark"), "did not let"),
        (("--board", "Project:Incidence"), "does not exist"),
        (("--approval", "perhaps"), "none of"),
    ):
        given = by_options(town)
        given[given.index(changed[0]) + 1] = changed[1]
        done = clerk(tmp_path, *given, CLERK_PASSWORD=SECRET)

        assert done.returncode in (1, 2), changed
        assert said in done.stderr
        assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_replaced_without_a_word(town: Server, tmp_path: Path) -> None:
    (tmp_path / "clerk.yaml").write_text("mine")

    refused = clerk(tmp_path, *by_options(town), CLERK_PASSWORD=SECRET)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    with Terminal(tmp_path, "init") as seen:
        seen.answer("Replace?")
        assert seen.end() == 0
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("clerk.yaml", "mine")]

    forced = clerk(tmp_path, *by_options(town), "--force", CLERK_PASSWORD=SECRET)
    assert forced.returncode == 0, forced.stderr
    assert "home" in read_operator_file(tmp_path / "clerk.yaml", {}).wikis


def test_the_settings_page_is_printed_where_that_is_asked_for(town: Server, tmp_path: Path) -> None:
    done = clerk(tmp_path, *by_options(town), "--starter", "-", CLERK_PASSWORD=PASSWORD)
    assert done.returncode == 2
    given = [*by_options(town), "--starter", "-", "--login", "password"]

    done = clerk(tmp_path, *given, CLERK_PASSWORD=PASSWORD)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('<syntaxhighlight lang="yaml">')
    assert not (tmp_path / "settings-page.yaml").exists()


def test_nobody_edits_the_wiki(town: Server, tmp_path: Path) -> None:
    def changes() -> object:
        return People(town).admin.call(action="query", list="recentchanges", rclimit="max")["query"]["recentchanges"]

    before = changes()
    assert clerk(tmp_path, *by_options(town), CLERK_PASSWORD=SECRET).returncode == 0

    assert changes() == before
