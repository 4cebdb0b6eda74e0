"""The marks of a thread: templates and words in its heading that say what became of it, and who put them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import re2

from bot.model import Comment, Heading, Mark, Outcome, Thread
from bot.reading.rules import Rules
from bot.reading.signers import Signers
from bot.reading.templatenames import TemplateNames, Used
from bot.reading.wikitext import Cover, Scan, template

MAX_PATTERN = 200
"""Longer patterns than this are not tried; the settings refuse them."""

MAX_HEADING = 1000
"""Of a longer heading only the last so many characters are looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """A mark as found, with the thread's comment whose signature goes with it, if any (its number)."""

    mark: Mark
    comment: int | None = None


class Pattern(Protocol):
    """A compiled pattern."""

    def search(self, text: str, /) -> object | None:
        """Find the pattern anywhere in the text."""


@dataclass(frozen=True, slots=True)
class HeadingWords:
    """Literal words, or a compiled pattern, that say something at a heading's end."""

    name: str
    outcome: Outcome
    literal: str = ""
    pattern: Pattern | None = None

    def found_in(self, text: str) -> bool:
        """Whether a heading says so. Literal words count at its end only, whatever their case; a pattern anywhere."""
        if self.pattern is not None:
            return self.pattern.search(text) is not None
        folded = text.casefold()
        if not self.literal or not folded.endswith(self.literal):
            return False
        before = folded[: -len(self.literal)][-1:]
        return not (before.isalnum() and self.literal[0].isalnum())


class MarkWords:
    """What a board's rules count as marks, in the form in which wikitext is compared with it."""

    __slots__ = ("closing", "field", "headings", "status", "templates")

    def __init__(self, names: TemplateNames, rules: Rules) -> None:
        """Compile the rules. Of a name given twice the first role counts: closing, withdrawn, in progress."""
        self.closing = names.table((*rules.closing, *rules.pairs))
        self.templates: dict[str, tuple[str, Outcome]] = {}
        for listed, outcome in (
            (rules.closing, Outcome.RESOLVED),
            (rules.withdrawn, Outcome.WITHDRAWN),
            (rules.progress, Outcome.IN_PROGRESS),
        ):
            for normal, name in names.table(listed).items():
                self.templates.setdefault(normal, (name, outcome))
        self.status: dict[str, tuple[str, dict[str, str]]] = {}
        for name, words in rules.status_templates.items():
            folded = {_fold(word): outcome for word, outcome in words.items()}
            for normal in names.twins(name):
                self.status.setdefault(normal, (name, folded))
        self.headings = tuple(
            said
            for listed, outcome in (
                (rules.closing_headings, Outcome.RESOLVED),
                # templates and words share this setting: words are those in brackets, or a pattern
                ([word for word in rules.withdrawn if word.strip().startswith(("(", "[", "/"))], Outcome.WITHDRAWN),
                (rules.progress_headings, Outcome.IN_PROGRESS),
            )
            for word in listed
            if (said := _heading_words(word, outcome)) is not None
        )
        field = re.escape(rules.heading_field.strip())
        self.field = re.compile(rf"\(\s*{field}\s*[:：]", re.IGNORECASE) if field else None

    def interesting(self) -> frozenset[str]:
        """The template names, in normal form, that can be marks by themselves."""
        return frozenset(self.templates) | frozenset(self.status)


def _fold(word: str) -> str:
    return " ".join(word.replace("_", " ").split()).casefold()


def _heading_words(word: str, outcome: Outcome) -> HeadingWords | None:
    """One setting: ``/pattern/`` (RE2: linear in the heading) or words; None where the pattern cannot be used."""
    name = word.strip()
    if len(name) > 2 and name.startswith("/") and name.endswith("/"):
        pattern = _pattern(name[1:-1])
        return HeadingWords(name, outcome, pattern=pattern) if pattern is not None else None
    return HeadingWords(name, outcome, literal=" ".join(name.split()).casefold())


