"""The words that the task writes: notices on talk pages, and the reminder in a thread."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.messages import link, plain, stamp
from bot.model import USER, Thread
from bot.plan import Edit, NewSection, Snapshot, Splice, Splices
from tasks.notify.settings import News, NotifySettings
from tasks.notify.talk import talk_of
from tasks.ownkeys import joined

KIND = "subject-notice"
REMINDER = "reminder"
NEWS_KINDS: dict[News, str] = {
    "answered": "answered-notice",
    "resolved": "resolved-notice",
    "archived_unanswered": "archived-notice",
}


def key_of(person: str, identity: str, snapshot: Snapshot, kind: str = KIND) -> str:
    """The ledger's key of a notice: the same whenever and wherever it is computed (law 5)."""
    return keys_of(person, identity, snapshot, kind)[0]


def keys_of(person: str, identity: str, snapshot: Snapshot, kind: str = KIND) -> tuple[str, ...]:
    """The keys that such a notice may have left, the one that a new one leaves first."""
    memory, title = snapshot.memory, snapshot.board.title
    return tuple(memory.hash_of(kind, title, name, person) for name in memory.called(identity))


def notice(person: str, thread: Thread, snapshot: Snapshot, settings: NotifySettings, keys: Iterable[str] = ()) -> Edit:
    """One new section on the person's talk page: not minor, or no notification would be sent (Echo, DiscussionParser).

    The text links neither the person nor anybody else's user page but the bot's own, so that nobody is pinged. The link
    to the discussion is the diff of the edit that opened it, which holds no name (law 10), or else the board. ``keys``
    are further keys that the edit leaves in the ledger.
    """
    say = snapshot.messages.say
    board = link(snapshot.board.title)
    where = _where(thread, snapshot)
    if settings.template is None:
        text = say(
            "subject-notice",
            board,
            link(where, say("notify-here")),
            _stop(person, snapshot, settings),
            _bot_page(snapshot),
            snapshot.users[person].gender,
        )
    else:
        values = (snapshot.board.title, where, snapshot.account.name)
        parameters = "|".join(f"{number}={value}" for number, value in enumerate(values, 1))
        text = f"{{{{subst:{settings.template}|{parameters}}}}}"
    key = joined((key_of(person, thread.identity, snapshot), *keys))
    return _section(KIND, person, thread.identity, text, say("notify-own", board), key, snapshot)


def news(what: News, thread: Thread, where: str, snapshot: Snapshot, settings: NotifySettings) -> Edit:
    """A notice to whoever opened a thread; ``where`` is the page on which it stands now."""
    say = snapshot.messages.say
    board = link(snapshot.board.title)
    opened = say("overdue-date", stamp(thread.opened)) if thread.opened else ""
    here = link(where, say("notify-here"))
    gender = snapshot.users[thread.reporter].gender
    match what:
        case "archived_unanswered":
            text = say("notify-archived", board, opened, here, link(snapshot.rules.support), gender)
        case "answered":
            text = say("notify-answered", board, opened, here, gender)
        case "resolved":
            text = say("notify-resolved", board, opened, here, gender)
    text = f"{text} {say('notify-tail', _stop(thread.reporter, snapshot, settings), _bot_page(snapshot))}"
    kind = NEWS_KINDS[what]
    key = key_of(thread.reporter, thread.identity, snapshot, kind)
    return _section(kind, thread.reporter, thread.identity, text, say("notify-reporter-own", board), key, snapshot)


def where_of(thread: Thread, snapshot: Snapshot) -> str:
    """What to link for a thread on the board: the edit that opened it, or else the board."""
    return _where(thread, snapshot)


def reminders(threads: list[Thread], snapshot: Snapshot) -> Edit:
    """One edit of the board that says in each thread that nobody was told yet."""
    say = snapshot.messages.say
    indent = "*:" if snapshot.rules.style == "list" else ":"
    splices = []
    for thread in threads:
        end = thread.start + len(snapshot.board.wikitext(thread).rstrip())
        splices.append(Splice(end, end, f"\n{indent}{say('notify-remind')} ~~~~"))
    return Edit(
        task="notify",
        kind=REMINDER,
        page=snapshot.board.title,
        base=snapshot.board.revision,
        change=Splices(tuple(splices)),
        summary=say("notify-remind-own", len(threads)),
        key=joined(reminder_keys(thread, snapshot)[0] for thread in threads),
        threads=tuple(thread.identity for thread in threads),
        independent=True,
    )


def reminder_keys(thread: Thread, snapshot: Snapshot) -> tuple[str, ...]:
    """The ledger's keys that the reminder in a thread may have left, the one that a new one leaves first."""
    memory = snapshot.memory
    return tuple(memory.hash_of(REMINDER, snapshot.board.title, name) for name in memory.called(thread.identity))


def day(instant: datetime) -> str:
    """The day (UTC) that a daily limit counts by."""
    return stamp(instant)[:10]


def _where(thread: Thread, snapshot: Snapshot) -> str:
    origin = snapshot.origins.get(thread.identity)
    return f"Special:Diff/{origin.id}" if origin is not None else snapshot.board.title


def _stop(person: str, snapshot: Snapshot, settings: NotifySettings) -> str:
    code = f"<code><nowiki>{{{{bots|deny={snapshot.account.name}}}}}</nowiki></code>"
    gender = snapshot.users[person].gender
    if settings.opt_out is None:
        return snapshot.messages.say("notify-stop", code, gender)
    return snapshot.messages.say("notify-stop-listed", code, link(settings.opt_out), gender)


def _bot_page(snapshot: Snapshot) -> str:
    title = f"{snapshot.info.namespaces[USER].name}:{snapshot.account.name}"
    return link(title, snapshot.messages.say("notify-bot"))


def _section(kind: str, person: str, identity: str, text: str, summary: str, key: str, snapshot: Snapshot) -> Edit:
    page = talk_of(person, snapshot)
    return Edit(
        task="notify",
        kind=kind,
        page=page.title,
        base=page.revision,
        change=NewSection(snapshot.messages.say("notify-heading", plain_title(snapshot)), f"{text} ~~~~"),
        summary=summary,
        key=key,
        minor=False,
        unchanged=((snapshot.board.title, snapshot.board.revision),),
        threads=(identity,),
        person=person,
        independent=True,
    )


def plain_title(snapshot: Snapshot) -> str:
    """The board's title for a heading, where nothing of it may be read as markup."""
    title = snapshot.board.title
    return plain(title) if any(character in title for character in "'~&<") else title
