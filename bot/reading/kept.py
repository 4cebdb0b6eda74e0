"""What is kept of a board's reading from one process to the next: each part's, under a keyed hash of its bytes.

A kept reading holds hashes and numbers, neither names nor wikitext (``bot.reading.packing``). It is sealed together
with everything that a reading depends on: the board, the rules, the wiki's facts and formats, the time zone's data, and
this package's own source. So one that was edited, damaged, moved to another board or made by another version opens as
if nothing were kept: the board is then read anew, which takes time and changes nothing.
"""

from __future__ import annotations

import json
import sys
import unicodedata
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import tzinfo
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

import mwparserfromhell

from bot import model
from bot.model import WikiInfo
from bot.reading.enrich import BoardWords
from bot.reading.packing import Packed, Packer
from bot.reading.pieces import Piece
from bot.reading.rules import People, Rules
from bot.reading.signatures import Timestamps

MOST = 1_000_000
"""So many characters a kept reading has at most beside its hashes; parts beyond them are read anew each time."""

Seal = Callable[[bytes], str]
"""Makes a keyed hash of so many bits that nobody finds two contents with one, in characters that JSON leaves alone."""

_SEEN = None
_UNPACKABLE = 0


class Kept:
    """What is known of one board's parts before and after a reading.

    A part is kept in three stages: unknown, seen (its hash alone), packed. To read a board part by part and to pack
    them costs more than to read it in one go; that is done once most of it has been seen before, so a board of which
    little stays costs nothing more.
    """

    __slots__ = ("_before", "_keys", "_now", "_packer", "_row", "_seal", "_under")

    def __init__(self, title: str, words: BoardWords, timestamps: Timestamps, row: str, seal: Seal) -> None:
        """Open a ``row`` (as ``row`` gave it before; "" where there is none)."""
        self._packer = Packer(words)
        self._seal = seal
        self._under = _under(title, words.info, words.rules, timestamps)
        self._row = row
        self._keys: dict[tuple[str, bool], str] = {}
        self._now: dict[str, Packed | int | None] = {}
        length = len(seal(b""))
        body = row[length:]
        sealed = bool(row) and row[:length] == self._sealed(body)
        self._before: dict[str, Packed | int | None] = json.loads(body) if sealed else {}

    def knows_most(self, parts: Iterable[tuple[str, bool]]) -> bool:
        """Whether most of a text, given in parts (and whether each ends it), was seen before; notes them as seen."""
        known = unknown = 0
        for part in parts:
            key = self._key(part)
            if key in self._before:
                known += len(part[0])
            else:
                unknown += len(part[0])
            self._now[key] = self._before.get(key, _SEEN)
        return known >= unknown and known > 0

    def piece(self, text: str, last: bool) -> Piece | None:
        """What was read of a part, or None where that is not kept."""
        packed = self._before.get(self._key((text, last)))
        if not isinstance(packed, list):
            return None
        self._now[self._key((text, last))] = packed
        return self._packer.unpack(packed, text)

    def keep(self, text: str, last: bool, piece: Piece) -> Piece:
        """Keep what was read of a part; gives it back."""
        key = self._key((text, last))
        if self._before.get(key) != _UNPACKABLE:
            self._now[key] = self._packer.pack(piece, text) or _UNPACKABLE
        return piece

    def row(self) -> str:
        """What is to be kept now; the very text that was opened where nothing changed."""
        if self._now == self._before:
            return self._row
        parts: list[str] = []
        room = MOST
        for key, packed in self._now.items():
            written = json.dumps(packed, separators=(",", ":"))
            room -= len(written)
            parts.append(f'"{key}":{written if room >= 0 else _UNPACKABLE}')
        body = f"{{{','.join(parts)}}}"
        return self._sealed(body) + body

    def _key(self, part: tuple[str, bool]) -> str:
        if part not in self._keys:
            text, last = part
            self._keys[part] = self._seal((b"\x01" if last else b"\x00") + text.encode("utf-8", "surrogatepass"))
        return self._keys[part]

    def _sealed(self, body: str) -> str:
        return self._seal(self._under + body.encode())


def _under(title: str, info: WikiInfo, rules: Rules, timestamps: Timestamps) -> bytes:
    """Hash all that the reading of a text of this board depends on but the text."""
    people = [(sorted(one.groups), one.listed_on, one.registered) for one in (rules.closers, rules.responders)]
    told = (
        title,
        # not the sample, which is another one each day: what follows from it are the formats
        [getattr(info, one.name) for one in fields(info) if one.name not in ("sample", "extensions")],
        sorted(info.extensions),
        replace(rules, closers=People(), responders=People()),
        people,
        [(one, sorted(one.names.items())) for one in timestamps.formats],
        sorted(timestamps.zone.labels.items()),
    )
    mixed = blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=32)
    mixed.update(_zone_data(timestamps.zone.rules))
    mixed.update(_program())
    return mixed.digest()


@cache
def _program() -> bytes:
    """Hash the source of everything that reads: whoever changes it need not think of what was kept before."""
    mixed = blake2b(digest_size=32)
    here = Path(__file__).parent
    for file in (Path(model.__file__), *sorted(here.glob("*.py")), *sorted(here.glob("*/*.py"))):
        mixed.update(file.read_bytes())
    mixed.update(repr((sys.version, unicodedata.unidata_version, mwparserfromhell.__version__)).encode())
    return mixed.digest()


@cache
def _zone_data(rules: tzinfo) -> bytes:
    """The data that a zone's offsets come from, found as ``zoneinfo`` finds them."""
    if not isinstance(rules, zoneinfo.ZoneInfo) or rules.key == "UTC":
        return repr(rules).encode()
    for folder in zoneinfo.TZPATH:
        file = Path(folder, rules.key)
        if file.is_file():
            return file.read_bytes()
    return files("tzdata").joinpath("zoneinfo", *rules.key.split("/")).read_bytes()
