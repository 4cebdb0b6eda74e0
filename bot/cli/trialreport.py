"""``clerk trial-report``: the page that approvers of bots ask for, from the journal alone."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.cli import wire
from bot.cli.console import DONE, print_json
from bot.cli.forms import PageForm
from bot.cli.threads import instant_text
from bot.errors import OperatorProblem
from bot.journal import UNCUT, UNSETTLED, PastWrite, WikiJournal
from bot.operatorfile import WikiEntry
from bot.show.trial import TaskTrial, TrialEdit, Trials, markdown, wikitext
from tasks import ALL, WIKI

_TAKEN_BACK = ("undo", UNCUT)


def trial_report(config: Path, wiki: str, task: str, form: PageForm) -> int:
    """Writes a page for each wiki to standard output. Raises OperatorProblem for a name that there is not."""
    operator = wire.operator(config)
    names = [*(one.name for one in ALL), *(one.name for one in WIKI)]
    if task and task not in names:
        raise OperatorProblem(f'there is no task "{task}"; tasks: {", ".join(names)}')
    journal = wire.journal(operator)
    try:
        found = [
            _trials(entry, journal.of(entry.name), [task] if task else names) for entry in wire.entries(operator, wiki)
        ]
    finally:
        journal.close()
    if form is PageForm.JSON:
        print_json([_as_json(one) for one in found])
    else:
        write = markdown if form is PageForm.MARKDOWN else wikitext
        sys.stdout.write("\n".join(write(one) for one in found))
    return DONE


def _trials(entry: WikiEntry, journal: WikiJournal, names: list[str]) -> Trials:
    """What the journal knows of the tasks that are on trial or ever wrote."""
    writes = {name: journal.past_writes(task=name) for name in names}
    tasks = tuple(_task(entry, name, writes[name]) for name in names if writes[name] or name in entry.trial.edits)
    return Trials(entry.name, datetime.now(UTC), tasks, _diff(entry, journal))


def _task(entry: WikiEntry, name: str, writes: tuple[PastWrite, ...]) -> TaskTrial:
    saved = [one for one in writes if one.state == "saved"]
    return TaskTrial(
        name,
        entry.trial.edits.get(name),
        entry.trial.until,
        entry.approval.get(name, ""),
        tuple(_edit(one) for one in saved if one.kind not in _TAKEN_BACK),
        tuple(_edit(one) for one in saved if one.kind in _TAKEN_BACK),
        tuple(_edit(one) for one in writes if one.state == "refused"),
        sum(one.state in UNSETTLED for one in writes),
    )


def _edit(write: PastWrite) -> TrialEdit:
    page = "" if write.page.startswith("#") else write.page
    return TrialEdit(write.begun, write.board, page, write.kind, write.revision)


def _diff(entry: WikiEntry, journal: WikiJournal) -> str:
    """The address of a diff up to its number, by what the wiki said of itself when it was last asked."""
    if entry.api:
        return f"{entry.api.removesuffix('api.php')}index.php?diff="
    cached = journal.cached_facts()
    general = cached.answer.get("query", {}).get("general", {}) if cached is not None else {}
    server, script = str(general.get("server", "")), str(general.get("script", ""))
    if not server or not script:
        return ""
    return f"https://{urlsplit(server).netloc}{script}?diff="


def _as_json(trials: Trials) -> dict[str, Any]:
    return {
        "wiki": trials.wiki,
        "made": instant_text(trials.made),
        "tasks": [
            {
                "task": one.task,
                "granted": one.granted,
                "until": one.until.isoformat() if one.until else None,
                "approval": one.approval or None,
                "left": one.left,
                "unclear": one.unclear,
                "edits": [_edit_json(edit, trials.diff) for edit in one.edits],
                "taken_back": [_edit_json(edit, trials.diff) for edit in one.taken_back],
                "refused": [_edit_json(edit, "") for edit in one.refused],
            }
            for one in trials.tasks
        ],
    }


def _edit_json(edit: TrialEdit, diff: str) -> dict[str, Any]:
    return {
        "time": instant_text(edit.instant),
        "board": edit.board,
        "page": edit.page or None,
        "kind": edit.kind,
        "revision": edit.revision or None,
        "diff": f"{diff}{edit.revision}" if diff and edit.revision else None,
    }
