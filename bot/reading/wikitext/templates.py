"""Reads one template as written: its name and parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass

import mwparserfromhell

from bot.reading.wikitext.spans import TemplateSpan

MAX_TEMPLATE_CHARS = 10_000
"""mwparserfromhell's time grows faster than its input: what is longer than this is never given to it."""

MAX_TEMPLATE_DEPTH = 20
"""And neither is what holds templates nested deeper than this."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a template: its name ("1", "2" … where it has none) and value, both stripped."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template as written: its name without namespace prefix handling, underscores as spaces, and its parameters."""

    name: str
    params: tuple[Parameter, ...]

    def get(self, name: str, default: str = "") -> str:
        """Return the value of a parameter; the last one counts where a name stands twice, as in MediaWiki."""
        return next((p.value for p in reversed(self.params) if p.name == name), default)


def template(text: str, span: TemplateSpan) -> Template | None:
    """Read one template; None where it is an argument, too long or too deep (then it stays opaque)."""
    if span.argument or span.end - span.start > MAX_TEMPLATE_CHARS or span.inner > MAX_TEMPLATE_DEPTH:
        return None
    nodes = mwparserfromhell.parse(text[span.start : span.end], skip_style_tags=True).nodes
    if not nodes or not isinstance(nodes[0], mwparserfromhell.nodes.Template):
        return None
    node = nodes[0]
    name = " ".join(_without_comments(str(node.name)).replace("_", " ").split())
    return Template(
        name,
        tuple(Parameter(_without_comments(str(param.name)).strip(), str(param.value).strip()) for param in node.params),
    )


def _without_comments(text: str) -> str:
    return re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)
