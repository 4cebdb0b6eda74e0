"""The operator's commands and their options: setting the bot up, letting it run for years, taking back, telling."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.app import DEFAULT_CONFIG, Config, Printed, WikiName, app
from bot.cli.console import Format
from bot.cli.forms import PageForm

__all__ = ["app"]

Boards = Annotated[list[str] | None, typer.Option("--board", help="A board's title; give it once for each.")]
Groups = Annotated[list[str] | None, typer.Option("--trusted", help="A user group that may set up and start the bot.")]


@app.command()
def init(
    config: Config = DEFAULT_CONFIG,
    wiki: Annotated[str, typer.Option("--wiki", help="A wiki's address, or a family and code: wikipedia:en.")] = "",
    name: Annotated[str, typer.Option("--name", help="A short name for the wiki.")] = "",
    account: Annotated[str, typer.Option("--account", help="The bot's account.")] = "",
    login: Annotated[str, typer.Option("--login", help="bot-password, oauth or password.")] = "",
    password_name: Annotated[
        str, typer.Option("--password-name", help="The bot password's name: what stands after the @.")
    ] = "",
    boards: Boards = None,
    settings: Annotated[str, typer.Option("--settings-page", help="Where the community sets the bot up.")] = "",
    run_page: Annotated[str, typer.Option("--run-page", help="The page that must say: run.")] = "",
    trusted: Groups = None,
    contact: Annotated[str, typer.Option("--contact", help="Your user page or e-mail, sent to the wiki.")] = "",
    approval: Annotated[str, typer.Option("--approval", help="needed, or: not needed.")] = "",
    starter: Annotated[str, typer.Option("--starter", help="Where to save a settings page; - prints it.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; what is not given takes its default.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
) -> None:
    """Sets the bot up: asks, proves the login, writes clerk.yaml and Pywikibot's files. Edits no wiki.

    The password is never an option, which others could see: it is asked for, or taken from CLERK_PASSWORD (OAuth:
    CLERK_OAUTH_CONSUMER_KEY, CLERK_OAUTH_CONSUMER_SECRET, CLERK_OAUTH_ACCESS_KEY, CLERK_OAUTH_ACCESS_SECRET).
    """
    from bot.cli.init import Given
    from bot.cli.init import init as command

    given = Given(
        wiki,
        name,
        account,
        login,
        password_name,
        tuple(boards or ()),
        settings,
        run_page,
        tuple(trusted or ()),
        contact,
        approval,
        starter,
        yes,
        force,
    )
    raise typer.Exit(command(config, given))


@app.command()
def doctor(config: Config = DEFAULT_CONFIG, wiki: WikiName = "", printed: Printed = Format.TABLE) -> None:
    """Tells what works (login, rights, pages, database) and what to do about the rest."""
    from bot.cli.doctor import doctor as command

    raise typer.Exit(command(config, wiki, printed))


@app.command()
def serve(config: Config = DEFAULT_CONFIG) -> None:
    """Stays and makes the same pass by the schedule of the operator's file, until it is told to end."""
    from bot.cli.serve import serve as command

    raise typer.Exit(command(config))


@app.command()
def status(config: Config = DEFAULT_CONFIG, wiki: WikiName = "", printed: Printed = Format.TABLE) -> None:
    """Tells what was done lately, what is due and what waits for a person. Asks the journal, no wiki."""
    from bot.cli.status import status as command

    raise typer.Exit(command(config, wiki, printed))


@app.command()
def health(
    config: Config = DEFAULT_CONFIG,
    within: Annotated[int, typer.Option("--within", min=1, help="Minutes since the last pass.")] = 60,
) -> None:
    """Ends in 0 where passes come to their end; for health checks of a resident process."""
    from bot.cli.status import health as command

    raise typer.Exit(command(config, within))


@app.command()
def undo(
    number: Annotated[int, typer.Argument(metavar="RUN", help="The run's number; `clerk status` lists them.")],
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be taken back; write nothing.")] = False,
    printed: Printed = Format.TABLE,
) -> None:
    """Takes back what a run saved, where nobody built on it."""
    from bot.cli.undo import undo as command

    raise typer.Exit(command(config, wiki, number, printed, dry_run=dry_run))


@app.command("trial-report")
def trial_report(
    config: Config = DEFAULT_CONFIG,
    wiki: WikiName = "",
    task: Annotated[str, typer.Option("--task", help="Only this task.")] = "",
    form: Annotated[PageForm, typer.Option("--format", help="What to write.")] = PageForm.WIKITEXT,
) -> None:
    """Writes the page that approvers ask for: each task's edits with their diffs, refusals, counts. Asks no wiki."""
    from bot.cli.trialreport import trial_report as command

    raise typer.Exit(command(config, wiki, task, form))
