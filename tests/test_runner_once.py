"""Law 2 against chance: people edit board and archive at random instants, the bot is killed and loses its journal."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.plan import RESTORE
from bot.runner import Outcome
from tests.sizes import cases
from tests.world import ARCHIVE, BOARD, PAGE, Killed, World, signed, thread, world

SEEDS = range(cases(40, 600))


@dataclass(slots=True)
class People:
    """Others at work: each comment is told by words of its own; ``wanted`` are those that nobody removed."""

    made: World
    dice: random.Random
    wanted: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    threads: dict[int, set[str]] = field(default_factory=dict)
    count: int = 100

    def begin(self, numbers: range) -> None:
        """Take note of the threads that stand on the board at first."""
        for number in numbers:
            self._note(number)

    def _note(self, number: int) -> None:
        self.threads[number] = {f"Words of report {number}.", f"Answer to report {number}."}
        self.wanted |= self.threads[number]

    def act(self, *, in_window: bool) -> None:
        """Do one thing that a person may do.

        ``in_window``: between the last reading of the board and its cut nothing is removed; what is removed in that one
        request stays in the archive, and nothing closes that window (law 8).
        """
        deeds = [self.reply, self.reply, self.file, self.comment_on_archive, self.close, self.unarchive, self.unarchive]
        deeds += [self.move_archive] if self.dice.random() < 0.3 else []
        self.dice.choice(deeds if in_window else [*deeds, self.remove])()

    def _spans(self) -> dict[int, tuple[int, int]]:
        text = self.made.text(BOARD)
        starts = sorted((text.index(f"== Report {n} ==\n"), n) for n in self.threads if f"== Report {n} ==\n" in text)
        ends = [start for start, _ in starts[1:]] + [len(text)]
        return {number: (start, end) for (start, number), end in zip(starts, ends, strict=True)}

    def _insert(self, words: str) -> None:
        spans = self._spans()
        if not spans:
            return
        number = self.dice.choice(sorted(spans))
        text, end = self.made.text(BOARD), spans[number][1]
        head = text[:end].rstrip("\n")
        line = signed("Dario", self.made.wiki.now, words)
        self.made.says("Dario", BOARD, f"{head}\n:{line}{text[len(head) :] or ''}")
        self.threads[number].add(words)
        self.wanted.add(words)

    def reply(self) -> None:
        """Answer in some thread on the board."""
        self.count += 1
        self._insert(f"Reply number {self.count}.")

    def close(self) -> None:
        """Close a thread with a new comment, so that it moves one day."""
        self.count += 1
        self._insert(f"{{{{resolved}}}} Closing number {self.count}.")

    def file(self) -> None:
        """Open a new thread, old enough to be due where it is resolved."""
        self.count += 1
        new = thread(self.count, resolved=self.dice.random() < 0.7).rstrip()
        self.made.says("Alba", BOARD, f"{self.made.text(BOARD)}\n\n{new}")
        self._note(self.count)

    def remove(self) -> None:
        """Take a whole thread off the board."""
        spans = self._spans()
        if len(spans) < 4:
            return
        number = self.dice.choice(sorted(spans))
        start, end = spans[number]
        text = self.made.text(BOARD)
        self.made.says("Eva", BOARD, text[:start] + text[end:])
        self.wanted -= self.threads[number]
        self.removed |= self.threads.pop(number)

    def comment_on_archive(self) -> None:
        """Write at the archive's end, as people should not.

        In a section of one's own: a copy that somebody wrote in is theirs too, and the bot leaves it to people.
        """
        if ARCHIVE in self.made.wiki.pages():
            self.count += 1
            words = f"Late remark {self.count}."
            remark = f"== Remark {self.count} ==\n{signed('Bea', self.made.wiki.now, words)}"
            self.made.says("Bea", ARCHIVE, f"{self.made.text(ARCHIVE)}\n\n{remark}")
            self.wanted.add(words)

    def unarchive(self) -> None:
        """Take out of the archive what stands on the board still: all of it, or one thread; or blank the archive then.

        Nobody wants these words gone: they stand on the board for whoever does it.
        """
        if ARCHIVE not in self.made.wiki.pages():
            return
        text = self.made.text(ARCHIVE)
        parts = re.split(r"(?m)^(?=== )", text)
        both = [part for part in parts if part.startswith("== Report") and part.rstrip() in self.made.text(BOARD)]
        if both and self.dice.random() < 0.3:
            both = [self.dice.choice(both)]
        self.made.says("Eva", ARCHIVE, "".join(part for part in parts if part not in both))

    def move_archive(self) -> None:
        """Give the archive another title, with a redirect left behind or without."""
        if ARCHIVE in self.made.wiki.pages() and not self.made.text(ARCHIVE).startswith("#REDIRECT"):
            self.count += 1
            self.made.wiki.move(ARCHIVE, f"{BOARD}/Archive of {self.count}")
            if self.dice.random() < 0.5:
                self.made.wiki.delete(ARCHIVE)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_others_do_and_whenever_the_bot_dies_every_comment_stands_once(seed: int) -> None:
    dice = random.Random(seed)
    made = world(*(thread(number, resolved=number % 3 != 0) for number in range(1, 9)), page=PAGE)
    people = People(made, dice)
    people.begin(range(1, 9))
    for _ in range(3):
        _disturbed_run(made, people, dice)
    made.untapped()
    report = made.run()

    assert report.outcome is Outcome.DONE, report.problems
    _every_comment_once(made, people)
    if any(edit.kind == RESTORE for edit in report.edits):
        # What was put back goes to the archive by the run after.
        made.run()
        _every_comment_once(made, people)
    before = made.bot_edits()
    made.run()
    assert made.bot_edits() == before


def _disturbed_run(made: World, people: People, dice: random.Random) -> None:
    """One run with people at work between its calls; now and then it is killed, and its journal lost."""
    made.untapped()
    dies = dice.randrange(5, 40) if dice.random() < 0.6 else 0
    chance = dice.choice([0.05, 0.2])

    def step(number: int, name: str) -> None:
        if dice.random() < chance:
            people.act(in_window=name == window)
        if number == dies:
            raise Killed

    if dice.random() < 0.5:
        made.tap.before, window = step, "save"
    else:
        made.tap.after, window = step, "read"
    try:
        made.run()
    except Killed:
        if dice.random() < 0.3:
            made.lose_journal()
    made.wiki.advance(timedelta(minutes=5))


def _every_comment_once(made: World, people: People) -> None:
    found = {words: made.copies(words) for words in people.wanted | people.removed}
    lost = [words for words in people.wanted if not found[words]]
    doubled = [(words, places) for words, places in found.items() if Counter(places).total() > 1]
    revived = [(words, found[words]) for words in people.removed if found[words]]

    assert not lost
    assert not doubled
    assert not revived
