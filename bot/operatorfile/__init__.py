"""The operator's file, clerk.yaml: which wikis, which database, which limits that nothing on a wiki can widen."""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import ValidationError

from bot.errors import OperatorProblem
from bot.operatorfile.database import database_url
from bot.operatorfile.models import LimitsModel, OperatorModel, ProgrammeModel, WikiModel
from bot.operatorfile.values import Approval, Operator, Programme, RunLimits, Trial, WikiEntry
from bot.settings.nearest import Names
from bot.settings.nodes import Document
from bot.settings.problems import Place, SettingsProblem, plain_value, told
from bot.settings.report import ReportSettings
from bot.settings.yaml import read_document

__all__ = [
    "DEFAULT_NAME",
    "Approval",
    "Operator",
    "Programme",
    "RunLimits",
    "Trial",
    "WikiEntry",
    "operator_path",
    "read_operator_file",
]

DEFAULT_NAME = "clerk.yaml"
# Some 160 bytes a wiki: room for every wiki there is, several times over. A page that anybody may write has less.
_MOST_BYTES = 1024 * 1024
_PASSWORD = re.compile(r"://[^\s:/@]*:[^\s@]+@")
_OVERRIDES = {
    "edits_per_run": "CLERK_EDITS_PER_RUN",
    "notices_per_day": "CLERK_NOTICES_PER_DAY",
    "seconds_per_run": "CLERK_SECONDS_PER_RUN",
}


def operator_path(given: Path | None, environ: Mapping[str, str]) -> Path:
    """Give the file that is meant: the one given, else the one that CLERK_CONFIG names, else clerk.yaml right here."""
    return given or Path(environ.get("CLERK_CONFIG") or DEFAULT_NAME)


def read_operator_file(path: Path, environ: Mapping[str, str], tasks: Collection[str] = ()) -> Operator:
    """Read the operator's file; the environment comes before what stands in it.

    ``tasks`` are the tasks there are, to tell a misspelt name in ``approval`` or ``trial``. Raises OperatorProblem with
    every mistake as ``file:line:column: key: message``, one a line.
    """
    document = read_document(_text(path), begins="wikis:", most=_MOST_BYTES)
    problems = [
        SettingsProblem(flaw.line, flaw.column, (), found=flaw.found, hint=flaw.message) for flaw in document.flaws
    ]
    model = _model(document, problems)
    if model is not None:
        problems += _misspelt(model, document, tasks) + _exposed(path, document)
    if problems or model is None:
        ordered = sorted(problems, key=lambda problem: (problem.line, problem.column))
        raise OperatorProblem("\n".join(_line(path, problem) for problem in ordered))
    return Operator(
        path,
        database_url(path, environ.get("CLERK_DATABASE") or model.database, environ),
        _limits(model.limits, environ),
        {name: _entry(name, wiki) for name, wiki in model.wikis.items()},
        _programme(model.programme) if model.programme else None,
        model.schedule,
    )


