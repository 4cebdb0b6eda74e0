"""What the doctor finds on this machine: versions and the database."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import version

from bot import __version__
from bot.cli import wire
from bot.cli.doctor.finding import Finding
from bot.errors import OperatorProblem
from bot.operatorfile import Operator

_THIS = "this machine"


def versions() -> Iterator[Finding]:
    """Which Boardclerk, Python and Pywikibot are at work; asked for in every report of a fault."""
    for name, number in (
        ("Boardclerk", __version__),
        ("Python", platform.python_version()),
        ("Pywikibot", version("pywikibot")),
    ):
        yield Finding(_THIS, f"{name} {number}", well=True)


def database(operator: Operator) -> Finding:
    """Whether the journal can be opened and is at the newest schema (opening it sees to that)."""
    try:
        journal = wire.journal(operator)
    except OperatorProblem as problem:
        return Finding("journal", "the database", well=False, advice=str(problem))
    try:
        return Finding("journal", f"the database: {journal.server()}", well=True)
    except OperatorProblem as problem:
        return Finding("journal", "the database", well=False, advice=str(problem))
    finally:
        journal.close()
