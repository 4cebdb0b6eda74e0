"""The questions of ``clerk init`` in their order; nothing is written before the wiki took the login."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.cli.console import DONE
from bot.cli.init import files
from bot.cli.init.ask import Ask, as_it_is
from bot.cli.init.files import OAUTH_VARIABLES, Answers, Login, LoginKind
from bot.cli.init.last import ending, save_starter
from bot.cli.init.wikiside import NEW, Place, log_in, look, named, page_for_a_board
from bot.errors import OperatorProblem
from bot.operatorfile import read_operator_file
from bot.wiki.port import Wiki

PASSWORD_VARIABLE = "CLERK_PASSWORD"  # noqa: S105 - the name of a variable
STARTER = "settings-page.yaml"


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line answered; empty where it did not."""

    wiki: str = ""
    name: str = ""
    account: str = ""
    login: str = ""
    password_name: str = ""
    boards: tuple[str, ...] = ()
    settings: str = ""
    run_page: str = ""
    trusted: tuple[str, ...] = ()
    contact: str = ""
    approval: str = ""
    starter: str = ""
    yes: bool = False
    force: bool = False


def init(config: Path, given: Given) -> int:
    """Asks, proves the login, writes the files, tells what comes next. Raises OperatorProblem, WikiError."""
    ask = Ask(interactive=sys.stdin.isatty() and not given.yes)
    if not ask.interactive:
        _complete(given)
    folder = config.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise OperatorProblem(f"{folder} is missing or cannot be written: make it, or name a file elsewhere (--config)")
    if not _may_write(config, folder, given, ask):
        ask.say("Nothing was changed.")
        return DONE
    with _scratch(folder) as scratch:
        place = ask.text(
            "Which wiki? The address of one of its pages, or a family and code such as wikipedia:en",
            "--wiki",
            given.wiki,
            lambda address: look(address, scratch),
        )
        ask.say(f"  {place.told}")
        answers, wiki = _logged_in(place, given, ask, scratch)
        try:
            answers = _about_the_wiki(wiki, answers, given, ask)
            starter = page_for_a_board(wiki, answers.boards)
        finally:
            wiki.close()
    written = _write(config, folder, answers)
    saved = save_starter(ask, folder / STARTER, given.starter, starter, force=given.force)
    ending(ask, config, answers, place, written, saved)
    return DONE


def _complete(given: Given) -> None:
    """Raise OperatorProblem with every answer that is missing where nobody can be asked."""
    secrets = {
        LoginKind.OAUTH.value: OAUTH_VARIABLES,
    }.get(given.login, (PASSWORD_VARIABLE,))
    missing = [
        *(["--wiki (an address, or a family and code such as wikipedia:en)"] if not given.wiki else []),
        *(["--account (the bot's account)"] if not given.account else []),
        *(["--board (a board's title; once for each)"] if not given.boards else []),
        *(f"{name} in the environment" for name in secrets if not os.environ.get(name)),
    ]
    if missing:
        raise OperatorProblem("Nobody can be asked here; give these: " + "; ".join(missing))


