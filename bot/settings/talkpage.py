"""The settings page's talk page: what stands there after something was told.

Two sections on it are the bot's: a list of what became of each revision, newest first, and, while there are mistakes, a
table between two markers. The opening marker carries a keyed digest of what the bot wrote between them, so that only
the bot's own table is ever replaced; where somebody wrote into it, it is left and a new one is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages import Messages, link, plain, stamp
from bot.settings.difference import Change, Difference, Effect
from bot.settings.nearest import shorten
from bot.settings.problems import SettingsProblem, Stops
from bot.settings.spoken import spoken
from bot.settings.telling import Accepted, Refused, Shown, Telling, Unusable

LIST_MARKER = "<!-- bc:settings -->"
"""Stands above the list of revisions."""

_TABLE = re.compile(r"<!-- bc:problems ([a-z0-9]+) -->\n(.*?)\n<!-- /bc:problems -->", re.DOTALL)
# More than this nobody reads; the page's history and `clerk settings check` have the rest.
_ROWS = 40
_LINES = 20


@dataclass(frozen=True, slots=True)
class Words:
    """What a telling is put into words with: sentences, the wiki's clock, keyed hashes, the settings page's title."""

    messages: Messages
    now: datetime
    hash_of: Callable[..., str]
    settings_page: str

    def say(self, key: str, *parameters: str | int) -> str:
        """One sentence."""
        return self.messages.say(f"settings-{key}", *parameters)


def summary_of(telling: Telling, words: Words) -> str:
    """Give the edit summary."""
    match telling:
        case Accepted(revision=revision):
            return words.say("summary-accepted", revision)
        case Unusable(revision=revision):
            return words.say("summary-unusable", revision)
        case Refused():
            return words.say("summary-refused")
        case Shown(revision=revision):
            return words.say("summary-shown", revision)


def told(text: str, telling: Telling, words: Words) -> str:
    """Give the talk page with this told on it."""
    match telling:
        case Accepted():
            text = _with_line(text, _accepted(telling, words), words)
            return _with_table(text, _mistakes(telling.problems, telling.revision, words), telling.revision, words)
        case Unusable():
            return _with_table(text, _unusable(telling, words), telling.revision, words)
        case Refused():
            in_force = words.say("stays", _revision(telling.in_force, words)) if telling.in_force else ""
            line = words.say("refused", ", ".join(_group(group) for group in telling.groups))
            return _with_line(text, [f"{line} {in_force}".strip()], words)
        case Shown():
            where = _revision(telling.revision, words, telling.previous)
            line = words.say("shown", where, _user(telling.editor))
            return _with_line(text, [line, *_changes(telling.changes, words)], words)


# the list


def _accepted(telling: Accepted, words: Words) -> list[str]:
    """Say by whom, what differs, and what the bot does otherwise."""
    where = _revision(telling.revision, words, telling.previous)
    lines = [words.say("accepted", where, _user(telling.editor))]
    if telling.previous:
        lines += _changes(telling.changes, words)
    lines += _capped([_effect(one, words) for one in telling.differences], words) or [words.say("effect-none")]
    scale = telling.scale
    if scale.moves or scale.tells:
        lines.append(words.say("scale", scale.moves, scale.tells))
    if scale.held:
        lines.append(words.say("held", f"[[Special:PrefixIndex/{words.settings_page}/Plan/]]"))
    return lines


def _changes(changes: Iterable[Change], words: Words) -> list[str]:
    lines = []
    for change in changes:
        key = _code(" > ".join(change.path))
        if change.old is None:
            lines.append(words.say("change-new", key, _code(change.new or "")))
        elif change.new is None:
            lines.append(words.say("change-gone", key, _code(change.old)))
        else:
            lines.append(words.say("change", key, _code(change.old), _code(change.new)))
    return _capped(lines, words)


def _effect(difference: Difference, words: Words) -> str:
    keys = {Effect.ACTS: "effect-acts", Effect.PLANS: "effect-plans", Effect.OFF: "effect-off"}
    return words.say(keys[difference.effect], link(difference.board), plain(difference.task))


def _capped(lines: Sequence[str], words: Words) -> list[str]:
    return list(lines) if len(lines) <= _LINES else [*lines[:_LINES], words.say("more", len(lines) - _LINES)]


def _with_line(text: str, lines: Sequence[str], words: Words) -> str:
    """Put an entry at the head of the list, which is begun at the page's end where there is none."""
    first, *rest = lines
    entry = "\n".join([f"* {stamp(words.now)} (UTC): {first}", *(f"** {line}" for line in rest)])
    if LIST_MARKER in text:
        before, after = text.split(LIST_MARKER, 1)
        return f"{before}{LIST_MARKER}\n{entry}{after}"
    return _joined(text, f"== {words.say('list-heading')} ==\n{words.say('list-intro')}\n{LIST_MARKER}\n{entry}")


