"""``clerk doctor``: what works (database, login, rights, pages, clock) and what to do about the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.markup import escape

from bot import guard
from bot.cli import wire
from bot.cli.console import ATTENTION, DONE, Format, output, print_json, table
from bot.errors import OperatorProblem
from bot.model import WikiInfo
from bot.operatorfile import Operator, WikiEntry
from bot.reading.facts import wiki_info
from bot.reading.signatures import learn
from bot.runner.opening import SKEW, board_page
from bot.runner.trust import Trust
from bot.settings.schema import read_settings
from bot.wiki.port import Wiki, WikiError
from tasks import ALL

_RIGHTS = {
    "edit": "it cannot edit",
    "createpage": "it cannot make archive pages",
    "createtalk": "it cannot make talk pages",
    "bot": "ask the wiki's bureaucrats for the bot flag, and for the grant in its password or OAuth consumer",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: where, what, whether it is well, and what to do where it is not."""

    where: str
    what: str
    well: bool
    advice: str = ""


def doctor(config: Path, wiki: str, printed: Format) -> int:
    """Looks at everything that a run needs; writes nothing to any wiki. Exit 1 where something is not well."""
    operator = wire.operator(config)
    findings = [Finding(str(config), "the operator's file", well=True), _database(operator)]
    for entry in wire.entries(operator, wiki):
        findings += _one_wiki(operator, entry)
    if printed is Format.JSON:
        names = ("where", "what", "well", "advice")
        print_json([{name: getattr(one, name) for name in names} for one in findings])
    else:
        shown = table("Where", "What", "", "What to do")
        for one in findings:
            sign = "[green]well[/]" if one.well else "[red]not well[/]"
            shown.add_row(escape(one.where), escape(one.what), sign, escape(one.advice))
        output().print(shown)
    return DONE if all(one.well for one in findings) else ATTENTION


def _database(operator: Operator) -> Finding:
    try:
        wire.journal(operator).close()
    except OperatorProblem as problem:
        return Finding("journal", "the database", well=False, advice=str(problem))
    return Finding("journal", "the database", well=True)


def _one_wiki(operator: Operator, entry: WikiEntry) -> list[Finding]:
    """Everything about one wiki; the first thing that keeps the rest from being looked at ends the list."""
    findings: list[Finding] = []
    try:
        with wire.opened(entry, operator.path.absolute().parent) as wiki:
            findings.append(Finding(entry.name, f"login as {wiki.account().name}", well=True))
            findings += _account(wiki, entry)
            info = wiki_info(wiki.facts())
            findings += _facts(wiki, entry, info)
            findings += _pages(wiki, entry, info)
    except (OperatorProblem, WikiError) as problem:
        findings.append(Finding(entry.name, "reading and login", well=False, advice=str(problem)))
    return findings


def _account(wiki: Wiki, entry: WikiEntry) -> Iterator[Finding]:
    account = wiki.account()
    for right, advice in _RIGHTS.items():
        has = right in account.rights
        yield Finding(entry.name, f"right: {right}", has, "" if has else advice)
    block = wiki.users([account.name])[account.name].block
    if block is not None:
        yield Finding(entry.name, "block", well=False, advice="the account is blocked; talk to whoever blocked it")


def _facts(wiki: Wiki, entry: WikiEntry, info: WikiInfo) -> Iterator[Finding]:
    settled = learn(info).settled
    advice = "the timestamp of this minute can be read in two ways; nothing is written until a later run asks again"
    yield Finding(entry.name, f"signatures of {info.language}, {info.version}", settled, "" if settled else advice)
    skew = abs(wiki.read([entry.run_page], text=False).now - datetime.now(UTC))
    advice = "set this machine's clock (NTP)"
    yield Finding(entry.name, "clock", skew <= SKEW, "" if skew <= SKEW else advice)


def _pages(wiki: Wiki, entry: WikiEntry, info: WikiInfo) -> Iterator[Finding]:
    reading = wiki.read([entry.settings, entry.run_page])
    settings, run = reading.pages[entry.settings], reading.pages[entry.run_page]
    trust = Trust(wiki, entry.trusted)
    stopped = guard.stopped(run, entry.run_page, entry.trusted, trusted_editor=trust.of(run))
    yield Finding(entry.name, f"run page {entry.run_page}", stopped is None, stopped or "")
    if not settings.text:
        yield Finding(
            entry.name, f"settings page {entry.settings}", well=False, advice="write it; the README shows how"
        )
        return
    groups = ", ".join(sorted(entry.trusted))
    advice = "" if trust.accepts(settings) else f"a member of {groups} must save it, or the page be protected"
    yield Finding(entry.name, "author of the settings page", not advice, advice)
    read = read_settings(settings.text, info, ALL)
    for problem in read.problems:
        where = f"{entry.settings}:{problem.line}:{problem.column}"
        yield Finding(entry.name, where, well=False, advice=f"{problem.key}: {problem.message}")
    if read.settings is not None:
        boards = tuple(read.settings.boards)
        pages = wiki.read(boards).pages if boards else {}
        for title in boards:
            wrong = board_page(pages[title], info)
            yield Finding(entry.name, f"board {title}", wrong is None, f"it {wrong}" if wrong else "")
