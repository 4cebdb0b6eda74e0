"""The complete manual of the settings page, made from the models and presets themselves: nothing is written twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from bot.plan import Task
from bot.settings.base import SettingsModel
from bot.settings.common import BoardModel, PageModel
from bot.settings.explained import explanations
from bot.settings.nearest import model_in
from bot.settings.presets import ABOUT, PRESETS

Form = Literal["wikitext", "markdown"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section: how it is written, and what it means."""

    name: str
    written: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of the settings page: where it stands, what it is for, its keys."""

    title: str
    intro: str
    keys: tuple[Key, ...]
    level: int = 2


INTRO = (
    "The settings page says on which boards the bot works and what it does there. It is written in YAML: a key, a "
    "colon, a value; what belongs to a key stands on the lines below it, indented by spaces. Put it into "
    '<syntaxhighlight lang="yaml"> … </syntaxhighlight>, so that the wiki shows it well.',
    "A revision counts once a trusted user has saved it. What is wrong is said on the talk page, with line and "
    "column; what is right goes on. Nothing is done on a board before it says mode: live; until then the bot shows on "
    "a subpage of the settings page what it would do. A blank page pauses the bot.",
    "Durations are written 15 min, 24 h, 3 days, 2 weeks; sizes 500 kB, 1 MB; switches true and false. Templates may "
    "be written with or without braces, titles with the local or the English name of their namespace. A list is "
    "written [one, two]; a single value needs no brackets. Marks are literal words; /…/ is a pattern (RE2).",
)


def manual(tasks: Sequence[Task[Any]], form: Form, sections: Mapping[str, type[SettingsModel]] | None = None) -> str:
    """Write the manual. ``sections`` are further parts of the page with their models."""
    pen = _Pen(form)
    parts = [pen.heading(1, "Settings"), *(pen.text(one) for one in INTRO)]
    for chapter in _chapters(tasks, sections or {}):
        parts.append(pen.heading(chapter.level, chapter.title))
        parts += [pen.text(chapter.intro)] if chapter.intro else []
        parts += [pen.keys(chapter.keys)] if chapter.keys else []
    parts += [pen.heading(2, "Presets"), pen.text(_PRESETS)]
    for name, settings in PRESETS.items():
        about = ABOUT[name]
        parts += [pen.heading(3, name), pen.text(f"{about.boards} {about.source}"), pen.code(settings.strip("\n"))]
        parts += [pen.text(f"To be added: {about.add}.")] if about.add else []
    return "\n\n".join(part for part in parts if part) + "\n"


_PRESETS = (
    "A preset is a named bundle of the settings above; what the board says itself comes before it. Each preset is "
    "written out here with the practice that its numbers come from. Not for this bot are boards with a page for each "
    "case, and boards whose newest thread stands first."
)


def _chapters(tasks: Sequence[Task[Any]], sections: Mapping[str, type[SettingsModel]]) -> Iterator[Chapter]:
    extra = (
        Key("defaults", "a section", "Settings for every board, unless it says otherwise."),
        Key("boards", "a section", "The boards: below each title, in quotes, its keys and a section for each task."),
        *(Key(name, "a section", _plain(model.__doc__)) for name, model in sections.items()),
    )
    yield Chapter("The page", _plain(PageModel.__doc__), (*_keys(PageModel), *extra))
    yield Chapter("A board", _plain(BoardModel.__doc__), _keys(BoardModel))
    yield from _inner(BoardModel, 3)
    for task in tasks:
        intro = _plain(task.settings.__doc__)
        off = f"Without this section, or with {task.name}: off, the task does not run."
        yield Chapter(f"{task.name}", f"{intro} {off}", _keys(task.settings))
        yield from _inner(task.settings, 3)
    for name, model in sections.items():
        yield Chapter(name, _plain(model.__doc__), _keys(model))
        yield from _inner(model, 3)


def _inner(model: type[BaseModel], level: int) -> Iterator[Chapter]:
    """Describe the sections in a section."""
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        if inner is not None:
            yield Chapter(name, _plain(inner.__doc__), _keys(inner), level)
            yield from _inner(inner, level + 1)


def _keys(model: type[BaseModel]) -> tuple[Key, ...]:
    schema, words = model.model_json_schema()["properties"], explanations(model)
    keys = [
        Key(name, _written(schema[name], field.annotation), _plain(words.get(name)))
        for name, field in model.model_fields.items()
    ]
    # What every task takes stands last.
    return tuple(sorted(keys, key=lambda key: key.name in ("mode", "every") and model is not BoardModel))


def _written(schema: Mapping[str, Any], kind: Any) -> str:
    """Say how a value is written, in few words."""
    if model_in(kind) is not None:
        return "a section"
    if "enum" in schema:
        return " or ".join(str(one) for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("examples"):
        return ", ".join(_example(one) for one in schema["examples"])
    if "anyOf" in schema:
        found = [_written(one, None) for one in schema["anyOf"] if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(found))
    if schema.get("type") == "array":
        return f"a list: {_written(schema.get('items', {}), None)}"
    return _KINDS.get(str(schema.get("type")), "text")


_KINDS = {"boolean": "true or false", "integer": "a number", "number": "a number", "object": "keys with values"}


def _example(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {one}" for key, one in value.items()) + "}"
    return str(value)


def _plain(text: str | None) -> str:
    """Make one line of a docstring, without its code marks."""
    return re.sub(r"``([^`]*)``", r"\1", " ".join((text or "").split()))


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes one of the two forms."""

    form: Form

    def heading(self, level: int, text: str) -> str:
        if self.form == "markdown":
            return f"{'#' * level} {text}"
        # On a wiki the page's title is the first heading.
        return f"{'=' * level} {text} {'=' * level}" if level > 1 else ""

    def text(self, text: str) -> str:
        if self.form == "markdown":
            return re.sub(r"([<>{}*_\\\[\]|])", r"\\\1", text)
        return _nowiki(text)

    def keys(self, keys: Sequence[Key]) -> str:
        if self.form == "markdown":
            rows = [f"| `{key.name}` | {self.text(key.written)} | {self.text(key.meaning)} |" for key in keys]
            return "\n".join(["| key | written | meaning |", "|---|---|---|", *rows])
        rows = [f"|-\n| <code>{key.name}</code> || {_nowiki(key.written)} || {_nowiki(key.meaning)}" for key in keys]
        return "\n".join(['{| class="wikitable"', "! Key !! Written !! Meaning", *rows, "|}"])

    def code(self, text: str) -> str:
        if self.form == "markdown":
            return f"```yaml\n{text}\n```"
        return f'<syntaxhighlight lang="yaml">\n{text}\n</syntaxhighlight>'


def _nowiki(text: str) -> str:
    """Keep a wiki from reading markup into a text."""
    if not re.search(r"[\[\]{}<>&'|~]", text):
        return text
    return f"<nowiki>{text.replace('&', '&amp;').replace('<', '&lt;')}</nowiki>"
