"""Passwords and tokens stand in the operator's files and nowhere else: no output, log, traceback, journal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.serve import Server as Serving
from bot.errors import OperatorProblem
from bot.wiki.live import open_wiki
from tests.conftest import HURRY, WikiMaker
from tests.end_to_end import Installation, settle_community
from tests.faultproxy import Fault, FaultProxy, edits
from tests.mediawiki.server import BOT, Options
from tests.test_init import GRANTS, SECRET
from tests.test_serve import config as serve_config

TOKENS = ("consumerkey0123456789", "consumersecret0123456789", "accesskey0123456789", "accesssecret0123456789")
# Everything that any library logs, as a person would see it who looks for a fault.
DEBUG = "import logging, sys\nlogging.basicConfig(level=logging.DEBUG, stream=sys.stdout)\n"
# The HTTP library fails with everything that it was about to send in its words.
BROKEN = """\
import requests
def fail(self, request, **_):
    raise ZeroDivisionError(f"{request.url} {request.headers} {request.body} SECRET")
requests.Session.send = fail
"""
CALL = "import sys\nfrom bot.cli import main\nsys.exit(main())\n"


@pytest.fixture(scope="module")
def proxy(make_wiki: WikiMaker) -> Iterator[FaultProxy]:
    """A wiki whose bot logs in with a bot password, behind a proxy."""
    server = make_wiki(Options())
    settle_community(server)
    server.script("createBotPassword.php", "--appid", "clerk", "--grants", GRANTS, BOT, SECRET)
    with FaultProxy(server.port) as running:
        yield running


@pytest.fixture
def bot(proxy: FaultProxy, tmp_path: Path) -> Installation:
    made = Installation.make(tmp_path / "bot", proxy.api)
    password = made.folder / "user-password.py"
    password.write_text(f"({BOT!r}, BotPassword('clerk', {SECRET!r}))\n", encoding="utf-8")
    return made


def called(bot: Installation, program: str, *arguments: str) -> str:
    """Runs a program around ``clerk`` and gives all that it printed."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments, "--config", str(bot.folder / "clerk.yaml")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "always"},
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout + done.stderr


def kept(bot: Installation) -> bytes:
    """All that the bot left on the disk, but the operator's own files and Pywikibot's cookies."""
    own = ("clerk.yaml", "user-config.py", "user-password.py")
    files = [path for path in bot.folder.rglob("*") if path.is_file() and path.name not in own]
    return b"".join(path.read_bytes() for path in files if path.suffix != ".lwp")


@pytest.mark.wiki
def test_no_password_in_any_output_log_or_file_whatever_the_wiki_does(bot: Installation, proxy: FaultProxy) -> None:
    proxy.fail(lambda request: request.action == "login", Fault.GARBLED)
    told = called(bot, DEBUG + CALL, "doctor")
    proxy.fail(edits, Fault.CUT_AFTER)
    told += called(bot, DEBUG + CALL, "run") + called(bot, DEBUG + CALL, "doctor") + called(bot, CALL, "status")
    proxy.forget()

    assert "login as" in told
    assert SECRET not in told
    assert SECRET.encode() not in kept(bot)


@pytest.mark.wiki
@pytest.mark.parametrize("command", ["run", "preview Project:Incidents"])
def test_a_crash_tells_where_and_never_what_was_sent(bot: Installation, command: str) -> None:
    broken = BROKEN.replace("SECRET", SECRET)
    told = called(bot, DEBUG + broken + CALL, *command.split())

    ended = "an error in the program ended the work (ZeroDivisionError at "
    assert ended in told or "does not answer" in told or "did not answer" in told
    assert "Traceback" not in told
    assert SECRET not in told
    assert SECRET.encode() not in kept(bot)


@pytest.mark.wiki
def test_no_oauth_token_in_any_output_or_log(bot: Installation, proxy: FaultProxy) -> None:
    host = proxy.api.split("/")[2]
    file = bot.folder / "user-config.py"
    file.write_text(f"usernames['testwiki']['testwiki'] = {BOT!r}\nauthenticate[{host!r}] = {TOKENS!r}\n")
    file.chmod(0o600)

    told = called(bot, DEBUG + CALL, "run")

    assert f"did not let {BOT} log in" in told
    assert not [token for token in TOKENS if token in told or token.encode() in kept(bot)]


@pytest.mark.wiki
@pytest.mark.parametrize(
    "line",
    [
        f"({SECRET!r})",
        f"({SECRET!r},)",
        f"('a', 'b', 'c', {BOT!r}, {SECRET!r})",
        f"({BOT!r}, BotPassword({SECRET!r}))",
        f"({BOT!r}, BotPassword('clerk', {SECRET!r}, 'more'))",
        f"({BOT!r}, {SECRET!r}",
        f"{BOT} = {SECRET}",
        f"({BOT!r}, [{SECRET!r}])",
    ],
)
def test_a_line_that_is_no_password_is_told_without_its_words(
    bot: Installation, line: str, recwarn: pytest.WarningsRecorder, capfd: pytest.CaptureFixture[str]
) -> None:
    (bot.folder / "user-password.py").write_text(line + "\n", encoding="utf-8")

    told = opened(bot)

    printed = capfd.readouterr()
    warned = "".join(str(one.message) for one in recwarn)
    assert "password" in told
    assert SECRET not in told + printed.out + printed.err + warned


def opened(bot: Installation) -> str:
    """Logs in and gives what is told where that fails."""
    with pytest.raises(OperatorProblem) as caught:
        open_wiki("testwiki", api=bot.api, account="", folder=bot.folder, patience=HURRY).read([BOT])
    return str(caught.value)


@pytest.mark.wiki
def test_a_password_file_that_is_open_to_others_is_refused_and_left_as_it_is(bot: Installation) -> None:
    password = bot.folder / "user-password.py"
    for mode in (0o640, 0o604, 0o660, 0o620, 0o602):
        password.chmod(mode)

        assert f"chmod 600 {password}" in opened(bot)
        assert password.stat().st_mode & 0o777 == mode


@pytest.mark.wiki
def test_tokens_in_an_open_file_are_refused_and_tokens_from_the_environment_are_not(
    bot: Installation, proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = proxy.api.split("/")[2]
    file = bot.folder / "user-config.py"
    name = f"usernames['testwiki']['testwiki'] = {BOT!r}\n"
    file.write_text(f"{name}authenticate[{host!r}] = {TOKENS!r}\n")
    file.chmod(0o644)
    assert f"chmod 600 {file}" in opened(bot)

    # Pywikibot reads a folder's files once in a process.
    other = Installation.make(tmp_path / "other", proxy.api)
    for number, token in enumerate(TOKENS):
        monkeypatch.setenv(f"TOKEN_{number}", token)
    tokens = ", ".join(f"os.environ['TOKEN_{number}']" for number in range(4))
    file = other.folder / "user-config.py"
    file.write_text(f"import os\n{name}authenticate[{host!r}] = ({tokens})\n")
    file.chmod(0o644)
    assert f"did not let {BOT} log in" in opened(other)


def test_an_error_in_a_served_pass_is_said_without_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ZeroDivisionError(SECRET)

    server = Serving(serve_config(tmp_path), broken)
    server.start()
    server.scheduler.shutdown(wait=True)
    printed = capsys.readouterr()

    assert "an error in the program ended the work (ZeroDivisionError" in printed.out
    assert SECRET not in printed.out + printed.err + caplog.text
