"""A wiki's facts about itself, as it tells them: namespaces, months, words, limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

USER = 2
USER_TALK = 3
TEMPLATE = 10
CATEGORY = 14


@dataclass(frozen=True, slots=True)
class Namespace:
    """One namespace of a wiki: its number, local name, canonical English name and further aliases."""

    id: int
    name: str
    canonical: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that MediaWiki understands for it, the local one first, without repeats."""
        return tuple(dict.fromkeys((self.name, self.canonical, *self.aliases)))


@dataclass(frozen=True, slots=True)
class Sample:
    """What the wiki's pre-save transform made of ``~~~~~`` at a known instant (UTC)."""

    instant: datetime
    text: str


@dataclass(frozen=True, slots=True)
class WikiInfo:
    """A wiki's facts about itself, learned from one API request and one pre-save transform (data/README.md).

    ``months`` has twelve entries, January first, each with every form that the wiki names for that month (long,
    genitive, short), in that order and without repeats. ``max_page_bytes`` is ``maxarticlesize``. ``time_zone`` is an
    IANA name. ``article_path`` is the path of a page in URLs, ``$1`` standing for its title. ``namespace_numbers``
    follows from ``namespaces``: the number by every name that the wiki understands, in lower case with single spaces.
    """

    site_name: str
    language: str
    fallbacks: tuple[str, ...]
    rtl: bool
    version: str
    time_zone: str
    max_page_bytes: int
    first_letter: bool
    namespaces: Mapping[int, Namespace]
    special_pages: Mapping[str, tuple[str, ...]]
    magic_words: Mapping[str, tuple[str, ...]]
    months: tuple[tuple[str, ...], ...]
    messages: Mapping[str, str]
    extensions: frozenset[str]
    sample: Sample
    article_path: str = "/wiki/$1"
    namespace_numbers: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what every title is looked up in."""
        numbers = {
            " ".join(name.replace("_", " ").split()).lower(): number
            for number, space in self.namespaces.items()
            for name in space.names
        }
        object.__setattr__(self, "namespace_numbers", numbers)
