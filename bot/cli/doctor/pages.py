"""What the doctor finds on a wiki: version, clock, run pages, settings, boards, and where the bot would write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from bot import guard
from bot.cli.doctor.finding import Finding
from bot.model import Account, Page, WikiInfo
from bot.operatorfile import WikiEntry
from bot.plan import Edit, WholeText
from bot.reading.signatures import learn
from bot.runner.opening import SKEW, board_page
from bot.runner.trust import Trust
from bot.settings.schema import BoardSettings, Settings, read_settings
from bot.wiki.port import Wiki
from tasks import ALL

OLDEST = (1, 39)
"""The oldest MediaWiki that the bot is tested with."""
# The right that a level of protection takes, where it has another name (Manual:$wgRestrictionLevels).
_RIGHT_OF = {"sysop": "editprotected", "autoconfirmed": "editsemiprotected"}


def wiki_itself(wiki: Wiki, entry: WikiEntry, info: WikiInfo) -> Iterator[Finding]:
    """Version, signatures and clock."""
    found = re.search(r"(\d+)\.(\d+)", info.version)
    old = found is not None and (int(found[1]), int(found[2])) < OLDEST
    number = ".".join(map(str, OLDEST))
    advice = f"the bot is tested with MediaWiki {number} and newer; ask the wiki's operators for an upgrade"
    yield Finding(entry.name, f"MediaWiki {info.version}", well=not old, advice=advice if old else "")
    settled = learn(info).settled
    advice = "the timestamp of this minute can be read in two ways; nothing is written until a later run asks again"
    yield Finding(entry.name, f"signatures ({info.language})", settled, "" if settled else advice)
    skew = wiki.read([entry.run_page], text=False).now - datetime.now(UTC)
    seconds = round(abs(skew).total_seconds())
    advice = f"this machine's clock is {seconds} seconds off the wiki's: let NTP set it; past 5 minutes nothing runs"
    well = abs(skew) <= SKEW
    yield Finding(entry.name, f"clock ({seconds} s apart)", well, advice if seconds > SKEW.total_seconds() / 5 else "")


def pages(wiki: Wiki, entry: WikiEntry, info: WikiInfo) -> Iterator[Finding]:
    """Run pages, settings, boards, and the pages that the settings name."""
    reading = wiki.read([entry.settings, entry.run_page, *entry.run_pages.values()])
    trust = Trust(wiki, entry.trusted)
    trust.learn(reading.pages.values())
    for title, what in {entry.run_page: "", **{page: f" of {task}" for task, page in entry.run_pages.items()}}.items():
        page = reading.pages[title]
        stopped = guard.stopped(page, title, entry.trusted, trusted_editor=trust.of(page))
        yield Finding(entry.name, f"run page{what} {title}", stopped is None, stopped or "")
    yield from _allowed(entry, info)
    yield from _settings(wiki, entry, info, reading.pages[entry.settings], trust)


def _allowed(entry: WikiEntry, info: WikiInfo) -> Iterator[Finding]:
    """Entries of ``allowed`` that allow nothing."""
    for one in entry.allowed:
        if guard.namespace_of(info, one) in (guard.MAIN, guard.MEDIAWIKI):
            advice = "the bot never edits articles or the interface; take it out, or write the namespace before it"
            yield Finding(entry.name, f"allowed: {one}", well=False, advice=advice)


def _settings(wiki: Wiki, entry: WikiEntry, info: WikiInfo, page: Page, trust: Trust) -> Iterator[Finding]:
    what = f"settings page {entry.settings}"
    groups = ", ".join(sorted(entry.trusted))
    if not page.text:
        advice = f"a member of {groups} makes it; `clerk settings init BOARD` writes one to begin with"
        yield Finding(entry.name, what, well=False, advice=advice)
        return
    advice = "" if trust.accepts(page) else f"a member of {groups} must save it, or the page be protected"
    yield Finding(entry.name, f"author of the {what}", not advice, advice)
    read = read_settings(page.text, info, ALL)
    for problem in read.problems:
        where = f"{entry.settings}:{problem.line}:{problem.column}"
        yield Finding(entry.name, where, well=False, advice=f"{problem.key}: {problem.message}")
    if read.settings is None:
        return
    boards = wiki.read(tuple(read.settings.boards)).pages if read.settings.boards else {}
    for title, board in read.settings.boards.items():
        wrong = board_page(boards[title], info)
        advice = f"it {wrong}" if wrong else _locked(boards[title], wiki.account())
        yield Finding(entry.name, f"board {title}", not advice, advice)
        yield from _mandates(entry, board)
    yield from _targets(entry, info, read.settings)


def _locked(page: Page, account: Account) -> str:
    level = page.protection.get("edit", "")
    right = _RIGHT_OF.get(level, level)
    if not level or right in account.rights:
        return ""
    return f'it is protected ({level}); the account needs the right {right}, and the grant "edit protected pages"'


def _mandates(entry: WikiEntry, board: BoardSettings) -> Iterator[Finding]:
    """Tasks that are live for the community and not yet for the operator."""
    held = [name for name, task in board.tasks.items() if task.mode == "live" and not entry.approved(name)]
    if held:
        advice = "only shown, not done, until clerk.yaml names an approval: or a trial: for them"
        yield Finding(entry.name, f"{', '.join(held)} on {board.title}", well=True, advice=advice)


def _targets(entry: WikiEntry, info: WikiInfo, settings: Settings) -> Iterator[Finding]:
    """Pages that the settings name and the brakes would refuse."""
    asked = {
        (board.title, page): name
        for board in settings.boards.values()
        for name, task in board.tasks.items()
        for page in _named(board.title, task.model_dump())
    }
    asked |= {
        ("", page): name for name, section in settings.sections.items() for page in _named("", section.model_dump())
    }
    for (board, page), name in asked.items():
        brakes = guard.Brakes(
            info,
            board,
            entry.settings,
            entry.run_page,
            run_page=None,
            run_trusted=True,
            trusted=entry.trusted,
            allowed=entry.allowed,
            run_titles=tuple(entry.run_pages.values()),
        )
        refused = guard.page_refusal(Edit(name, name, page, 0, WholeText(""), ""), brakes)
        if refused is not None:
            advice = f"{refused}; add it to allowed: in clerk.yaml, or name a subpage of the board in the settings"
            yield Finding(entry.name, f"{name} writes {page}", well=False, advice=advice)


def _named(board: str, section: Mapping[str, object]) -> Iterator[str]:
    """The pages that a section of the settings names as its own to write; a pattern's fields are filled with 1."""
    for key in ("page", "to", "index"):
        value = section.get(key)
        if isinstance(value, str):
            yield re.sub(r"\{[^{}]*\}", "1", value.replace("{board}", board))
