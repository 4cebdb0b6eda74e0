"""Where on the settings page the YAML stands: in ``<syntaxhighlight lang="yaml">``, in ``<pre>``, or everywhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_OPENING = re.compile(r"^[ \t]*<(syntaxhighlight|source|pre)\b([^<>\n]*)>", re.IGNORECASE | re.MULTILINE)
_YAML_ATTRIBUTE = re.compile(r"\blang\s*=\s*[\"']?ya?ml\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """Something wrong at one place of the page, lines and columns counted from 1.

    ``fatal``: the page's structure is in doubt, nothing on it counts; else only the value at this place does not.
    ``found`` is what stands there, at most 80 characters of one line.
    """

    line: int
    column: int
    message: str
    found: str = ""
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """The YAML of a page: its text, the lines before it, the characters before it on its first line."""

    text: str
    lines_before: int = 0
    columns_before: int = 0
    marked: bool = False
    flaws: tuple[Flaw, ...] = ()


def _position(text: str, offset: int) -> tuple[int, int]:
    """Give the line and column of an offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def find_block(page: str) -> Block:
    """Find the YAML of a page, with Unix line ends and in Unicode form C, as MediaWiki stores text."""
    text = unicodedata.normalize("NFC", page.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    openings = [found for found in _OPENING.finditer(text) if _holds_yaml(found)]
    highlighted = [found for found in openings if found[1].lower() != "pre"]
    openings = highlighted or openings[:1]
    if not openings:
        return Block(text)
    first = openings[0]
    closing = re.compile(rf"</{first[1]}\s*>", re.IGNORECASE).search(text, first.end())
    flaws: list[Flaw] = []
    if closing is None:
        tag = first[1].lower()
        flaws.append(Flaw(*_position(text, first.start()), f"<{tag}> is not closed: write </{tag}> after the settings"))
    elif len(openings) > 1 and openings[1].start() > closing.end():
        where = _position(text, openings[1].start())
        flaws.append(Flaw(*where, "a second block of settings: put everything into the first one"))
    inner = text[first.end() : closing.start() if closing else len(text)]
    line, _ = _position(text, first.end())
    return Block(inner, line - 1, first.end() - text.rfind("\n", 0, first.end()) - 1, marked=True, flaws=tuple(flaws))


def _holds_yaml(opening: re.Match[str]) -> bool:
    """Tell whether a tag opens a block of YAML: ``<pre>``, or highlighting with no other language."""
    return opening[1].lower() == "pre" or bool(_YAML_ATTRIBUTE.search(opening[2])) or "lang" not in opening[2].lower()
