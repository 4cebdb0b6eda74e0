"""Strict reading of YAML with the position of every key and value: what is here is written here, nothing is magic.

Of YAML 1.1 remain mappings with text keys, lists and scalars. Every scalar is text until a model wants something else,
except the words ``true`` and ``false``; an empty value is none. No anchors, aliases, tags, merge keys, repeated keys or
further documents; at most 64 KB and 8 levels. Parsing is PyYAML's; its errors are put into words for people who do not
program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import yaml

from bot.settings.nodes import Document, Entry, Listing, Node, Scalar, Section
from bot.settings.page import Block, Flaw, find_block
from bot.settings.parsererrors import in_words
from bot.settings.traps import mend

SIZE_LIMIT = 64 * 1024
"""Longest page in bytes of UTF-8."""
DEPTH_LIMIT = 8
"""Deepest nesting of sections and lists."""
LINE_LIMIT = 5000
"""Longest line in characters."""
_RETRIES = 8

# PyYAML with libyaml reads about twenty times faster; both give the same events and name the same problems.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _StopError(Exception):
    """Reading cannot go on after a flaw; ``last`` where nothing more can be found by leaving out its line."""

    def __init__(self, flaw: Flaw, *, last: bool = False) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw
        self.last = last


@dataclass(slots=True)
class _Open:
    """A section or list being built; ``key`` is the key whose value comes next."""

    line: int
    column: int
    listing: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Scalar | None = None

    def add(self, node: Node, flaws: list[Flaw]) -> None:
        """Take the next key or value."""
        if self.listing:
            self.items.append(node)
        elif self.key is None:
            if not isinstance(node, Scalar):
                raise _StopError(Flaw(node.line, node.column, "a key must be text: put names with brackets in quotes"))
            if node.plain and not node.text:
                raise _StopError(Flaw(node.line, node.column, "a name is missing before the colon"))
            self.key = node
        else:
            key, self.key = self.key, None
            before = self.entries.get(key.text)
            if before is None:
                self.entries[key.text] = Entry(key.text, node, key.line, key.column)
                return
            told = f"{key.text} stands here a second time (first in line {before.line}): keep one of them"
            flaws.append(Flaw(key.line, key.column, told, key.text, fatal=False))
            # Which of the two is meant cannot be known, so that neither counts.
            self.entries[key.text] = replace(before, value=replace(before.value, sound=False))

    def close(self) -> Node:
        """Give the finished section or list."""
        if self.listing:
            return Listing(tuple(self.items), self.line, self.column)
        return Section(tuple(self.entries.values()), self.line, self.column)


def read_document(page: str, begins: str = "version: 1", most: int = SIZE_LIMIT) -> Document:
    """Read a page. Never raises: what cannot be read is told by the flaws, all of them at once.

    ``begins`` is the line that a page begins with, told where somebody wrote something else altogether. ``most`` is how
    many bytes it may have.
    """
    size = len(page.encode(errors="replace"))
    if size > most:
        told = f"the page has {size // 1024} kB; settings can have at most {most // 1024} kB"
        return Document(None, (Flaw(1, 1, told),))
    block = find_block(page)
    lines = block.text.split("\n")
    for number, line in enumerate(lines):
        if len(line) > LINE_LIMIT:
            told = f"a line of {len(line)} characters; at most {LINE_LIMIT} can be read"
            return Document(None, _on_page([Flaw(number + 1, 1, told)], block), block.marked)
    mended = mend(block.text)
    flaws = list(mended.flaws)
    root, more = _parse(mended.text, mended.unsound, begins)
    told_lines = {flaw.line for flaw in flaws}
    flaws += [flaw for flaw in more if not (flaw.fatal and flaw.line in told_lines)]
    shifted = _shift(root, block) if root is not None else None
    return Document(shifted, _on_page(flaws, block), block.marked)


def _on_page(flaws: list[Flaw], block: Block) -> tuple[Flaw, ...]:
    """Count lines and columns from the page's beginning, and put the flaws in page order."""
    moved = [
        Flaw(*_moved(flaw.line, flaw.column, block), flaw.message, flaw.found, flaw.fatal)
        for flaw in dict.fromkeys(flaws)
    ]
    return tuple(sorted((*block.flaws, *moved)))


def _moved(line: int, column: int, block: Block) -> tuple[int, int]:
    """Count a position in the block from the page's beginning."""
    return line + block.lines_before, column + (block.columns_before if line == 1 else 0)


