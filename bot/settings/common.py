"""What the page and a board say apart from tasks: language, help, how threads look, which marks count, who is who."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator

from bot.messages import Messages, keys
from bot.model import Outcome
from bot.reading.rules import People, Rules
from bot.settings.base import SettingsModel
from bot.settings.nearest import nearest
from bot.settings.values import (
    Count,
    Duration,
    GroupName,
    PageTitle,
    Pattern,
    TemplateName,
    Text,
    at_most,
    between,
    misfit,
)


class PeopleSettings(SettingsModel):
    """A set of users. Without any key it is everybody."""

    groups: frozenset[GroupName] = frozenset()
    """Members of these user groups, for instance ``[sysop]``."""

    listed_on: PageTitle | None = None
    """A page whose links to user pages name them, for boards whose helpers are in no group."""

    registered: bool = False
    """Every registered account."""

    def people(self) -> People:
        """Give the set as the reading takes it."""
        return People(self.groups, self.listed_on or "", self.registered)


class ThreadSettings(SettingsModel):
    """How threads look on the board."""

    style: Literal["sections", "list"] = "sections"
    """``sections`` [default]: each thread has a heading; ``list``: each is an item of a list with its replies."""

    level: Annotated[Count, between(1, 6)] = 2
    """The level of the headings that begin threads [2]: the number of their equals signs."""

    reports: tuple[TemplateName, ...] = ()
    """On list-style boards, the templates that begin a report, for instance ``[vandal, IPvandal]``."""


class ResolvedSettings(SettingsModel):
    """Which marks say what became of a thread, and who may set them."""

    templates: tuple[TemplateName, ...] = ()
    """Templates that mark a thread as resolved."""

    pairs: Mapping[TemplateName, TemplateName] = {}
    """Templates that open a closed discussion, each with the one that ends it: ``{atop: abot}``."""

    headings: tuple[Pattern, ...] = ()
    """Words at a heading's end that mark the thread as resolved, for instance ``["(erl.)"]``; ``/…/`` is a pattern."""

    in_progress: tuple[Pattern, ...] = ()
    """Words at a heading's end (or templates, in braces) that say that somebody is at it: nothing is archived."""

    statuses: Mapping[TemplateName, Mapping[Text, Outcome]] = {}
    """Templates with a status parameter: what each of its words means, ``{status: {done: resolved}}``."""

    heading_field: str = ""
    """The name of a field in headings: ``Result`` reads ``(Result: …)``, and any word in it means resolved."""

    closers: PeopleSettings = PeopleSettings()
    """Whose marks count [everybody's]. Reporter and subjects never count, save that a reporter may withdraw."""

    withdrawn: tuple[TemplateName, ...] = ()
    """Templates by which a reporter takes the report back."""


class SubjectSettings(SettingsModel):
    """Where the users and pages stand whom a thread concerns."""

    templates: tuple[TemplateName, ...] = ()
    """Templates whose first parameter names a user, for instance ``[userlinks, vandal]``."""

    headings: bool = False
    """Whether a link to a user in the heading counts as well."""

    pages: tuple[TemplateName, ...] = ()
    """Templates whose first parameter names a page that the thread is about, for instance ``[pagelinks]``."""

    page_headings: bool = False
    """Whether a link in the heading names such a page, as on boards where people ask for protection."""

    reporter_words: tuple[Text, ...] = ("reported by",)
    """Words in a heading after which the reporter's name follows: that user is no subject."""


class BoardModel(SettingsModel):
    """A board's own keys, tasks apart."""

    preset: Text | None = None
    """A named bundle of settings for a usual kind of board; what the board says itself comes before it."""

    mode: Literal["plan", "live"] = "plan"
    """``plan`` [default] only posts what the tasks would do; ``live`` lets them do it. A task may say otherwise."""

    threads: ThreadSettings = ThreadSettings()
    """How threads look."""

    resolved: ResolvedSettings = ResolvedSettings()
    """Which marks say what became of a thread."""

    pins: tuple[TemplateName, ...] = ()
    """Templates that forbid archiving, for instance ``[Pin message]``."""

    subjects: SubjectSettings = SubjectSettings()
    """Where the users and pages stand whom a thread concerns."""

    responders: PeopleSettings = PeopleSettings()
    """Whose answers end the waiting, for instance ``{groups: [sysop]}`` [everybody's]."""

    unsigned: tuple[TemplateName, ...] = ()
    """Templates that sign for somebody who forgot to, for instance ``[unsigned]``."""

    quiet: Annotated[Duration, at_most("1 day")] = timedelta(seconds=60)
    """A board that was edited less than this long ago [60 s] is left to the next run."""

    gone_means: Literal["handled", "unknown"] = "unknown"
    """What it says when a report is gone from the board: ``handled`` where people remove what they dealt with.
    A report that its reporter alone took away is withdrawn in any case."""

    support: PageTitle | None = None
    """Where people find private help; without it the page's own ``support`` counts."""

    def rules(self, support: str) -> Rules:
        """Give the rules by which the board is read; ``support`` is the page's own."""
        progress_templates = tuple(word.strip("{} ") for word in self.resolved.in_progress if word.startswith("{{"))
        return Rules(
            style=self.threads.style,
            level=self.threads.level,
            closing=self.resolved.templates,
            pairs=self.resolved.pairs,
            status_templates={
                name: {word: str(outcome) for word, outcome in words.items()}
                for name, words in self.resolved.statuses.items()
            },
            closing_headings=self.resolved.headings,
            progress=progress_templates,
            progress_headings=tuple(word for word in self.resolved.in_progress if not word.startswith("{{")),
            withdrawn=self.resolved.withdrawn,
            heading_field=self.resolved.heading_field,
            pins=self.pins,
            report_templates=self.threads.reports,
            subject_templates=self.subjects.templates,
            subjects_in_headings=self.subjects.headings,
            page_templates=self.subjects.pages,
            pages_in_headings=self.subjects.page_headings,
            unsigned_templates=self.unsigned,
            closers=self.resolved.closers.people(),
            responders=self.responders.people(),
            quiet=self.quiet,
            support=self.support or support,
            reporter_words=self.subjects.reporter_words,
            gone_is_handled=self.gone_means == "handled",
        )


def _message_key(key: str) -> str:
    """Refuse the key of a sentence that the bot does not have."""
    if not Messages("en").has(key):
        near = nearest(key.replace("_", "-"), {one.replace("-", "_"): one for one in keys()})
        raise misfit(f"the key of one of the bot's sentences, such as {near.replace('_', '-') or 'subject-notice'}")
    return key


def _version(version: str) -> str:
    """Refuse any version of the settings' form but the first."""
    if version.strip() != "1":
        raise misfit('1: "version" is the version of the settings\' form, not of your page')
    return version


class PageModel(SettingsModel):
    """The page's own keys; boards are read one by one, so that one board's mistakes do not stop another."""

    version: Annotated[Text, AfterValidator(_version)]
    """The version of the settings' form: 1."""

    language: Text | None = None
    """The language of the bot's words; without it the wiki's own."""

    support: PageTitle | None = None
    """The page where people find private help; required with ``notify`` and ``escalate``."""

    messages: Mapping[Annotated[Text, AfterValidator(_message_key)], Text] = {}
    """The community's own words for the bot's sentences, by message key."""
