"""The archive index: a page that lists archived threads in one table; the rows of an archive are made from its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.messages import link, plain, stamp
from bot.model import USER, USER_TALK, Board, Heading, Thread
from bot.plan import Decision, Edit, Fact, Need, Plan, Snapshot, Splice, Splices, WholeText
from bot.reading.board import Reader
from tasks.archive.brakes import inside
from tasks.archive.choose import NAME
from tasks.archive.pages import SPARE, refusal
from tasks.archive.settings import ArchiveSettings

UNSURE = "archive-index"
"""Kind of fact: archives (a line each) whose rows the last move was to write; looked at once more."""

_LONGEST_HEADING = 80
_LONGEST_NAME = 85
# What no user name holds (Manual:$wgInvalidUsernameCharacters, Title::legalChars).
_NO_NAME = re.compile(r"[#<>\[\]|{}/@:=\x00-\x1f]")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}")
_ROW = re.compile(r"\| (?P<label>.*) \|\| (?P<opened>.*) \|\| .* \|\| \d+ \|\| \[\[:(?P<archive>[^\[\]|]+)\]\]")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table: the archive it belongs to, when the thread was opened, its label, the line itself."""

    archive: str
    opened: str
    label: str
    line: str


def index_title(settings: ArchiveSettings, snapshot: Snapshot) -> str:
    """The index page's title; "" where the settings name none."""
    return (settings.index or "").replace("{board}", snapshot.board.title)


def with_index(wanted: Plan, archives: Iterable[str], snapshot: Snapshot, settings: ArchiveSettings) -> Plan | Need:
    """The plan of a move with the index's edit in it, and why there is none where it cannot be written.

    It comes before the edit that ends the move: a run that dies before it leaves the move open, and the next run makes
    it up. Where it is not saved the move goes on all the same; the next run looks once whether it must be made up.
    ``archives`` are the pages whose rows are written anew.
    """
    pages = dict.fromkeys([*archives, *_unsure(snapshot)]) if wanted.edits else dict.fromkeys(_unsure(snapshot))
    if not settings.index or not pages:
        return wanted
    made = _edit(wanted.edits, list(pages), snapshot, settings)
    match made:
        case Need():
            return made
        case Decision():
            return replace(wanted, decisions=(made, *wanted.decisions))
        case None:
            # What stands there is right: nothing to look at again.
            return replace(wanted, facts=(*wanted.facts, Fact(UNSURE, "", "")))
    at = next((number for number, one in enumerate(wanted.edits) if one.finishes), len(wanted.edits))
    edits = (*wanted.edits[:at], made, *wanted.edits[at:])
    # A second failure is not made up for again: the next move to these pages writes their rows anyway.
    look_again = "\n".join(pages) if wanted.edits else ""
    return replace(wanted, edits=edits, facts=(*wanted.facts, Fact(UNSURE, "", look_again)))


def _unsure(snapshot: Snapshot) -> list[str]:
    return [title for title in snapshot.memory.facts.get((UNSURE, ""), "").split("\n") if title]


def _edit(
    edits: Sequence[Edit], archives: Sequence[str], snapshot: Snapshot, settings: ArchiveSettings
) -> Edit | Decision | Need | None:
    """The edit of the index, None where nothing changes there; or what must be read; or why it cannot be written."""
    title = index_title(settings, snapshot)
    if not inside(title, snapshot):
        wanted = f"a subpage of {snapshot.board.title}, or a page under a prefix that the bot's operator allows"
        return Decision(NAME, "", "not done: index", f"index: {title}", wanted)
    missing = frozenset({title, *archives}) - snapshot.pages.keys()
    if missing:
        return Need(pages=missing)
    page = snapshot.pages[title]
    if problem := refusal(page, snapshot.account, "index page"):
        return Decision(NAME, "", "not done: index", *problem)
    made = _section(page.text or "", _texts_after(edits, archives, snapshot), snapshot)
    if isinstance(made, Need):
        return made
    change, text = made
    if text == (page.text or ""):
        return None
    if len(text.encode()) > snapshot.info.max_page_bytes - SPARE:
        return Decision(NAME, "", "not done: index", "the index page is full", "another title for it")
    return Edit(
        task=NAME,
        kind="index",
        page=title,
        base=page.revision,
        change=change,
        summary=snapshot.messages.say("index-updated", link(snapshot.board.title)),
        independent=True,
    )


def _texts_after(edits: Sequence[Edit], archives: Iterable[str], snapshot: Snapshot) -> dict[str, str]:
    """What the archives will hold once the edits are saved."""
    texts = {one: snapshot.pages[one].text or "" for one in archives}
    for edit in edits:
        if edit.page in texts:
            match edit.change:
                case WholeText(text):
                    texts[edit.page] = text
                case Splices() as splices:
                    texts[edit.page] = splices.apply(texts[edit.page])
    return texts


