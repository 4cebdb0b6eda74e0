"""What is done with the tree of a page before models read it: one section over another, saying what stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.settings.nearest import shorten
from bot.settings.nodes import Entry, Listing, Node, Scalar, Section


def merge(under: Section, over: Section) -> Section:
    """Put one section over another: keys of ``over`` win, sections in both are merged in turn, lists are replaced."""
    entries: list[Entry] = []
    for entry in under.entries:
        upper = over.entry(entry.key)
        if upper is None:
            entries.append(entry)
        elif isinstance(entry.value, Section) and isinstance(upper.value, Section):
            entries.append(replace(upper, value=merge(entry.value, upper.value)))
        elif isinstance(entry.value, Section) and isinstance(upper.value, Scalar) and upper.value.value is None:
            entries.append(replace(upper, value=entry.value))
        else:
            entries.append(upper)
    entries += [entry for entry in over.entries if under.entry(entry.key) is None]
    return Section(tuple(entries), over.line, over.column, under.sound and over.sound)


def last_line(node: Node) -> int:
    """Give the last line on which something in a node begins."""
    match node:
        case Scalar():
            return node.line
        case Listing():
            return max((last_line(item) for item in node.items), default=node.line)
        case Section():
            return max((last_line(entry.value) for entry in node.entries), default=node.line)


def scalars(node: Node) -> Iterator[Scalar]:
    """Give every value in a node, in page order."""
    match node:
        case Scalar():
            yield node
        case Listing():
            for item in node.items:
                yield from scalars(item)
        case Section():
            for entry in node.entries:
                yield from scalars(entry.value)


def say_node(node: Node) -> str:
    """Say in a few words what stands there."""
    return shorten(node.text) if isinstance(node, Scalar) else "a list" if isinstance(node, Listing) else "a section"


def switched_on(entry: Entry) -> Node | None:
    """Give a task's section: an empty one where it says ``true`` or nothing, None where it is ``off``."""
    value = entry.value
    if isinstance(value, Scalar) and value.plain and value.text in ("false", "off"):
        return None
    if isinstance(value, Scalar) and value.value in (None, True):
        return Section((), entry.line, entry.column)
    return value
