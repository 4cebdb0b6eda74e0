"""Writes boards by the dice: busy ones as real noticeboards are, and hostile ones that try every construct.

The same seed gives the same board for ever.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from bot.reading.rules import Rules

START = datetime(2024, 3, 1, tzinfo=UTC)

RULES = Rules(
    closing=("resolved", "atop"),
    pairs={"atop": "abot"},
    pins=("pin message",),
    progress=("in progress",),
    subject_templates=("userlinks", "vandal"),
    subjects_in_headings=True,
    unsigned_templates=("unsigned",),
    closing_headings=("(resolved)",),
)
"""Rules under which what the busy boards hold means something."""


_WORDS = """
the of to and a in is it you that was for on are with as they be at one have this from or had by not but what
some we can out other were all there when up use your how said an each she which do their time if will way
about many then them write would like so these her long make thing see him two has look more day could go
come did number sound no most people over know water than call first who may down side been now find article
page edit revert block source talk consensus policy warning discussion reverted edits account editor content
"""


def minute(number: int) -> str:
    """The timestamp of an English wiki, so many minutes after the first day."""
    at = START + timedelta(minutes=number)
    return f"{at:%H:%M}, {at.day} {at:%B} {at.year} (UTC)"


class BusyBoard:
    """A board as an admins' noticeboard looks: reports about people, replies in depth, diffs, closures, boxes."""

    WORDS = tuple(_WORDS.split())
    NAMES = ("Ana", "Bo Lee", "Zoë K", "Quill", "Marrow & Pine", "192.0.2.44", "Old Harbour", "李明", "Tern", "Vela9")
    STYLES = (
        "[[User:{n}|{n}]] ([[User talk:{n}|talk]])",
        "[[User:{n}|{n}]] ([[User talk:{n}|talk]] • [[Special:Contributions/{n}|contribs]])",
        "'''[[User:{n}|<span style=\"color:#336699\">{n}</span>]]''' <sup>[[User talk:{n}|talk to me]]</sup>",
        "<span style=\"font-family:serif\">—[[User:{n}|{n}]]</span>&nbsp;[[User talk:{n}|<small>''t''</small>]]",
    )

    def __init__(self, seed: int) -> None:
        """Begin with this seed."""
        self.random = random.Random(seed)
        self.minutes = 0

    def board(self, size: int) -> str:
        """A board of about so many characters."""
        parts = ["{{Noticeboard header}}\n{{User:Boardclerk/config\n|algo=old(72h)\n}}\n__NEWSECTIONLINK__\n"]
        length = 0
        while length < size:
            parts.append(self.thread())
            length += len(parts[-1])
        return "".join(parts) + "\n[[Category:Noticeboards]]\n"

    def thread(self) -> str:
        """One report with its replies, sometimes closed."""
        dice = self.random
        subject = dice.choice(self.NAMES)
        heading = dice.choice([f"[[User:{subject}]] {self.words(3)}", self.words(6), f"{self.words(4)} (resolved)"])
        lines = [f"== {heading} ==", f"* {{{{userlinks|{subject}}}}}", "", *self.paragraphs(), self.sign(""), ""]
        if dice.random() < 0.15:
            lines.insert(1, "<!-- [[User:DoNotArchiveUntil]] 12:00, 1 May 2034 (UTC) --><!-- {{User:X|1}} -->")
        for _ in range(min(60, int(dice.expovariate(1 / 9)))):
            lines.append(self.sign(":" * dice.choice([1, 1, 2, 2, 3, 4, 5]) + dice.choice(["", "", "*"])))
            if dice.random() < 0.06:
                lines.append(f"=== {self.words(4)} ===")
        if dice.random() < 0.3:
            lines[1:1] = ["{{atop", f" | result = {self.sentence()} {self.signature()}", "}}"]
            lines.append("{{abot}}")
        return "\n".join(lines) + "\n\n"

    def paragraphs(self) -> list[str]:
        """What is said before the first signature."""
        return [f"{self.talk()}\n" for _ in range(self.random.randint(0, 3))]

    def sign(self, prefix: str) -> str:
        """A signed comment."""
        return f"{prefix}{self.talk()} {self.signature()}"

    def signature(self) -> str:
        """A signature some minutes after the last one."""
        self.minutes += self.random.randint(0, 30)
        return f"{self.random.choice(self.STYLES).format(n=self.random.choice(self.NAMES))} {minute(self.minutes)}"

    def words(self, count: int) -> str:
        """So many words."""
        return " ".join(self.random.choices(self.WORDS, k=count))

    def sentence(self) -> str:
        """One sentence."""
        return f"{self.words(self.random.randint(4, 22)).capitalize()}."

    def talk(self) -> str:
        """Some sentences with the links, quotations and diffs that people use."""
        dice, said = self.random, []
        for _ in range(dice.randint(1, 5)):
            said.append(self.sentence())
            said.append(
                dice.choice(
                    [
                        "",
                        "",
                        "",
                        f"[[{self.words(2)}]]",
                        f"[https://en.example.org/w/index.php?diff={dice.randrange(10**9)} {self.words(2)}]",
                        f"{{{{tq|{self.words(8)}}}}}",
                        f"'''{self.words(2)}'''",
                        f"{{{{ping|{dice.choice(self.NAMES)}}}}}",
                        f"[[WP:{self.words(1).upper()}|{self.words(2)}]]",
                        f"<small>{self.words(4)}</small>",
                    ]
                )
            )
        return " ".join(filter(None, said))
