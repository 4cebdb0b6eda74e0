"""A wiki and a journal in memory that carry out the archive task's plans as ``bot/plan.py`` says, to prove its laws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.memory import Memory, Move, MovedThread
from bot.model import Page, Thread
from bot.plan import Change, Edit, Need, NewSection, Plan, Splices
from bot.wiki.merge import merge
from tasks.archive import ArchiveSettings, plan
from tasks.archive.text import TRIMMED
from tests.builders import BOARD, NOW, answered, board, hash_of, page, rules, snapshot

BOT = "Boardclerk"
ROUNDS = 4
RULES = rules(pairs={"Atop": "Abot"})


class KilledError(Exception):
    """The run ends here, as by kill -9."""


def changed(change: Change, text: str) -> str:
    """The text after a change."""
    match change:
        case Splices():
            return change.apply(text)
        case NewSection():
            return f"{text}\n\n== {change.heading} ==\n{change.text}".lstrip()
    return change.text


@dataclass
class Pretend:
    """Pages with revisions, the journal's moves and facts, and a runner that carries out plans.

    ``tick`` is called wherever somebody else might come in between, or the run might die (by raising ``KilledError``).
    """

    settings: ArchiveSettings
    now: datetime = NOW
    pages: dict[str, Page] = field(default_factory=dict)
    revision: int = 100
    history: dict[int, str] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)
    moved: set[str] = field(default_factory=set)
    facts: dict[tuple[str, str], str] = field(default_factory=dict)
    tick: Callable[[], None] = lambda: None
    saves: list[Edit] = field(default_factory=list)

    def text(self, title: str = BOARD) -> str:
        """What stands on a page; "" where there is none."""
        found = self.pages.get(title)
        return (found.text or "") if found else ""

    def save(self, title: str, text: str, editor: str) -> None:
        """Save as MediaWiki does: white space at the end goes, and what changes nothing makes no revision."""
        text = text.rstrip(TRIMMED)
        if title in self.pages and self.text(title) == text:
            return
        self.revision += 1
        self.history[self.revision] = text
        self.pages[title] = page(title, text, revision=self.revision, instant=self.now, editor=editor)

    def threads(self, title: str = BOARD) -> tuple[Thread, ...]:
        """The threads on a page."""
        return board(self.text(title), title, reading=RULES).threads

    def archives(self) -> list[str]:
        """The archive pages, in the order of their making."""
        return [title for title in self.pages if title != BOARD]

    def lose_journal(self) -> None:
        """Forget everything; what the bot's own contributions tell is that a move may be under way, not of what."""
        open_archives = {move.archive for move in self.moves}
        self.moves = [Move(BOARD, archive, ()) for archive in sorted(open_archives)]
        self.moved, self.facts = set(), {}

    def memory(self) -> Memory:
        """The journal as the task sees it; a thread that was moved for good and is there again, a person put back."""
        here = {hash_of(thread.identity) for thread in self.threads()}
        in_flight = {one.identity for move in self.moves for one in move.threads}
        return Memory(
            hash_of, moves=tuple(self.moves), left_alone=frozenset(here & self.moved - in_flight), facts=self.facts
        )

    def plan(self) -> Plan:
        """What the task wants now, its needs answered."""
        now = self.now
        current = self.pages[BOARD]
        read = board(current.text or "", revision=current.revision, reading=RULES)
        seen = snapshot(read, memory=self.memory(), rules=RULES)
        for _ in range(ROUNDS + 1):
            match plan(seen, self.settings, now):
                case Need() as need:
                    assert need, "a need that asks for nothing"
                    seen = answered(seen, need, self.pages)
                case wanted:
                    return wanted
        raise AssertionError("more rounds than the runner gives")

    def run(self) -> Plan:
        """One pass: plan, save in order, plan again where something moved, three times at most. Gives the last plan."""
        for _ in range(4):
            self.tick()
            wanted = self.plan()
            if all(self._write(edit) for edit in wanted.edits):
                self._close(wanted.settled)
                self.facts |= {
                    (fact.kind, hash_of(fact.thread) if fact.thread else ""): fact.value for fact in wanted.facts
                }
                return wanted
        return wanted

    def pass_time(self, span: timedelta = timedelta(minutes=10)) -> None:
        """Let the wiki's clock go on."""
        self.now += span

    def _write(self, edit: Edit) -> bool:
        self.tick()
        at = self.pages.get(edit.page)
        if (at.revision if at else 0) != edit.base or self._others_moved(edit):
            return False
        if edit.begins is not None:
            hashed = tuple(replace(one, identity=hash_of(one.identity)) for one in edit.begins.threads)
            self.moves = [move for move in self.moves if move.archive != edit.page]
            self.moves.append(replace(edit.begins, threads=hashed))
        self.tick()
        # Somebody may have come in between the last look and the save: the wiki merges what is apart, or refuses.
        at = self.pages.get(edit.page)
        text = changed(edit.change, self.history.get(edit.base, ""))
        if at is not None and at.revision != edit.base:
            merged = merge(self.history[edit.base], text.rstrip(TRIMMED), self.text(edit.page)) if edit.base else None
            if merged is None:
                return False
            text = merged
        self.save(edit.page, text, BOT)
        self.saves.append(edit)
        stands = self.text(edit.page)
        if not all(held in stands for held in edit.holds) or any(gone in stands for gone in edit.lacks):
            assert at is not None, "a page nobody else touched does not hold what was sent"
            assert at.revision != edit.base, "a page nobody else touched does not hold what was sent"
            return False
        if edit.finishes:
            self._finish(edit)
        self.tick()
        return not (edit.begins is not None and self._others_moved(edit))

    def _finish(self, edit: Edit) -> None:
        if edit.kind != "undo":
            left = {hash_of(thread.identity) for thread in self.threads()}
            went = {one.identity for move in self.moves if move.archive in edit.finishes for one in move.threads}
            self.moved |= went - left
        self._close(edit.finishes)

    def _close(self, archives: tuple[str, ...]) -> None:
        self.moves = [move for move in self.moves if move.archive not in archives]

    def _others_moved(self, edit: Edit) -> bool:
        return any((self.pages[title].revision if title in self.pages else 0) != base for title, base in edit.unchanged)


def move_of(archive: str, *threads: tuple[str, str]) -> Move:
    """A move as the journal keeps it: hashed identities, digests."""
    return Move(BOARD, archive, tuple(MovedThread(hash_of(identity), digest) for identity, digest in threads))
