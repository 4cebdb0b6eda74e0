"""What ``clerk init`` asks the wiki: is it one, does it take the login, has it the boards; and a page of settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote, urlsplit

from bot import guard
from bot.cli.doctor.account import rights
from bot.cli.init import files
from bot.cli.init.files import Answers
from bot.errors import OperatorProblem
from bot.model import WikiInfo
from bot.reading.facts import wiki_info
from bot.runner.opening import board_page
from bot.settings.starter import look as look_at
from bot.settings.starter import starter_page
from bot.wiki.live import LiveWiki, Patience, find_wiki, is_family, open_wiki
from bot.wiki.port import Wiki, WikiError

NEW = "newwiki"
"""What a wiki is called until it has its name."""
# Somebody waits at the keyboard.
_IMPATIENT = Patience(retries=1, wait=1.0, longest_wait=5.0, answer=30.0)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class Place:
    """A wiki that answered. ``told`` says which one it is; ``general`` what it says of itself, where all may read that.

    ``account`` checks the name of an account and gives it as the wiki writes it.
    """

    site: str
    api: str
    host: str
    told: str
    account: Callable[[str], str]
    general: Mapping[str, Any]

    def url(self, title: str, **query: str) -> str:
        """The address of a page."""
        script = str(self.general.get("script", "/w/index.php"))
        server = str(self.general.get("server", f"https://{self.host}"))
        server = f"https:{server}" if server.startswith("//") else server
        more = "".join(f"&{key}={value}" for key, value in query.items())
        return f"{server}{script}?title={quote(title.replace(' ', '_'), safe=':/')}{more}"


def look(address: str, scratch: Path) -> Place:
    """Finds a wiki and has a look at it as nobody. Raises OperatorProblem, Unreachable."""
    folder = Path(mkdtemp(dir=scratch))
    site, api = find_wiki(address, folder)
    wiki = open_wiki(NEW, site=site, api=api, account=None, folder=folder, read_only=True, patience=_IMPATIENT)
    try:
        general = wiki.facts()["query"]["general"]
    except WikiError:
        # Some wikis tell nobody anything before the login.
        general = {}
    known = f"{general['sitename']} ({general['generator']})" if general else "a wiki that asks for a login first"
    server = urlsplit(str(general.get("server", "")))
    host = urlsplit(api).netloc if api else server.netloc
    return Place(site, api, host, f"found {known}", lambda name: _account(wiki, name), general)


def _account(wiki: LiveWiki, name: str) -> str:
    """The account's name as the wiki writes it. Raises OperatorProblem where there is none."""
    main, _, suffix = name.partition("@")
    if suffix:
        raise OperatorProblem(f"{name} is the user name of a bot password; the account is {main}")
    try:
        found = wiki.users([name])[name]
    except WikiError:
        return name
    if not found.registered:
        raise OperatorProblem(f'there is no account "{name}" on this wiki; make it first, or check the spelling')
    return found.name


def log_in(answers: Answers, scratch: Path) -> LiveWiki:
    """Logs in with the very files that will be written. Raises OperatorProblem, Unreachable."""
    folder = Path(mkdtemp(dir=scratch))
    for name, text in files.login_files(answers).items():
        files.write_private(folder / name, text)
    wiki = open_wiki(answers.name, site=answers.site, api=answers.api, account="", folder=folder, patience=_IMPATIENT)
    # Whether tokens hold is told by the first answer only.
    wiki.read([f"User:{answers.account}"], text=False)
    return wiki


@dataclass(frozen=True, slots=True)
class Told:
    """What the wiki says to the account: a name for it, what the rights lack, and whether answers are good."""

    name: str
    rights: tuple[str, ...]
    check_name: Callable[[str], str]
    check_board: Callable[[str], str]
    check_title: Callable[[str], str]


def named(wiki: Wiki, answers: Answers) -> Told:
    """Asks the wiki what the rest of the questions need."""
    facts = wiki.facts()
    info = wiki_info(facts)
    default = str(facts["query"]["general"].get("wikiid", ""))
    account = wiki.account()
    lacks = tuple(f"{one.what}: {one.advice}" for one in rights(answers.name, account) if one.advice)
    told = (f"logged in as {account.name}", *lacks)
    return Told(
        default if _NAME.fullmatch(default) else "wiki",
        told,
        _check_name(answers.api),
        lambda title: _board(wiki, info, title),
        lambda title: _own_page(info, title),
    )


def _check_name(api: str) -> Callable[[str], str]:
    def check(name: str) -> str:
        if not _NAME.fullmatch(name):
            raise OperatorProblem(f'"{name}" is no short name; take letters, digits, - and _, such as enwiki')
        if api and is_family(name):
            raise OperatorProblem(f"{name} is the name of one of Pywikibot's wiki families; take another")
        return name

    return check


def _board(wiki: Wiki, info: WikiInfo, title: str) -> str:
    page = wiki.read([title]).pages[title]
    wrong = board_page(page, info)
    if wrong is not None:
        raise OperatorProblem(f'the page "{title}" {wrong}')
    return page.title


def _own_page(info: WikiInfo, title: str) -> str:
    if guard.namespace_of(info, title) in (guard.MAIN, guard.MEDIAWIKI) or re.search(r"[#<>\[\]{}|]", title):
        raise OperatorProblem(f'"{title}" is no page for this; take one such as User:NAME/settings.yaml')
    return guard.normal_title(info, title)


def page_for_a_board(wiki: Wiki, boards: tuple[str, ...]) -> str:
    """A commented settings page for boards, by what stands on them."""
    info = wiki_info(wiki.facts())
    pages = wiki.read(boards).pages
    return starter_page([(title, look_at(pages[title].text or "", title, info)) for title in boards])
