"""The operator's file, clerk.yaml: which wikis, which database, which limits that nothing on a wiki can widen."""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, InstanceOf, ValidationError, WithJsonSchema, model_validator

from bot.errors import OperatorProblem
from bot.settings.base import SettingsModel
from bot.settings.problems import Names, Place, SettingsProblem, plain_value, told
from bot.settings.values import Count, GroupName, PageTitle, Text, between, misfit, read_count, read_text
from bot.settings.yaml import Document, read_document

DEFAULT_NAME = "clerk.yaml"
_WIKI_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_SITE = re.compile(r"[a-z0-9_-]+:[a-z0-9_-]+")
_API = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#@]*)?/api\.php")
_DATABASE = re.compile(r"(?:sqlite|mysql\+pymysql|mariadb\+pymysql)://\S*")
_PASSWORD = re.compile(r"://[^\s:/@]*:[^\s@]+@")
_OVERRIDES = {
    "edits_per_run": "CLERK_EDITS_PER_RUN",
    "notices_per_day": "CLERK_NOTICES_PER_DAY",
    "seconds_per_run": "CLERK_SECONDS_PER_RUN",
}


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run, or one day, may do at most."""

    edits_per_run: int = 50
    notices_per_day: int = 50
    seconds_per_run: int = 600


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial that the community granted: how many edits by task, and until which day (that day included)."""

    edits: Mapping[str, int] = field(default_factory=dict)
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Where each task was approved, by task name; ``needed`` is false on wikis that have no such process."""

    pages: Mapping[str, str] = field(default_factory=dict)
    needed: bool = True


@dataclass(frozen=True, slots=True)
class WikiEntry:
    """One wiki that the bot serves.

    ``site`` is a Pywikibot family and code, ``api`` the address of any wiki's api.php; one of them is empty.
    ``trusted`` are the groups whose members may change the settings page and start the bot; ``allowed`` are titles and
    title beginnings (those that end in a slash or colon) that the bot may write besides the boards' own. ``approval``
    maps a task to the page where it was approved.
    """

    name: str
    site: str
    api: str
    settings: str
    run_page: str
    trusted: frozenset[str]
    allowed: tuple[str, ...] = ()
    approval: Mapping[str, str] = field(default_factory=dict)
    approval_needed: bool = True
    trial: Trial = Trial()

    def approved(self, task: str) -> bool:
        """Whether a task may write at all: approved, on trial, or on a wiki that asks for neither."""
        return not self.approval_needed or task in self.approval or task in self.trial.edits


@dataclass(frozen=True, slots=True)
class Programme:
    """The report across wikis: its page (``WIKI:TITLE``, the wiki as named in the file) and the wikis it covers."""

    page: str
    wikis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """The whole file. ``database`` is SQLAlchemy's URL, a relative SQLite path made absolute beside the file."""

    path: Path
    database: str
    limits: RunLimits
    wikis: Mapping[str, WikiEntry]
    programme: Programme | None = None


def _read_approval(value: Any) -> Approval:
    """Read ``not needed``, or a page for each task."""
    if isinstance(value, str) and value.strip().lower() == "not needed":
        return Approval(needed=False)
    if isinstance(value, dict):
        return Approval({str(task): read_text(page) for task, page in value.items()})
    raise misfit('"not needed", or for each task the page where it was approved')


def _read_trial(value: Any) -> Trial:
    """Read a number of edits for each task and the day of the end."""
    if not isinstance(value, dict):
        raise misfit("a number of edits for each task, and until: a day such as 2027-01-31")
    edits = {str(task): read_count(number) for task, number in value.items() if task != "until"}
    try:
        until = date.fromisoformat(str(value["until"])) if "until" in value else None
    except ValueError as problem:
        raise misfit("until: a day such as 2027-01-31") from problem
    return Trial(edits, until)


def _matching(pattern: re.Pattern[str], wanted: str) -> AfterValidator:
    """Make a check that a text has a form."""

    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise misfit(wanted)
        return text

    return AfterValidator(check)


def _lasting(url: str) -> str:
    """Refuse a database that is gone when the run is over."""
    if url in ("sqlite://", "sqlite:///") or ":memory:" in url:
        raise misfit("a database that lasts, such as sqlite:///clerk.db: the journal keeps threads and notices safe")
    return url


_ANYTHING = WithJsonSchema({})


class LimitsModel(SettingsModel):
    """The section ``limits``."""

    edits_per_run: Annotated[Count, between(0, 5000)] = 50
    """At most so many edits in one run of one wiki [50]."""

    notices_per_day: Annotated[Count, between(0, 1000)] = 50
    """At most so many notices a day on one wiki [50]."""

    seconds_per_run: Annotated[Count, between(30, 86400)] = 600
    """A run begins nothing new after so many seconds [600]."""


