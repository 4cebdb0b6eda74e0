"""The embedded wiki's clock and people: accounts, groups and rights, blocks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict, Unpack

from bot.messages import Gender
from bot.model import Block, User
from bot.wiki.embedded.actions import read, written
from bot.wiki.embedded.language import Language
from bot.wiki.embedded.store import AccountRow, BlockRow, Store
from bot.wiki.embedded.titles import Title, is_account_name, is_address, user_name

START = datetime(2026, 1, 1, tzinfo=UTC)
# What the groups may do here, as far as the bot could notice (Manual:$wgGroupPermissions).
_RIGHTS = {
    "*": frozenset({"read"}),
    "user": frozenset({"edit", "createpage", "createtalk", "minoredit", "move"}),
    "autoconfirmed": frozenset({"autoconfirmed", "editsemiprotected"}),
    "bot": frozenset({"bot", "autoconfirmed", "editsemiprotected", "nominornewtalk", "apihighlimits"}),
    "sysop": frozenset(
        {"editprotected", "editsemiprotected", "autoconfirmed", "editinterface", "block", "delete", "protect"}
        | {"deletedtext", "apihighlimits", "extendedconfirmed"}
    ),
    "interface-admin": frozenset({"editinterface"}),
    "extendedconfirmed": frozenset({"extendedconfirmed"}),
}


class SiteOptions(TypedDict, total=False):
    """How a wiki is made: ``language`` ["en"], name, IANA ``zone`` [the language's], size limit, first instant."""

    language: str
    site_name: str
    zone: str
    max_page_bytes: int
    now: datetime


class Community:
    """Who is there and what time it is, kept in one SQLite file. The clock stands still until somebody moves it.

    An existing file keeps its language, name, zone, size limit and clock. Accounts are autoconfirmed once they have
    ``autoconfirm_edits`` edits and are ``autoconfirm_after`` old.
    """

    def __init__(self, path: str | Path = ":memory:", **options: Unpack[SiteOptions]) -> None:
        self.store = Store(path)
        given = {
            "language": options.get("language", "en"),
            "site_name": options.get("site_name", "Wiki"),
            "zone": options.get("zone", ""),
            "size": str(options.get("max_page_bytes", 2 * 1024 * 1024)),
        }
        with self.store.transaction():
            kept = {name: self._keep(name, value) for name, value in given.items()}
            self._keep("now", written(options.get("now", START)))
        self.language = Language(
            kept["language"], site_name=kept["site_name"], zone=kept["zone"], max_page_bytes=int(kept["size"])
        )
        self.max_page_bytes = int(kept["size"])
        self.titles = self.language.titles
        self.autoconfirm_edits = 0
        self.autoconfirm_after = timedelta(0)

    def _keep(self, name: str, value: str) -> str:
        kept = self.store.setting(name)
        if kept is None:
            self.store.set_setting(name, value)
        return value if kept is None else kept

    # The clock

    @property
    def now(self) -> datetime:
        """The wiki's own instant."""
        return read(self.store.setting("now") or "")

    def set_now(self, instant: datetime) -> None:
        """Sets the wiki's clock (to the second)."""
        self.store.set_setting("now", written(instant))

    def advance(self, span: timedelta) -> datetime:
        """Lets time pass; returns the new instant."""
        self.set_now(self.now + span)
        return self.now

    # People

    def add_user(
        self, name: str, groups: Collection[str] = (), *, edits: int = 0, since: datetime | None = None
    ) -> None:
        """Makes an account, or changes one; ``edits`` are those made before, ``since`` is its registration [now]."""
        name = user_name(name)
        if not is_account_name(name):
            raise ValueError(f"no account can be called {name!r}")
        self.store.put_account(AccountRow(name, frozenset(groups), edits, since or self.now))

    def mark_user(
        self,
        name: str,
        *,
        locked: bool = False,
        temporary: bool = False,
        expired: bool = False,
        renamed_to: str | None = None,
    ) -> None:
        """Says that an account is locked on all wikis, temporary, run out, or has another name now."""
        account = self.store.account(user_name(name))
        if account is None:
            raise KeyError(name)
        marks = replace(account, locked=locked, temporary=temporary, expired=expired, renamed_to=renamed_to)
        self.store.put_account(marks)

    def set_gender(self, name: str, gender: Gender) -> None:
        """Lets somebody say how they want to be spoken of."""
        account = self.store.account(user_name(name))
        if account is None:
            raise KeyError(name)
        self.store.put_account(replace(account, gender=gender))

    def block(
        self,
        name: str,
        *,
        by: str = "Admin",
        until: datetime | None = None,
        pages: Collection[str] = (),
        partial: bool = False,
        no_talk: bool = False,
    ) -> None:
        """Blocks somebody from now on; ``pages`` makes it a partial block from these pages."""
        titles = tuple(self.known(page).full for page in pages)
        row = BlockRow(user_name(name), by, self.now, until, titles, partial or bool(titles), no_talk)
        self.store.put_block(row)

    def unblock(self, name: str) -> None:
        """Ends a block."""
        self.store.lift_block(user_name(name))

    def user(self, asked: str) -> User:
        """What the wiki says of a name."""
        name = user_name(asked)
        account = self.store.account(name)
        if account is None:
            return User(name, registered=False, block=self._block_of(name))
        return User(
            name,
            groups=self.groups_of(name),
            edits=account.edits + self.store.count_edits(name),
            since=account.since,
            block=self._block_of(name),
            locked=account.locked,
            temporary=account.temporary,
            expired=account.expired,
            renamed_to=account.renamed_to,
            gender=account.gender,
        )

    def groups_of(self, name: str) -> frozenset[str]:
        """The groups of a name, with those that everybody is in unasked, as the API lists them."""
        account = self.store.account(name)
        if account is None:
            return frozenset({"*"})
        groups = account.groups | {"*", "user"}
        old = account.since is None or self.now - account.since >= self.autoconfirm_after
        enough = account.edits + self.store.count_edits(name) >= self.autoconfirm_edits
        return groups | {"autoconfirmed"} if old and enough else groups

    def rights_of(self, name: str) -> frozenset[str]:
        """What a name may do."""
        rights: set[str] = {"edit", "createpage", "createtalk"} if is_address(name) else set()
        return frozenset(rights.union(*(_RIGHTS.get(group, {group}) for group in self.groups_of(name))))

    def _block_of(self, name: str) -> Block | None:
        row = self.block_row(name)
        if row is None:
            return None
        return Block(row.blocker, row.since, row.until, partial=row.partial, no_talk=row.no_talk)

    def block_row(self, name: str) -> BlockRow | None:
        """The block of a name that is in force, with the pages it is about."""
        row = self.store.block(name)
        return row if row is not None and (row.until is None or row.until > self.now) else None

    def known(self, title: str) -> Title:
        """A title in normal form. Raises ValueError where no page can have it."""
        found = self.titles.title(title)
        if found is None:
            raise ValueError(f"no page can be called {title!r}")
        return found
