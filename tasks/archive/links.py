"""Links to archived sections, mended on other pages (``links``): by exact anchor, with a cap, honouring exclusion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.memory import FinishedMove
from bot.messages import link
from bot.model import Board, Heading, Page
from bot.plan import Decision, Edit, Fact, LinkSearch, Need, Plan, Snapshot, Splice, Splices
from bot.reading.board import Reader
from bot.reading.exclusion import excluded
from bot.reading.ids import anchors
from bot.reading.sectionlinks import SectionLink, section_links
from tasks.archive.choose import NAME
from tasks.archive.pages import refusal
from tasks.archive.settings import ArchiveSettings, LinksSettings
from tasks.archive.text import digest

LINKS = "archive-links"
"""Kind of fact: the number of the last move whose links were mended."""

LOOKED_AT = 2_000
"""At most so many pages that link to the board are listed; past it nothing is mended: see ``LinksSettings``."""


@dataclass(frozen=True, slots=True)
class _Moved:
    """Sections that stand in an archive and no longer on the board, by anchor; and since when there were such links."""

    archives: Mapping[str, str]
    since: datetime | None


def with_links(wanted: Plan, snapshot: Snapshot, settings: ArchiveSettings) -> Plan | Need:
    """The plan with an edit for each page whose links lead to sections that were archived lately.

    Moves come first: after them the task is asked again in the same run (``Plan.more``). What was moved the journal
    knows, by digests; the anchors are those of the archive's headings. With the journal lost nothing is mended.
    """
    if settings.links is None:
        return wanted
    if wanted.edits:
        return replace(wanted, more=any(edit.finishes for edit in wanted.edits))
    last = snapshot.memory.facts.get((LINKS, ""), "")
    lately = [move for move in snapshot.memory.finished if move.number > int(last or 0)]
    if not lately:
        return wanted
    made = _mend(lately, snapshot, settings.links)
    if isinstance(made, Need):
        return made
    edits, decisions, complete = made
    done = (Fact(LINKS, "", str(lately[-1].number)),) if complete else ()
    return replace(wanted, edits=edits, decisions=(*wanted.decisions, *decisions), facts=(*wanted.facts, *done))


_Made = tuple[tuple[Edit, ...], tuple[Decision, ...], bool]


def _mend(lately: Sequence[FinishedMove], snapshot: Snapshot, settings: LinksSettings) -> _Made | Need:
    """The edits, what is not done and why, and whether nothing is left for a later run."""
    spaces, shut = _spaces(snapshot, settings)
    missing = frozenset(move.archive for move in lately) - snapshot.pages.keys()
    if missing and spaces:
        return Need(pages=missing)
    moved = _moved(lately, snapshot) if spaces else _Moved({}, None)
    if not moved.archives:
        return (), shut, True
    search = LinkSearch(snapshot.board.title, spaces, LOOKED_AT)
    if search not in snapshot.linking:
        return Need(linking=frozenset({search}))
    linking = snapshot.linking[search]
    if len(linking) >= LOOKED_AT:
        found = Decision(NAME, "", "not done: links", f"{len(linking)} pages or more link to the board", "fewer")
        return (), (*shut, found), True
    pages = [page for page in linking if _may_hold(page, moved, snapshot)]
    unread = frozenset(page.title for page in pages) - snapshot.pages.keys()
    if unread:
        return Need(pages=unread)
    edits = [edit for page in pages if (edit := _edit(snapshot.pages[page.title], moved, snapshot))]
    room = max(0, min(settings.at_most, snapshot.limits.edits_left))
    if len(edits) <= room:
        return tuple(edits), shut, True
    found = Decision(NAME, "", "held back: links", f"links on {len(edits)} pages to mend", f"at most {room} in a run")
    return tuple(edits[:room]), (*shut, found), False


def _spaces(snapshot: Snapshot, settings: LinksSettings) -> tuple[frozenset[int], tuple[Decision, ...]]:
    """The namespaces that both the community and the operator name, and which of the community's are left out."""
    known = {
        name.casefold(): number for number, one in snapshot.info.namespaces.items() if number for name in one.names
    }
    open_ones: set[int] = set()
    shut: list[Decision] = []
    for name in settings.namespaces:
        number = known.get(name.casefold())
        if number is not None and number in snapshot.limits.repair_links:
            open_ones.add(number)
        else:
            shut.append(
                Decision(NAME, "", "not done: links", f"namespace {name}", "one that the operator's file opens")
            )
    return frozenset(open_ones), tuple(shut)


