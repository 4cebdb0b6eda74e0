"""The end of ``clerk init``: the settings page to begin with, and what to type next."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from bot.cli.init.ask import Ask
from bot.cli.init.files import Answers
from bot.cli.init.wikiside import Place
from bot.operatorfile import DEFAULT_NAME


def save_starter(ask: Ask, path: Path, given: str, text: str, *, force: bool) -> Path | None:
    """Prints the page (``-``) or saves it to a file; gives the file. The bot never saves it on the wiki itself."""
    if given == "-":
        sys.stdout.write(text)
        return None
    target = Path(given) if given else path
    if not given and not ask.yes(f"Write a commented settings page to begin with to {path.name}?", otherwise=True):
        return None
    if target.exists() and not force and not ask.yes(f"{target} is there already. Replace?", otherwise=False):
        ask.say(f"{target} was left as it is.")
        return None
    target.write_text(text, encoding="utf-8")
    return target


def ending(ask: Ask, config: Path, answers: Answers, place: Place, written: list[Path], saved: Path | None) -> None:
    """Tells what was written, what a trusted user does on the wiki, and the next three commands."""
    names = ", ".join(path.name for path in [*written, *([saved] if saved else [])])
    trusted = " or ".join(answers.trusted)
    content = f"the content of {saved.name}" if saved else "what `clerk settings init` writes"
    clerk, option = _called(), "" if config == Path(DEFAULT_NAME) else f" --config {shlex.quote(str(config))}"
    ask.say()
    ask.say(f"Written to {config.absolute().parent}: {names}")
    ask.say()
    ask.say(f"On the wiki a member of {trusted} saves two pages (the bot itself never writes them):")
    ask.say(f"  {place.url(answers.settings, action='edit')}")
    ask.say(f"    with {content}")
    ask.say(f"  {place.url(answers.run_page, action='edit')}")
    ask.say("    with the one word: run")
    if answers.approval_needed:
        ask.say()
        ask.say("Until approval: or trial: stands in clerk.yaml the bot only shows on a page what it would do.")
    ask.say()
    ask.say("Then type:")
    for command in ("doctor", "run --dry-run", "run"):
        ask.say(f"  {clerk} {command}{option}")
    ask.say("and let it be called by cron (crontab.example), on Toolforge (jobs.yaml.sample), or by clerk serve.")


def _called() -> str:
    """The program as it was called."""
    program = sys.argv[0]
    return f"{shlex.quote(sys.executable)} -m bot" if program.endswith("__main__.py") else shlex.quote(program)
