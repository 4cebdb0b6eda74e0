"""The embedded wiki as a site: its pages, what people do to them, and the rules that every save meets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Unpack

from bot.model import Revision
from bot.wiki.embedded.community import Community, SiteOptions
from bot.wiki.embedded.store import PageRow, RevisionRow
from bot.wiki.embedded.titles import INTERFACE, Title, content_model, is_address, user_name
from bot.wiki.embedded.transform import WHITE_SPACE, Hand, clean, transform
from bot.wiki.merge import merge
from bot.wiki.port import Barred, Busy, Conflict, Missing, Refused, Saved

MAX_SUMMARY = 500
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


class Site(Community):
    """A wiki in one SQLite file.

    ``spam`` are texts that no edit may add (Extension:SpamBlacklist), ``filters`` are asked about every change and
    answer with a reason to refuse it (Extension:AbuseFilter); both hold for everybody, those with ``sboverride`` too.
    ``read_only`` refuses every save.
    """

    def __init__(self, path: str | Path = ":memory:", **options: Unpack[SiteOptions]) -> None:
        super().__init__(path, **options)
        self.spam: tuple[str, ...] = ()
        self.filters: tuple[Callable[[Change], str | None], ...] = ()
        self.read_only = False
        words = "|".join(map(re.escape, self.language.words("redirect")))
        self._redirect = re.compile(rf"\s*(?:{words})\s*:?\s*\[\[\s*:?([^\]|\n]+)", re.IGNORECASE)

    def as_user(self, name: str) -> Editor:
        """The hands of a person; an account is made at its first use, an IP address needs none."""
        name = user_name(name)
        if not is_address(name) and self.store.account(name) is None:
            self.add_user(name)
        return Editor(self, name)

    # Pages

    def pages(self) -> list[str]:
        """The titles of all pages, sorted."""
        return self.store.titles()

    def current_text(self, title: str) -> str:
        """A page's current text, empty where there is no page."""
        revision = self._current(self.known(title))
        return revision.text if revision else ""

    def page_history(self, title: str) -> list[Revision]:
        """All revisions of a page with their texts, newest first, as an administrator sees them."""
        return [
            Revision(row.id, row.instant, row.editor, row.summary, row.size, row.text, row.hidden, row.reverted)
            for row in self._all(self.known(title).full)
        ]

    def flags(self, revision: int) -> tuple[bool, bool]:
        """Whether a revision was marked as minor, and as a bot's."""
        row = self.store.revision(revision)
        if row is None:
            raise KeyError(revision)
        return row.minor, row.bot

    def protect(self, title: str, level: str, *, by: str = "Admin", until: datetime | None = None) -> None:
        """Protects a page, or a title without a page against creation; the level "" lifts the protection."""
        full = self.known(title).full
        wanted = ("edit", "move") if self.store.page(full) else ("create",)
        levels = dict.fromkeys(wanted, level) if level else {}
        self.store.actions.protect(full, levels, () if level else (*wanted, "create"), until)
        self.store.actions.note("protect", full, by, self.now)

    def delete(self, title: str, *, by: str = "Admin") -> None:
        """Deletes a page and its history."""
        full = self.known(title).full
        self.store.delete_page(full)
        self.store.actions.note("delete", full, by, self.now)

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
        source, target = self.known(title), self.known(to)
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
        self.store.set_model(self.known(title).full, model)

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

    def _template(self, name: str) -> tuple[str, str] | None:
        title = self.titles.template(name)
        revision = self._current(title) if title else None
        if revision is None:
            return None
        target = self.redirect_target(revision.text)
        final = self._current(self.known(target)) if target else revision
        return (final.title, final.text) if final else None

    def _check_rights(self, attempt: Attempt, title: Title, *, exists: bool) -> None:
        rights = self.rights_of(attempt.user)
        account = self.store.account(attempt.user)
        if account and account.locked:
            raise Barred("the account is locked")
        block = self.block_row(attempt.user)
        own_talk = title.full == self.titles.talk_of(attempt.user)
        if block and block.partial and title.full in block.pages:
            raise Refused("rights", "the account is blocked from this page")
        if block and not block.partial and (block.no_talk or not own_talk):
            raise Barred("the account is blocked")
        if "edit" not in rights:
            raise Refused("rights", "the account may not edit")
        level = self.store.actions.protection(title.full, self.now).get("edit" if exists else "create")
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
