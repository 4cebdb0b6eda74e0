"""``clerk settings``: what is wrong on a settings page, with line, column and what to write instead."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from bot.cli.console import ATTENTION, DONE, Format, output, print_json
from bot.cli.look import Source, facts_of, settings_of
from bot.settings.schema import SettingsReading


def check(file: str, config: Path, wiki: str, wiki_info: Path | None, printed: Format) -> int:
    """Prints ``FILE:LINE:COLUMN: key: message`` for each problem; exit 1 when there is one."""
    if file:
        where, reading = file, settings_of(Path(file), facts_of(wiki_info))
    else:
        where, reading = _on_the_wiki(config, wiki)
    if printed is Format.JSON:
        print_json(
            [
                {"line": one.line, "column": one.column, "key": one.key, "message": one.message}
                for one in reading.problems
            ]
        )
    else:
        _print(where, reading)
    return ATTENTION if reading.problems or reading.settings is None else DONE


def _on_the_wiki(config: Path, wiki: str) -> tuple[str, SettingsReading]:
    from bot.cli import wire  # only a page on a wiki needs a wiki
    from bot.reading.facts import wiki_info as facts

    with wire.looked_at(Source("", config, wiki)) as (opened, entry):
        return entry.settings, wire.settings_on(opened, entry, facts(opened.facts()))


def _print(where: str, reading: SettingsReading) -> None:
    console = output()
    for problem in reading.problems:
        console.print(
            escape(f"{where}:{problem.line}:{problem.column}: {problem.key}: {problem.message}"), soft_wrap=True
        )
    for hint in reading.hints:
        console.print(f"[dim]{escape(f'{where}: hint: {hint}')}[/]", soft_wrap=True)
    if not reading.problems and reading.settings is not None:
        boards = reading.settings.boards
        tasks = sum(len(board.tasks) for board in boards.values())
        console.print(f"[green]{escape(where)}: fine[/] ({len(boards)} boards, {tasks} tasks switched on)")