def _pattern(written: str) -> Pattern | None:
    """A pattern on RE2, or None: what cannot be compiled was told to the community when the settings were read."""
    if len(written) > MAX_PATTERN:
        return None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        compiled: Pattern = re2.compile(written, options)
    except re2.error:
        return None
    return compiled


def heading_marks(heading: Heading | None, words: MarkWords) -> Iterator[Mark]:
    """What a heading says: words at its end, and the value of its field, as in ``(Result: blocked)``."""
    if heading is None:
        return
    text = " ".join(heading.text[-MAX_HEADING:].split())
    for said in words.headings:
        if said.found_in(text):
            yield Mark(said.name, said.outcome, heading.start, heading.end)
    if words.field is not None:
        last = next(reversed([*words.field.finditer(text)]), None)
        if last is not None and text.endswith(")") and (value := text[last.end() : -1].strip()):
            name = last.group().lstrip("(").rstrip(":： ").strip()
            yield Mark(name, Outcome.RESOLVED, heading.start, heading.end, outcome_word=value)


def template_marks(scan: Scan, used: Iterable[Used], thread: Thread, words: MarkWords, signers: Signers) -> list[Found]:
    """The marks among the templates of one thread. Boxes (pairs) are not in question here."""
    found: list[Found] = []
    for use in used:
        start, end = use.span.start, use.span.end
        mark = _template_mark(scan, use, words)
        if mark is not None:
            signed = signers.of(start, end, thread.comments)
            if signed is not None:
                mark = replace(mark, signer=signed.author, instant=signed.instant)
            found.append(Found(mark, signed.comment if signed else None))
    return found


def _template_mark(scan: Scan, use: Used, words: MarkWords) -> Mark | None:
    """What one template says, if anything; the value of a status template decides, not its presence."""
    start, end = use.span.start, use.span.end
    if use.name in words.status:
        name, outcomes = words.status[use.name]
        read = template(scan.text, use.span)
        if read is None:
            return None
        value = read.get("1") or read.get("status")
        outcome = outcomes.get(_fold(value))
        # words for "new" or "open" are no marks
        if outcome not in set(Outcome):
            return None
        return Mark(name, Outcome(outcome), start, end, outcome_word=value)
    if use.name in words.templates:
        name, kind = words.templates[use.name]
        return Mark(name, kind, start, end)
    return None


_QUOTE = re.compile(r"<(/?)[bB][lL][oO][cC][kK][qQ][uU][oO][tT][eE]\b")


def quotations(scan: Scan, start: int, end: int) -> Cover:
    """The ``<blockquote>`` spans between two offsets: what somebody quotes there, nobody says."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in _QUOTE.finditer(scan.text, start, end):
        if match.start() in scan.hidden:
            continue
        if not match[1]:
            opened.append(match.start())
        elif opened:
            found.append((opened.pop(), match.end()))
    return Cover(found)


def opening_comment(comments: Sequence[Comment], of_marks: frozenset[int]) -> int | None:
    """Which comment opens the thread: the first, but for closing words that somebody put on top of it later.

    ``of_marks`` are the comments whose signature goes with a mark or box. None in a thread without comments.
    """
    others = [comment.instant for number, comment in enumerate(comments) if number not in of_marks]
    oldest = min(others, default=None)
    for number, comment in enumerate(comments):
        if number not in of_marks or oldest is None or comment.instant <= oldest:
            return number
    return 0 if comments else None


def unsigned_if_opening(found: Iterable[Found], thread: Thread, opening: Comment | None) -> Iterator[Mark]:
    """The marks themselves, without a signer where the signature is the one that opens the thread.

    Nobody files a report as resolved: a mark on the line of the reporter's first words was put there by somebody else.
    """
    for each in found:
        if each.comment is not None and thread.comments[each.comment] is opening:
            yield replace(each.mark, signer="", instant=None)
        else:
            yield each.mark
