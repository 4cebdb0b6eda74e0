"""``clerk settings``: what is wrong on a page, a page to begin with, another bot's orders as settings, the manual."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.markup import escape

from bot.cli.console import ATTENTION, DONE, Format, output, print_json
from bot.cli.look import Source, facts_of, read_text, settings_of
from bot.errors import CommunityProblem, OperatorProblem
from bot.model import WikiInfo
from bot.settings.jsonschema import json_schema
from bot.settings.manual import manual as written_manual
from bot.settings.nearest import nearest
from bot.settings.presets import PRESETS
from bot.settings.schema import SECTIONS, SettingsReading
from bot.settings.starter import imported, look, starter
from tasks import ALL


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


def manual(form: str) -> int:
    """Prints the complete manual, as wikitext or Markdown."""
    if form not in ("wikitext", "markdown"):
        raise OperatorProblem(f'there is no form "{form}"; forms: wikitext, markdown')
    sys.stdout.write(written_manual(ALL, "markdown" if form == "markdown" else "wikitext", SECTIONS))
    return DONE


def schema() -> int:
    """Prints the JSON Schema of the settings page."""
    print_json(json_schema(ALL, SECTIONS))
    return DONE


def init(source: Source, preset: str) -> int:
    """Prints a page to begin with for a board, by the preset named or the one that fits what stands there."""
    if preset and preset not in PRESETS:
        near = nearest(preset, PRESETS)
        hint = f'did you mean "{near}"?' if near else f"presets: {', '.join(PRESETS)}"
        raise OperatorProblem(f'there is no preset "{preset}"; {hint}')
    title, text, info = _board(source)
    found = look(text, title, info)
    sys.stdout.write(starter(title, preset or found.preset, found))
    return DONE


def import_(source: Source) -> int:
    """Prints settings that say what another archiving bot's template on the board says; exit 1 where there is none."""
    title, text, info = _board(source)
    orders = look(text, title, info).orders
    if not orders:
        raise CommunityProblem(
            f"{title} bears no orders to an archiving bot that could be read (MiszaBot/config, ClueBot III, "
            "Autoarchiv-Erledigt); clerk settings init writes a page to begin with"
        )
    sys.stdout.write("\n".join(imported(title, one) for one in orders))
    return DONE


def _board(source: Source) -> tuple[str, str, WikiInfo]:
    """The title and text of a board on a wiki or in a file, and the wiki's facts."""
    if source.file is not None:
        return source.board or "Project:Incidents", read_text(source.file), facts_of(source.wiki_info)
    from bot.cli import wire  # only a page on a wiki needs a wiki
    from bot.reading.facts import wiki_info as facts

    with wire.looked_at(source) as (wiki, entry):
        info = facts(wiki.facts())
        page = wiki.read([source.page]).pages[source.page]
        if page.text is None:
            raise OperatorProblem(f'{entry.name} has no page "{source.page}" that can be read; check the title')
        return page.title, page.text, info


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
