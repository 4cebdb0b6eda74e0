"""Reads the boards of one run, with what was learned of them before: earlier in the run, and in runs before it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from bot.journal import WikiJournal
from bot.model import Board
from bot.reading.board import Reader
from bot.reading.rules import Rules
from bot.reading.warm import Learned


@dataclass(slots=True)
class Shelf:
    """``rows`` are what the journal kept of boards not read yet in this run, ``new`` what it is to keep instead."""

    journal: WikiJournal
    reader: Reader
    rows: dict[str, str] = field(default_factory=dict)
    learned: dict[str, Learned] = field(default_factory=dict)
    new: dict[str, str] = field(default_factory=dict)

    def fetch(self, boards: Collection[str]) -> None:
        """Take what is kept of boards into hand, before they are read."""
        self.rows |= dict.fromkeys(boards, "") | dict(self.journal.readings(boards))

    def board(self, title: str, revision: int, text: str, rules: Rules) -> Board:
        """Read a board, by the cheapest of the ways that all give the same."""
        known = self.learned.get(title)
        if known is not None:
            board, self.learned[title] = self.reader.again(title, revision, text, rules, known)
            return board
        kept = self.rows.pop(title, None)
        if kept is None:
            return self.reader.board(title, revision, text, rules)
        seal = self.journal.hash_of.seal
        board, learned, row = self.reader.recall(title, revision, text, rules, kept, seal)
        if learned is not None:
            self.learned[title] = learned
        if row != kept:
            self.new[title] = row
        return board

    def keep(self, title: str) -> None:
        """Let the journal keep what changed of a board's reading."""
        if title in self.new:
            self.journal.keep_reading(title, self.new.pop(title))

    def forget(self, title: str) -> None:
        """Let the journal forget what it kept of a board that cannot be read."""
        if self.rows.pop(title, ""):
            self.journal.keep_reading(title, "")

    def clear(self) -> None:
        """Let go of everything in hand."""
        for held in (self.rows, self.learned, self.new):
            held.clear()
