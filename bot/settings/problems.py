"""What is wrong on a settings page, each problem with its place; pydantic's errors in words for who wrote the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bot.settings.nearest import Names, model_in, nearest, shorten
from bot.settings.nodes import Entry, Listing, Node, Scalar, Section
from bot.settings.tree import scalars
from bot.settings.values import PATTERNS_ON_A_PAGE, is_pattern


class Stops(StrEnum):
    """What a problem keeps from running."""

    PAGE = "page"
    BOARD = "board"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """One mistake on the settings page.

    ``line`` and ``column`` count from 1, on the page. ``path`` are the keys that lead to the place. ``found`` is what
    stands there, shortened; ``wanted`` what would fit, as the end of the sentence "found X, wanted …"; ``hint`` a
    sentence that stands for both where they would not help; ``nearest`` the right name that is nearest to a wrong one.
    ``stops`` tells what does not run because of it, on ``board`` (a title, "" for all). ``absent`` where something is
    missing, which may be because a line could not be read.
    """

    line: int
    column: int
    path: tuple[str, ...]
    found: str = ""
    wanted: str = ""
    nearest: str = ""
    hint: str = ""
    stops: Stops = Stops.PAGE
    board: str = ""
    absent: bool = False

    @property
    def key(self) -> str:
        """The keys that lead to the place, as one text."""
        return " > ".join(self.path)

    @property
    def message(self) -> str:
        """The problem in one sentence, without its place."""
        if self.nearest:
            return f"{self.found}: did you mean {self.nearest}?"
        if self.hint:
            return self.hint
        return f'found "{self.found}", wanted {self.wanted}' if self.found else f"wanted {self.wanted}"

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.key + ': ' if self.path else ''}{self.message}"


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the page with the keys that lead to it; line and column are those of its key where it has one."""

    node: Node
    path: tuple[str, ...]
    line: int
    column: int

    def entry(self, entry: Entry) -> Place:
        """Give the place of an entry of this section."""
        return Place(entry.value, (*self.path, entry.key), entry.line, entry.column)


def plain_value(node: Node) -> Any:
    """Give a node as models read it: dicts, lists, text, true and false, None."""
    match node:
        case Scalar():
            return node.value
        case Listing():
            return [plain_value(item) for item in node.items]
        case Section():
            return {entry.key: plain_value(entry.value) for entry in node.entries}


def sound(node: Node) -> bool:
    """Tell whether no flaw was found in a node or anything in it."""
    match node:
        case Scalar():
            return node.sound
        case Listing():
            return node.sound and all(sound(item) for item in node.items)
        case Section():
            return node.sound and all(sound(entry.value) for entry in node.entries)


def too_many_patterns(root: Node) -> SettingsProblem | None:
    """Say that a page has more patterns than can be tried in good time; None where it has not."""
    patterns = [one for one in scalars(root) if is_pattern(one.text)]
    if len(patterns) <= PATTERNS_ON_A_PAGE:
        return None
    first = patterns[PATTERNS_ON_A_PAGE]
    hint = f"{len(patterns)} patterns; one page can hold {PATTERNS_ON_A_PAGE}: most marks are better written as words"
    return SettingsProblem(first.line, first.column, (), hint=hint)


def told(
    errors: Iterable[ErrorDetails], place: Place, names: Names, model: type[BaseModel], siblings: tuple[str, ...] = ()
) -> list[SettingsProblem]:
    """Put pydantic's errors on a section into words, each at its place; flaws told before are not told again."""
    located = [(error, _locate(error, place)) for error in errors]
    at_place = Counter((at.path, at.line) for _, at in located)
    around = {at.path[:depth] for _, at in located for depth in range(len(at.path))}
    problems = []
    for error, at in located:
        # A value that may be one thing or another gets an error for each; the one that went deeper is what was meant.
        if at.path in around and error["type"] not in ("missing", "extra_forbidden"):
            continue
        # Where one value is given for what may also be a section, what is wrong with the value is what helps.
        alone = at_place[at.path, at.line] == 1
        if isinstance(at.node, Scalar) and error["type"] in _SECTION_ERRORS and not alone:
            continue
        if sound(at.node) or error["type"] in ("missing", "extra_forbidden"):
            problems.append(_in_words(error, at, names, model, siblings))
    meant = {(problem.path[:-1], f'"{problem.nearest}:" is missing here') for problem in problems if problem.nearest}
    return _joined([problem for problem in problems if (problem.path, problem.hint) not in meant])


def _joined(problems: list[SettingsProblem]) -> list[SettingsProblem]:
    """Make one problem of those that say at one place that one thing or another is wanted."""
    joined: dict[tuple[int, int, tuple[str, ...], str], SettingsProblem] = {}
    for problem in problems:
        same = (problem.line, problem.column, problem.path, problem.hint + problem.nearest)
        before = joined.get(same)
        if before is None or before.hint or before.nearest:
            joined[same] = problem
        elif problem.wanted not in before.wanted:
            wanted = f"{before.wanted}, or {problem.wanted}"
            joined[same] = SettingsProblem(before.line, before.column, before.path, before.found, wanted)
    return list(joined.values())


