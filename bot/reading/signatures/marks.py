"""The invisible characters and entities that creep into timestamps, and how they are passed over."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_JOINERS = "\u200b\u200c\u200d"
_SPACES = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_MARK_ENTITIES = r"&(?:lrm|rlm|#820[67]|#x200[efEF]);"
_SPACE_ENTITIES = r"&(?:nbsp|thinsp|ensp|emsp|#160|#xa0|#xA0|#32|#x20|#8239|#x202f|#x202F);"

MARKS = rf"(?:[{_BIDI}]|{_MARK_ENTITIES}){{0,3}}"
"""A few bidirectional marks, or none: they come with copied text (T245784, T308448)."""

SPACE = rf"(?:[{_SPACES}]|{_SPACE_ENTITIES}){{1,3}}{MARKS}"
"""White space within one line, in any of the forms that editors leave."""

ENTITY = re.compile(f"{_MARK_ENTITIES}|{_SPACE_ENTITIES}")
"""A mark or a space written as an entity."""

_NO_JOINERS = dict.fromkeys(map(ord, _JOINERS))
_ANY_MARK = re.compile(rf"[{_BIDI}]|{_MARK_ENTITIES}")
_ANY_SPACE = re.compile(rf"(?:[{_SPACES}]|{_SPACE_ENTITIES})+")


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """Return the text without marks, with single plain spaces, in Unicode's composed form."""
    return unicodedata.normalize("NFC", _ANY_SPACE.sub(" ", _ANY_MARK.sub("", text)))


def literal(text: str) -> str:
    """Return a regular expression for a text in plain form that tolerates marks and other spaces."""
    return SPACE.join(re.escape(part) for part in text.split(" "))


@lru_cache(maxsize=2048)
def name_key(text: str) -> str:
    """Return what two spellings of one name have in common: plain, case folded, without joiners and outer spaces."""
    folded = unicodedata.normalize("NFC", plain(html.unescape(text)).casefold())
    return folded.translate(_NO_JOINERS).strip()
