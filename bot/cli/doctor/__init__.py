"""``clerk doctor``: what works (database, login, rights, pages, clock) and what to do about the rest."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from bot.cli import wire
from bot.cli.console import ATTENTION, DONE, Format, output, plain, print_json, table
from bot.cli.doctor import host
from bot.cli.doctor.account import account
from bot.cli.doctor.finding import Finding
from bot.cli.doctor.pages import pages, wiki_itself
from bot.errors import OperatorProblem
from bot.operatorfile import Operator, WikiEntry
from bot.reading.facts import wiki_info
from bot.wiki.port import WikiError


def doctor(config: Path, wiki: str, printed: Format) -> int:
    """Looks at everything that a run needs; writes nothing to any wiki. Exit 1 where something is not well."""
    operator = wire.operator(config)
    findings = [*host.versions(), Finding(str(config), "the operator's file", well=True), host.database(operator)]
    for entry in wire.entries(operator, wiki):
        findings += _one_wiki(operator, entry)
    if printed is Format.JSON:
        names = ("where", "what", "well", "advice")
        print_json([{name: getattr(one, name) for name in names} for one in findings])
    else:
        _print(findings)
    return DONE if all(one.well for one in findings) else ATTENTION


def _print(findings: list[Finding]) -> None:
    shown = table("Where", "What", "", "What to do")
    for one in findings:
        sign = "[green]well[/]" if one.well and not one.advice else "[yellow]note[/]"
        shown.add_row(escape(one.where), escape(one.what), sign if one.well else "[red]not well[/]", escape(one.advice))
    output().print(shown)
    bad, notes = (sum(one.well is well and bool(one.advice) for one in findings) for well in (False, True))
    if bad:
        plain(f"{bad} of {len(findings)} are not well: what to do stands beside them; then run clerk doctor again.")
    else:
        plain(f"All well{f', {notes} with a note' if notes else ''}. Next: clerk run --dry-run")


def _one_wiki(operator: Operator, entry: WikiEntry) -> list[Finding]:
    """Everything about one wiki; the first thing that keeps the rest from being looked at ends the list."""
    findings: list[Finding] = []
    try:
        with wire.opened(entry, operator.path.absolute().parent) as wiki:
            findings.append(Finding(entry.name, f"login as {wiki.account().name}", well=True))
            info = wiki_info(wiki.facts())
            findings += account(wiki, entry, info)
            findings += wiki_itself(wiki, entry, info)
            findings += pages(wiki, entry, info)
    except (OperatorProblem, WikiError) as problem:
        findings.append(Finding(entry.name, "reading and login", well=False, advice=str(problem)))
    return findings
