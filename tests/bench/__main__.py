"""Measures every figure, prints them as a table and writes ``bench.json``; exit code 1 where a bound does not hold.

Every module of this package that has a function ``measure`` is a part: it yields ``Figure``s as they are measured.
``python -m tests.bench PART …`` measures some parts only and keeps the others' figures in ``bench.json``.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

import tests.bench
from tests.bench.figures import Figure

OUTPUT = Path("bench.json")

Measure = Callable[[], Iterable[Figure]]


def parts() -> dict[str, Measure]:
    """The parts by the names of their modules."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name != "__main__")
    modules = {name: importlib.import_module(f"tests.bench.{name}") for name in names}
    return {name: module.measure for name, module in modules.items() if hasattr(module, "measure")}


def main(chosen: list[str]) -> int:
    """Run the parts chosen, or all."""
    known = parts()
    unknown = [name for name in chosen if name not in known]
    if unknown:
        sys.stderr.write(f"there is no part {', '.join(unknown)}; parts: {', '.join(known)}\n")
        return 2
    figures: list[Figure] = []
    # a width for pipes and logs, where nobody tells one
    console = Console() if sys.stdout.isatty() else Console(width=140, color_system=None)
    with console.status("measuring") as status:
        for name in chosen or known:
            for figure in known[name]():
                figures.append(figure)
                status.update(f"measured {figure.name}")
    console.print(as_table(figures, plain=not console.is_terminal))
    before = json.loads(OUTPUT.read_text(encoding="utf-8")) if chosen and OUTPUT.exists() else {}
    OUTPUT.write_text(json.dumps(before | as_json(figures), indent=2) + "\n", encoding="utf-8")
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
        bound = figure.bounds + ("" if figure.holds else "  NOT HELD")
        table.add_row(figure.name, figure.what, f"{figure.ours:.4g} {figure.unit}", theirs, ratio, bound)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
