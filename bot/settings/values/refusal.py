"""How a value says that it does not fit, and what it may know of the wiki."""

from __future__ import annotations

import re

from pydantic import ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.model import WikiInfo

SPACES = re.compile(r"[\s_\u00a0\u200e\u200f]+")
"""Whatever people leave between words: spaces of any kind, underscores, direction marks."""


def misfit(wanted: str) -> PydanticCustomError:
    """Say that a value does not fit: ``wanted`` ends the sentence "found X, wanted …"."""
    return PydanticCustomError("wanted", "wanted {wanted}", {"wanted": wanted})


def facts(context: ValidationInfo) -> WikiInfo | None:
    """Give the wiki's facts that the page is read with, None where there are none."""
    return context.context if isinstance(context.context, WikiInfo) else None


def shown(example: str, *more: str) -> WithJsonSchema:
    """Say in the JSON Schema that a value is written as text."""
    return WithJsonSchema({"type": "string", "examples": [example, *more]})
