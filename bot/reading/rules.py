"""What a board's settings say about reading it: how threads look, which wikitext is a mark, who counts as what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class People:
    """A set of users: members of groups, those named on a page, or everybody.

    ``registered`` counts every registered account. ``listed_on`` is a page whose user links name them.
    """

    groups: frozenset[str] = frozenset()
    listed_on: str = ""
    registered: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """How one board is read. Template names are without namespace, first letter as the wiki writes it.

    ``closing`` are templates that mark a thread resolved; ``pairs`` maps an opening template to the one that ends its
    span; ``status_templates`` maps a template with a status parameter to outcome words; ``closing_headings`` and
    ``progress_headings`` are literal words at a heading's end, or ``/pattern/`` (RE2); ``heading_field`` is the name
    in ``(Result: …)``. ``report_templates`` begin an item on list-style boards. ``subject_templates`` name a user in
    their first parameter, ``page_templates`` a page. ``aliases`` maps each template name to the redirects that stand
    for it on the wiki. ``reporter_words`` stand in a heading before the name of the one who reports ("User:A reported
    by User:B"): who follows is no subject. Everywhere, ``People()`` without groups, page or ``registered`` means
    everybody.
    """

    style: Literal["sections", "list"] = "sections"
    level: int = 2
    closing: tuple[str, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict)
    status_templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    closing_headings: tuple[str, ...] = ()
    progress: tuple[str, ...] = ()
    progress_headings: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    heading_field: str = ""
    pins: tuple[str, ...] = ()
    report_templates: tuple[str, ...] = ()
    subject_templates: tuple[str, ...] = ()
    subjects_in_headings: bool = False
    page_templates: tuple[str, ...] = ()
    pages_in_headings: bool = False
    unsigned_templates: tuple[str, ...] = ()
    closers: People = People()
    responders: People = People()
    quiet: timedelta = timedelta(seconds=60)
    support: str = ""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reporter_words: tuple[str, ...] = ("reported by",)
    gone_is_handled: bool = False