def _shift(node: Section, block: Block) -> Section:
    """Count every position of a tree from the page's beginning."""
    if not block.lines_before and not block.columns_before:
        return node
    moved = _shift_node(node, block)
    return moved if isinstance(moved, Section) else node


def _shift_node(node: Node, block: Block) -> Node:
    """Count the positions of a node and of all in it from the page's beginning."""
    line, column = _moved(node.line, node.column, block)
    match node:
        case Scalar():
            return Scalar(node.text, line, column, node.plain, node.sound)
        case Listing():
            return Listing(tuple(_shift_node(item, block) for item in node.items), line, column, node.sound)
        case Section():
            entries = (
                Entry(entry.key, _shift_node(entry.value, block), *_moved(entry.line, entry.column, block))
                for entry in node.entries
            )
            return Section(tuple(entries), line, column, node.sound)


def _parse(text: str, unsound: frozenset[int], begins: str) -> tuple[Section | None, list[Flaw]]:
    """Parse mended text. After an error its line is left out and the rest is read once more, to find further errors."""
    flaws: list[Flaw] = []
    lines = text.split("\n")
    for _ in range(_RETRIES):
        found: list[Flaw] = []
        try:
            root = _build("\n".join(lines), unsound, found, begins)
        except _StopError as stop:
            at = min(stop.flaw.line, len(lines)) - 1
            repeated = any(flaw.line == stop.flaw.line for flaw in flaws)
            if not repeated:
                flaws.append(stop.flaw)
            if stop.last or repeated or not lines[at].strip():
                return None, flaws
            lines[at] = ""
            continue
        return root, flaws + found
    return None, flaws


def _build(text: str, unsound: frozenset[int], flaws: list[Flaw], begins: str) -> Section:
    """Build the tree of one document from the parser's events. Raises ``_StopError`` at the first error."""
    open_nodes: list[_Open] = []
    root: Node | None = None
    documents = 0
    for event in _events(text):
        line, column = _place(event)
        match event:
            case yaml.DocumentStartEvent():
                documents += 1
                if documents > 1:
                    raise _StopError(Flaw(line, column, '"---" begins a second page of settings: take it out'))
                continue
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                _refuse_extras(event)
                if len(open_nodes) >= DEPTH_LIMIT:
                    raise _StopError(Flaw(line, column, f"nested more than {DEPTH_LIMIT} deep"))
                open_nodes.append(_Open(line, column, isinstance(event, yaml.SequenceStartEvent)))
                continue
            case yaml.ScalarEvent() | yaml.AliasEvent():
                _refuse_extras(event)
                text_of = event.value if isinstance(event, yaml.ScalarEvent) else ""
                style = event.style if isinstance(event, yaml.ScalarEvent) else None
                node: Node = Scalar(text_of, line, column, not style, line - 1 not in unsound)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                node = open_nodes.pop().close()
            case _:
                continue
        if open_nodes:
            open_nodes[-1].add(node, flaws)
        else:
            root = node
    return _settings_in(root, begins)


def _settings_in(root: Node | None, begins: str) -> Section:
    """Give the root where it is a section. Raises ``_StopError`` where it is anything else."""
    match root:
        case Section():
            return root
        case None | Scalar(text="", plain=True):
            raise _StopError(Flaw(1, 1, f'nothing is set here: begin with "{begins}"'))
        case _:
            told = f'settings are lines of "key: value"; begin with "{begins}"'
            found = root.text[:80] if isinstance(root, Scalar) else ""
            raise _StopError(Flaw(root.line, root.column, told, found), last=True)


def _place(event: yaml.Event) -> tuple[int, int]:
    """Give the line and column of an event, both counted from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _refuse_extras(event: yaml.NodeEvent) -> None:
    """Refuse aliases, anchors and tags."""
    place = _place(event)
    if isinstance(event, yaml.AliasEvent):
        raise _StopError(Flaw(*place, "references (*name) are not read here: write the value again"))
    if event.anchor is not None:
        raise _StopError(Flaw(*place, 'a value cannot begin with "&": put it in quotes'))
    if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag not in (None, ""):
        raise _StopError(Flaw(*place, 'a value cannot begin with "!": put it in quotes'))


def _events(text: str) -> Iterator[yaml.Event]:
    """Give the parser's events; its errors become ``_StopError``."""
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise _StopError(in_words(error, text)) from error
    except yaml.YAMLError as error:  # a character that the reader does not take; the traps have removed all of them
        raise _StopError(Flaw(1, 1, f"this cannot be read as YAML ({error})")) from error
