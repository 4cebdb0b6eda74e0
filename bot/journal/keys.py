"""Keyed hashes, and the short key at the end of each edit summary that lets the bot know its own work again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from bot.plan import Edit

HASH_LENGTH = 10
# MediaWiki keeps 500 characters of a summary (T6714); what is over would cut off the key.
SUMMARY_LENGTH = 480
_STAMP = re.compile(r"\(bc:([a-z-]+)((?:\.[A-Za-z0-9_-]*)+)\)\s*\Z")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True)
class Hasher:
    """Makes ``hash_of`` for one wiki.

    The key is the operator's (``CLERK_KEY``). Without one it is derived from the wiki's name, which is no secret:
    whoever wants to can then try names until a hash fits. That is accepted, because the keys in edit summaries must
    still be known after the journal, and whatever secret stood in it, was lost (law 5); an operator who keeps
    ``CLERK_KEY`` somewhere else has both.
    """

    wiki: str
    secret: str = ""

    def __call__(self, *words: str) -> str:
        """Hash words, in order, to ten characters (50 bits) of a-z and 2-7."""
        return _hashed(self.wiki, self.secret, words)

    def seal(self, content: bytes) -> str:
        """Hash bytes to 32 characters (128 bits): so long that no two contents with one hash can be found."""
        return blake2b(content, key=_key(self.wiki, self.secret), digest_size=16, person=b"seal").hexdigest()


# Two characters of base 32 (RFC 4648) for every ten bits: a run makes thousands of hashes, and ``base64.b32encode``
# takes longer than the hash.
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)


# A run asks for the same threads and people again and again.
@lru_cache(maxsize=8192)
def _hashed(wiki: str, secret: str, words: tuple[str, ...]) -> str:
    # Each word is preceded by its length, so that ("ab", "c") and ("a", "bc") differ.
    parts = b"".join([len(word).to_bytes(4) + word for word in map(str.encode, words)])
    digest = blake2b(parts, key=_key(wiki, secret), digest_size=16).digest()
    bits = int.from_bytes(digest[:7]) >> 6
    return "".join([_PAIRS[bits >> shift & 1023] for shift in (40, 30, 20, 10, 0)])


@lru_cache(maxsize=16)
def _key(wiki: str, secret: str) -> bytes:
    return blake2b(f"{wiki}\0{secret}".encode(), digest_size=32, person=b"boardclerk").digest()


@dataclass(frozen=True, slots=True)
class Key:
    """What an edit summary's key tells: kind of edit, hashed board, person and thread, and the task's own key."""

    kind: str
    board: str
    person: str = ""
    thread: str = ""
    own: str = ""

    def __str__(self) -> str:
        """Write it as it stands between ``(bc:`` and ``)``."""
        return ".".join((self.kind, self.board, self.person, self.thread, self.own)).rstrip(".")


def key_of(edit: Edit, board: str, hash_of: Callable[..., str]) -> Key:
    """Make the key of an edit planned on a board: the same whenever it is made (law 5)."""
    kind = re.sub("[^a-z-]", "", edit.kind.lower()) or "edit"
    thread = hash_of(edit.threads[0]) if len(edit.threads) == 1 and edit.begins is None else ""
    person = hash_of(edit.person) if edit.person else ""
    return Key(kind, hash_of(board), person, thread, _UNSAFE.sub("_", edit.key))


def stamp(summary: str, key: Key, link: str = "") -> str:
    """Put the approval link and the key at the end of a summary, which is cut so that both stay whole."""
    tail = f" [[{link}]]" if link else ""
    tail += f" (bc:{key})"
    room = SUMMARY_LENGTH - len(tail)
    words = " ".join(summary.split())
    if len(words) > room:
        words = words[: room - 1] + "…"
    return words + tail


def key_in(summary: str) -> Key | None:
    """Read the key at the end of an edit summary; None where there is none."""
    found = _STAMP.search(summary)
    if found is None:
        return None
    fields = [*found[2].split(".")[1:], "", "", ""][:4]
    return Key(found[1], *fields)
