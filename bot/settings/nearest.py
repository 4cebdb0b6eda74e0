"""The right name that is nearest to a wrong one, and the place where a misplaced key belongs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

_NEAR = 0.65
_SLIP = 0.85
"""From this on a key is taken for a slip of the pen (``pages`` for ``page``), though it has a meaning elsewhere."""

FOUND_LIMIT = 60
"""At most so many characters of what was found are shown."""


def shorten(text: str) -> str:
    """Cut what was found to what can be shown on one line."""
    line = " ".join(text.split())
    return line if len(line) <= FOUND_LIMIT else line[: FOUND_LIMIT - 1] + "…"


def nearest(word: str, words: Iterable[str], cutoff: float = _NEAR) -> str:
    """Find the right name that is nearest to a wrong one, "" where none is near (``cutoff``: difflib's ratio)."""
    known = {name.casefold(): name for name in words}
    plain = word.strip().casefold().replace("-", "_").replace(" ", "_")
    if plain in known:
        return known[plain]
    found = difflib.get_close_matches(plain, known, n=1, cutoff=cutoff)
    return known[found[0]] if found else ""


class Names:
    """Every key that has a meaning somewhere on the page, with the sections it belongs to."""

    def __init__(self, homes: Mapping[str, tuple[str, ...]]) -> None:
        self._homes = homes

    @classmethod
    def of(cls, sections: Mapping[str, type[BaseModel]], keys: Iterable[str], tasks: Iterable[str] = ()) -> Names:
        """Collect the keys of models, each under its section's name ("" is the board), the page's keys, and tasks."""
        homes: dict[str, list[str]] = {key: ["the page itself, not indented"] for key in keys}
        for task in tasks:
            homes.setdefault(task, []).append('a board\'s title under "boards:"')
        for section, model in sections.items():
            for path, key in _keys_of(model, section):
                homes.setdefault(key, []).append(f'"{path}:"' if path else "the board itself")
        return cls({key: tuple(dict.fromkeys(places)) for key, places in homes.items()})

    def unknown(self, key: str, siblings: Sequence[str]) -> tuple[str, str]:
        """Give the nearest right name, or a sentence on where the key belongs or what can stand here."""
        elsewhere_too = key in self._homes
        near = nearest(key, siblings, _SLIP if elsewhere_too else _NEAR)
        if elsewhere_too and not near:
            return "", f"{key} cannot stand here; it belongs under {' or '.join(self._homes[key][:2])}"
        if near:
            return near, ""
        elsewhere = nearest(key, self._homes)
        if elsewhere:
            return f"{elsewhere}, which belongs under {' or '.join(self._homes[elsewhere][:2])}", ""
        return "", f"{shorten(key)} is not a setting; here can stand: {', '.join(dict.fromkeys(siblings))}"


def _keys_of(model: type[BaseModel], path: str) -> Iterator[tuple[str, str]]:
    """Give every key of a model and of the models in it, with the name of the section it stands in."""
    for name, info in model.model_fields.items():
        yield path, name
        inner = model_in(info.annotation)
        if inner is not None:
            yield from _keys_of(inner, name)


def model_in(kind: Any) -> type[BaseModel] | None:
    """Find the model that a field's type is, or holds: ``M``, ``M | None``, ``Mapping[str, M]``, ``tuple[M, ...]``."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((model for part in get_args(kind) if (model := model_in(part))), None)
