"""What stops archiving on a whole board: another archiver, a target out of bounds, a board half gone or just edited."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.model import USER, WikiInfo
from bot.plan import Decision, Fact, Need, Snapshot
from bot.reading.exclusion import excluded
from bot.settings.values import say_duration
from tasks.archive.choose import NAME
from tasks.archive.settings import ArchiveSettings
from tasks.archive.text import protection

SIZE = "archive-board"
"""Kind of fact: how many threads and bytes the board had when it was last in order, and since when it is less."""

OTHER_ARCHIVERS = (
    "User:MiszaBot/config",
    "User:ClueBot III/ArchiveThis",
    "User:Lowercase sigmabot III/config",
    "Autoarchiv",
    "Autoarchiv-Erledigt",
)
"""Templates that other archiving bots take their orders from, on the page itself."""

DENIED = "archive-denied"
"""Kind of fact: when the wiki last refused to let the board be cut, and the copies were taken back."""

_FEW_THREADS = 10
_FEW_BYTES = 10_000
_GIVE_UP = timedelta(days=1)


def refused(snapshot: Snapshot, settings: ArchiveSettings, now: datetime) -> Decision | None:
    """Why nothing is archived here until the settings or the board change; None where nothing speaks against it."""
    board = snapshot.board
    if shut := _shut(snapshot, now):
        return Decision(NAME, "", "refused: the board cannot be cut", *shut)
    if excluded(_around(snapshot), snapshot.account.name):
        found = "{{nobots}} or {{bots}} around the threads"
        return Decision(NAME, "", "refused: the board keeps the bot away", found, "no such template that names the bot")
    outside = _out_of_bounds(snapshot, settings)
    if outside:
        wanted = f"a subpage of {board.title}, or a page under a prefix that the bot's operator allows"
        return Decision(NAME, "", "refused: archive page out of bounds", outside, wanted)
    if not settings.takeover and (other := _other_archiver(snapshot)):
        found = f"{{{{{other}}}}} on the board"
        return Decision(NAME, "", "refused: another archiver", found, "no such template, or takeover: true")
    return None


def _shut(snapshot: Snapshot, now: datetime) -> tuple[str, str] | None:
    """Why the board could not be cut once its threads are archived, as found and wanted; None where it could be.

    A refusal that nothing foretells (a partial block, a filter) is tried again once a day: each try costs two edits.
    """
    page = snapshot.pages.get(snapshot.board.title)
    if page is not None and (problem := protection(page, snapshot.account)):
        return f"the board is {problem}", "a board that the bot may edit"
    last = snapshot.memory.facts.get((DENIED, ""), "")
    if last and now - datetime.fromisoformat(last) < _GIVE_UP:
        return f"the wiki refused the cut at {last}", "a board that the bot may edit; tried again after a day"
    return None


def _out_of_bounds(snapshot: Snapshot, settings: ArchiveSettings) -> str:
    """The archive's title as far as it is fixed, where the bot may not write it; else ""."""
    board = snapshot.board.title
    filled = settings.to.replace("{board}", board)
    return "" if inside(filled.split("{", 1)[0], snapshot, more="{" in filled) else settings.to


def inside(title: str, snapshot: Snapshot, *, more: bool = False) -> bool:
    """Whether a page is a subpage of the board, or under a prefix that the operator allows; ``more`` may follow it."""
    below = f"{snapshot.board.title}/"
    own = title.startswith(below) and (more or len(title) > len(below))
    return own or any(prefix and title.startswith(prefix) for prefix in snapshot.limits.allowed)


def _around(snapshot: Snapshot) -> str:
    """The board's lead and tail: a template that stands in a thread is only talked about."""
    board = snapshot.board
    lead = board.text[: board.threads[0].start] if board.threads else board.text
    return f"{lead}\n{board.text[board.tail_start :]}"


def _other_archiver(snapshot: Snapshot) -> str:
    """The template of another archiving bot in the board's lead or tail."""
    around = re.sub(r"(?s)<!--.*?(?:-->|\Z)|<nowiki>.*?</nowiki>", "", _around(snapshot))
    for name in OTHER_ARCHIVERS:
        if _transclusion(name, snapshot.info).search(around):
            return name
    return ""


def _transclusion(name: str, info: WikiInfo) -> re.Pattern[str]:
    """The opening of a template, its namespace under any of the wiki's names."""
    namespace, colon, rest = name.partition(":")
    if not colon:
        namespace, rest = "", name
    words = info.namespaces[USER].names if namespace == "User" and USER in info.namespaces else (namespace,)
    prefix = f"(?:{'|'.join(map(re.escape, words))})[ _]*:[ _]*" if colon else ""
    body = re.escape(rest).replace(r"\ ", "[ _]+")
    return re.compile(rf"\{{\{{\s*{prefix}{body}\s*(?=[|}}])", re.IGNORECASE)


def halved(snapshot: Snapshot, now: datetime) -> tuple[Decision | None, Fact]:
    """Whether the board lost more than half of its threads or bytes since it was last seen, and what to remember of it.

    Such a board was blanked or mangled more likely than tidied: it is left alone until it is whole again, or for a day,
    when people have had the time to put it right. Small boards empty quickly and are not judged.
    """
    board = snapshot.board
    threads, size = len(board.threads), len(board.text.encode())
    fresh = Fact(SIZE, "", f"{threads} {size}")
    numbers = snapshot.memory.facts.get((SIZE, ""), "").split()
    if len(numbers) < 2:
        return None, fresh
    were_threads, was_size = int(numbers[0]), int(numbers[1])
    lost_threads = were_threads >= _FEW_THREADS and threads * 2 < were_threads
    lost_bytes = was_size >= _FEW_BYTES and size * 2 < was_size
    if not (lost_threads or lost_bytes):
        return None, fresh
    since = datetime.fromisoformat(numbers[2]) if len(numbers) > 2 else now
    if now - since >= _GIVE_UP:
        return None, fresh
    found = f"{threads} threads and {size} bytes, after {were_threads} threads and {was_size} bytes"
    decision = Decision(NAME, "", "refused: half the board is gone", found, "more than half of what it was")
    return decision, Fact(SIZE, "", f"{were_threads} {was_size} {since.isoformat()}")


def restless(snapshot: Snapshot, now: datetime) -> Decision | Need | None:
    """Whether somebody edited the board just now and may be about to go on; None where it is quiet."""
    quiet = snapshot.rules.quiet
    if not quiet:
        return None
    page = snapshot.pages.get(snapshot.board.title)
    if page is None:
        return Need(pages=frozenset({snapshot.board.title}))
    own = bool(page.editor) and page.editor == snapshot.account.name
    if page.instant is None or own or now - page.instant >= quiet:
        return None
    found = f"edited {say_duration(now - page.instant)} ago"
    return Decision(NAME, "", "held back: just edited", found, f"quiet: {say_duration(quiet)}")
