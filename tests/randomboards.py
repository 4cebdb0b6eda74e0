"""Writes boards by the dice: busy ones as real noticeboards are, and hostile ones that try every construct.

The same seed gives the same board for ever.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
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
        self.signer = ""

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
        style, self.signer = self.random.choice(self.STYLES), self.random.choice(self.NAMES)
        return f"{style.format(n=self.signer)} {minute(self.minutes)}"

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


@dataclass(frozen=True, slots=True)
class Tongue:
    """What a wiki's language and time zone make of signatures.

    Namespaces are the names that count, the wiki's own and the canonical ones; ``zones`` the labels of the zone.
    """

    user: tuple[str, ...]
    talk: tuple[str, ...]
    contributions: tuple[str, ...]
    stamp: str
    months: tuple[str, ...]
    zones: tuple[str, ...]

    def timestamp(self, number: int, label: str) -> str:
        """A time of day in the spring of 2024 or 2022, another for every number."""
        days, of_day = divmod(number, 24 * 60)
        month, day = divmod(days, 28)
        return self.stamp.format(
            hour=of_day // 60,
            minute=of_day % 60,
            day=day + 1,
            month=self.months[month % len(self.months)],
            year=2024 - 2 * (number % 5 == 0),
            zone=label,
        )


ENGLISH = Tongue(
    ("User", "user", "USER", " User "),
    ("User talk", "User_talk", "user talk"),
    ("Special:Contributions", "special:contribs"),
    "{hour:02}:{minute:02}, {day} {month} {year} ({zone})",
    ("May", "June", "July"),
    ("UTC",),
)
GERMAN = Tongue(
    ("Benutzer", "User", "Benutzerin", "benutzer"),
    ("Benutzer Diskussion", "Benutzerin Diskussion", "User talk", "Benutzer_Diskussion"),
    ("Spezial:Beiträge", "Special:Contributions", "Spezial:Benutzerbeiträge"),
    "{hour:02}:{minute:02}, {day}. {month} {year} ({zone})",
    ("Mai", "Jan.", "Jul."),
    ("CEST", "CET"),
)


class WildBoard:
    """A board that tries every way in which people write and sign on talk pages, and breaks what can be broken.

    Timestamps are different minutes, so that comments can be told apart; now and then one is repeated on purpose.
    """

    NAMES = (
        "Ana",
        "Bo Lee",
        "Zoë_K",
        "李明",
        "127.0.0.1",
        "O'Brien & Co",
        "2001:DB8:0:0:0:0:0:1",
        "É!?.",
        "Ünal (WMF)",
    )
    SIGNATURES = (
        "[[{u}:{n}|{n}]] ([[{t}:{n}|talk]])",
        "[[{u}:{n}]]",
        "—[[{t}:{n}|who]]",
        "<small>[[{u}:{n}|x]]</small>",
        "[[{c}/{n}|{n}]]",
        "'''[[{u}:{n}|<span style=\"color:red\">a</span>]]''' <sup>[[{t}:{n}|t]]</sup>",
        "[[{u}:{n}]]&nbsp;",
        "[[{u}:{n}|{n}]] [[{u}:Other]]",
        "[[{u}:{n}#top|{n}]]",
        "\u200e[[{u}:{n}|{n}]]\u200f",
        "<span style=\"border:1px solid\">'' [[:{u}:{n}|&#64;]] ''</span>",
        "[[{u}:{n}/sub|s]] [[{t}:{n}|''t'']]",
    )
    WORDS: tuple[str, ...] = (
        *("foo bar", "<b>x</b>", "''it''", "[[Page|link]]", "<nowiki>== n ==</nowiki>", "<!-- c -->", "&lt;div>"),
        *("[https://x.example y]", "a&amp;b", "{{tq|q}}", "<code>[[</code>", "<s>z</s>", "[[User:Cy]]", "{{tq|''q''}}"),
        *("https://x.example/?a=b", "[[#A|a]]", "== no ==", "a | b", "1 < 2", "{{{1|d}}}", "<nowiki>{{tq|</nowiki>"),
    )
    PREFIXES = ("", "", "", ":", "::", "*", "**", ":*", "#", "*:", ";", " ", ":::", "##", "*#:")
    HEADINGS = (
        *(
            " A ",
            "B",
            "[[User:Ana]] x",
            "''odd'' = 1",
            " Same ",
            " Why ? ",
            "C <!-- n -->",
            "{{tq|T}}",
            "<small>s</small>",
        ),
        *("[[:Category:X]] & co", " Same ", "<nowiki>[[</nowiki>", 'É "q"', "a_b", "Same_2"),
    )

    def __init__(self, seed: int, tongue: Tongue = ENGLISH) -> None:
        """Begin with this seed."""
        self.random = random.Random(seed)
        self.tongue = tongue
        self.minute = 0

    def board(self, threads: int) -> str:
        """A board of so many threads, the first without heading."""
        parts = []
        for number in range(threads):
            lines = [self.line(2) for _ in range(self.random.randint(1, 5))]
            parts.append("\n".join([self.heading(), *lines] if number else lines))
        return "\n".join(parts).strip()

    def heading(self) -> str:
        """A heading of some level, most of them the board's own."""
        signs = "=" * self.random.choice([2, 2, 2, 2, 3, 3, 4, 1])
        before = self.random.choice(["", "", "", "", "<!-- b -->"])
        after = self.random.choice(["", "", " ", "<!-- c -->"])
        return f"{before}{signs}{self.random.choice(self.HEADINGS)}{signs}{after}"

    def words(self) -> str:
        """A few pieces of text in one line."""
        return " ".join(self.random.choices(self.WORDS, k=self.random.randint(1, 4)))

    def timestamp(self) -> str:
        """The next minute's timestamp, or the last one's again."""
        self.minute += self.random.random() > 0.03
        return self.tongue.timestamp(self.minute * 7, self.random.choice(self.tongue.zones))

    def signature(self) -> str:
        """A signature with its timestamp."""
        dice, tongue = self.random, self.tongue
        name = dice.choice(self.NAMES)
        return (
            dice.choice(self.SIGNATURES).format(
                n=name, u=dice.choice(tongue.user), t=dice.choice(tongue.talk), c=dice.choice(tongue.contributions)
            )
            + f" {self.timestamp()}"
        )

    def signed(self) -> str:
        """Words and a signature in one line."""
        return f"{self.words()} {self.signature()}"

    def line(self, depth: int) -> str:
        """A line, or a construct that takes several; ``depth`` bounds how deep they nest."""
        prefix, shape = self.random.choice(self.PREFIXES), self.random.random()
        # DiscussionTools never comes back from a heading right after a term that holds nothing but one tag
        if depth == 0 or shape < 0.5 or prefix == ";":
            return prefix + self.signed()
        return prefix + self.random.choice(self.shapes(depth - 1))()

    def shapes(self, depth: int) -> list[Callable[[], str]]:
        """The constructs."""
        return [
            self.words,
            lambda: f"{self.signed()} {self.signed()}",
            lambda: f"{self.signed()}<br>{self.signed()}",
            lambda: f"{self.signed()} {self.words()}",
            lambda: f"<div>{self.signed()}</div>",
            lambda: f"<small>{self.signed()}</small>",
            lambda: f"{self.words()} <!-- many\nlines --> {self.signed()}",
            lambda: f"as <nowiki>{self.signature()}</nowiki> {self.signed()}",
            lambda: f"{self.words()} {self.timestamp()}",
            lambda: f"{self.words()} {{{{unsigned|{self.random.choice(self.NAMES)}|{self.timestamp()}}}}}",
            lambda: f"{self.words()} {self.timestamp().replace(':', ':7', 1)} {self.signature()}",
            lambda: f"\n<div>\n{self.line(depth)}\n</div>",
            lambda: f"\n{{|\n| {self.signed()}\n| {self.words()}\n|-\n| {self.line(depth)}\n|}}",
            lambda: f"\n:{{| class=x\n|+ {self.signed()}\n! h {self.signed()} !! i\n|-\n| x || {self.signed()}\n|}}",
            lambda: f"\n<blockquote>{self.signed()}</blockquote>",
            lambda: f"\n<blockquote>\n{self.line(depth)}\n</blockquote>\n{self.signed()}",
            lambda: f"\n<pre>\n{self.line(depth)}\n</pre>",
            lambda: f"\n----\n<!-- {self.signed().replace('<!-- c -->', '')} -->",
            lambda: f"\n<ul><li>{self.signed()}</li><li>{self.signed()}</li></ul>",
            lambda: f"\n<gallery>\nFile:x.png|{self.words()}\n</gallery>",
            lambda: f"\n__NOTOC__\n[[Category:X]]\n{self.line(depth)}",
            lambda: f"\n\n{self.signed()}\n\n\n:{self.signed()}",
        ]


def wild_and_damaged(seed: int, threads: int, tongue: Tongue = ENGLISH) -> str:
    """A wild board, one in three of them with something opened in one thread that nothing closes."""
    writer = WildBoard(seed, tongue)
    text = writer.board(threads)
    if seed % 3 == 0:
        at = writer.random.choice([match.end() for match in re.finditer("\n", text)] or [0])
        text = f"{text[:at]}{writer.random.choice(['<!-- never', '<nowiki>', '{{tq|', '[[', '<pre>'])} {text[at:]}"
    return text
