"""Named bundles of settings for the usual kinds of board; a board's own keys come before what its preset says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.settings.common import BoardModel
from bot.settings.yaml import Entry, Listing, Node, Scalar, Section, read_document

PRESETS: Mapping[str, str] = {}
"""The settings of each preset as a page would write them, with the practice that they come from."""


def expand(name: str, line: int, column: int, tasks: tuple[str, ...]) -> Section:
    """Give a preset's settings as if they stood where the board names it. Raises KeyError for an unknown name.

    Sections of tasks that are not in ``tasks`` are left out.
    """
    document = read_document(PRESETS[name])
    if document.root is None or document.flaws:
        raise ValueError(f"the preset {name} cannot be read")
    known = (*BoardModel.model_fields, *tasks)
    return Section(
        tuple(_at(entry, line, column) for entry in document.root.entries if entry.key in known), line, column
    )


def _at(entry: Entry, line: int, column: int) -> Entry:
    """Give an entry with every position in it at one place."""
    return Entry(entry.key, _node_at(entry.value, line, column), line, column)


def _node_at(node: Node, line: int, column: int) -> Node:
    """Give a node with every position in it at one place."""
    match node:
        case Scalar():
            return replace(node, line=line, column=column)
        case Listing():
            return Listing(tuple(_node_at(item, line, column) for item in node.items), line, column)
        case Section():
            return Section(tuple(_at(entry, line, column) for entry in node.entries), line, column)
