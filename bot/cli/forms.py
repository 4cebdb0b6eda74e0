"""What reports and pages can be written as."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """What a report can be written as."""

    HTML = "html"
    WIKITEXT = "wikitext"
    CSV = "csv"
    JSON = "json"


class PageForm(StrEnum):
    """What a page for people can be written as."""

    WIKITEXT = "wikitext"
    MARKDOWN = "markdown"
    JSON = "json"