# the table


def _mistakes(problems: Sequence[SettingsProblem], revision: int, words: Words) -> str:
    if not problems:
        return ""
    return _table(words.say("problems", _revision(revision, words), len(problems)), problems, words)


def _unusable(telling: Unusable, words: Words) -> str:
    intro = words.say("unusable", _revision(telling.revision, words))
    stays = (
        words.say("stays", _revision(telling.in_force, words)) if telling.in_force else words.say("nothing-in-force")
    )
    return _table(f"{intro} {stays}", telling.problems, words)


def _table(intro: str, problems: Sequence[SettingsProblem], words: Words) -> str:
    columns = " !! ".join(words.say(f"column-{name}") for name in ("line", "where", "what", "stops"))
    rows = [f"|-\n| {_row(problem, words)}" for problem in problems[:_ROWS]]
    more = [words.say("more", len(problems) - _ROWS)] if len(problems) > _ROWS else []
    return "\n".join([intro, '{| class="wikitable"', f"! {columns}", *rows, "|}", *more])


def _row(problem: SettingsProblem, words: Words) -> str:
    stops = words.say(f"stops-{problem.stops}")
    if problem.stops is not Stops.PAGE and problem.board:
        stops = f"{stops} ({plain(shorten(problem.board))})"
    where = _code(problem.key) if problem.path else ""
    return f"{problem.line}:{problem.column} || {where} || {plain(spoken(problem.message, words.messages))} || {stops}"


def _with_table(text: str, table: str, revision: int, words: Words) -> str:
    """Put the table in the place of the one that stands there; without mistakes, say instead that they are mended."""
    stands = _own_table(text, words)
    if not table:
        if stands is None:
            return text
        mended = words.say("mended", _revision(revision, words))
        return text[: stands.start()] + mended + text[stands.end() :]
    block = f"<!-- bc:problems {words.hash_of('settings-problems', table)} -->\n{table}\n<!-- /bc:problems -->"
    if stands is not None:
        return text[: stands.start()] + block + text[stands.end() :]
    return _joined(text, f"== {words.say('problems-heading')} ==\n{block}")


def _own_table(text: str, words: Words) -> re.Match[str] | None:
    """Find the table that stands as the bot wrote it; one that somebody wrote into, or forged, is none."""
    found = _TABLE.finditer(text)
    return next((one for one in found if one[1] == words.hash_of("settings-problems", one[2])), None)


# pieces


def _joined(text: str, section: str) -> str:
    return f"{text.rstrip()}\n\n{section}".lstrip()


def _revision(revision: int, words: Words, since: int = 0) -> str:
    target = f"Special:Diff/{since}/{revision}" if since else f"Special:PermanentLink/{revision}"
    return f"[[{target}|{words.say('revision', revision)}]]"


def _user(name: str) -> str:
    return f"[[User:{name}|{plain(name)}]]" if name else "—"


def _group(name: str) -> str:
    """Show a group with the list of its members."""
    return f"[[Special:ListUsers/{name}|{plain(name)}]]"


def _code(text: str) -> str:
    return f"<code>{plain(shorten(text))}</code>"
