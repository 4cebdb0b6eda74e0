"""What keeps a notice from being sent: one gate after the other, each saying what it found and what it wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model import Page, Status, Thread, User
from bot.plan import Need, Snapshot
from bot.reading.exclusion import excluded
from bot.settings.values import say_duration
from tasks.notify.notice import KIND, key_of, talk_page, told_by_anyone
from tasks.notify.settings import NotifySettings
from tasks.people import judge, people_need

SAME_BOARD = timedelta(days=7)
"""Law 6: never two notices of one kind to one person from one board within this time."""

ONE_A_WEEK = "one notice from one board in 7 days"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nobody is told: what was found, held against what was wanted. Names nobody."""

    found: str
    wanted: str


def thread_gate(thread: Thread, snapshot: Snapshot, settings: NotifySettings, now: datetime) -> Refusal | Need | None:
    """Whether a thread may lead to notices at all; a ``Need`` where the people in it must be known first."""
    if thread.damage or thread.transcluded:
        return Refusal("damaged or transcluded wikitext", "a thread that can be read in full")
    if thread.opened is None or not thread.reporter:
        return Refusal("no signature", "a signed report")
    if now - thread.opened < settings.wait:
        return Refusal(f"filed {say_duration(now - thread.opened)} ago", f"at least {say_duration(settings.wait)}")
    if len(thread.subjects) > settings.per_thread:
        return Refusal(f"{len(thread.subjects)} people named", f"at most {settings.per_thread}")
    need = people_need((thread,), snapshot) | Need(users=frozenset({thread.reporter} - snapshot.users.keys()))
    if need:
        return need
    status = judge(thread, snapshot, now).status
    if status in (Status.RESOLVED, Status.WITHDRAWN):
        return Refusal(f"the thread is {status}", "a thread that is still open")
    return _reporter_gate(snapshot.users[thread.reporter], settings)


def _reporter_gate(reporter: User, settings: NotifySettings) -> Refusal | None:
    if reporter.locked or (reporter.block is not None and not reporter.block.partial):
        return Refusal("the reporter is blocked or locked", "a reporter in good standing")
    if reporter.edits < settings.reporter_min_edits:
        return Refusal(f"the reporter has {reporter.edits} edits", f"at least {settings.reporter_min_edits}")
    return None


def person_gate(
    person: str, thread: Thread, snapshot: Snapshot, now: datetime, told_now: frozenset[str]
) -> Refusal | None:
    """Whether this person may be told about this thread; ``told_now`` are those told by the plan so far."""
    if any(comment.author == person for comment in thread.comments):
        return Refusal("already wrote in the thread", "somebody who may not know of it")
    refusal = _account_gate(snapshot.users[person]) or _ledger_gate(person, thread, snapshot, now)
    if refusal is None and person in told_now:
        refusal = Refusal("told of another thread in this run", ONE_A_WEEK)
    return refusal or _talk_gate(person, thread, snapshot)


def _account_gate(user: User) -> Refusal | None:
    """Accounts that must not or cannot be told."""
    found = ""
    if not user.registered:
        found = "no account of this name"
    elif user.expired:
        found = "an expired temporary account"
    elif user.bot:
        found = "a bot"
    elif user.locked:
        found = "a locked account"
    elif user.renamed_to is not None:
        found = "a renamed account"
    elif user.block is not None and not user.block.partial and user.block.no_talk:
        found = "blocked, the own talk page included"
    return Refusal(found, "an account that can read and answer") if found else None


def _ledger_gate(person: str, thread: Thread, snapshot: Snapshot, now: datetime) -> Refusal | None:
    """What the journal knows of earlier notices (law 6)."""
    memory = snapshot.memory
    if key_of(person, thread, snapshot) in memory.keys:
        return Refusal("already told by the bot", "one notice per person and thread, ever")
    hashed = memory.hash_of(person)
    for told in memory.told:
        if told.kind == KIND and told.person == hashed and now - told.instant < SAME_BOARD:
            return Refusal("told by the bot of another thread in the last 7 days", ONE_A_WEEK)
    return None


def _talk_gate(person: str, thread: Thread, snapshot: Snapshot) -> Refusal | None:
    """The talk page: can it be written, does it turn the bot away, was the person told there already."""
    asked = talk_page(person, snapshot.info)
    page = snapshot.pages[asked]
    if page.redirect is not None:
        page = snapshot.pages[page.redirect]
        if page.redirect is not None or not _is_talk(page, snapshot):
            return Refusal("the talk page is redirected elsewhere", "a user talk page, at most one redirect away")
    if page.model != "wikitext":
        return Refusal(f"the talk page is of the kind {page.model}", "a wikitext page")
    if page.hidden:
        return Refusal("the talk page's text is hidden", "a readable page")
    needed = page.protection.get("edit" if page.exists else "create", "")
    if needed and needed not in (snapshot.account.groups | snapshot.account.rights):
        return Refusal("the talk page is protected", "a page that the bot may edit")
    text = page.text or ""
    if excluded(text, snapshot.account.name):
        return Refusal("the talk page keeps the bot away", "no {{nobots}} or {{bots}} that names it")
    if thread.opened is not None and told_by_anyone(text, thread.opened, snapshot):
        return Refusal("already told by someone", "nobody told them yet")
    return None


def _is_talk(page: Page, snapshot: Snapshot) -> bool:
    prefix, colon, _ = page.title.partition(":")
    return bool(colon) and prefix in snapshot.info.namespaces[3].names