def _moved(lately: Sequence[FinishedMove], snapshot: Snapshot) -> _Moved:
    """The anchors of the sections that went; none that stands on the board, or twice in an archive, or in two."""
    found: dict[str, set[str]] = {}
    instants: list[datetime] = []
    reader = Reader(snapshot.info)
    taken = Counter(_key(one) for one in snapshot.board.headings)
    for move in lately:
        page = snapshot.pages[move.archive]
        archive = reader.board(page.title, page.revision, page.text or "", snapshot.rules)
        twice = Counter(_key(one) for one in archive.headings)
        for heading, opened in _sections(archive, move.digests):
            key = _key(heading)
            if key and not taken[key] and twice[key] == 1:
                found.setdefault(anchors([heading])[0], set()).add(page.title)
                instants += [opened] if opened else []
    once = {anchor: titles.pop() for anchor, titles in found.items() if len(titles) == 1}
    return _Moved(once, min(instants, default=None))


def _sections(archive: Board, digests: frozenset[str]) -> Iterator[tuple[Heading, datetime | None]]:
    """The headings of the threads that went, deeper ones too, as long as each stands as it was moved."""
    for thread in archive.threads:
        end = len(archive.text) if thread is archive.threads[-1] else thread.end
        if digest(archive.wikitext(thread)) in digests or digest(archive.text[thread.start : end]) in digests:
            for heading in (thread.heading, *thread.subheadings):
                if heading is not None:
                    yield heading, thread.opened


def _key(heading: Heading) -> str:
    """Anchors that differ in letter case only count as equal, as they do where MediaWiki numbers repeats."""
    return anchors([heading])[0].lower()


def _may_hold(page: Page, moved: _Moved, snapshot: Snapshot) -> bool:
    """Whether links to the moved threads may stand on a page, and the bot may mend them there.

    A page last edited before the first of them was opened cannot link to it, and need not be read.
    """
    young = page.instant is None or moved.since is None or page.instant >= moved.since
    own = page.title in (snapshot.board.title, snapshot.settings_page)
    readable = replace(page, text=page.text or "")
    return young and not own and page.title not in snapshot.denied and not refusal(readable, snapshot.account)


def _edit(page: Page, moved: _Moved, snapshot: Snapshot) -> Edit | None:
    """The edit that mends a page's links; None where there is nothing to mend, or the page keeps bots away."""
    text = page.text
    if text is None or page.redirect is not None or excluded(text, snapshot.account.name):
        return None
    links = [
        one
        for one in section_links(text, snapshot.info)
        if one.title == snapshot.board.title and one.anchor in moved.archives
    ]
    signatures = _signatures(page, snapshot) if links else []
    links = [one for one in links if not any(one.start < end and start < one.end for start, end in signatures)]
    if not links:
        return None
    return Edit(
        task=NAME,
        kind="links",
        page=page.title,
        base=page.revision,
        change=Splices(tuple(part for one in links for part in _splices(one, moved.archives[one.anchor]))),
        summary=snapshot.messages.say("archive-links", len(links), link(snapshot.board.title)),
        key=snapshot.memory.hash_of("links", page.title, str(page.revision)),
        minor=True,
        independent=True,
    )


def _splices(one: SectionLink, archive: str) -> Iterator[Splice]:
    """The new title; a link without a label of its own goes on showing what it showed."""
    colon = ":" if one.written.lstrip().startswith(":") else ""
    yield Splice(one.title_start, one.title_end, colon + archive)
    if not one.labelled:
        yield Splice(one.end - 2, one.end - 2, "|" + one.written.strip().removeprefix(":"))


def _signatures(page: Page, snapshot: Snapshot) -> list[tuple[int, int]]:
    """Where people signed: what stands there is theirs."""
    read = Reader(snapshot.info).board(page.title, page.revision, page.text or "", snapshot.rules)
    comments = [*read.lead_comments, *(comment for thread in read.threads for comment in thread.comments)]
    return [(comment.signature, comment.end) for comment in comments]