def _markers(board: str) -> tuple[str, str]:
    return f"<!-- boardclerk index begin: {board} -->", f"<!-- boardclerk index end: {board} -->"


def _section(text: str, archives: Mapping[str, str], snapshot: Snapshot) -> tuple[Splices | WholeText, str] | Need:
    """The change of the index page and its text after: all between the markers is written anew.

    A row keeps the label that it has: names are looked up for new rows only.
    """
    begin, end = _markers(snapshot.board.title)
    found = re.search(rf"{re.escape(begin)}.*?{re.escape(end)}", text, re.S)
    old = [row for line in found[0].split("\n") if (row := _read(line))] if found else []
    read = {
        archive: Reader(snapshot.info).board(archive, 0, held, snapshot.rules) for archive, held in archives.items()
    }
    kept = {(row.archive, row.opened): row.label for row in old if row.opened}
    new = {(archive, thread.start): thread for archive, board in read.items() for thread in board.threads}
    unknown = [thread for (archive, _), thread in new.items() if (archive, _opened(thread)) not in kept]
    names = frozenset(name for thread in unknown if (name := _perhaps_a_name(thread)) is not None)
    if missing := names - snapshot.users.keys():
        return Need(users=missing)
    order = dict.fromkeys([*(row.archive for row in old), *archives])
    rows: list[str] = []
    for archive in order:
        if archive not in read:
            rows += [row.line for row in old if row.archive == archive]
            continue
        board = read[archive]
        rows += [_line(board, thread, kept.get((archive, _opened(thread))), snapshot) for thread in board.threads]
    say = snapshot.messages.say
    columns = [say(f"summary-column-{name}") for name in ("thread", "opened", "last", "replies")]
    table = ['{| class="wikitable sortable"', "! " + " !! ".join([*columns, say("index-archive")])]
    table += [part for row in rows for part in ("|-", row)]
    lines = [begin, "__NOINDEX__", say("index-intro", link(snapshot.board.title)), "", *table, "|}", end]
    section = "\n".join(lines)
    if found:
        change = Splices((Splice(*found.span(), section),))
        return change, change.apply(text)
    whole = f"{text.rstrip()}\n\n{section}" if text.strip() else section
    return WholeText(whole), whole


def _read(line: str) -> _Row | None:
    match = _ROW.fullmatch(line)
    return _Row(match["archive"], match["opened"], match["label"], line) if match else None


def _opened(thread: Thread) -> str:
    return stamp(thread.opened) if thread.opened else ""


def _line(board: Board, thread: Thread, known: str | None, snapshot: Snapshot) -> str:
    """A row without any word of what became of the thread."""
    cells = (
        known or _label(board, thread, snapshot),
        _opened(thread),
        stamp(thread.last) if thread.last else "",
        str(max(len(thread.comments) - 1, 0)),
        link(board.title),
    )
    return "| " + " || ".join(cells)


def _label(board: Board, thread: Thread, snapshot: Snapshot) -> str:
    """The heading; where it names a user, or may, the time at which the thread was opened (law 10)."""
    heading = thread.heading
    if heading is not None and heading.text.strip() and not _names_somebody(board, thread, heading, snapshot):
        text = heading.text.strip()
        return plain(text if len(text) <= _LONGEST_HEADING else text[: _LONGEST_HEADING - 1] + "…")
    if thread.opened is None:
        return snapshot.messages.say("summary-thread-undated")
    return snapshot.messages.say("summary-thread", stamp(thread.opened))


def _names_somebody(board: Board, thread: Thread, heading: Heading, snapshot: Snapshot) -> bool:
    """Whether a heading names somebody of the thread, links a user, holds an IP address, or is an account's name."""
    words = heading.text.replace("_", " ").casefold()
    people = {thread.reporter, *thread.subjects, *(comment.author for comment in thread.comments)}
    if any(name and name.replace("_", " ").casefold() in words for name in people) or _ADDRESS.search(words):
        return True
    raw = board.text[heading.start : heading.end].replace("_", " ").casefold()
    spaces = [snapshot.info.namespaces[number] for number in (USER, USER_TALK) if number in snapshot.info.namespaces]
    if any(f"{name.replace('_', ' ').casefold()}:" in raw for space in spaces for name in space.names if name):
        return True
    perhaps = _perhaps_a_name(thread)
    user = snapshot.users.get(perhaps) if perhaps is not None else None
    return user is not None and user.registered


def _perhaps_a_name(thread: Thread) -> str | None:
    """The heading where it could be the name of an account."""
    text = thread.heading.text.strip() if thread.heading is not None else ""
    possible = text and len(text.encode()) <= _LONGEST_NAME and not _NO_NAME.search(text)
    return text if possible else None
