"""What each key means: the words below a model's fields, read from its source when a manual or schema is made.

Pydantic can take these words in by itself, but does so whenever a class is made: that would be half of what the
settings take at the start of every run.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any


def explanations(model: type[Any]) -> Mapping[str, str]:
    """Give the words below each field of a model, those of the classes it builds on among them."""
    return {name: words for one in reversed(model.__mro__) for name, words in _written_in(one)}


def explain(schema: dict[str, Any], model: type[Any]) -> None:
    """Put the words into a model's JSON Schema."""
    for name, words in explanations(model).items():
        if name in schema.get("properties", {}):
            schema["properties"][name]["description"] = words


def _written_in(one: type[Any]) -> Iterator[tuple[str, str]]:
    if one.__module__.partition(".")[0] not in ("bot", "tasks"):
        return
    try:
        source = inspect.getsource(one)
    except OSError:
        # A class made on the way has no source; the classes that it builds on have.
        return
    definition = ast.parse(textwrap.dedent(source)).body[0]
    if isinstance(definition, ast.ClassDef):
        for field, words in pairwise(definition.body):
            match field, words:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                    yield name, inspect.cleandoc(said)
