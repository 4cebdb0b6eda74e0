"""Template names as wikis write them: one normal form, redirects and well-known twins taken together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.model import TEMPLATE, WikiInfo
from bot.reading.wikitext import Scan, TemplateSpan

FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("archive top", "atop", "archivetop", "archive-top", "atopg", "atopr", "atopy", "discussion top"),
        ("archive bottom", "abot", "archivebottom", "archive-bottom", "abottom", "discussion bottom"),
    ),
    (("hidden archive top", "hat"), ("hidden archive bottom", "hab")),
    (("collapse top", "cot", "ctop"), ("collapse bottom", "cob", "cbot")),
    (("closed rfc top", "rfc top", "rfctop"), ("closed rfc bottom", "rfc bottom", "rfcbottom")),
    (("discussion moved top",), ("discussion moved bottom",)),
)
"""Boxes that many wikis share (en.wikipedia: Template:Archive top and its redirects): openers and what ends them."""

# A name ends at the first parameter or brace; comments inside a name are rare and make it another name to us.
_NAME = re.compile(r"\{\{+([^|{}<>\[\]#]*)")


@dataclass(frozen=True, slots=True)
class Used:
    """One template on a page: where, and its name in normal form."""

    span: TemplateSpan
    name: str


class TemplateNames:
    """The names of one wiki's templates under one board's rules."""

    __slots__ = ("_first_letter", "_known", "_local", "_namespaces", "_twins")

    def __init__(self, info: WikiInfo, aliases: Mapping[str, tuple[str, ...]]) -> None:
        """Learn the wiki's namespaces; ``aliases`` maps a name to the redirects that stand for it."""
        self._first_letter = info.first_letter
        self._local = {number: namespace.name for number, namespace in info.namespaces.items()}
        self._namespaces = {
            name.replace("_", " ").casefold(): number
            for number, namespace in info.namespaces.items()
            for name in namespace.names
            if name
        }
        self._known: dict[str, str] = {}
        self._twins: dict[str, tuple[str, ...]] = {}
        for opening, ending in FAMILIES:
            self._join(opening)
            self._join(ending)
        for name, redirects in aliases.items():
            self._join((name, *redirects))

    def _join(self, names: Iterable[str]) -> None:
        """Take these names, and whatever each was joined with before, as one."""
        joined: dict[str, None] = {}
        for name in map(self.normal, names):
            joined.update(dict.fromkeys(self._twins.get(name, (name,))))
        everyone = tuple(joined)
        for name in everyone:
            self._twins[name] = everyone

    def normal(self, written: str) -> str:
        """The name as the wiki would write it, without the template namespace; other namespaces keep their local name.

        Underscores, repeated spaces and the first letter's case do not matter (Manual:Page title; ``$wgCapitalLinks``).
        """
        known = self._known.get(written)
        if known is None:
            known = self._known[written] = self._normal(written)
        return known

    def _normal(self, written: str) -> str:
        name = " ".join(written.replace("_", " ").split())
        prefix, colon, rest = name.partition(":")
        if colon and prefix:
            number = self._namespaces.get(prefix.strip().casefold())
            if number == TEMPLATE:
                return self._upper(rest.strip())
            if number is not None:
                return f"{self._local[number]}:{self._upper(rest.strip())}"
        return self._upper(name)

    def _upper(self, name: str) -> str:
        return name[:1].upper() + name[1:] if self._first_letter else name

    def twins(self, name: str) -> tuple[str, ...]:
        """This name and all that stand for it, in normal form."""
        normal = self.normal(name)
        return self._twins.get(normal, (normal,))

    def table(self, names: Iterable[str]) -> dict[str, str]:
        """Every normal form that counts as one of ``names``, with the setting's own name for it; the first one wins."""
        found: dict[str, str] = {}
        for name in names:
            for twin in self.twins(name):
                found.setdefault(twin, name)
        return found

    def at(self, text: str, offset: int) -> str:
        """The normal name of the template that begins at an offset; "" where none does."""
        match = _NAME.match(text, offset)
        return self.normal(match[1]) if match is not None else ""

    def is_page(self, normal: str) -> bool:
        """Whether what this name takes in is a page and no template: a subpage, or another namespace's."""
        if normal.startswith(("/", ":")):
            return len(normal) > 1
        prefix, colon, rest = normal.partition(":")
        return bool(colon and rest) and prefix.casefold() in self._namespaces

    def used(self, scan: Scan) -> Iterator[Used]:
        """The templates at top level, in page order. What stands inside another template is quoted or decoration."""
        text = scan.text
        for span in scan.templates:
            if span.depth or span.argument:
                continue
            match = _NAME.match(text, span.start)
            if match is not None:
                yield Used(span, self.normal(match[1]))
