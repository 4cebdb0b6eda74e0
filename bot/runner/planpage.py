"""The page where a task in plan mode says what it would do: no names, no headings, changed only when the plan does."""

from __future__ import annotations

from collections import Counter

from bot.messages import Messages, Sentence, link, plain, stamp
from bot.model import Board
from bot.plan import Decision, Edit, Plan, WholeText

# Beyond this the page would be longer than anybody reads.
_ROWS = 100


def title_of(settings_page: str, board: str, task: str) -> str:
    """Name the plan page of one task on one board: a subpage of the settings page."""
    return f"{settings_page}/Plan/{board}, {task}"


def render(board: Board, task: str, why: Sentence, plan: Plan, messages: Messages) -> str:
    """Write the page. What was found is left out: it holds ages, and the page would change with every run."""
    say = messages.say
    edits = Counter((edit.kind, "" if edit.person else edit.page) for edit in plan.edits)
    lines = [
        "__NOINDEX__",
        say("plan-intro", plain(task), link(board.title), why.said(messages)),
        "",
        say("plan-saves" if edits else "plan-saves-nothing"),
        *(
            f"* {say('plan-edits', plain(kind), link(page) if page else say('plan-talk-pages'), count)}"
            for (kind, page), count in sorted(edits.items())
        ),
    ]
    rows = [_row(board, decision) for decision in plan.decisions if not _idle(decision)]
    if rows:
        columns = (say("summary-column-opened"), say("plan-column-decision"), say("plan-column-because"))
        lines += ["", '{| class="wikitable"', f"! {' !! '.join(columns)}"]
        lines += [f"|-\n| {row}" for row in rows[:_ROWS]]
        lines += ["|}"]
        if len(rows) > _ROWS:
            lines += [say("settings-more", len(rows) - _ROWS)]
    return "\n".join(lines)


def edit_of(page: str, revision: int, text: str, messages: Messages) -> Edit:
    """Make the edit that posts a plan."""
    return Edit("plan", "plan", page, revision, WholeText(text), messages.say("plan-own"))


def _idle(decision: Decision) -> bool:
    return decision.verdict.startswith(("stay", "not "))


def _row(board: Board, decision: Decision) -> str:
    thread = next((one for one in board.threads if one.identity == decision.thread), None)
    opened = stamp(thread.opened) if thread is not None and thread.opened is not None else "—"
    return f"{opened} || {plain(decision.verdict)} || {plain(decision.wanted)}"
