"""The terminal: colour where a person reads, plain text where it is piped, and problems as one clear sentence."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Any

from rich.box import HEAVY_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

DONE = 0
"""Exit code: done, or nothing to do."""
ATTENTION = 1
"""Exit code: a person must look."""
WRONG_USE = 2
"""Exit code: the command or the operator's file is wrong."""


class Format(StrEnum):
    """How a command prints what it found."""

    TABLE = "table"
    JSON = "json"


class RunFormat(StrEnum):
    """How ``clerk run`` prints what it did; a log has a line for each event."""

    TABLE = "table"
    JSON = "json"
    LOG = "log"


def table(*columns: str, title: str = "") -> Table:
    """A table with lines in a terminal and none where it is piped."""
    box = HEAVY_HEAD if sys.stdout.isatty() else None
    made = Table(title=escape(title) or None, title_justify="left", box=box, pad_edge=box is not None)
    for name in columns:
        made.add_column(name, overflow="fold")
    return made


def output() -> Console:
    """Where results go. Piped, lines are not folded to a terminal's width."""
    width = None if sys.stdout.isatty() else 200
    return Console(highlight=False, width=width)


def messages() -> Console:
    """Where progress, warnings and problems go."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Prints a value for machines."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def plain(line: str) -> None:
    """Prints a line as it is, at once: a log is read while the program goes on."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """Says what is wrong, where, and what to do; the sentence may hold anything, markup is not interpreted."""
    messages().print(f"clerk: {sentence}", style="red", markup=False)
