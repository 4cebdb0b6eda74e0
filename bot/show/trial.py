"""The page that approvers of bots ask for: what a trial granted, each edit with its diff, what was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class TrialEdit:
    """One edit. ``page`` is "" where it is somebody's talk page; ``revision`` 0 where nothing was saved."""

    instant: datetime
    board: str
    page: str
    kind: str
    revision: int


@dataclass(frozen=True, slots=True)
class TaskTrial:
    """One task's trial. ``granted`` None: it is no longer, or never was, on trial in the operator's file.

    ``edits`` stand on the wiki; ``taken_back`` are the operator's own undos; ``refused`` the wiki would not take, or
    somebody else edited first; ``unclear`` got no clear answer, which the next run settles.
    """

    task: str
    granted: int | None
    until: date | None
    approval: str
    edits: tuple[TrialEdit, ...]
    taken_back: tuple[TrialEdit, ...]
    refused: tuple[TrialEdit, ...]
    unclear: int

    @property
    def left(self) -> int | None:
        """How many edits are left of what was granted; the operator's undos count, too."""
        if self.granted is None:
            return None
        return max(0, self.granted - len(self.edits) - len(self.taken_back))


@dataclass(frozen=True, slots=True)
class Trials:
    """All trials on one wiki; ``diff`` is the address of a diff up to its number, "" where it is not known."""

    wiki: str
    made: datetime
    tasks: tuple[TaskTrial, ...]
    diff: str = ""


def counts(trial: TaskTrial) -> str:
    """What was granted and done, in one line."""
    granted = "no trial in force" if trial.granted is None else f"granted: {trial.granted} edits"
    until = f" until {trial.until.isoformat()}" if trial.until is not None and trial.granted is not None else ""
    left = f", left: {trial.left}" if trial.left is not None else ""
    kinds = ", ".join(f"{kind}: {number}" for kind, number in sorted(Counter(one.kind for one in trial.edits).items()))
    return f"{granted}{until}; made: {len(trial.edits)}{f' ({kinds})' if kinds else ''}{left}"


def not_saved(trial: TaskTrial) -> str:
    """What does not stand on the wiki, in one line."""
    return (
        f"refused by the wiki, or overtaken by somebody's edit: {len(trial.refused)}; without a clear answer: "
        f"{trial.unclear}; taken back by the operator: {len(trial.taken_back)}"
    )


def wikitext(trials: Trials) -> str:
    """The page as wikitext."""
    lines = [
        f"== Trial edits ({trials.wiki}) ==",
        f"All times are UTC; written {trials.made:%Y-%m-%d %H:%M}. Whom a notice went to stands in its diff alone.",
    ]
    for trial in trials.tasks:
        lines += ["", f"=== {trial.task} ===", f"* {counts(trial)}", f"* {not_saved(trial)}"]
        if trial.approval:
            lines.append(f"* approved: [[:{trial.approval}]]")
        if trial.edits or trial.taken_back:
            lines += ['{| class="wikitable sortable"', "! Time !! Board !! Page !! What !! Diff"]
            for edit, what in _rows(trial):
                lines += ["|-", f"| {edit.instant:%Y-%m-%d %H:%M} || {_link(edit.board)} || {_link(edit.page)} || "
                          f"{what} || [[Special:Diff/{edit.revision}|{edit.revision}]]"]  # fmt: skip
            lines.append("|}")
        lines += [f"* refused: {one.instant:%Y-%m-%d %H:%M}, {one.kind}, {_link(one.page)}" for one in trial.refused]
    return "\n".join([*lines, ""])


def markdown(trials: Trials) -> str:
    """The page as Markdown, for places that are no wiki."""
    lines = [
        f"## Trial edits ({trials.wiki})",
        "",
        f"All times are UTC; written {trials.made:%Y-%m-%d %H:%M}. Whom a notice went to stands in its diff alone.",
    ]
    for trial in trials.tasks:
        lines += ["", f"### {trial.task}", "", f"* {counts(trial)}", f"* {not_saved(trial)}"]
        if trial.edits or trial.taken_back:
            lines += ["", "| Time | Board | Page | What | Diff |", "|---|---|---|---|---|"]
        for edit, what in _rows(trial):
            diff = f"[{edit.revision}]({trials.diff}{edit.revision})" if trials.diff else str(edit.revision)
            page = edit.page or "a user talk page"
            lines.append(f"| {edit.instant:%Y-%m-%d %H:%M} | {edit.board} | {page} | {what} | {diff} |")
        if trial.refused:
            lines.append("")
        lines += [
            f"* refused: {one.instant:%Y-%m-%d %H:%M}, {one.kind}, {one.page or 'a user talk page'}"
            for one in trial.refused
        ]
    return "\n".join([*lines, ""])


def _rows(trial: TaskTrial) -> Iterator[tuple[TrialEdit, str]]:
    both: Sequence[TrialEdit] = sorted((*trial.edits, *trial.taken_back), key=lambda one: one.revision)
    for edit in both:
        yield edit, f"{edit.kind} (the operator takes back)" if edit in trial.taken_back else edit.kind


def _link(title: str) -> str:
    return f"[[:{title}]]" if title else "a user talk page"
