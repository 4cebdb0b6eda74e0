"""The page where a task in plan mode says what it would do: no names, no headings, changed only when the plan does."""

from __future__ import annotations

from collections import Counter

from bot.messages import link, plain, stamp
from bot.model import Board
from bot.plan import Decision, Edit, Plan, WholeText

# Beyond this the page would be longer than anybody reads.
_ROWS = 100


def title_of(settings_page: str, board: str, task: str) -> str:
    """Name the plan page of one task on one board: a subpage of the settings page."""
    return f"{settings_page}/Plan/{board}, {task}"


def render(board: Board, task: str, why: str, plan: Plan) -> str:
    """Write the page. What was found is left out: it holds ages, and the page would change with every run."""
    edits = Counter((edit.kind, "" if edit.person else edit.page) for edit in plan.edits)
    lines = [
        "__NOINDEX__",
        f"The task ''{plain(task)}'' on {link(board.title)} only plans: {plain(why)}.",
        "",
        "It would save:" if edits else "It would save nothing.",
        *(
            f"* {plain(kind)}, {link(page) if page else 'talk pages'}: {count}"
            for (kind, page), count in sorted(edits.items())
        ),
    ]
    rows = [_row(board, decision) for decision in plan.decisions if not _idle(decision)]
    if rows:
        lines += ["", '{| class="wikitable"', "! Thread opened !! Decision !! Because"]
        lines += [f"|-\n| {row}" for row in rows[:_ROWS]]
        lines += ["|}"]
        if len(rows) > _ROWS:
            lines += [f"And {len(rows) - _ROWS} more."]
    return "\n".join(lines)


def edit_of(page: str, revision: int, text: str) -> Edit:
    """Make the edit that posts a plan."""
    return Edit("plan", "plan", page, revision, WholeText(text), "Bot: what a task in plan mode would do")


def _idle(decision: Decision) -> bool:
    return decision.verdict.startswith(("stay", "not "))


def _row(board: Board, decision: Decision) -> str:
    thread = next((one for one in board.threads if one.identity == decision.thread), None)
    opened = stamp(thread.opened) if thread is not None and thread.opened is not None else "—"
    return f"{opened} || {plain(decision.verdict)} || {plain(decision.wanted)}"
