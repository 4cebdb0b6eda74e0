"""The manual, the schema, and pages to begin with: made from the models, complete, and current."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.reading.facts import english
from bot.settings.common import BoardModel, PageModel
from bot.settings.explained import explanations
from bot.settings.jsonschema import json_schema
from bot.settings.manual import manual
from bot.settings.presets import ABOUT, PRESETS
from bot.settings.schema import SECTIONS, read_settings
from bot.settings.starter import look, starter
from tasks import ALL

ROOT = Path(__file__).resolve().parent.parent
TITLE = "Project:Incidents"


def test_the_manual_in_the_repository_is_current() -> None:
    kept = (ROOT / "MANUAL.md").read_text(encoding="utf-8")

    assert kept == manual(ALL, "markdown", SECTIONS), "run: clerk settings manual --format markdown > MANUAL.md"


@pytest.mark.parametrize("form", ["wikitext", "markdown"])
def test_the_manual_names_every_key_of_every_model(form: Any) -> None:
    text = manual(ALL, form, SECTIONS)
    mark = "`{}`" if form == "markdown" else "<code>{}</code>"
    models: list[type[BaseModel]] = [PageModel, BoardModel, *(task.settings for task in ALL), *SECTIONS.values()]
    for model in models:
        for name in model.model_fields:
            assert mark.format(name) in text
            assert explanations(model).get(name), f"{model.__name__}.{name} is not explained"


def test_the_manual_holds_every_preset_with_its_source() -> None:
    text = manual(ALL, "markdown", SECTIONS)

    assert list(ABOUT) == list(PRESETS)
    for settings in PRESETS.values():
        assert settings.strip("\n") in text


def test_the_manual_as_wikitext_leaves_no_template_to_be_expanded() -> None:
    outside = manual(ALL, "wikitext", SECTIONS)
    for opening, closing in (("<nowiki>", "</nowiki>"), ("<syntaxhighlight", "</syntaxhighlight>")):
        while opening in outside:
            before, rest = outside.split(opening, 1)
            outside = before + rest.split(closing, 1)[1]

    assert "{{" not in outside
    assert "[[" not in outside


@pytest.mark.parametrize("name", PRESETS)
def test_the_starter_page_of_every_preset_is_fine(name: str) -> None:
    reading = read_settings(starter(TITLE, name), english(), ALL)

    assert [str(problem) for problem in reading.problems] == []
    assert reading.hints == ()
    assert reading.settings is not None
    (board,) = reading.settings.boards.values()
    assert board.preset == name
    assert board.mode == "plan"
    assert "summary" in board.tasks


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_starter_page_shows_of_a_preset_is_what_the_preset_says(name: str) -> None:
    """The commented lines, taken in, give the same settings as the preset's name does."""
    page = starter(TITLE, name)
    begin, end = page.index("    # The preset says:\n"), page.index("    # What waits")
    written_out = page[begin:end].replace("    # The preset says:\n", "").replace("    # ", "    ")
    taken_in = page[:begin] + written_out + page[end:]
    without_preset = taken_in.replace(f"preset: {name}", "quiet: 60 s")

    named, out = (read_settings(text, english(), ALL) for text in (page, without_preset))

    assert [str(problem) for problem in out.problems] == []
    assert named.settings is not None
    assert out.settings is not None
    (one,), (other,) = named.settings.boards.values(), out.settings.boards.values()
    assert one.rules == other.rules
    assert one.tasks == other.tasks


@pytest.mark.parametrize(
    ("text", "preset"),
    [
        ("== [[User:A]] reported by [[User:B]] (Result: ) ==\n", "edit-warring"),
        ("== [[User:A]] (erl.) ==\n", "vandalism-sections"),
        ("== Reports ==\n* {{IPvandal|192.0.2.1}} again\n", "vandalism-list"),
        ("=== Page ===\n{{RFPP|s}}\n", "protection"),
        ("== Case ==\n{{DR case status|open}}\n", "dispute-cases"),
        ("== A thing ==\nWords.\n", "incidents"),
    ],
)
def test_the_preset_is_guessed_from_the_board(text: str, preset: str) -> None:
    assert look(text, TITLE, english()).preset == preset


def test_a_starter_page_says_what_stands_on_the_board() -> None:
    found = look("{{User:MiszaBot/config|algo=old(3d)}}\n== A ==\n{{resolved}}\n", TITLE, english())

    page = starter(TITLE, "incidents", found)

    assert "Seen on the board: 1 headings; templates: User:MiszaBot/config, Resolved." in page
    assert "{{User:MiszaBot/config}} stands on the board." in page
    assert read_settings(page, english(), ALL).problems == ()


def test_the_schema_knows_every_key_and_takes_one_value_for_a_list() -> None:
    schema = json_schema(ALL, SECTIONS)
    board = schema["$defs"]["Board"]["properties"]

    assert set(board) == {*BoardModel.model_fields, *(task.name for task in ALL)}
    assert set(schema["properties"]) == {*PageModel.model_fields, *SECTIONS, "defaults", "boards"}
    assert schema["$defs"]["Board"]["additionalProperties"] is False
    assert board["pins"]["anyOf"][0]["type"] == "array"
    assert board["pins"]["anyOf"][1]["type"] == "string"
