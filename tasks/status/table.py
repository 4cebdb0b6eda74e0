"""Where a thread's status template stands, what it says, and what the table of states makes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.model import TEMPLATE, Thread
from bot.plan import Snapshot
from bot.reading.status import Conclusion
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import Scan
from tasks.status.settings import Move, StatusSettings

# The parameter as people write it: alone, by number, or by name; anything nested in the template is left alone.
_PARAMETER = re.compile(
    r"\|(?P<name>\s*(?:1|status)\s*=)?(?P<before>\s*)(?P<word>[^|={}\[\]<>\n]*?)(?P<after>\s*)(?=\||\Z)"
)
_NESTED = re.compile(r"[\[{<]")


@dataclass(frozen=True, slots=True)
class Label:
    """A status template on a thread: where its word stands (``start`` to ``end``), and the state that it says.

    ``state`` is None where the word is no state's. ``lead`` is what must stand before a word that is put there.
    """

    start: int
    end: int
    state: str | None
    lead: str = ""


def title_of(name: str, snapshot: Snapshot) -> str:
    """The page of a template."""
    return f"{snapshot.info.namespaces[TEMPLATE].name}:{name}"


def label_of(thread: Thread, found: Scan, names: TemplateNames, settings: StatusSettings) -> Label | None:
    """The first status template of a thread, None where there is none or it is written in a way that is not changed."""
    if settings.template is None:
        return None
    known = names.table((settings.template,))
    for span in found.templates:
        if span.depth or span.argument or not thread.start <= span.start < thread.end:
            continue
        if names.at(found.text, span.start) in known:
            return _read(found.text, span.start, span.end, settings)
    return None


def _read(text: str, start: int, end: int, settings: StatusSettings) -> Label | None:
    inside = text[start + 2 : end - 2]
    if _NESTED.search(inside):
        return None
    match = _PARAMETER.search(inside)
    if match is None:
        return Label(end - 2, end - 2, settings.empty, "|") if "|" not in inside else None
    at = start + 2
    return Label(at + match.start("word"), at + match.end("word"), _state(match["word"], settings))


def _state(word: str, settings: StatusSettings) -> str | None:
    folded = _fold(word)
    if not folded:
        return settings.empty
    return next((name for name, words in settings.states.items() if folded in map(_fold, words)), None)


def _fold(word: str) -> str:
    return " ".join(word.replace("_", " ").split()).casefold()


@dataclass(frozen=True, slots=True)
class Course:
    """What the table looks at in a thread; lines by the bot itself do not count."""

    opened: datetime
    last: datetime
    answered: bool
    grown: int

    @classmethod
    def of(cls, thread: Thread, concluded: Conclusion, snapshot: Snapshot) -> Course | None:
        """The course of a thread, None without signatures."""
        comments = [comment for comment in thread.comments if comment.author != snapshot.account.name]
        if not comments or thread.opened is None:
            return None
        helpers = [comment.end for comment in comments if comment.author in concluded.responders]
        since = snapshot.board.text[max(helpers, default=thread.start) : thread.end]
        last = max(comment.instant for comment in comments)
        return cls(thread.opened, last, concluded.answered, len(since.encode()))


def _fits(move: Move, state: str, course: Course, now: datetime) -> bool:
    age, quiet = now - course.opened, now - course.last
    return (
        state in move.states
        and (move.when == "any" or (move.when == "answered") == course.answered)
        and (move.open_for is None or age >= move.open_for)
        and (move.open_under is None or age < move.open_under)
        and (move.quiet_for is None or quiet >= move.quiet_for)
        and (move.active_within is None or quiet < move.active_within)
        and (move.grown is None or course.grown >= move.grown)
        and (move.grown_under is None or course.grown < move.grown_under)
    )


def goal(state: str, course: Course, settings: StatusSettings, now: datetime) -> str | None:
    """The state that the table leads to and stays in; None where it goes round in circles."""
    seen = {state}
    while True:
        move = next((one for one in settings.moves if _fits(one, state, course, now) and one.to != state), None)
        if move is None:
            return state
        state = move.to
        if state in seen:
            return None
        seen.add(state)


def word_of(state: str, states: Mapping[str, tuple[str, ...]]) -> str:
    """The word that the bot writes for a state."""
    return states[state][0]
