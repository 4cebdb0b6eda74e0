"""The sections of the operator's file with their keys, as an operator writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, InstanceOf, WithJsonSchema, model_validator

from bot.operatorfile.database import DATABASE
from bot.operatorfile.schedule import read_schedule
from bot.operatorfile.values import SCHEDULE, Approval, Trial
from bot.settings.base import SettingsModel
from bot.settings.report import ReportSettings
from bot.settings.values import Count, GroupName, PageTitle, Text, between, misfit, read_count, read_text

_WIKI_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_SITE = re.compile(r"[a-z0-9_-]+:[a-z0-9_-]+")
_PAGE_OF_WIKI = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}:.*\S.*")
_API = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#@]*)?/api\.php")


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

    edits_per_day: Annotated[Count, between(0, 100000)] = 1000
    """At most so many edits a day on one wiki [1000]."""

    edits_per_board: Annotated[Count, between(0, 100000)] = 200
    """At most so many edits a day for one board [200]."""

    kinds_per_day: Mapping[Text, Annotated[Count, between(0, 100000)]] = {}
    """At most so many edits of a kind a day on one wiki, such as ``{archive: 20}`` [no limit]."""

    failing_boards: Annotated[Count, between(0, 100)] = 50
    """A run stops when more than so many percent of at least four boards failed [50]."""


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

    run_pages: Mapping[Text, PageTitle] = {}
    """For a task a run page of its own, which must say ``run`` as well, or that task writes nothing."""

    repair_links: tuple[Text, ...] = ()
    """Namespaces in which links to archived threads may be mended, where a community asks for it [none]."""

    @model_validator(mode="after")
    def _one_way(self) -> WikiModel:
        """Refuse a wiki that can be reached in no way or in two, and one that nobody may change."""
        if (self.site is None) == (self.api is None):
            raise misfit('either "site:" (a Pywikibot family and code) or "api:" (an address)')
        if not self.trusted:
            raise misfit('at least one user group under "trusted:"')
        return self


class ProgrammeModel(ReportSettings):
    """The section ``programme``: the report across wikis, with the keys of a wiki's own report (see the manual)."""

    page: Annotated[Text, _matching(_PAGE_OF_WIKI, "a wiki of this file and a title, such as metawiki:Programme")]
    """The page that leads to the reports: ``WIKI:TITLE``, the wiki by its name in this file."""

    wikis: tuple[Text, ...]
    """The wikis that it covers."""


_WikiName = Annotated[str, _matching(_WIKI_NAME, "a short name of letters and digits such as enwiki")]


class OperatorModel(SettingsModel):
    """The whole file."""

    database: Annotated[
        Text,
        _matching(DATABASE, "a database such as sqlite:///clerk.db or mysql+pymysql://…"),
        AfterValidator(_lasting),
    ] = "sqlite:///clerk.db"
    """Where the journal is kept; CLERKDATABASE overrides it."""

    limits: LimitsModel = LimitsModel()
    """What one run or day may do at most."""

    schedule: Annotated[Text, BeforeValidator(read_schedule)] = SCHEDULE
    """When ``clerk serve`` makes a pass: the five fields of cron, UTC, weekdays by their names."""

    wikis: Mapping[_WikiName, WikiModel]
    """The wikis that the bot serves, each under a short name."""

    programme: ProgrammeModel | None = None
    """The report across wikis."""
