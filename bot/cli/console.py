"""The terminal: colour where a person reads, plain text where it is piped, and problems as one clear sentence."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Any

from rich.console import Console

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


def complain(sentence: str) -> None:
    """Says what is wrong, where, and what to do; the sentence may hold anything, markup is not interpreted."""
    messages().print(f"clerk: {sentence}", style="red", markup=False)
