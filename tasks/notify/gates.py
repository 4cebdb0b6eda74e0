"""What keeps a notice from being sent: one gate after the other, each saying what it found and what it wanted."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.model import USER_TALK, Page, Status, Thread, User
from bot.plan import Need, Snapshot
from bot.reading.exclusion import excluded
from bot.reading.rights import Rights
from bot.reading.templatenames import FAMILIES, TemplateNames
from bot.reading.wikitext import scan, tags_of
from bot.settings.values import say_duration
from tasks.notify.notice import KIND, keys_of
from tasks.notify.settings import NotifySettings
from tasks.notify.talk import talk_page, told_by_anyone
from tasks.notify.values import Refusal
from tasks.notify.wishes import wishes_gate, wishes_need
from tasks.ownkeys import made
from tasks.people import judge, people_need, wrote

SAME_BOARD = timedelta(days=7)
"""Law 6: never two notices of one kind to one person from one board within this time."""

ONE_A_WEEK = "one notice from one board in 7 days"

_RENAMES = 2
# Names that global renamers give to accounts that left (Meta, Right to vanish).
_VANISHED = re.compile(r"(?:vanished|renamed)[ _]?(?:user|account)", re.I)
_FOLDING = tuple(name for opening, _ in FAMILIES for name in opening)


def thread_gate(
    thread: Thread, snapshot: Snapshot, rights: Rights, settings: NotifySettings, now: datetime
) -> Refusal | Need | None:
    """Whether a thread may lead to notices at all; a ``Need`` where the people in it must be known first."""
    if thread.damage or thread.transcluded:
        return Refusal("damaged or transcluded wikitext", "a thread that can be read in full")
    if thread.opened is None or not thread.reporter:
        return Refusal("no signature", "a signed report")
    if now - thread.opened < settings.wait:
        return Refusal(f"filed {say_duration(now - thread.opened)} ago", f"wait: {say_duration(settings.wait)}")
    if len(thread.subjects) > settings.per_thread:
        return Refusal(f"{len(thread.subjects)} people named", f"per_thread: {settings.per_thread}")
    need = people_need((thread,), snapshot, rights)
    need |= Need(users=frozenset({thread.reporter} - snapshot.users.keys()))
    if need:
        return need
    status = judge(thread, snapshot, rights).status
    if status in (Status.RESOLVED, Status.WITHDRAWN):
        return Refusal(f"the thread is {status}", "a thread that is still open")
    if _folded(thread, snapshot):
        return Refusal("the thread is folded away", "a thread that everybody sees")
    return _reporter_gate(snapshot.users[thread.reporter], settings)


def opening_gate(thread: Thread, snapshot: Snapshot) -> Refusal | None:
    """Whether the edit that opened the thread still stands, as far as the history was read."""
    origin = snapshot.origins.get(thread.identity)
    if origin is not None and (origin.reverted or origin.hidden):
        found = "hidden" if origin.hidden else "reverted"
        return Refusal(f"the edit that opened the thread was {found}", "a thread that nobody took back")
    return None


def _folded(thread: Thread, snapshot: Snapshot) -> bool:
    """Whether a box hides the thread or a part of it, whoever put it there: when in doubt nobody is told."""
    text = snapshot.board.wikitext(thread)
    if "{{" not in text:
        return False
    names = TemplateNames(snapshot.info, snapshot.rules.aliases)
    folding = names.table((*_FOLDING, *snapshot.rules.pairs))
    return any(used.name in folding for used in names.used(scan(text, tags_of(snapshot.info.extensions))))


def _reporter_gate(reporter: User, settings: NotifySettings) -> Refusal | None:
    if reporter.locked or (reporter.block is not None and not reporter.block.partial):
        return Refusal("the reporter is blocked or locked", "a reporter in good standing")
    if reporter.edits < settings.reporter_min_edits:
        wanted = f"reporter_min_edits: {settings.reporter_min_edits}"
        return Refusal(f"the reporter has {reporter.edits} edits", wanted)
    return None


def people_of(people: frozenset[str], snapshot: Snapshot, settings: NotifySettings) -> Need:
    """What must be known of people: accounts, new names, talk pages, where redirected ones lead, the opt-out page."""
    users, pages = set(people), set()
    for person in people:
        name = current_name(person, snapshot)
        users.add(name)
        title = talk_page(name, snapshot.info)
        pages.add(title)
        page = snapshot.pages.get(title)
        if page is not None and page.redirect is not None:
            pages.add(page.redirect)
    if settings.opt_out is not None and people:
        pages.add(settings.opt_out)
    need = Need(pages=frozenset(pages - snapshot.pages.keys()), users=frozenset(users - snapshot.users.keys()))
    for person in people:
        need |= wishes_need(names_of(person, snapshot), snapshot, settings)
    return need


def current_name(person: str, snapshot: Snapshot) -> str:
    """The name that an account has now, followed through the rename log as far as it was asked for."""
    for _ in range(_RENAMES):
        user = snapshot.users.get(person)
        if user is None or user.registered or not user.renamed_to:
            break
        person = user.renamed_to
    return person


def names_of(person: str, snapshot: Snapshot) -> tuple[str, ...]:
    """The name that the thread has for somebody and, last, the present one."""
    return tuple(dict.fromkeys((person, current_name(person, snapshot))))


def person_gate(
    person: str,
    thread: Thread,
    snapshot: Snapshot,
    rights: Rights,
    settings: NotifySettings,
    now: datetime,
    told_now: frozenset[str],
) -> Refusal | None:
    """Whether this person may be told about this thread; ``told_now`` are those told by the plan so far."""
    name = current_name(person, snapshot)
    ours = made(snapshot)
    if any(not ours.isdisjoint(keys_of(one, thread.identity, snapshot)) for one in (person, name)):
        return Refusal("already told by the bot", "one notice per person and thread, ever", knows="bot")
    if wrote({person, name}, thread, rights):
        return Refusal("already wrote in the thread", "somebody who may not know of it", knows="people")
    told = _told_since((person, name), thread, snapshot) or _told(name, thread, snapshot, settings)
    if told is not None:
        return told
    refusal = account_gate(name, snapshot) or wishes_gate(names_of(person, snapshot), snapshot, settings)
    refusal = refusal or lately(KIND, (person, name), snapshot, now)
    if refusal is None and name in told_now:
        # The next run finds that notice, and must not find anything new to say (law 4).
        refusal = Refusal("told of another thread in this run", ONE_A_WEEK, knows="bot")
    return refusal or talk_gate(name, snapshot)


def account_gate(name: str, snapshot: Snapshot) -> Refusal | None:
    """Accounts that must not or cannot be told."""
    user = snapshot.users[name]
    found = ""
    if user.name == snapshot.account.name:
        found = "the bot itself"
    elif not user.registered:
        found = "a renamed account" if user.renamed_to else "no account of this name"
    elif _VANISHED.match(name):
        found = "a vanished account"
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
    return Refusal(found, "an account that can read and answer", knows="beyond") if found else None


def lately(kind: str, names: tuple[str, ...], snapshot: Snapshot, now: datetime) -> Refusal | None:
    """Whether somebody got a notice of the same kind from this board in the last 7 days (law 6)."""
    hashed = {snapshot.memory.hash_of(name) for name in names}
    for told in snapshot.memory.told:
        if told.kind == kind and told.person in hashed and now - told.instant < SAME_BOARD:
            return Refusal("told by the bot of another thread in the last 7 days", ONE_A_WEEK)
    return None


def talk_gate(name: str, snapshot: Snapshot) -> Refusal | None:
    """The talk page: can it be written, does it turn the bot away."""
    page = snapshot.pages[talk_page(name, snapshot.info)]
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
    if excluded(page.text or "", snapshot.account.name):
        return Refusal("the talk page keeps the bot away", "no {{nobots}} or {{bots}} that names it")
    return None


def _told_since(names: tuple[str, ...], thread: Thread, snapshot: Snapshot) -> Refusal | None:
    """Whether the bot told somebody of another thread when this one stood on the board already."""
    hashed = {snapshot.memory.hash_of(name) for name in names}
    notices = (told.instant for told in snapshot.memory.told if told.kind == KIND and told.person in hashed)
    if thread.opened is None or not any(instant >= thread.opened for instant in notices):
        return None
    return Refusal("told by the bot of another thread since this one was opened", ONE_A_WEEK, knows="bot")


def _told(name: str, thread: Thread, snapshot: Snapshot, settings: NotifySettings) -> Refusal | None:
    """Whether somebody told the person on their talk page since the thread was opened."""
    page = snapshot.pages[talk_page(name, snapshot.info)]
    if page.redirect is not None:
        page = snapshot.pages[page.redirect]
    templates = (*settings.told_by, *((settings.template,) if settings.template else ()))
    if thread.opened is None or not told_by_anyone(page.text or "", thread.opened, snapshot, templates):
        return None
    return Refusal("already told by someone", "nobody told them yet", knows="people")


def _is_talk(page: Page, snapshot: Snapshot) -> bool:
    prefix, colon, rest = page.title.partition(":")
    return bool(colon) and "/" not in rest and prefix in snapshot.info.namespaces[USER_TALK].names
