"""The keys that tasks give to their edits: what was done once is known from them for good, journal or no journal."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bot.plan import Snapshot

AT_ONCE = 6
"""How many keys one edit carries at most: an edit summary and the journal have room for no more."""


def joined(keys: Iterable[str]) -> str:
    """Several keys as one ``Edit.key``; each is known again by ``made``."""
    return "_".join(keys)


def made(snapshot: Snapshot) -> frozenset[str]:
    """Every key of every edit that was ever saved, those that stood joined taken apart."""
    return _parts(snapshot.memory.keys)


@lru_cache(maxsize=4)
def _parts(keys: frozenset[str]) -> frozenset[str]:
    return frozenset(part for key in keys for part in key.split("_") if part)