def _text(path: Path) -> str:
    """Read the file. Raises OperatorProblem where that is not possible."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        told_path = path.parent.resolve()
        raise OperatorProblem(
            f"{path} is not there (looked in {told_path}); copy clerk.yaml.sample to it, or name another file with"
            " --config or CLERK_CONFIG"
        ) from None
    except UnicodeDecodeError as error:
        raise OperatorProblem(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise OperatorProblem(f"{path} cannot be read ({error.strerror}); check the path and its permissions") from None


def _model(document: Document, problems: list[SettingsProblem]) -> OperatorModel | None:
    """Validate what was read, and add what is wrong to ``problems``."""
    root = document.root
    if root is None:
        return None
    place = Place(root, (), root.line, root.column)
    try:
        return OperatorModel.model_validate(plain_value(root))
    except ValidationError as error:
        names = Names.of(
            {"wikis": WikiModel, "limits": LimitsModel, "programme": ProgrammeModel}, OperatorModel.model_fields
        )
        problems += told(error.errors(include_url=False, include_input=False), place, names, OperatorModel)
        return None


def _misspelt(model: OperatorModel, document: Document, tasks: Collection[str]) -> list[SettingsProblem]:
    """Find names that stand for nothing: tasks in approvals and trials, wikis of the programme."""
    problems = []
    for name, wiki in model.wikis.items():
        for key, named in (
            ("approval", wiki.approval.pages),
            ("trial", wiki.trial.edits),
            ("run_pages", wiki.run_pages),
        ):
            problems += [
                _problem_at(
                    document, ("wikis", name, key, task), f"there is no task {task}; there are: {', '.join(tasks)}"
                )
                for task in named
                if tasks and task not in tasks
            ]
    return problems + _strangers(model, document)


def _strangers(model: OperatorModel, document: Document) -> list[SettingsProblem]:
    """Find wikis of the programme that the file does not know."""
    programme = model.programme
    if programme is None:
        return []
    named = [("page", programme.page.partition(":")[0]), *(("wikis", name) for name in programme.wikis)]
    known = ", ".join(model.wikis)
    return [
        _problem_at(document, ("programme", key), f"{name} is not under wikis: {known}")
        for key, name in named
        if name not in model.wikis
    ]


def _exposed(path: Path, document: Document) -> list[SettingsProblem]:
    """Refuse a password in a file that others on the machine can read."""
    entry = document.root.entry("database") if document.root else None
    if entry is None or not _PASSWORD.search(str(plain_value(entry.value))):
        return []
    if not path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return []
    hint = f"the password can be read by others: chmod 600 {path}, or give the database in CLERK_DATABASE"
    return [_problem_at(document, ("database",), hint)]


def _problem_at(document: Document, path: tuple[str, ...], hint: str) -> SettingsProblem:
    """Give a problem at the key that a path leads to."""
    root = document.root
    place = Place(root, (), root.line, root.column) if root else None
    for key in path:
        entry = place.node.entry(key) if place and hasattr(place.node, "entry") else None
        place = place.entry(entry) if place and entry else place
    return SettingsProblem(place.line if place else 1, place.column if place else 1, path, hint=hint)


def _line(path: Path, problem: SettingsProblem) -> str:
    """Write a problem as one line, without the password that an address may hold."""
    key = f"{problem.key}: " if problem.path else ""
    return _PASSWORD.sub("://…@", f"{path}:{problem.line}:{problem.column}: {key}{problem.message}")


def _programme(model: ProgrammeModel) -> Programme:
    """Give the programme as a value: its settings are those of a report, on the page of its home wiki."""
    home, _, title = model.page.partition(":")
    fields = {name: getattr(model, name) for name in ReportSettings.model_fields} | {"page": title.strip()}
    return Programme(home, model.wikis, ReportSettings.model_construct(**fields))


def _limits(model: LimitsModel, environ: Mapping[str, str]) -> RunLimits:
    """Give the limits, those of the environment first."""
    given = {key: environ[name] for key, name in _OVERRIDES.items() if environ.get(name)}
    try:
        changed = LimitsModel.model_validate({**model.model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        wanted = first.get("ctx", {}).get("wanted", "a whole number")
        raise OperatorProblem(f"{_OVERRIDES[str(first['loc'][0])]} is wrong: wanted {wanted}") from None
    return RunLimits(**{name: getattr(changed, name) for name in LimitsModel.model_fields})


def _entry(name: str, wiki: WikiModel) -> WikiEntry:
    """Give a wiki's entry as a value."""
    return WikiEntry(
        name,
        wiki.site or "",
        wiki.api or "",
        wiki.settings,
        wiki.run_page,
        wiki.trusted,
        wiki.allowed,
        wiki.approval.pages,
        wiki.approval.needed,
        wiki.trial,
        wiki.run_pages,
        wiki.repair_links,
    )
