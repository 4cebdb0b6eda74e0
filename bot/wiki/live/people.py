"""What a wiki says of users: groups, blocks, global locks, new names."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.model import User
from bot.wiki.live import answers
from bot.wiki.live.query import Query, join

# Locks and renames are to be had for one name a request only: who names more people than this is not after notices.
_SINGLE_LOOKUPS = 50


class People:
    """Looks users up, many a request; what takes a request a name is asked once per name."""

    def __init__(self, query: Query) -> None:
        self.central: bool | None = None
        """Whether the wiki has global accounts (CentralAuth); None while nobody asked."""
        self._query = query
        self._locks: dict[str, bool] = {}
        self._renames: dict[str, str | None] = {}
        self._rename_log = True

    def users(self, names: Collection[str]) -> Mapping[str, User]:
        """What the wiki says of these names, keyed as asked."""
        found: dict[str, User] = {}
        for chunk in self._query.chunks(names):
            answer = self._query.ask(
                action="query",
                list="users",
                ususers=join(chunk),
                usprop="groups|editcount|registration|blockinfo|tempexpired|gender",
                # Of the bot itself: whether the wiki answers this tells whether it has global accounts.
                **({"meta": "globaluserinfo"} if self.central is None else {}),
            )
            self.central = "globaluserinfo" in answer["query"] if self.central is None else self.central
            rows = {row["name"]: row for row in answer["query"]["users"]}
            for asked in chunk:
                row = rows.get(asked) or rows.get(answers.canonical_user(asked)) or {"name": asked}
                found[asked] = answers.user(row)
        self._add_talk_blocks(found)
        self._add_renames(found)
        self._add_locks(found)
        for name in names:
            found.setdefault(name, User(name, registered=False))
        return found

    def _add_talk_blocks(self, found: dict[str, User]) -> None:
        """``list=users`` does not say whether a block forbids the user's own talk page, too."""
        free = set()
        for chunk in self._query.chunks(user.name for user in found.values() if user.block is not None):
            for answer in self._query.answers(list="blocks", bkusers=join(chunk), bkprop="user|flags", bklimit="max"):
                free |= {row.get("user") for row in answer["query"]["blocks"] if row.get("allowusertalk")}
        for asked, user in found.items():
            if user.block is not None and user.name not in free:
                found[asked] = replace(user, block=replace(user.block, no_talk=True))

    def _add_renames(self, found: dict[str, User]) -> None:
        unknown = [asked for asked, user in found.items() if not user.registered and _can_be_account(user.name)]
        for asked in unknown[:_SINGLE_LOOKUPS]:
            found[asked] = replace(found[asked], renamed_to=self._renamed(found[asked].name))

    def _renamed(self, name: str) -> str | None:
        """The newest name in the rename log, None where there is none or the wiki keeps no such log."""
        if name not in self._renames and self._rename_log:
            answer = self._query.ask_or_none(
                action="query", list="logevents", letype="renameuser", letitle=f"User:{name}", lelimit=1
            )
            # MediaWiki before 1.40 without the Renameuser extension does not know this log.
            self._rename_log = answer is not None
            rows = answer["query"].get("logevents", ()) if answer is not None else ()
            self._renames[name] = (rows[0].get("params", {}) if rows else {}).get("newuser")
        return self._renames.get(name)

    def _add_locks(self, found: dict[str, User]) -> None:
        known = [asked for asked, user in found.items() if user.registered and not user.bot]
        for asked in known[:_SINGLE_LOOKUPS] if self.central else ():
            found[asked] = replace(found[asked], locked=self._locked(found[asked].name))

    def _locked(self, name: str) -> bool:
        if name not in self._locks:
            answer = self._query.ask(action="query", meta="globaluserinfo", guiuser=name)
            self._locks[name] = bool(answer["query"].get("globaluserinfo", {}).get("locked"))
        return self._locks[name]


def _can_be_account(name: str) -> bool:
    """Whether an account may ever have had this name: no IP address or range, no character that a title forbids."""
    if any(char in name for char in "#<>[]|{}/@:"):
        return False
    try:
        ipaddress.ip_network(name, strict=False)
    except ValueError:
        return True
    return False
