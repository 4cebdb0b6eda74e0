"""A settings page to begin with: commented, for one board, from a preset and from what stands on the board already."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.model import WikiInfo
from bot.reading.headings import find_headings
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import scan
from bot.settings.importing import Orders, orders_on
from bot.settings.nodes import Entry, Listing, Node, Scalar, Section
from bot.settings.presets import ABOUT, PRESETS
from bot.settings.yaml import read_document


@dataclass(frozen=True, slots=True)
class Found:
    """What stands on a board: how many threads, which templates, and orders to other archiving bots."""

    threads: int = 0
    templates: tuple[str, ...] = ()
    orders: tuple[Orders, ...] = ()
    preset: str = "incidents"


def look(text: str, title: str, info: WikiInfo) -> Found:
    """Look at a board's text, and guess the preset that fits it."""
    names, scanned = TemplateNames(info, {}), scan(text)
    used = tuple(dict.fromkeys(name for span in scanned.templates if (name := names.at(text, span.start))))
    heads = [heading.text for heading in find_headings(scanned, info)]
    return Found(len(heads), used, orders_on(text, title, info), _guess(heads, used, text))


def _guess(heads: Sequence[str], used: Sequence[str], text: str) -> str:
    """Tell which kind of board this looks like."""
    templates = {name.casefold() for name in used}
    if "dr case status" in templates:
        return "dispute-cases"
    if "rfpp" in templates:
        return "protection"
    if any("(result" in head.casefold() for head in heads):
        return "edit-warring"
    if any(head.endswith("(erl.)") for head in heads):
        return "vandalism-sections"
    if re.search(r"(?mi)^\*+\s*\{\{\s*(?:ip)?vandal\b", text):
        return "vandalism-list"
    return "incidents"


_HEAD = """\
<syntaxhighlight lang="yaml">
# What Boardclerk does here. This page counts once a trusted user has saved it; mistakes are told on its talk page.
# Everything that can be set: clerk settings manual
version: 1

# Where people find help in private. Whoever is told of a discussion is shown it.
support: "Project:Getting help"

boards:"""
_MODE = """\
    # plan: the bot only shows on a subpage of this page what it would do. Write live once you like what you see.
    mode: plan"""


def starter(title: str, preset: str, found: Found = Found()) -> str:
    """Write the page for a board by a preset. Raises KeyError for a preset that there is not."""
    return starter_page([(title, replace(found, preset=preset))])


def starter_page(boards: Sequence[tuple[str, Found]]) -> str:
    """Write the page for several boards, each by the preset that was found to fit it."""
    lines = [line for title, found in boards for line in _one_board(title, found)]
    return "\n".join([_HEAD, *lines, "</syntaxhighlight>", ""])


def _one_board(title: str, found: Found) -> list[str]:
    preset = found.preset
    about = ABOUT[preset]
    lines = [
        f"  {_quoted(title)}:",
        *_comment(f"{about.boards} {about.source}", 4),
        f"    preset: {preset}",
        _MODE,
        *_listed(title, preset),
        *_preset(preset),
        "    # What waits, oldest first, on a page of its own.",
        f"    summary: {{page: {_quoted(title + '/Waiting')}}}",
        *_seen(found),
    ]
    for orders in found.orders:
        lines += _comment(
            f"{{{{{orders.template}}}}} stands on the board. Take it off before this bot archives there, or write "
            "takeover: true; clerk settings import writes what it says as settings.",
            4,
        )
    return lines


def imported(title: str, orders: Orders) -> str:
    """Write the page for a board with what another archiving bot was told there, and nothing else."""
    return "\n".join([_HEAD, f"  {_quoted(title)}:", _MODE, *_orders(orders), "</syntaxhighlight>", ""])


def _listed(title: str, preset: str) -> list[str]:
    if preset != "dispute-cases":
        return []
    return [
        "    # The page whose links to user pages name the volunteers.",
        f"    responders: {{listed_on: {_quoted(title + '/Volunteers')}}}",
    ]


def _preset(preset: str) -> list[str]:
    """Write the preset out as comments, so that its values can be seen and changed."""
    root = read_document(PRESETS[preset]).root
    lines = ["    # The preset says:"]
    for entry in root.entries if root is not None else ():
        lines += [f"    # {line}" for line in _written(entry, 0)]
    return lines


def _orders(orders: Orders) -> list[str]:
    """Write another bot's orders as settings, with what has no equivalent."""
    lines = _comment(f"As {{{{{orders.template}}}}} says:", 4)
    if orders.level not in (0, 2):
        lines.append(f"    threads: {{level: {orders.level}}}")
    if orders.resolved:
        lines.append(f"    resolved: {{templates: [{', '.join(map(_quoted, orders.resolved))}]}}")
    lines.append("    archive:")
    lines += [f"      {key}: {_value(value)}" for key, value in orders.archive.items()]
    lines.append("      takeover: true   # take the other bot's template off the board before you write mode: live")
    for note in orders.notes:
        lines += _comment(note, 6)
    return lines


def _seen(found: Found) -> list[str]:
    if not found.threads and not found.templates:
        return []
    some = ", ".join(found.templates[:12])
    return _comment(f"Seen on the board: {found.threads} headings; templates: {some or 'none'}.", 4)


def _written(entry: Entry, indent: int) -> list[str]:
    """Write an entry in one line where it fits."""
    flow = f"{' ' * indent}{entry.key}: {_flow(entry.value)}"
    if len(flow) <= 100 or not isinstance(entry.value, Section):
        return [flow]
    lines = [f"{' ' * indent}{entry.key}:"]
    for inner in entry.value.entries:
        lines += _written(inner, indent + 2)
    return lines


def _flow(node: Node) -> str:
    match node:
        case Scalar():
            return node.text if node.plain else json.dumps(node.text, ensure_ascii=False)
        case Listing():
            return f"[{', '.join(_flow(item) for item in node.items)}]"
        case Section():
            return "{" + ", ".join(f"{entry.key}: {_flow(entry.value)}" for entry in node.entries) + "}"


def _value(text: str) -> str:
    """Write a value, in quotes where YAML would read something else into it."""
    return text if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 .]*", text) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _comment(text: str, indent: int) -> list[str]:
    """Write a text as comment lines of at most a hundred characters."""
    lines, line = [], ""
    for word in text.split():
        if line and indent + 2 + len(line) + 1 + len(word) > 100:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [f"{' ' * indent}# {one}" for one in [*lines, line]]
