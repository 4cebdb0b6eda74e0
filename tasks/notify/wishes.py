"""Who wants no notices: a reply to one, or an entry on the opt-out page; who made it is told by the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.plan import Fact, Need, Snapshot
from bot.reading.authors import AuthorLinks
from bot.reading.board import Reader
from bot.reading.rules import Rules
from bot.reading.wikitext import scan, tags_of
from tasks.notify.settings import NotifySettings
from tasks.notify.talk import talk_page
from tasks.notify.values import Refusal

DECLINED = "declined-notices"
"""The fact that a person replied to a notice, which ends all further ones from the board."""

CLAIM = "declining-line"
"""The fact about a line that seems to turn notices down: the page's revision at which its author was looked up, and
whether the line counts (1 or 0). Its thread is page, person and line, hashed as a thread is."""

ADMINS = frozenset({"sysop"})
"""Whose entries on an opt-out page count for others."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A line of a page that seems to turn notices down for a person; ``signer`` is whom it names as its author."""

    title: str
    line: str
    signer: str
    reply: bool


def wishes_need(names: tuple[str, ...], snapshot: Snapshot, settings: NotifySettings) -> Need:
    """Who brought the lines that seem to turn notices down, and the accounts of those who did it for somebody else.

    ``names`` are those of one person, the present one last. Nothing is asked of a line whose author was looked up
    while the page was as it is now.
    """
    lines: set[tuple[str, str]] = set()
    users: set[str] = set()
    for claim in _claims(names, snapshot, settings):
        if _remembered(claim, names, snapshot) is not None:
            continue
        if (claim.title, claim.line) not in snapshot.lines:
            lines.add((claim.title, claim.line))
        elif not claim.reply:
            users |= {_author(claim, snapshot)} - {"", *names}
    return Need(users=frozenset(users - snapshot.users.keys()), lines=frozenset(lines))


def wishes_gate(names: tuple[str, ...], snapshot: Snapshot, settings: NotifySettings) -> Refusal | None:
    """Whether the person wants no notices."""
    wanted = "somebody who did not turn notices down"
    counting = [claim for claim in _claims(names, snapshot, settings) if _counts(claim, names, snapshot)]
    known = any(snapshot.memory.facts.get((DECLINED, snapshot.memory.hash_of(name))) for name in names)
    if known or any(claim.reply for claim in counting):
        return Refusal("replied to an earlier notice, which ends them", wanted, knows="beyond")
    return Refusal("listed on the opt-out page", wanted, knows="beyond") if counting else None


def wishes_facts(names: tuple[str, ...], snapshot: Snapshot, settings: NotifySettings) -> Iterator[Fact]:
    """What is worth remembering: a reply for good, and which lines count, so that their authors are looked up once."""
    hash_of, facts = snapshot.memory.hash_of, snapshot.memory.facts
    for claim in _claims(names, snapshot, settings):
        counts = _counts(claim, names, snapshot)
        if claim.reply and counts and (DECLINED, hash_of(names[-1])) not in facts:
            yield Fact(DECLINED, names[-1], "1")
        if _remembered(claim, names, snapshot) is None:
            yield Fact(CLAIM, _key(claim, names), f"{snapshot.pages[claim.title].revision} {counts:d}")


def _claims(names: tuple[str, ...], snapshot: Snapshot, settings: NotifySettings) -> Iterator[_Claim]:
    """The lines on the person's talk page and the opt-out page, as far as these are in hand."""
    talk = talk_page(names[-1], snapshot.info)
    if talk in snapshot.pages:
        yield from _replies(names, talk, snapshot)
    if settings.opt_out is not None and settings.opt_out in snapshot.pages:
        yield from _entries(names, settings.opt_out, snapshot)


def _replies(names: tuple[str, ...], title: str, snapshot: Snapshot) -> Iterator[_Claim]:
    """Lines signed by the person under a notice of the bot's on the own talk page."""
    own, text = snapshot.account.name, snapshot.pages[title].text or ""
    if not own or own not in text:
        return
    for thread in Reader(snapshot.info).board("", 0, text, Rules()).threads:
        if not thread.comments or thread.comments[0].author != own:
            continue
        for comment in thread.comments[1:]:
            if comment.author in names:
                yield _Claim(title, _line(text, comment.signature)[2], comment.author, reply=True)


def _entries(names: tuple[str, ...], title: str, snapshot: Snapshot) -> Iterator[_Claim]:
    """List items and signed lines that link the person, and lines that the person signed without linking anybody."""
    text = snapshot.pages[title].text or ""
    links = [link for link in AuthorLinks(snapshot.info).find(text) if link.author in names]
    if not links:
        return
    read = Reader(snapshot.info).board("", 0, text, Rules())
    comments = (*read.lead_comments, *(one for thread in read.threads for one in thread.comments))
    signatures = {_line(text, comment.signature)[0]: comment for comment in comments}
    hidden = scan(text, tags_of(snapshot.info.extensions)).hidden
    for start, end, line in dict.fromkeys(_line(text, link.start) for link in links):
        signed = signatures.get(start)
        if start in hidden or (signed is None and line[:1] not in ("*", "#")):
            continue
        before = signed.signature if signed is not None else end
        named = {link.author for link in AuthorLinks(snapshot.info).find(text, start, before)}
        signer = signed.author if signed is not None else ""
        if named & set(names) or (signer in names and not named):
            yield _Claim(title, line, signer, reply=False)


def _line(text: str, at: int) -> tuple[int, int, str]:
    """The line that an offset is in: where it begins and ends, and itself."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    end = end if end >= 0 else len(text)
    return start, end, text[start:end]


def _author(claim: _Claim, snapshot: Snapshot) -> str:
    """Who put the line there, by the history; where that does not tell, whom the line names."""
    origin = snapshot.lines[claim.title, claim.line]
    return origin.editor if origin is not None and origin.editor else claim.signer


def _counts(claim: _Claim, names: tuple[str, ...], snapshot: Snapshot) -> bool:
    """Whether the person made the line, or on the opt-out page an administrator."""
    known = _remembered(claim, names, snapshot)
    if known is not None:
        return known
    author = _author(claim, snapshot)
    if author in names:
        return True
    user = snapshot.users.get(author)
    return not claim.reply and user is not None and bool(user.groups & ADMINS)


def _remembered(claim: _Claim, names: tuple[str, ...], snapshot: Snapshot) -> bool | None:
    value = snapshot.memory.facts.get((CLAIM, snapshot.memory.hash_of(_key(claim, names))), "")
    revision, _, counts = value.partition(" ")
    return counts == "1" if revision == str(snapshot.pages[claim.title].revision) else None


def _key(claim: _Claim, names: tuple[str, ...]) -> str:
    return "|".join((claim.title, names[-1], claim.line))
