"""The JSON Schema of the settings page, for editors that help while one writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import create_model

from bot.plan import Task
from bot.settings.base import SettingsModel
from bot.settings.common import BoardModel, PageModel
from bot.settings.presets import ABOUT

Off = Literal[False, "off"]


def json_schema(
    tasks: Sequence[Task[Any]], sections: Mapping[str, type[SettingsModel]] | None = None
) -> dict[str, Any]:
    """Give the schema (2020-12). It is as strict as the bot about keys; about values the bot is stricter."""
    of_tasks: dict[str, Any] = {task.name: (task.settings | Off | Literal[True] | None, None) for task in tasks}
    board = create_model("Board", __base__=BoardModel, **of_tasks)
    parts: dict[str, Any] = {
        "defaults": (board | None, None),
        "boards": (dict[str, board | None], ...),
        **{name: (model | None, None) for name, model in (sections or {}).items()},
    }
    page = create_model("Settings", __base__=PageModel, **parts)
    schema: dict[str, Any] = _lenient(page.model_json_schema())
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$defs"]["Board"]["properties"]["preset"] = {"enum": list(ABOUT), "description": "A named bundle."}
    schema["properties"]["version"] = {"enum": [1, "1"]}
    return schema


def _lenient(schema: Any) -> Any:
    """Let one value stand for a list of one, as the bot does."""
    if isinstance(schema, list):
        return [_lenient(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _lenient(one) for key, one in schema.items()}
    if made.get("type") == "array" and "items" in made:
        kept = {key: made.pop(key) for key in ("title", "description", "default") if key in made}
        return {**kept, "anyOf": [made, made["items"]]}
    return made