def _locate(error: ErrorDetails, place: Place) -> Place:
    """Follow an error's way through the page, leaving out pydantic's own steps."""
    at = place
    for step in error["loc"]:
        match at.node:
            case Section() if isinstance(step, str) and (entry := at.node.entry(step)):
                # An unknown key is told at the key; what stands under it has no meaning.
                at = at.entry(entry)
            case Listing() if isinstance(step, int) and step < len(at.node.items):
                item = at.node.items[step]
                at = Place(item, at.path, item.line, item.column)
            case _:
                continue
    return at


def _in_words(
    error: ErrorDetails, at: Place, names: Names, model: type[BaseModel], siblings: tuple[str, ...]
) -> SettingsProblem:
    """Put one error into words."""
    loc = [step for step in error["loc"] if isinstance(step, str)]
    if error["type"] == "missing":
        key = loc[-1]
        return SettingsProblem(at.line, at.column, at.path, hint=f'"{key}:" is missing here', absent=True)
    if error["type"] == "extra_forbidden":
        key = loc[-1]
        known = (*_siblings(model, loc[:-1]), *(siblings if len(loc) == 1 else ()))
        near, hint = names.unknown(key, known)
        return SettingsProblem(at.line, at.column, at.path, found=shorten(key), nearest=near, hint=hint)
    found, wanted = _found(at.node), _wanted(error)
    if loc and loc[-1] == "[key]":
        return SettingsProblem(at.line, at.column, at.path, found=shorten(at.path[-1]), wanted=wanted)
    line, column = (at.node.line, at.node.column) if not _empty(at.node) else (at.line, at.column)
    if error["type"] in ("literal_error", "enum") and isinstance(at.node, Scalar):
        near = nearest(at.node.text, _choices(error))
        if near:
            return SettingsProblem(line, column, at.path, found=found, nearest=near)
    if _empty(at.node):
        return SettingsProblem(
            line, column, at.path, hint=f"nothing stands after the colon; wanted {wanted}", absent=True
        )
    if isinstance(at.node, Section) and _is_model(model, loc):
        return SettingsProblem(at.line, at.column, at.path, hint=f"wanted {wanted}")
    if not found:
        return SettingsProblem(line, column, at.path, hint=f"nothing stands between the quotes; wanted {wanted}")
    return SettingsProblem(line, column, at.path, found=found, wanted=wanted)


def _choices(error: ErrorDetails) -> list[str]:
    """Give the words that a literal error says are possible."""
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _siblings(model: type[BaseModel], path: Sequence[str]) -> tuple[str, ...]:
    """Give the keys that may stand in the section that a path leads to."""
    for step in path:
        info = model.model_fields.get(step)
        model = (model_in(info.annotation) if info else None) or model
    return tuple(model.model_fields)


def _is_model(model: type[BaseModel], path: Sequence[str]) -> bool:
    """Tell whether a path leads to a section with keys of its own, so that an error there is about several of them."""
    kind: Any = model
    for step in path:
        inner = model_in(kind)
        info = inner.model_fields.get(step) if inner else None
        kind = info.annotation if info else _entries_of(kind)
    return model_in(kind) is not None


def _entries_of(kind: Any) -> Any:
    """Give the type of what stands under the keys of a mapping, None for any other type."""
    return get_args(kind)[1] if len(get_args(kind)) == 2 and get_origin(kind) in (dict, Mapping) else None


def _empty(node: Node) -> bool:
    """Tell whether nothing stands there."""
    return isinstance(node, Scalar) and node.plain and not node.text


def _found(node: Node) -> str:
    """Say what stands there."""
    match node:
        case Scalar():
            return shorten(node.text)
        case Listing():
            return "a list"
        case Section(entries=(first, *_)):
            return f"{shorten(first.key)}: …"
        case Section():
            return "{}"


_SECTION_ERRORS = ("model_type", "model_attributes_type", "dict_type", "mapping_type")
_KINDS = {
    **dict.fromkeys(_SECTION_ERRORS, "a section: keys on the lines below, indented, each with its value"),
    "tuple_type": "a list such as [one, two]",
    "list_type": "a list such as [one, two]",
    "frozen_set_type": "a list such as [one, two]",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
}


def _wanted(error: ErrorDetails) -> str:
    """Say what would fit."""
    context = error.get("ctx", {})
    if error["type"] == "wanted":
        return str(context["wanted"])
    if error["type"] in ("literal_error", "enum"):
        return f"one of {', '.join(_choices(error))}"
    if error["type"] == "value_error":
        return str(context.get("error", error["msg"]))
    return _KINDS.get(error["type"], error["msg"][:1].lower() + error["msg"][1:])
