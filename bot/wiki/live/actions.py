"""What administrators did to pages: who protected or deleted them and for how long, from the wiki's logs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from bot.model import PageAction
from bot.wiki.live import answers
from bot.wiki.live.query import Query, join

# The logs tell of one title a request: who names more pages than this is not after help.
_SINGLE_LOOKUPS = 50
# A page's newest entries may be of moves of its protection, which say no level.
_ENTRIES = 10


def page_actions(query: Query, titles: Collection[str]) -> Mapping[str, PageAction | None]:
    """What stands of each page as asked: one request for all, one more for each that is protected or not there."""
    found: dict[str, PageAction | None] = dict.fromkeys(titles)
    looked = 0
    for chunk in query.chunks(titles):
        answer = query.ask(action="query", prop="info", inprop="protection", titles=join(chunk))
        rows = {row["title"]: row for row in answer["query"].get("pages", ())}
        for asked, form in answers.wiki_forms(chunk, answer["query"]).items():
            row = rows.get(form, {"invalid": True})
            protection = _protection(row)
            if looked < _SINGLE_LOOKUPS and (protection is not None or _gone(row)):
                looked += 1
                found[asked] = _protected(query, form, protection) if protection is not None else _deleted(query, form)
    return found


def _gone(row: Mapping[str, Any]) -> bool:
    return bool(row.get("missing")) and not row.get("invalid") and not row.get("special")


def _protection(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The protection against edits, or against creation; what comes down from another page stands in no log of this."""
    wanted = "create" if row.get("missing") else "edit"
    return next((one for one in row.get("protection", ()) if one["type"] == wanted and "source" not in one), None)


def _protected(query: Query, title: str, protection: Mapping[str, Any]) -> PageAction | None:
    entries = _entries(query, title, letype="protect", lelimit=_ENTRIES)
    entry = next((one for one in entries if one.get("action") in ("protect", "modify")), None)
    if entry is None:
        return None
    until = answers.end_of(protection["expiry"])
    return PageAction(entry.get("user", ""), answers.instant(entry["timestamp"]), protection["level"], until)


def _deleted(query: Query, title: str) -> PageAction | None:
    entries = _entries(query, title, leaction="delete/delete", lelimit=1)
    return PageAction(entries[0].get("user", ""), answers.instant(entries[0]["timestamp"])) if entries else None


def _entries(query: Query, title: str, **which: object) -> list[Mapping[str, Any]]:
    """The newest entries of a log about a page, those left out whose action or title is hidden."""
    answer = query.ask(action="query", list="logevents", letitle=title, leprop="type|user|timestamp", **which)
    return [one for one in answer["query"].get("logevents", ()) if "timestamp" in one and not one.get("actionhidden")]
