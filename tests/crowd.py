"""People at work on a board and its archives while the bot is, and what law 2 says must stand there afterwards."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from tests.mediawiki.people import ApiProblemError
from tests.proof import Case, Pen, threads, words


@dataclass(slots=True)
class Crowd:
    """Does what people do, one seeded deed at a time, and keeps the books of every comment's word.

    ``put`` counts how often a person put a word on a page, ``wanted`` holds those that a person put there last (and did
    not take away since). ``done`` names the deeds, for the message of a failure.
    """

    case: Case
    dice: random.Random
    pen: Pen
    put: Counter[str] = field(default_factory=Counter)
    wanted: set[str] = field(default_factory=set)
    blanked: str = ""
    done: list[str] = field(default_factory=list)

    def begin(self, text: str) -> None:
        """Take note of what stands on the board at first."""
        self.put = words(text)
        self.wanted = set(self.put)

    def act(self) -> None:
        """Do one thing that a person may do; what the wiki refuses (a page just made, say) was not done."""
        deeds = (
            *(self.reply, self.reply, self.close, self.file, self.rename, self.remove, self.put_back, self.undo),
            *(self.move_by_hand, self.remark, self.reply_in_archive, self.remove_from_archive, self.blank_or_restore),
        )
        deed = self.dice.choice(deeds)
        self.done.append(deed.__name__)
        try:
            deed()
        except ApiProblemError as error:
            self.done[-1] += f" refused: {error}"[:60]

    def _save(self, name: str, title: str, text: str) -> None:
        pages = self.case.pages()
        before, after = words(pages.get(title, "")), words(text)
        self.case.people.as_user(name).edit(title, text)
        # Whoever takes a copy out of an archive while the thread is on the board wants it there.
        here = words(pages[self.case.board]) if title != self.case.board else Counter[str]()
        self.wanted -= (before - after).keys() - here.keys()
        self.wanted |= (after - before).keys()
        self.put += after - before

    def _board(self) -> str:
        return self.case.pages()[self.case.board]

    def _archive(self) -> tuple[str, str]:
        pages = self.case.pages()
        title = self.dice.choice(sorted(title for title in pages if title != self.case.board) or [""])
        return title, pages.get(title, "")

    def _after_a_thread(self, text: str, line: str) -> str:
        one = self.dice.choice(threads(text) or [""])
        return text.replace(one, f"{one}\n{line}".rstrip("\n"), 1) if one else text

    def _says(self, name: str, lead: str, hours: float = 0) -> str:
        return self.pen.says(name, hours=hours, lead=lead)

    # on the board

    def reply(self) -> None:
        """Answer under some thread."""
        self._save("Dora", self.case.board, self._after_a_thread(self._board(), self._says("Dora", ":")))

    def close(self) -> None:
        """Close a thread, long enough ago that it is due at once."""
        line = self._says("Clara", ":{{resolved}} ", hours=60)
        self._save("Clara", self.case.board, self._after_a_thread(self._board(), line))

    def file(self) -> None:
        """File reports, some of them due at once."""
        new = "".join(self.pen.thread(resolved=self.dice.random() < 0.7) for _ in range(3))
        self._save("Ana", self.case.board, f"{self._board()}\n\n{new}")

    def rename(self) -> None:
        """Give a thread another heading."""
        one = self.dice.choice(threads(self._board()) or [""])
        heading = one.split("\n", 1)[0]
        if heading:
            self._save("Zoe", self.case.board, self._board().replace(heading, f"{heading[:-3]} renamed ==", 1))

    def remove(self) -> None:
        """Take a thread off the board."""
        one = self.dice.choice(threads(self._board()) or [""])
        if one:
            self._save("Ben", self.case.board, self._board().replace(one, "", 1))

    def put_back(self) -> None:
        """Put an archived thread on the board again."""
        one = self.dice.choice(threads(self._archive()[1]) or [""])
        if one:
            self._save("Ben", self.case.board, f"{self._board()}\n\n{one}")

    def undo(self) -> None:
        """Bring back the text that the board had before its newest edit, whoever made it."""
        texts = [text for _, title, _, text in self.case.history() if title == self.case.board]
        if len(texts) > 1:
            self._save("Zoe", self.case.board, texts[-2])

    def blank_or_restore(self) -> None:
        """Blank the board; where somebody did, bring it back."""
        text = self._board()
        if self.blanked:
            self._save("Clara", self.case.board, f"{self.blanked}\n\n{text}")
            self.blanked = ""
        elif text.strip():
            self._save("Zoe", self.case.board, "")
            self.blanked = text

    def restore(self) -> None:
        """Bring the board back where it was blanked."""
        if self.blanked:
            self.blank_or_restore()

    # in the archives

    def move_by_hand(self) -> None:
        """Archive a thread as people do: one edit each, in either order."""
        one = self.dice.choice(threads(self._board()) or [""])
        title, text = self._archive()
        if one and title:
            edits = [(self.case.board, self._board().replace(one, "", 1)), (title, f"{text}\n\n{one}")]
            for page, new in edits if self.dice.random() < 0.5 else reversed(edits):
                self._save("Clara", page, new)

    def remark(self) -> None:
        """Write at an archive's end, in a section of one's own."""
        title, text = self._archive()
        if title:
            self._save("Dora", title, f"{text}\n\n== Remark {self.pen.count} ==\n{self._says('Dora', '')}")

    def reply_in_archive(self) -> None:
        """Answer under an archived thread, as people should not."""
        title, text = self._archive()
        if title:
            self._save("Ben", title, self._after_a_thread(text, self._says("Ben", ":")))

    def remove_from_archive(self) -> None:
        """Take a thread out of an archive."""
        title, text = self._archive()
        one = self.dice.choice(threads(text) or [""])
        if one:
            self._save("Zoe", title, text.replace(one, "", 1))

    def assert_law_2(self) -> None:
        """No comment is missing that a person did not remove, none stands twice unless a person put it there."""
        stands = sum((words(text) for text in self.case.pages().values()), Counter[str]())
        missing = sorted(self.wanted - stands.keys())
        doubled = sorted((stands - self.put).keys())
        assert not missing, f"missing: {missing} after {self.done}"
        assert not doubled, f"doubled: {doubled} after {self.done}"