class WikiModel(SettingsModel):
    """One entry of the section ``wikis``."""

    site: Annotated[Text, _matching(_SITE, "a Pywikibot family and code such as wikipedia:en")] | None = None
    """A Pywikibot family and code, for instance ``wikipedia:en``; or ``api``."""

    api: (
        Annotated[Text, _matching(_API, "the address of a wiki's api.php, such as https://wiki.example/w/api.php")]
        | None
    ) = None
    """The address of any wiki's api.php."""

    settings: PageTitle
    """The settings page."""

    run_page: PageTitle
    """The page that must say ``run``, or the bot writes nothing."""

    trusted: frozenset[GroupName]
    """User groups whose members may change the settings page and start the bot."""

    allowed: tuple[Text, ...] = ()
    """Titles, and beginnings of titles that end in a slash or colon, that the bot may write besides the boards' own."""

    approval: Annotated[InstanceOf[Approval], BeforeValidator(_read_approval), _ANYTHING] = Approval()
    """For each task the page where it was approved, or ``not needed``; without it a task stays in plan mode."""

    trial: Annotated[InstanceOf[Trial], BeforeValidator(_read_trial), _ANYTHING] = Trial()
    """For each task the edits granted for a trial, and ``until`` its last day."""

    @model_validator(mode="after")
    def _one_way(self) -> WikiModel:
        """Refuse a wiki that can be reached in no way or in two, and one that nobody may change."""
        if (self.site is None) == (self.api is None):
            raise misfit('either "site:" (a Pywikibot family and code) or "api:" (an address)')
        if not self.trusted:
            raise misfit('at least one user group under "trusted:"')
        return self


class ProgrammeModel(SettingsModel):
    """The section ``programme``."""

    page: Text
    """Where the report across wikis stands: ``WIKI:TITLE``."""

    wikis: tuple[Text, ...]
    """The wikis that it covers."""


_WikiName = Annotated[str, _matching(_WIKI_NAME, "a short name of letters and digits such as enwiki")]


class OperatorModel(SettingsModel):
    """The whole file."""

    database: Annotated[
        Text,
        _matching(_DATABASE, "a database such as sqlite:///clerk.db or mysql+pymysql://…"),
        AfterValidator(_lasting),
    ] = "sqlite:///clerk.db"
    """Where the journal is kept; CLERK_DATABASE overrides it."""

    limits: LimitsModel = LimitsModel()
    """What one run or day may do at most."""

    wikis: Mapping[_WikiName, WikiModel]
    """The wikis that the bot serves, each under a short name."""

    programme: ProgrammeModel | None = None
    """The report across wikis."""


def operator_path(given: Path | None, environ: Mapping[str, str]) -> Path:
    """Give the file that is meant: the one given, else the one that CLERK_CONFIG names, else clerk.yaml right here."""
    return given or Path(environ.get("CLERK_CONFIG") or DEFAULT_NAME)


def read_operator_file(path: Path, environ: Mapping[str, str], tasks: Collection[str] = ()) -> Operator:
    """Read the operator's file; the environment comes before what stands in it.

    ``tasks`` are the tasks there are, to tell a misspelt name in ``approval`` or ``trial``. Raises OperatorProblem with
    every mistake as ``file:line:column: key: message``, one a line.
    """
    document = read_document(_text(path), begins="wikis:")
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
        _database(path, environ.get("CLERK_DATABASE") or model.database),
        _limits(model.limits, environ),
        {name: _entry(name, wiki) for name, wiki in model.wikis.items()},
        Programme(model.programme.page, model.programme.wikis) if model.programme else None,
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
        for key, named in (("approval", wiki.approval.pages), ("trial", wiki.trial.edits)):
            problems += [
                _problem_at(
                    document, ("wikis", name, key, task), f"there is no task {task}; there are: {', '.join(tasks)}"
                )
                for task in named
                if tasks and task not in tasks
            ]
    for name in model.programme.wikis if model.programme else ():
        if name not in model.wikis:
            told_names = ", ".join(model.wikis)
            problems.append(_problem_at(document, ("programme", "wikis"), f"{name} is not under wikis: {told_names}"))
    return problems


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


def _database(path: Path, url: str) -> str:
    """Give the database's URL; a relative SQLite file lies beside the operator's file, wherever cron starts the bot."""
    if not _DATABASE.fullmatch(url):
        raise OperatorProblem(
            "CLERK_DATABASE is not a database such as sqlite:///clerk.db or mysql+pymysql://…; correct it"
        )
    scheme, file = url[: len("sqlite:///")], url[len("sqlite:///") :]
    if scheme != "sqlite:///" or file.startswith("/") or not file:
        return url
    return f"sqlite:///{path.parent.resolve() / file}"


def _limits(model: LimitsModel, environ: Mapping[str, str]) -> RunLimits:
    """Give the limits, those of the environment first."""
    given = {key: environ[name] for key, name in _OVERRIDES.items() if environ.get(name)}
    try:
        changed = LimitsModel.model_validate({**model.model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        wanted = first.get("ctx", {}).get("wanted", "a whole number")
        raise OperatorProblem(f"{_OVERRIDES[str(first['loc'][0])]} is wrong: wanted {wanted}") from None
    return RunLimits(changed.edits_per_run, changed.notices_per_day, changed.seconds_per_run)


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
    )