def _may_write(config: Path, folder: Path, given: Given, ask: Ask) -> bool:
    there = [path.name for path in (config, folder / files.CONFIG, folder / files.PASSWORDS) if path.exists()]
    if not there or given.force:
        return True
    told = f"{', '.join(there)} in {folder}"
    if not ask.interactive:
        raise OperatorProblem(f"{told}: there already; name another folder with --config, or replace with --force")
    ask.say("To add a wiki to a bot that is set up, write one more entry under wikis: in clerk.yaml instead.")
    return ask.yes(f"{told}: there already. Replace?", otherwise=False)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder for Pywikibot that only this user can read, gone afterwards with all that was tried in it."""
    with TemporaryDirectory(prefix=".clerk-init-", dir=folder, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _logged_in(place: Place, given: Given, ask: Ask, scratch: Path) -> tuple[Answers, Wiki]:
    """Ask for account and login until the wiki takes them."""
    account, name = given.account, given.password_name
    while True:
        account = ask.text("The bot's account", "--account", account, place.account)
        login = _login(given, ask, account, name or "boardclerk")
        answers = Answers(NEW, place.site, place.api, place.host, account, login, contact="nobody yet")
        ask.say(f"  logging {account} in …")
        try:
            return answers, log_in(answers, scratch)
        except OperatorProblem as problem:
            if not ask.interactive:
                raise
            ask.say(f"  {problem}")
            ask.say("  Once more; an empty answer takes what stands in brackets.")
            given = replace(given, login="")
            account = ask.text("The bot's account", "--account", "", place.account, default=account)
            name = login.name


def _login(given: Given, ask: Ask, account: str, name: str) -> Login:
    kinds = [kind.value for kind in LoginKind]
    kind = LoginKind(ask.choice("How does it log in?", "--login", given.login, kinds))
    if kind is LoginKind.OAUTH:
        found = tuple(os.environ.get(variable, "") for variable in OAUTH_VARIABLES)
        if all(found):
            return Login(kind, secrets=found, from_environment=True)
        ask.say("  Special:OAuthConsumerRegistration/propose, owner-only, shows four tokens; they are not echoed here.")
        words = ("Consumer token", "Consumer secret", "Access token", "Access secret")
        pairs = zip(words, OAUTH_VARIABLES, strict=True)
        return Login(
            kind, secrets=tuple(ask.text(word, variable, "", as_it_is, hidden=True) for word, variable in pairs)
        )
    if kind is LoginKind.BOT_PASSWORD:
        ask.say("  Special:BotPasswords makes one; grants: basic rights, high-volume editing, edit existing pages,")
        ask.say("  create, edit and move pages (and edit protected pages, where a board is protected).")
        name = ask.text(
            f"Its name (what stands after {account}@)", "--password-name", given.password_name, _suffix, default=name
        )
    else:
        name = ""
    # A variable is asked once only: a wrong one must not be tried for ever.
    secret = os.environ.get(PASSWORD_VARIABLE, "") if not ask.interactive or given.login else ""
    secret = ask.text("The password (not echoed)", PASSWORD_VARIABLE, secret, as_it_is, hidden=True)
    if kind is LoginKind.BOT_PASSWORD and "@" in secret:
        # The other form that the wiki shows, for old programs: name@password.
        name, _, secret = secret.partition("@")
    return Login(kind, name, (secret,))


def _suffix(answer: str) -> str:
    return answer.rpartition("@")[2]


def _about_the_wiki(wiki: Wiki, answers: Answers, given: Given, ask: Ask) -> Answers:
    """Ask for what clerk.yaml needs besides the login."""
    told = named(wiki, answers)
    for line in told.rights:
        ask.say(f"  {line}")
    name = ask.text("A short name for this wiki", "--name", given.name, told.check_name, default=told.name)
    boards = _boards(told.check_board, given, ask)
    user = f"User:{answers.account}"
    settings = ask.text(
        "The settings page", "--settings-page", given.settings, told.check_title, default=f"{user}/settings.yaml"
    )
    run_page = ask.text("The run page", "--run-page", given.run_page, told.check_title, default=f"{user}/run")
    trusted = ask.text(
        "Who may change the settings and start the bot (user groups)",
        "--trusted",
        ", ".join(given.trusted),
        as_it_is,
        default="sysop",
    )
    contact = ask.text(
        "Where people reach you (user page or e-mail; sent to the wiki with every request)",
        "--contact",
        given.contact,
        as_it_is,
        default=f"User talk:{answers.account}",
    )
    approval = ask.choice("Do bots need approval on this wiki?", "--approval", given.approval, ("needed", "not needed"))
    return replace(
        answers,
        name=name,
        boards=boards,
        settings=settings,
        run_page=run_page,
        trusted=tuple(one.strip() for one in trusted.split(",") if one.strip()),
        contact=contact,
        approval_needed=approval == "needed",
    )


def _boards(check: Callable[[str], str], given: Given, ask: Ask) -> tuple[str, ...]:
    found = [ask.text("A board's title", "--board", title, check) for title in (given.boards or ("",))]
    while ask.interactive and not given.boards:
        title = ask.text("One more board (Enter: no more)", "--board", "", as_it_is, default="-")
        if title == "-":
            break
        found.append(ask.text("A board's title", "--board", title, check))
    return tuple(dict.fromkeys(found))


def _write(config: Path, folder: Path, answers: Answers) -> list[Path]:
    """Write the files, each whole or not at all, and read clerk.yaml as every command will."""
    written = []
    for name, text in files.login_files(answers).items():
        files.write_private(folder / name, text)
        written.append(folder / name)
    config.write_text(files.clerk_yaml(answers), encoding="utf-8")
    read_operator_file(config, os.environ)
    return [config, *written]
