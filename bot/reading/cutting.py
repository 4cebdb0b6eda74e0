"""Tells, of every word that a reading speaks of, which stretch of the text it follows from, and cuts it out again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum

from bot.reading.authors import normal_title, normal_user
from bot.reading.enrich import BoardWords

NO_WORD = -1
"""Stands for the number of an empty word."""

MOST_SEARCHES = 100
"""So many words of one piece are searched for letter by letter."""

_LONGEST = 1200
"""A title has 255 bytes, each of which may stand as an entity or as %XX."""

_TARGET = re.compile(r"\[\[([^\[\]{}|<>\n]*)")
_ADDRESS = re.compile(r"\[?(?:https?:)?//[^\s\[\]<>\"]{1,1200}")
_TOKEN = re.compile(r"[^\[\]{}|=<>\n]+")


class Way(IntEnum):
    """How a word follows from a stretch of the text."""

    LINK_TARGET = 0
    LINK = 1
    USER = 2
    TITLE = 3
    AS_WRITTEN = 4
    KNOWN = 5


class CannotPackError(Exception):
    """Something read is no word of the text that could be cut out again."""


def words_of(cut: Sequence[int], text: str, words: BoardWords, known: Sequence[str]) -> list[str]:
    """Cut words out of a text; ``cut`` is what a ``Cutter`` of the same text noted, ``known`` needs no text."""
    found: list[str] = []
    numbers = iter(cut)
    for way, start, end in zip(numbers, numbers, numbers, strict=True):
        match way:
            case Way.LINK_TARGET:
                found.append(words.links.author(text[start:end]))
            case Way.KNOWN:
                found.append(known[start])
            case Way.LINK:
                found.append(next((link.author for link in words.links.find(text, start, end)), ""))
            case Way.USER:
                found.append(normal_user(words.info, text[start:end]))
            case Way.TITLE:
                found.append(normal_title(words.info, text[start:end]))
            case _:
                found.append(text[start:end])
    return found


class Cutter:
    """Finds, for every word that a piece speaks of, a stretch of its text that the word follows from."""

    def __init__(self, text: str, words: BoardWords, known: Mapping[str, int]) -> None:
        self.cut: list[int] = []
        self._text = text
        self._words = words
        self._known = known
        self._numbers: dict[str, int] = {}
        self._linked: dict[str, tuple[int, int, int]] | None = None
        self._written: dict[str, tuple[int, int, int]] | None = None
        self._searches = 0

    def word(self, word: str) -> int:
        """Number a word. Raises CannotPackError where nothing in the text gives it."""
        if word not in self._numbers:
            self._numbers[word] = len(self.cut) // 3
            self.cut += self._found(word)
        return self._numbers[word]

    def word_or_none(self, word: str) -> int:
        """Number a word; no word at all is -1."""
        return self.word(word) if word else NO_WORD

    def _found(self, word: str) -> tuple[int, int, int]:
        if word in self._known:
            return (Way.KNOWN, self._known[word], 0)
        if self._linked is None:
            self._linked = dict(self._links())
        if word in self._linked:
            return self._linked[word]
        # each search may go through the whole text: of one with hundreds of names the rest are looked up at once
        self._searches += 1
        at = self._text.find(word) if self._searches <= MOST_SEARCHES else -1
        if at >= 0:
            return (Way.AS_WRITTEN, at, at + len(word))
        if self._written is None:
            self._written = dict(self._tokens())
        if word in self._written:
            return self._written[word]
        raise CannotPackError

    def _links(self) -> Iterator[tuple[str, tuple[int, int, int]]]:
        """The authors that links name; no two stretches overlap, so that cutting takes time as the text is long."""
        links = self._words.links
        for link in links.find(self._text):
            target = _TARGET.match(self._text, link.start)
            if target is not None and links.author(target[1]) == link.author:
                yield link.author, (Way.LINK_TARGET, target.start(1), target.end(1))
            elif (address := _ADDRESS.match(self._text, link.start)) is not None:
                yield link.author, (Way.LINK, *address.span())

    def _tokens(self) -> Iterator[tuple[str, tuple[int, int, int]]]:
        """What stands between brackets, bars and equals signs, as a title and as a user's name."""
        info = self._words.info
        for token in _TOKEN.finditer(self._text):
            if len(token[0]) <= _LONGEST:
                yield normal_title(info, token[0]), (Way.TITLE, *token.span())
                yield normal_user(info, token[0]), (Way.USER, *token.span())
