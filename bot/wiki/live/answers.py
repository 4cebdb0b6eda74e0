"""From the API's answers (formatversion=2) to the bot's values, and from its error codes to the port's errors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import unquote

from bot.messages import Gender
from bot.model import Block, Contribution, Page, Revision, User
from bot.wiki.live.session import ApiError
from bot.wiki.port import Barred, Conflict, Doubtful, Missing, Refused, WikiError

Answer = Mapping[str, Any]

# Error codes of action=edit (https://www.mediawiki.org/wiki/API:Edit#Possible_errors and the extensions' own).
_CONFLICTS = frozenset({"editconflict", "articleexists", "pagedeleted", "nosuchrevid"})
_MISSING = frozenset({"missingtitle", "nosuchpageid", "nosuchsection"})
_REFUSALS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cascade", ("cascadeprotected",)),
    ("protected", ("protected", "sitejsonprotected", "sitecssprotected", "sitejsprotected", "customcss", "customjs")),
    ("title", ("titleblacklist", "invalidtitle", "badtitle", "pagecannotexist", "specialpage", "immobilenamespace")),
    ("spam", ("spam", "blockedexternaldomain", "abusefilter-blocked-domains", "urlblacklist")),
    ("filter", ("abusefilter",)),
    ("size", ("contenttoobig",)),
    ("rights", ("permissiondenied", "cantcreate", "noedit", "writeapidenied", "writerights", "captcha")),
    ("model", ("no-direct-editing", "invalidcontentmodel", "contentmodel", "cantchangecontentmodel", "badformat")),
    ("model", ("appendnotsupported", "sectionsnotsupported", "nocontentmodel")),
)
_BLOCKS = ("blocked", "autoblocked", "systemblocked", "globalblocking", "wikimedia-globalblocking", "torblock")
_WORDS = {
    "cascade": "the page is protected through another page",
    "protected": "the page is protected",
    "title": "the title is not allowed",
    "spam": "the text holds a link that the wiki's spam lists refuse",
    "filter": "an edit filter of the wiki refused the edit",
    "size": "the page would be larger than the wiki allows",
    "rights": "the account lacks the right to do this",
    "model": "the page is not wikitext that can be edited",
    "other": "the wiki gave no reason that is known",
}


def edit_error(error: ApiError) -> WikiError:
    """What a refused save means. The message names the wiki's code only: its words may hold texts, addresses, names."""
    code = error.code
    if code in _CONFLICTS:
        return Conflict(f"Somebody else changed, made or deleted the page meanwhile ({code}).")
    if code in _MISSING:
        return Missing(f"The page to be changed does not exist ({code}).")
    if code.startswith(_BLOCKS):
        # A partial block forbids this page (or namespace) alone: the other boards go on.
        if error.details.get("blockinfo", {}).get("blockpartial"):
            return Refused("rights", f"The bot's account is blocked from this page ({code}).")
        return Barred(f"The bot's account is blocked on this wiki ({code}).")
    if code.startswith(("assert", "badtoken", "notloggedin", "readapidenied", "mwoauth", "login-")):
        return Barred(f"The bot is not logged in, or its login does not allow edits ({code}).")
    if code.startswith("internal_api_error"):
        return Doubtful(f"The wiki reports an error of its own ({code}): the edit may or may not have been saved.")
    return refused(code)


def refused(code: str) -> Refused:
    """The refusal that goes with an error code."""
    for kind, beginnings in _REFUSALS:
        if code.startswith(beginnings):
            return Refused(kind, f"The wiki refused the edit: {_WORDS[kind]} ({code}).")
    return Refused("other", f"The wiki refused the edit: {_WORDS['other']} ({code}).")


def instant(text: str) -> datetime:
    """An API timestamp (ISO 8601, UTC)."""
    return datetime.fromisoformat(text).astimezone(UTC)


def end_of(text: str | None) -> datetime | None:
    """An expiry; None where there is none."""
    return None if text is None or text.startswith("infin") else instant(text)


def wiki_forms(asked: Iterable[str], query: Answer) -> dict[str, str]:
    """The title under which the answer speaks of each title as asked."""
    forms = {}
    for row in query.get("normalized", ()):
        # A title that is not in Unicode's form C comes back percent-encoded (fromencoded).
        forms[unquote(row["from"]) if row.get("fromencoded") else row["from"]] = row["to"]
    return {title: forms.get(title, title) for title in asked}


def merged_pages(answers: Iterable[Answer]) -> dict[str, dict[str, Any]]:
    """The pages of several answers to one continued query, by title; lists are joined, hidden gaps filled."""
    pages: dict[str, dict[str, Any]] = {}
    for answer in answers:
        for row in answer.get("query", {}).get("pages", ()):
            known = pages.setdefault(row["title"], {})
            for key, value in row.items():
                known[key] = known[key] + value if isinstance(value, list) and key in known else value
    return pages


