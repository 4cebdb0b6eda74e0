"""Tells, of every word that a reading speaks of, which stretch of the text it follows from, and cuts it out again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum

from bot.reading.authors import normal_title, normal_user
from bot.reading.enrich import BoardWords

NO_WORD = -1
"""Stands for the number of an empty word."""

_TARGET = re.compile(r"\[\[([^\[\]{}|<>\n]*)")
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
        at = self._text.find(word)
        if at >= 0:
            return (Way.AS_WRITTEN, at, at + len(word))
        info = self._words.info
        for token in _TOKEN.finditer(self._text):
            if normal_user(info, token[0]) == word:
                return (Way.USER, token.start(), token.end())
            if normal_title(info, token[0]) == word:
                return (Way.TITLE, token.start(), token.end())
        raise CannotPackError

    def _links(self) -> Iterator[tuple[str, tuple[int, int, int]]]:
        links = self._words.links
        for link in links.find(self._text):
            target = _TARGET.match(self._text, link.start)
            if target is not None and links.author(target[1]) == link.author:
                yield link.author, (Way.LINK_TARGET, target.start(1), target.end(1))
            else:
                yield link.author, (Way.LINK, link.start, link.end)
