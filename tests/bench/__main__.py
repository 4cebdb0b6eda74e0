"""Measures every figure, prints them as a table and writes ``bench.json``; exit code 1 where a bound does not hold."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench import reading
from tests.bench.figures import Figure

PARTS = (reading.measure,)
OUTPUT = Path("bench.json")


def main() -> int:
    """Run all parts."""
    figures: list[Figure] = []
    # a width for pipes and logs, where nobody tells one
    console = Console() if sys.stdout.isatty() else Console(width=120, color_system=None)
    with console.status("measuring") as status:
        for part in PARTS:
            for figure in part():
                figures.append(figure)
                status.update(f"measured {figure.name}")
    console.print(as_table(figures, plain=not console.is_terminal))
    OUTPUT.write_text(json.dumps(as_json(figures), indent=2) + "\n", encoding="utf-8")
    return 0 if all(figure.holds for figure in figures) else 1


def as_json(figures: list[Figure]) -> dict[str, dict[str, float | str | None]]:
    """The figures for machines."""
    return {
        figure.name: {"ours": figure.ours, "theirs": figure.theirs, "ratio": figure.ratio, "unit": figure.unit}
        for figure in figures
    }


def as_table(figures: list[Figure], *, plain: bool) -> Table:
    """The figures for people; ``plain`` keeps to letters that every log shows."""
    table = Table("figure", "what", box=box.ASCII2 if plain else box.HEAVY_HEAD)
    for column in ("ours", "theirs", "ratio", "bound"):
        table.add_column(column, justify="right")
    for figure in figures:
        theirs = "" if figure.theirs is None else f"{figure.theirs:.4g} {figure.unit}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.3f}"
        bound = "" if figure.bound is None else f"< {figure.bound:.3g}" + ("" if figure.holds else "  NOT HELD")
        table.add_row(figure.name, figure.what, f"{figure.ours:.4g} {figure.unit}", theirs, ratio, bound)
    return table


if __name__ == "__main__":
    sys.exit(main())