def text_of(revision: Answer) -> tuple[str | None, bool]:
    """A revision's text, and whether it is hidden (then the text is None, even to accounts that might see it)."""
    main = revision.get("slots", {}).get("main", {})
    hidden = any(place.get("texthidden") or place.get("sha1hidden") for place in (revision, main))
    return (None if hidden else main.get("content")), hidden


def protection(row: Answer) -> dict[str, str]:
    """Action to level; where several apply (cascading protection comes as a second one) the stricter one."""
    levels: dict[str, str] = {}
    for entry in row.get("protection", ()):
        if levels.get(entry["type"]) != "sysop":
            levels[entry["type"]] = entry["level"]
    return levels


def page(row: Answer, redirect: str | None = None) -> Page:
    """One page with the first revision of its row."""
    revisions = row.get("revisions", ())
    if not revisions:
        return Page(row["title"], model=row.get("contentmodel", "wikitext"), protection=protection(row))
    revision = revisions[0]
    text, hidden = text_of(revision)
    return Page(
        title=row["title"],
        revision=revision["revid"],
        text=text,
        instant=instant(revision["timestamp"]),
        editor=revision.get("user", ""),
        hidden=hidden,
        size=revision.get("size", 0),
        model=row.get("contentmodel", revision.get("slots", {}).get("main", {}).get("contentmodel", "wikitext")),
        redirect=redirect,
        protection=protection(row),
    )


def revision(row: Answer) -> Revision:
    """One entry of a page's history. ``hidden`` means text, editor or summary."""
    text, hidden = text_of(row)
    return Revision(
        id=row["revid"],
        instant=instant(row["timestamp"]),
        editor=row.get("user", ""),
        summary=row.get("comment", ""),
        size=row.get("size", 0),
        text=text,
        hidden=bool(hidden or row.get("userhidden") or row.get("commenthidden")),
        reverted="mw-reverted" in row.get("tags", ()),
    )


def contribution(row: Answer) -> Contribution:
    """One entry of an account's contributions."""
    return Contribution(
        title=row["title"],
        revision=row["revid"],
        instant=instant(row["timestamp"]),
        summary=row.get("comment", ""),
        created=bool(row.get("new")),
        reverted="mw-reverted" in row.get("tags", ()),
    )


def canonical_user(name: str) -> str:
    """A user name as MediaWiki writes it: spaces for underscores, trimmed, first letter large, Unicode's form C."""
    name = " ".join(unicodedata.normalize("NFC", name).replace("_", " ").split())
    return name[:1].upper() + name[1:]


def user(row: Answer) -> User:
    """One entry of ``list=users``; a name without account, or that can have none, is not registered."""
    if "missing" in row or "invalid" in row or "userid" not in row:
        return User(row["name"], registered=False)
    return User(
        name=row["name"],
        groups=frozenset(row.get("groups", ())),
        edits=row.get("editcount", 0),
        since=instant(row["registration"]) if row.get("registration") else None,
        block=block(row) if "blockedby" in row else None,
        # Given for temporary accounts only (MediaWiki 1.43 and later); null for the others.
        temporary=row.get("tempexpired") is not None,
        expired=bool(row.get("tempexpired")),
        gender=Gender(row["gender"]) if row.get("gender") in ("male", "female") else Gender.UNKNOWN,
    )


def block(row: Answer) -> Block:
    """The block in a row of ``list=users``, which does not say whether the talk page is forbidden, too."""
    return Block(
        by=row["blockedby"],
        since=instant(row["blockedtimestamp"]),
        until=end_of(row.get("blockexpiry")),
        partial=bool(row.get("blockpartial")),
    )


_TAG = re.compile(r"<[^<>]*>")


def questions(groups: Iterable[str]) -> str:
    """Give the text that asks a wiki in one request how it writes a timestamp and what it calls its user groups.

    More than fifty messages cannot be asked for in the request for the others without ``apihighlimits``; ``{{int:}}``
    gives them in the language of the request (https://www.mediawiki.org/wiki/Help:Magic_words, Miscellaneous).
    """
    lines = [
        f"<p>{name}\t{{{{int:group-{name}}}}}\t{{{{int:group-{name}-member}}}}</p>"
        for name in groups
        if re.fullmatch(r"[\w-]+", name)
    ]
    return "\n".join(["~~~~~", *lines])


def answered(parsed: Mapping[str, Any]) -> tuple[str, dict[str, list[str]]]:
    """Give the timestamp as the wiki writes it, and for each group its name and that of a member, as shown there."""
    groups: dict[str, list[str]] = {}
    for line in parsed["text"].split("\n"):
        name, *shown = unescape(_TAG.sub("", line)).split("\t")
        # A message that does not exist is shown as its key in angle brackets.
        known = [" ".join(one.split()) for one in shown if one.strip() and "⧼" not in one]
        if known:
            groups[name.strip()] = known
    return str(parsed["psttext"]).split("\n", 1)[0], groups
