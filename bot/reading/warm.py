"""What was learned of a board's pieces, by the hash of their bytes, so that only what changed is read again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from hashlib import blake2b

from bot.model import WikiInfo
from bot.reading.pieces import Piece
from bot.reading.rules import Rules

_HASH_BYTES = 16


@dataclass(frozen=True, slots=True)
class Learned:
    """The pieces of one board as last read, by key.

    A piece follows from its key alone, so what stands here is never wrong, only of use or not. It is handed from one
    reading of a board to the next and holds no more than that board. The pieces hold names as the board's text does:
    this is for the memory of a process. What a journal keeps must leave them out (law 10), cut them from the text again
    and stand beside the version of the program that learned it.
    """

    pieces: Mapping[bytes, Piece] = field(default_factory=dict)


NOTHING = Learned()
"""Nothing learned yet."""


def fingerprint(info: WikiInfo, rules: Rules, formats: str) -> bytes:
    """Hash all that a reading depends on beside the text and the version of the program: facts and rules.

    ``formats`` are those of the wiki's timestamps that the text leaves possible. The same on every machine and in every
    process.
    """
    said = json.dumps([formats, asdict(info), asdict(rules)], default=_plain, sort_keys=True)
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()


def _plain(value: object) -> object:
    match value:
        case frozenset():
            return sorted(value)
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _:
            return str(value)


def piece_key(context: bytes, text: str, *, last: bool) -> bytes:
    """Hash a piece's text under a fingerprint; the ``last`` piece of a page is read with its tail in mind."""
    written = text.encode("utf-8", "surrogatepass")
    return blake2b(written, digest_size=_HASH_BYTES, key=context, person=b"last" if last else b"").digest()
