"""``clerk demo``: plays a made-up community and leaves one page to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.markup import escape
from rich.progress import Progress

from bot.cli.console import ATTENTION, DONE, messages, output
from bot.demo.community import BOT, Community, Played, play
from bot.plan import Decision
from bot.runner import BoardReport, State
from bot.show.page import Happening, Kind, PageShown, Reason, Story, render
from tasks import ALL

_INTRO = (
    "A made-up community on two wikis: people write on three boards for some days, and between their edits the bot "
    "makes its passes. Every page below was really saved on a wiki inside this program; nothing was sent anywhere."
)


def demo(out: Path) -> int:
    """Plays, prints what happened, writes the page."""
    with Progress(console=messages(), transient=True) as bar:
        line = bar.add_task("The bot makes its passes", total=None)
        played = play(ALL, lambda done, of: bar.update(line, completed=done, total=of))
    console = output()
    for told in played.lines:
        style = "dim" if told.who == BOT else ""
        if told.edit is not None:
            style = "bold green" if told.edit.state is State.SAVED else "bold red"
        text = escape(f"{told.at:%a %d %b %H:%M}  {told.wiki:<13} {told.who:<13} {told.what}")
        console.print(f"[{style}]{text}[/]" if style else text)
    out.write_text(render(_story(played)), encoding="utf-8")
    problems = [problem for report in played.reports for problem in report.problems]
    for problem in problems:
        messages().print(escape(problem), style="red")
    console.print(f"\nEverything before and after, with diffs and reasons: [bold]{escape(str(out))}[/]")
    return ATTENTION if problems else DONE


def _story(played: Played) -> Story:
    pages = [page for community in played.communities for page in _pages(community, played)]
    # What was decided last about a thread is what counts.
    reasons = {
        (reason.board, one.thread, one.task, one.person): reason
        for report in played.reports
        for board in report.boards
        for one, reason in _reasons(board)
    }
    return Story(
        title="Boardclerk: some days on three boards",
        intro=_INTRO,
        pages=tuple(pages),
        reasons=tuple(sorted(reasons.values(), key=lambda reason: (reason.board, reason.thread, reason.task))),
        happenings=tuple(
            Happening(
                f"{told.at:%a %d %b %H:%M}",
                told.who,
                f"{told.what} ({told.wiki})",
                told.who == BOT,
                told.edit.old if told.edit else "",
                told.edit.new if told.edit else "",
            )
            for told in played.lines
        ),
    )


def _reasons(report: BoardReport) -> Iterator[tuple[Decision, Reason]]:
    threads = report.board.threads if report.board else ()
    labels = {thread.identity: thread.heading.text if thread.heading else "" for thread in threads}
    for task in report.tasks:
        for one in task.decisions:
            label = (labels.get(one.thread) or "a report on the list") if one.thread else "the whole board"
            yield one, Reason(report.title, label, one.task, one.verdict, one.found, one.wanted, one.person)


def _pages(community: Community, played: Played) -> list[PageShown]:
    wiki = community.wiki
    boards = {board.title for report in played.reports if report.wiki == wiki.name for board in report.boards}
    touched = {told.edit.page for told in played.lines if told.edit and told.wiki == wiki.name}
    shown = []
    for title in wiki.pages():
        if title in boards or title in touched:
            before = played.before.get((wiki.name, title), "")
            shown.append(PageShown(wiki.name, title, _kind(title, boards), before, wiki.current_text(title)))
    return shown


def _kind(title: str, boards: set[str]) -> Kind:
    if title in boards:
        return "board"
    if "/Archiv" in title:
        return "archive"
    if title.endswith(("/Waiting", "/Wartend")):
        return "summary"
    if title.startswith(("User talk:", "Benutzer Diskussion:")):
        return "talk"
    return "other"
