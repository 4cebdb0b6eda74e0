"""What a board's settings page may say about archiving."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from bot.settings.base import SettingsModel, TaskSettings
from bot.settings.values import (
    Count,
    Duration,
    NamespaceName,
    OptionalDuration,
    Size,
    TitlePattern,
    at_least,
    between,
    misfit,
    read_count,
    read_size,
    read_title_pattern,
)
from tasks.archive.target import unknown_fields

DEFAULT_MARK = "default"


def _read_delays(value: Any) -> Any:
    """One duration stands for the default of all marks."""
    if not isinstance(value, Mapping):
        return {DEFAULT_MARK: value}
    return value if DEFAULT_MARK in value else {DEFAULT_MARK: timedelta(hours=24), **value}


def _read_optional_count(value: Any) -> int | None:
    return None if value is None else read_count(value)


def _read_optional_size(value: Any) -> int | None:
    return None if value is None else read_size(value)


def _read_target(pattern: str) -> str:
    """A pattern with known fields; one that begins with a slash is a subpage of the board."""
    unknown = unknown_fields(pattern)
    if unknown:
        raise misfit(f'a page title such as "{{board}}/Archive {{counter}}"; {unknown[0]} is no field of it')
    return "{board}" + pattern if pattern.startswith("/") else pattern


def _read_index(value: Any, context: ValidationInfo) -> str | None:
    if value is None:
        return None
    title = _read_target(read_title_pattern(value, context))
    if "{" in title.replace("{board}", ""):
        raise misfit('one page, such as "{board}/Archive index", without fields other than {board}')
    return title


Delays = Annotated[
    dict[str, Annotated[Duration, at_least("15 min")]],
    BeforeValidator(_read_delays),
    WithJsonSchema({"type": ["string", "object"], "examples": ["24 h", {"default": "24 h", "not done": "4 h"}]}),
]
OptionalSize = Annotated[int | None, BeforeValidator(_read_optional_size)]
OptionalCount = Annotated[int | None, BeforeValidator(_read_optional_count)]
Target = Annotated[TitlePattern, AfterValidator(_read_target)]


class LinksSettings(SettingsModel):
    """Lets links such as ``[[Board#Heading]]`` lead to the thread in its archive.

    Only links whose heading is exactly that of one archived thread are changed; none in comments or nowiki, none in
    signatures, none on pages that keep bots away with ``{{bots}}`` or ``{{nobots}}``. What a link shows stays the
    same. Only pages edited since the thread was opened are looked at. Where 2,000 pages or more link to the board,
    no link is changed.
    """

    namespaces: tuple[NamespaceName, ...] = ()
    """On pages of which namespaces, such as [Project, User talk]; the bot's operator must have opened them too."""

    at_most: Annotated[Count, between(1, 500)] = 20
    """On how many pages one run changes links at most [20]; the rest follows in the next runs."""


class ArchiveSettings(TaskSettings):
    """The section ``archive`` of a board: which threads go, where to, and how many at a time."""

    resolved_after: Delays = Field(default={DEFAULT_MARK: timedelta(hours=24)})
    """How long a resolved or withdrawn thread must be quiet. One duration [24 h], or one for each mark (a template, the
    words in a heading, a status): ``{default: 24 h, "not done": 4 h}``."""

    inactive_after: Annotated[OptionalDuration, at_least("1 h")] = None
    """How long an answered thread that nobody closed must be quiet; ``never`` [default] keeps it until it is closed."""

    unanswered_after: Annotated[OptionalDuration, at_least("24 h")] = None
    """How long a thread that no responder answered must be quiet; ``never`` [default] keeps it. What goes this way
    stands in the summary as archived without an answer."""

    to: Target = "{board}/Archive {counter}"
    """The archive page: ``{board}``, ``{counter}``, and of the thread's date ``{year}`` ``{isoyear}`` ``{semester}``
    ``{quarter}`` ``{month}`` ``{month_name}`` ``{week}`` ``{day}``; ``{month:02}`` has two digits. A subpage of the
    board, or a page under a prefix that the bot's operator allows."""

    date_by: Literal["first", "last", "moved"] = "last"
    """Which date of a thread fills the pattern: its first comment, its last [default], or the day it is moved."""

    max_size: Annotated[Size, between(10_000, 2**31 - 1, "bytes")] = 500 * 1024
    """Where ``{counter}`` stands in the pattern, a new archive page begins before one would grow past this [500 kB].
    The wiki's own limit for a page is never passed."""

    max_threads: Annotated[OptionalCount, between(1, 10_000)] = None
    """The same by the number of threads on an archive page [no limit]."""

    header: str = ""
    """Wikitext that stands at the top of each new archive page [none]."""

    keep_threads: Annotated[Count, between(0, 1_000)] = 4
    """How many threads at least stay on the board [4]."""

    move_at_least: Annotated[Count, between(1, 500)] = 1
    """How many threads must be due before any is moved [1]."""

    move_at_most: Annotated[Count, between(1, 500)] = 20
    """How many threads one run moves at most [20]; the oldest go first."""

    handled: Literal["move", "remove"] = "move"
    """``move`` [default] archives; ``remove`` takes handled reports off a list-style board, where they stay in the
    page's history, six at most in one run. What nobody closed is never removed, nor what a person put back."""

    returned_copy: Literal["keep", "remove"] = "keep"
    """What becomes of the archived copy of a thread that a person put back on the board: it stays [default], or the
    bot takes it out where nobody touched it since. The thread itself is left alone for good."""

    board_max_size: Annotated[OptionalSize, between(10_000, 2**31 - 1, "bytes")] = None
    """Where the board is larger than this, answered and closed threads that were quiet for a day go before their time,
    the longest quiet first, until it fits [never]. Threads that nobody answered never go this way."""

    index: Annotated[str | None, BeforeValidator(_read_index)] = None
    """A page that lists what was archived, by heading (where it names nobody) and dates, without outcomes [none]; a
    subpage of the board such as ``"{board}/Archive index"``, or a page that the bot's operator allows."""

    links: LinksSettings | None = None
    """Mends links on other pages that lead to archived threads [off]: see below."""

    takeover: bool = False
    """``true`` lets the bot archive although the template of another archiving bot stands on the board."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.move_at_least > self.move_at_most:
            raise misfit(f"move_at_least of at most {self.move_at_most}, which is move_at_most")
        return self

    def delay_for(self, *names: str) -> timedelta:
        """The delay for a mark by any of its names (itself, its outcome), letter case aside; else the default."""
        wanted = {name.casefold() for name in names if name}
        for name, delay in self.resolved_after.items():
            if name.casefold() in wanted:
                return delay
        return self.resolved_after[DEFAULT_MARK]

    @property
    def shortest_delay(self) -> timedelta:
        """The shortest of all delays that are set."""
        others = [span for span in (self.inactive_after, self.unanswered_after) if span is not None]
        return min(*self.resolved_after.values(), *others, timedelta.max)

    def look_every(self) -> timedelta:
        """How long to wait between two looks: as set, else a quarter of the shortest delay, 15 min to 6 h."""
        if self.every is not None:
            return self.every
        return min(max(self.shortest_delay / 4, timedelta(minutes=15)), timedelta(hours=6))
