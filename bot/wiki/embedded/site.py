"""The embedded wiki as a site: its clock, its people, what they do to it, and the rules that every save meets."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypedDict, Unpack

from bot.model import Block, Revision, User
from bot.wiki.embedded.language import Language
from bot.wiki.embedded.store import AccountRow, BlockRow, PageRow, RevisionRow, Store, read, written
from bot.wiki.embedded.titles import INTERFACE, Title, content_model, is_account_name, is_address, user_name
from bot.wiki.embedded.transform import WHITE_SPACE, Hand, clean, transform
from bot.wiki.merge import merge
from bot.wiki.port import Barred, Busy, Conflict, Missing, Refused, Saved

START = datetime(2026, 1, 1, tzinfo=UTC)
MAX_SUMMARY = 500
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
_LEVEL_RIGHTS = {"sysop": "editprotected", "autoconfirmed": "editsemiprotected"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One save on its way, by anybody. ``base`` None: the last write wins; 0: the page must not exist yet."""

    user: str
    title: str
    summary: str
    text: str | None = None
    section: str | None = None
    heading: str = ""
    base: int | None = None
    minor: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a filter gets to see: who wants to turn which text of which page into which."""

    user: str
    title: str
    old: str
    new: str
    summary: str


@dataclass(frozen=True, slots=True)
class Editor:
    """The hands of one person on the embedded wiki."""

    site: Site
    name: str

    def edit(
        self,
        title: str,
        text: str | None = None,
        *,
        section: str | None = None,
        append: str | None = None,
        summary: str = "",
        minor: bool = False,
    ) -> int:
        """Saves the whole page (``text``), adds ``append`` under a new heading ``section``, or at the end.

        The last write wins, as for somebody who has just opened the page. Returns the id of the page's revision.
        """
        if text is None and append is None:
            raise ValueError("an edit needs the page's text, or text to append")
        if text is None and section is None:
            old = self.site.current_text(title)
            text = f"{old}\n{append}" if old else append
        attempt = Attempt(self.name, title, summary, text, minor=minor)
        if text is None:
            attempt = replace(attempt, section=append, heading=section or "")
        return self.site.attempt(attempt).revision


class SiteOptions(TypedDict, total=False):
    """How a wiki is made: ``language`` ["en"], name, IANA ``zone`` [the language's], size limit, first instant."""

    language: str
    site_name: str
    zone: str
    max_page_bytes: int
    now: datetime


class Site:
    """A wiki in one SQLite file. The clock stands still until somebody moves it.

    An existing file keeps its language, name, zone, size limit and clock. ``spam`` are texts that no edit may add
    (Extension:SpamBlacklist), ``filters`` are asked about every change and answer with a reason to refuse it
    (Extension:AbuseFilter); both hold for everybody. ``read_only`` refuses every save. New accounts are autoconfirmed
    once they have ``autoconfirm_edits`` edits and are ``autoconfirm_after`` old.
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
        self.spam: tuple[str, ...] = ()
        self.filters: tuple[Callable[[Change], str | None], ...] = ()
        self.read_only = False
        self.autoconfirm_edits = 0
        self.autoconfirm_after = timedelta(0)
        words = "|".join(map(re.escape, self.language.words("redirect")))
        self._redirect = re.compile(rf"\s*(?:{words})\s*:?\s*\[\[\s*:?([^\]|\n]+)", re.IGNORECASE)

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

    def as_user(self, name: str) -> Editor:
        """The hands of a person; an account is made at its first use, an IP address needs none."""
        name = user_name(name)
        if not is_address(name) and self.store.account(name) is None:
            self.add_user(name)
        return Editor(self, name)

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
        titles = tuple(self._known(page).full for page in pages)
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
        row = self._block_row(name)
        if row is None:
            return None
        return Block(row.blocker, row.since, row.until, partial=row.partial, no_talk=row.no_talk)

    def _block_row(self, name: str) -> BlockRow | None:
        row = self.store.block(name)
        return row if row is not None and (row.until is None or row.until > self.now) else None

    # Pages

    def pages(self) -> list[str]:
        """The titles of all pages, sorted."""
        return self.store.titles()

    def current_text(self, title: str) -> str:
        """A page's current text, empty where there is no page."""
        revision = self._current(self._known(title))
        return revision.text if revision else ""

    def page_history(self, title: str) -> list[Revision]:
        """All revisions of a page with their texts, newest first, as an administrator sees them."""
        return [
            Revision(row.id, row.instant, row.editor, row.summary, row.size, row.text, row.hidden, row.reverted)
            for row in self._all(self._known(title).full)
        ]

    def flags(self, revision: int) -> tuple[bool, bool]:
        """Whether a revision was marked as minor, and as a bot's."""
        row = self.store.revision(revision)
        if row is None:
            raise KeyError(revision)
        return row.minor, row.bot

    def protect(self, title: str, level: str, *, actions: Collection[str] = ("edit", "move")) -> None:
        """Protects a page, or a title without a page against creation; the level "" lifts the protection."""
        full = self._known(title).full
        wanted = tuple(actions) if self.store.page(full) else ("create",)
        self.store.protect(full, dict.fromkeys(wanted, level) if level else {}, () if level else (*wanted, "create"))

    def delete(self, title: str) -> None:
        """Deletes a page and its history."""
        self.store.delete_page(self._known(title).full)

    def hide(self, revision: int) -> None:
        """Hides a revision's text, editor and summary; the current revision of a page cannot be hidden."""
        row = self.store.revision(revision)
        if row is None:
            raise KeyError(revision)
        page = self.store.page(row.title)
        if page and page.latest == revision:
            raise ValueError("the current revision of a page cannot be hidden")
        self.store.hide(revision)

    def move(self, title: str, to: str, *, by: str = "Admin") -> None:
        """Moves a page with its history and leaves a redirect."""
        source, target = self._known(title), self._known(to)
        moved = self.store.page(source.full)
        if moved is None or self.store.page(target.full) is not None:
            raise ValueError("a page can be moved only where it is and to where none is")
        summary = f"moved [[{source.full}]] to [[{target.full}]]"
        text = self.current_text(title)
        with self.store.transaction():
            self.store.rename_page(source.full, target.full)
            # The moved page gets a revision that says so, the old title a redirect.
            self._put(replace(moved, title=target.full), Attempt(by, to, summary), text)
            left = self.store.make_page(source.full, "wikitext")
            self._put(left, Attempt(by, title, summary), f"{self.language.words('redirect')[0]} [[{target.full}]]")

    def run_jobs(self) -> None:
        """Nothing: this wiki puts nothing off. For tests that also run where something is."""

    def set_model(self, title: str, model: str) -> None:
        """Gives an existing page another content model."""
        self.store.set_model(self._known(title).full, model)

    def _known(self, title: str) -> Title:
        found = self.titles.title(title)
        if found is None:
            raise ValueError(f"no page can be called {title!r}")
        return found

    def _current(self, title: Title) -> RevisionRow | None:
        page = self.store.page(title.full)
        return self.store.revision(page.latest) if page else None

    def _all(self, full: str) -> Iterator[RevisionRow]:
        before = 2**62
        while rows := self.store.history(full, before=before, count=500, text=True):
            yield from rows
            before = rows[-1].id

    # Saving

    def attempt(self, attempt: Attempt) -> Saved:
        """Saves as MediaWiki does (ApiEditPage, EditPage), or raises what the API would answer."""
        if self.read_only:
            raise Busy("the wiki is read-only; try again later")
        title = self.titles.title(attempt.title)
        if title is None:
            raise Refused("title", "no page can have this title; correct the title")
        with self.store.transaction():
            page = self.store.page(title.full)
            if attempt.base == 0 and page:
                raise Conflict("the page exists already")
            if attempt.base and not page:
                raise Missing("the page does not exist")
            self._check_rights(attempt, title, exists=page is not None)
            self._check_size(attempt.text if attempt.text is not None else attempt.section or "")
            current = self.store.revision(page.latest) if page else None
            wanted = self._wanted(attempt, current)
            new = self._transformed(wanted, title, attempt.user, page)
            self._check_content(attempt, title, current.text if current else "", new)
            if current and new == current.text:
                return Saved(current.id, current.id, current.instant, changed=False)
            row = page or self.store.make_page(title.full, content_model(title))
            number = self._put(row, attempt, new)
            return Saved(number, row.latest, self.now)

    def _put(self, page: PageRow, attempt: Attempt, text: str) -> int:
        rights = self.rights_of(attempt.user)
        revision = RevisionRow(
            id=0,
            page=page.id,
            title=page.title,
            parent=page.latest,
            instant=self.now,
            editor=attempt.user,
            summary=_summary(attempt),
            text=text,
            size=0,
            minor=attempt.minor and page.latest > 0 and "minoredit" in rights,
            bot=attempt.bot and "bot" in rights,
            hidden=False,
            reverted=False,
        )
        redirect = self.redirect_target(text) if page.model == "wikitext" else None
        return self.store.add_revision(page, revision, redirect)

    def redirect_target(self, text: str) -> str | None:
        """Where a text leads, None where it is no redirect."""
        found = self._redirect.match(text)
        title = self.titles.title(found[1]) if found else None
        return title.full if title else None

    def _wanted(self, attempt: Attempt, current: RevisionRow | None) -> str:
        """The text to be saved, merged with what others saved since the base. Raises Conflict where that fails."""
        given = clean(attempt.text if attempt.text is not None else attempt.section or "")
        if current is None:
            return given if attempt.section is None else _with_section("", attempt.heading, given)
        stale = bool(attempt.base) and attempt.base != current.id
        if attempt.section is not None:
            again = current.editor == attempt.user and current.summary == _summary(attempt)
            if not (stale and again):
                return _with_section(current.text, attempt.heading, given)
            # The same account's section under the same summary stands there: MediaWiki takes it for one sent twice.
        if not stale:
            return given
        base = self.store.revision(attempt.base or 0)
        if base is None or base.hidden:
            raise Conflict("the revision that the edit was made from is gone")
        # A new section is put under what stands there now even so (``WikiPage::replaceSectionAtRev``).
        ours = given if attempt.section is None else _with_section(current.text, attempt.heading, given)
        merged = merge(base.text, ours, current.text)
        if merged is None:
            raise Conflict("somebody else's edit overlaps this one")
        return merged

    def _transformed(self, text: str, title: Title, user: str, page: PageRow | None) -> str:
        if (page.model if page else content_model(title)) != "wikitext":
            return clean(text)
        hand = Hand(
            signature=self.language.signature(user),
            timestamp=self.language.timestamp(self.now),
            page_name=title.text,
            full_page_name=title.full,
            user=user,
            template=self._template,
            subst=self.language.words("subst") + self.language.words("safesubst"),
        )
        return transform(text, hand)

    def _template(self, name: str) -> str | None:
        title = self.titles.template(name)
        revision = self._current(title) if title else None
        if revision is None:
            return None
        target = self.redirect_target(revision.text)
        final = self._current(self._known(target)) if target else revision
        return final.text if final else None

    def _check_rights(self, attempt: Attempt, title: Title, *, exists: bool) -> None:
        rights = self.rights_of(attempt.user)
        account = self.store.account(attempt.user)
        if account and account.locked:
            raise Barred("the account is locked")
        block = self._block_row(attempt.user)
        own_talk = title.full == self.titles.talk_of(attempt.user)
        if block and block.partial and title.full in block.pages:
            raise Refused("rights", "the account is blocked from this page")
        if block and not block.partial and (block.no_talk or not own_talk):
            raise Barred("the account is blocked")
        if "edit" not in rights:
            raise Refused("rights", "the account may not edit")
        level = self.store.protection(title.full).get("edit" if exists else "create")
        if level and not {_LEVEL_RIGHTS.get(level, level), "editprotected"} & rights:
            raise Refused("protected", f"the page is protected: only {level} may edit it")
        if title.namespace == INTERFACE and "editinterface" not in rights:
            raise Refused("protected", "the page is part of the wiki's interface")

    def _check_size(self, text: str) -> None:
        if len(text.encode()) > self.max_page_bytes:
            raise Refused("size", f"the page would be larger than the wiki's limit of {self.max_page_bytes} bytes")

    def _check_content(self, attempt: Attempt, title: Title, old: str, new: str) -> None:
        self._check_size(new)
        if any(new.count(word) > old.count(word) for word in self.spam):
            raise Refused("spam", "the text adds a link that the wiki's blacklist forbids")
        for ask in self.filters:
            reason = ask(Change(attempt.user, title.full, old, new, attempt.summary))
            if reason is not None:
                raise Refused("filter", f"a filter of the wiki refuses the edit: {reason}")


def _with_section(text: str, heading: str, section: str) -> str:
    """The page with a new section at its end (``WikitextContent::replaceSection``)."""
    subject = f"== {heading} ==\n\n" if heading else ""
    return f"{text}\n\n{subject}{section}" if text.strip(WHITE_SPACE) else subject + section


def _summary(attempt: Attempt) -> str:
    return " ".join(clean(attempt.summary).split("\n"))[:MAX_SUMMARY]
