"""The notice itself: where it goes, what it says, how it links, and how to see that somebody was told before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.messages import link
from bot.model import USER, USER_TALK, Thread, WikiInfo
from bot.plan import Edit, NewSection, Snapshot
from bot.reading.signatures import learn

KIND = "subject-notice"
_SLACK = timedelta(minutes=1)


def talk_page(person: str, info: WikiInfo) -> str:
    """The title of somebody's talk page, as the wiki itself writes it."""
    return f"{info.namespaces[USER_TALK].name}:{person}"


def key_of(person: str, thread: Thread, snapshot: Snapshot) -> str:
    """The ledger's key of this notice: the same whenever and wherever it is computed (law 5)."""
    return snapshot.memory.hash_of(KIND, snapshot.board.title, thread.identity, person)


def notice(person: str, thread: Thread, snapshot: Snapshot) -> Edit:
    """One new section on the person's talk page: not minor, or no notification would be sent (Echo, DiscussionParser).

    The text links neither the person nor anybody else's user page but the bot's own, so that nobody is pinged. The link
    to the discussion is the diff of the edit that opened it, which holds no name (law 10), or else the board.
    """
    say = snapshot.messages.say
    info = snapshot.info
    page = snapshot.pages[talk_page(person, info)]
    if page.redirect is not None:
        page = snapshot.pages[page.redirect]
    board = link(snapshot.board.title)
    origin = snapshot.origins[thread.identity]
    where = f"Special:Diff/{origin.id}" if origin is not None else snapshot.board.title
    opt_out = f"<code><nowiki>{{{{bots|deny={snapshot.account.name}}}}}</nowiki></code>"
    bot_page = f"{info.namespaces[USER].name}:{snapshot.account.name}"
    text = say(
        "notify-text",
        board,
        link(where, say("notify-here")),
        say("notify-stop", opt_out),
        link(bot_page, say("notify-bot")),
    )
    return Edit(
        task="notify",
        kind=KIND,
        page=page.title,
        base=page.revision,
        change=NewSection(say("notify-heading", snapshot.board.title), f"{text} ~~~~"),
        summary=say("notify-own", board),
        key=key_of(person, thread, snapshot),
        minor=False,
        unchanged=((snapshot.board.title, snapshot.board.revision),),
        threads=(thread.identity,),
        person=person,
        independent=True,
    )


def told_by_anyone(talk: str, opened: datetime, snapshot: Snapshot) -> bool:
    """Whether the talk page links to the board in something written since the thread was opened.

    What was written when is told by the first timestamp after the link. Notice templates are substituted, so their
    links stand in the text.
    """
    mentions = list(_title_pattern(snapshot.board.title, snapshot.info).finditer(talk))
    if not mentions:
        return False
    stamps = list(learn(snapshot.info).find(talk))
    for mention in mentions:
        after = next((stamp for stamp in stamps if stamp.start >= mention.end()), None)
        if after is not None and after.instant >= opened - _SLACK:
            return True
    return False


def _title_pattern(title: str, info: WikiInfo) -> re.Pattern[str]:
    """The title as people write it in a link: namespace in any alias, underscores or spaces, a leading colon."""
    prefix, colon, rest = title.partition(":")
    names: tuple[str, ...] = ()
    if colon:
        names = next((space.names for space in info.namespaces.values() if prefix in space.names), (prefix,))
    else:
        rest = title
    words = r"[ _]+".join(re.escape(word) for word in rest.replace("_", " ").split())
    if info.first_letter and rest:
        words = f"(?i:{re.escape(rest[0])}){words[len(re.escape(rest[0])) :]}"
    spelt = "|".join(r"[ _]+".join(re.escape(word) for word in name.split()) for name in names)
    first = rf"(?i:{spelt})[ _]*:[ _]*" if spelt else ""
    return re.compile(rf"\[\[[ _]*:?[ _]*{first}{words}[ _]*(?:[#|\]])")
