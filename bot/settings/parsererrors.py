"""What PyYAML says about a page that it cannot parse, put into words for people who do not program."""

from __future__ import annotations

import re

import yaml

from bot.settings.page import Flaw

_UNCLOSED = "a quotation mark is not closed"
_LIST = "a list in brackets is not closed, or a comma is missing in it"
_BRACES = "braces are not closed, or a comma is missing in them"

# What PyYAML says, whether it is best told where the construct began ("context") or where reading failed ("problem"),
# and what it means to the person who wrote the page. The first pattern that is found counts.
_WORDS: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "problem",
        "a colon where none can stand: is this line indented too far, or must the value be in quotes?",
    ),
    ("could not find expected ':'", "context", 'a key without its colon: write "key: value"'),
    ("found unexpected end of stream|unexpected document indicator", "context", _UNCLOSED),
    (
        "unknown escape|escape sequence|hexadecimal",
        "problem",
        "a backslash means something else in double quotes: use single quotes",
    ),
    (r"expected ',' or '\]'", "context", _LIST),
    ("expected ',' or '}'", "context", _BRACES),
    (
        "expected '-' indicator|expected <block end>, but found '-'|block sequence entries are not allowed",
        "problem",
        'a "-" where none can stand: are all items of the list indented alike?',
    ),
    (
        "expected key|expected <block end>",
        "problem",
        "this line is not indented like the lines it belongs to, or text stands after a value that has ended",
    ),
    ("mapping keys are not allowed|simple keys? .*not allowed", "problem", 'a "?" or key where none can stand'),
    ("cannot start any token", "problem", "a character that cannot begin a value: put the value in quotes"),
    ("tag|anchor|alias", "problem", "a value cannot begin with &, * or !: put it in quotes"),
    ("directive|version", "problem", 'a line cannot begin with "%"'),
    (
        "block scalar|indentation indicator|comment or line break",
        "problem",
        'after "|" or ">" the text begins on the next line',
    ),
    (
        "expected (?:the )?node content",
        "problem",
        "a value is missing here, or it begins with a character that must stand in quotes",
    ),
    (
        "document start",
        "problem",
        "this line does not belong to the settings before it: is it indented rightly?",
    ),
)


def in_words(error: yaml.MarkedYAMLError, text: str) -> Flaw:
    """Put the parser's error into words."""
    said = f"{error.context or ''} {error.problem or ''}"
    words, mark = f"this cannot be read as YAML ({said.strip()})", error.problem_mark or error.context_mark
    for pattern, place, meaning in _WORDS:
        if re.search(pattern, error.problem or said):
            words = meaning
            mark = error.context_mark if place == "context" and error.context_mark else mark
            break
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    while line > 0 and (line >= len(lines) or not lines[line].strip()):
        line, column = line - 1, len(lines[line - 1]) if line <= len(lines) else 0
    return Flaw(line + 1, column + 1, words, lines[line].strip()[:80])
