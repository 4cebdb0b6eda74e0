"""The commands and their options. What they do stands in the modules that they call; ``operate`` has more of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli.console import Format, RunFormat
from bot.cli.forms import Form
from bot.figures.spans import Period

app = typer.Typer(
    name="clerk",
    help="Keeps a wiki's noticeboards in order: archives, tells, marks, lists, measures.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
settings_app = typer.Typer(help="The community's settings page.", no_args_is_help=True)
app.add_typer(settings_app, name="settings")

Config = Annotated[Path, typer.Option("--config", envvar="CLERK_CONFIG", help="The operator's file.")]
WikiName = Annotated[str, typer.Option("--wiki", help="Only this wiki of the operator's file.")]
BoardName = Annotated[str, typer.Option("--board", help="Only this board.")]
TaskName = Annotated[str, typer.Option("--task", help="Only this task.")]
Printed = Annotated[Format, typer.Option("--format", help="A table for people or JSON for machines.")]
InfoFile = Annotated[Path | None, typer.Option("--wiki-info", help="The wiki's facts as JSON; English without it.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A settings page as a file.")]
Now = Annotated[datetime | None, typer.Option("--now", formats=["%Y-%m-%dT%H:%M:%SZ"], help="The instant to judge at.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day (UTC).")]
Html = Annotated[Path | None, typer.Option("--html", help="Write one self-contained page here instead.")]
Page = Annotated[str, typer.Argument(help="A page title on a configured wiki, or a local file.")]
DEFAULT_CONFIG = Path("clerk.yaml")


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"clerk {__version__}")
        raise typer.Exit


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("demo.html"),
) -> None:
    """Shows the whole job on a made-up community, on a wiki inside this program. Needs no network."""
    from bot.cli.demo import demo as command

    raise typer.Exit(command(out))


@app.command()
def run(
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    board: BoardName = "",
    task: TaskName = "",
    all_: Annotated[bool, typer.Option("--all", help="Everything, due or not.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; write nothing.")] = False,
    printed: Annotated[
        RunFormat, typer.Option("--format", help="A table for people, JSON, or a log.")
    ] = RunFormat.TABLE,
) -> None:
    """Makes one pass over everything that is due."""
    from bot.cli.onepass import Chosen
    from bot.cli.run import run as command

    raise typer.Exit(command(config, Chosen(wiki, board, task, all_, dry_run), printed))


@app.command()
def preview(
    page: Page,
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    board: BoardName = "",
    settings: SettingsFile = None,
    wiki_info: InfoFile = None,
    now: Now = None,
    html: Html = None,
    printed: Printed = Format.TABLE,
) -> None:
    """Shows what would be done on a board, with diffs. Reads without login, writes nothing."""
    from bot.cli.look import Source
    from bot.cli.preview import preview as command

    raise typer.Exit(command(Source(page, config, wiki, settings, wiki_info, now, board), html, printed))


@app.command()
def explain(
    page: Page,
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    board: BoardName = "",
    settings: SettingsFile = None,
    wiki_info: InfoFile = None,
    now: Now = None,
    printed: Printed = Format.TABLE,
) -> None:
    """Tells for every thread of a board what was decided and why."""
    from bot.cli.look import Source
    from bot.cli.preview import explain as command

    raise typer.Exit(command(Source(page, config, wiki, settings, wiki_info, now, board), printed))


@app.command()
def threads(
    page: Page,
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    board: BoardName = "",
    settings: SettingsFile = None,
    wiki_info: InfoFile = None,
    now: Now = None,
    printed: Printed = Format.TABLE,
) -> None:
    """Lists what was read from a page or file: threads, comments, who and when."""
    from bot.cli.look import Source
    from bot.cli.threads import threads as command

    raise typer.Exit(command(Source(page, config, wiki, settings, wiki_info, now, board), printed))


@settings_app.command("check")
def settings_check(
    file: Annotated[str, typer.Argument(help="A file, or nothing for the page on the configured wiki.")] = "",
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    wiki_info: InfoFile = None,
    printed: Printed = Format.TABLE,
) -> None:
    """Names every mistake on a settings page with its line; exit 1 when there is one."""
    from bot.cli.settings import check as command

    raise typer.Exit(command(file, config, wiki, wiki_info, printed))


@settings_app.command("init")
def settings_init(
    page: Page,
    preset: Annotated[str, typer.Option("--preset", help="The kind of board; guessed from the page without it.")] = "",
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    board: BoardName = "",
    wiki_info: InfoFile = None,
) -> None:
    """Writes a commented settings page to begin with, for a board on a wiki or in a file."""
    from bot.cli.look import Source
    from bot.cli.settings import init as command

    raise typer.Exit(command(Source(page, config, wiki, None, wiki_info, None, board), preset))


@settings_app.command("import")
def settings_import(
    page: Page,
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    board: BoardName = "",
    wiki_info: InfoFile = None,
) -> None:
    """Writes settings that say what another archiving bot's template on a board says."""
    from bot.cli.look import Source
    from bot.cli.settings import import_ as command

    raise typer.Exit(command(Source(page, config, wiki, None, wiki_info, None, board)))


@settings_app.command("manual")
def settings_manual(
    form: Annotated[str, typer.Option("--format", help="wikitext or markdown.")] = "wikitext",
) -> None:
    """Prints the complete manual of the settings page."""
    from bot.cli.settings import manual as command

    raise typer.Exit(command(form))


@settings_app.command("schema")
def settings_schema() -> None:
    """Prints the JSON Schema of the settings page, for editors."""
    from bot.cli.settings import schema as command

    raise typer.Exit(command())


@app.command()
def report(
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    board: BoardName = "",
    period: Annotated[Period, typer.Option(help="The newest one that is over; or give --since.")] = Period.WEEK,
    since: Day = None,
    until: Day = None,
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.HTML,
    out: Annotated[Path | None, typer.Option(help="The file to write; without it, standard output.")] = None,
    language: Annotated[str, typer.Option(help="The language of the report; without it the wiki's.")] = "",
) -> None:
    """Writes the figures of a span, for every board that was observed, from the journal."""
    from bot.cli.report import Wanted
    from bot.cli.report import report as command

    raise typer.Exit(command(config, Wanted(period, since, until, wiki, board, language), form, out))


@app.command()
def backfill(
    board: Annotated[str, typer.Argument(help="A board of the settings page.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day to read.")],
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    export: Annotated[
        Path | None, typer.Option(help="A MediaWiki XML export (also .gz, .bz2) with all revisions.")
    ] = None,
) -> None:
    """Reads what happened on a board before the bot came from the page's history."""
    from bot.cli.backfill import backfill as command

    raise typer.Exit(command(config, wiki, board, since, export))
