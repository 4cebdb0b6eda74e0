"""The list as wikitext: what stands between the markers, and where the markers stand on a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.messages import link, plain, stamp
from bot.model import Status, Thread
from bot.plan import Snapshot
from tasks.archive import UNANSWERED
from tasks.notify import TOO_MANY_NAMED
from tasks.summary.buckets import Bucket, Waiting, age_band
from tasks.summary.settings import SummarySettings

_LONGEST_HEADING = 80
_ARCHIVED_SHOWN = timedelta(days=14)


def _markers(board: str) -> tuple[str, str]:
    return f"<!-- boardclerk begin: {board} -->", f"<!-- boardclerk end: {board} -->"


def find_section(text: str, board: str) -> list[tuple[int, int]]:
    """The spans of this board's sections on a page, markers included; more than one is for a person to mend."""
    begin, end = (re.escape(marker) for marker in _markers(board))
    return [match.span() for match in re.finditer(rf"{begin}.*?{end}", text, re.S)]


def render(waiting: Sequence[Waiting], snapshot: Snapshot, settings: SummarySettings, now: datetime) -> str:
    """The board's section, markers included: the same text as long as nothing but the clock has changed."""
    say = snapshot.messages.say
    begin, end = _markers(snapshot.board.title)
    lines = [begin, say("summary-intro", link(snapshot.board.title)), ""]
    lines.append(say("summary-total", len(waiting)) if waiting else say("summary-none"))
    for bucket in Bucket:
        items = [item for item in waiting if item.bucket is bucket]
        if items:
            lines += [
                "",
                f"'''{say(f'summary-bucket-{bucket}')}''' ({len(items)})",
                *_table(items, snapshot, settings, now),
            ]
    return "\n".join([*lines, *_archived(snapshot, now), end])


def _archived(snapshot: Snapshot, now: datetime) -> list[str]:
    """The threads that lately went to the archive without a responder's answer, newest first (``tasks.archive``)."""
    say = snapshot.messages.say
    here = {snapshot.memory.hash_of(thread.identity) for thread in snapshot.board.threads}
    rows = []
    for (kind, thread), value in snapshot.memory.facts.items():
        opened, archived, page = [*value.split(" ", 2), "", ""][:3]
        if kind != UNANSWERED or thread in here or not page:
            continue
        instant = datetime.fromisoformat(archived)
        if timedelta() <= now - instant < _ARCHIVED_SHOWN:
            rows.append((instant, datetime.fromisoformat(opened), page, thread))
    if not rows:
        return []
    names = " !! ".join(f'scope="col" | {say(f"summary-column-{name}")}' for name in ("opened", "archived", "archive"))
    lines = ["", f"'''{say('summary-bucket-archived')}''' ({len(rows)})", '{| class="wikitable sortable"', f"! {names}"]
    for instant, began, page, _ in sorted(rows, key=lambda row: (row[0], row[1], row[3]), reverse=True):
        lines += ["|-", f"| {stamp(began)} || {stamp(instant)} || {link(page)}"]
    return [*lines, "|}"]


def _table(items: Iterable[Waiting], snapshot: Snapshot, settings: SummarySettings, now: datetime) -> list[str]:
    say = snapshot.messages.say
    columns = ("thread", "opened", "last", "age", "replies", "participants", "note")
    names = " !! ".join(f'scope="col" | {say(f"summary-column-{name}")}' for name in columns)
    lines = ['{| class="wikitable sortable"', f"! {names}"]
    # Threads without a date come first: nobody can say how long they have waited.
    for item in sorted(
        items, key=lambda item: (item.thread.opened is not None, item.thread.opened or now, item.thread.start)
    ):
        lines += ["|-", _row(item, snapshot, settings, now)]
    return [*lines, "|}"]


def _row(item: Waiting, snapshot: Snapshot, settings: SummarySettings, now: datetime) -> str:
    say = snapshot.messages.say
    thread = item.thread
    opening = snapshot.openings[thread.identity]
    target = f"Special:Diff/{opening}" if opening else snapshot.board.title
    people = {comment.author for comment in thread.comments}
    cells = (
        link(target, _label(thread, snapshot, settings)),
        stamp(thread.opened) if thread.opened else "",
        stamp(thread.last) if thread.last else "",
        say(age_band(thread, now)),
        str(max(len(thread.comments) - 1, 0)),
        str(len(people)),
        "<br>".join(_notes(item, snapshot)),
    )
    return "| " + " || ".join(cells)


def _label(thread: Thread, snapshot: Snapshot, settings: SummarySettings) -> str:
    """How a thread is called: by the time it was opened, or by its heading where the community wants that."""
    if settings.headings == "show" and thread.heading is not None:
        text = thread.heading.text
        return plain(text if len(text) <= _LONGEST_HEADING else text[: _LONGEST_HEADING - 1] + "…")
    if thread.opened is None:
        return snapshot.messages.say("summary-thread-undated")
    return snapshot.messages.say("summary-thread", stamp(thread.opened))


def _notes(item: Waiting, snapshot: Snapshot) -> list[str]:
    say = snapshot.messages.say
    thread = item.thread
    notes = []
    if thread.damage:
        notes.append(say("summary-damage", thread.damage))
    if item.untold and item.bucket is not Bucket.UNTOLD:
        notes.append(say("summary-bucket-untold"))
    if item.concluded.status is Status.STALE:
        notes.append(say("summary-stale"))
    if thread.pin is not None:
        until = thread.pin.until
        notes.append(say("summary-pinned-until", stamp(until)) if until else say("summary-pinned-forever"))
    if snapshot.memory.facts.get((TOO_MANY_NAMED, snapshot.memory.hash_of(thread.identity))):
        notes.append(say("summary-too-many-named"))
    return notes
