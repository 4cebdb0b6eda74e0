"""A section of a page between two hidden markers, which a task keeps and everybody else may move about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.model import Page
from bot.plan import Change, Splice, Splices, WholeText


@dataclass(frozen=True, slots=True)
class Markers:
    """The comments that a section stands between."""

    begin: str
    end: str

    @classmethod
    def of(cls, word: str, board: str) -> Markers:
        """The markers of one board's section of one kind."""
        return cls(f"<!-- boardclerk {word} begin: {board} -->", f"<!-- boardclerk {word} end: {board} -->")

    def find(self, text: str) -> tuple[int, int] | None:
        """Where the section stands, markers included; of several the first, so that a false one silences nothing."""
        found = re.search(rf"{re.escape(self.begin)}.*?{re.escape(self.end)}", text, re.S)
        return found.span() if found else None


def unfit(page: Page) -> str:
    """Why no section can be kept on a page; "" where one can."""
    if not page.exists:
        return ""
    if page.text is None:
        return "the page's text is hidden"
    if page.redirect is not None:
        return "the page is a redirect"
    return "" if page.model == "wikitext" else f"the page is not wikitext but {page.model}"


def put(section: str, page: Page, markers: Markers, instead_of: Iterable[Markers] = ()) -> Change | None:
    """The change that makes a page hold this section: in its place, else at the page's end; None where it does.

    ``instead_of`` are sections that it replaces: they go, and without a place of its own it takes that of the first.
    """
    text = page.text or ""
    span = markers.find(text)
    old = sorted(found for other in instead_of if (found := other.find(text)) is not None)
    if old:
        own = span or old.pop(0)
        parts = [Splice(*own, section), *(Splice(start, end, "") for start, end in old if (start, end) != own)]
        return Splices(tuple(sorted(parts, key=lambda part: part.start)))
    if span is not None:
        start, end = span
        return None if text[start:end] == section else Splices((Splice(start, end, section),))
    return WholeText(f"{text.rstrip()}\n\n{section}" if page.exists else f"__NOINDEX__\n{section}")
