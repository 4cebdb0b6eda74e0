"""``LiveWiki``: the port on a real MediaWiki, many titles a request, every write sent once."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.model import Account, Contribution, Page, Revision, User
from bot.reading.facts import MESSAGES, SITEINFO_PROPS
from bot.wiki.live import answers
from bot.wiki.live.defaults import Patience
from bot.wiki.live.session import ApiError, Session, open_session
from bot.wiki.port import Barred, Conflict, Reading, Saved, Unreachable, Write

_REVISION = "ids|timestamp|user|size|contentmodel|sha1"
# Locks and renames are asked for one name a request; a reader that names more people than this is not after notices.
_SINGLE_LOOKUPS = 50
# Separates values instead of "|", which a hostile title may hold (https://www.mediawiki.org/wiki/API:Data_formats).
_SEPARATOR = "\x1f"


def open_wiki(
    name: str,
    *,
    site: str = "",
    api: str = "",
    account: str | None,
    folder: Path,
    read_only: bool = False,
    patience: Patience = Patience(),  # noqa: B008 - frozen
) -> LiveWiki:
    """Opens a wiki by Pywikibot family and code (``wikipedia:en``) or by the address of its API.

    ``account`` None reads as nobody, "" takes the account that user-config.py names for this wiki. ``folder`` holds
    Pywikibot's files (user-config.py, passwords, cookies, caches). Raises OperatorProblem where the operator's files
    are wrong, Unreachable where no wiki answers.
    """
    session = open_session(
        name, site=site, api=api, account=account, folder=folder, read_only=read_only, patience=patience
    )
    return LiveWiki(session, read_only=read_only)


class LiveWiki:
    """A real MediaWiki through Pywikibot's login, families, throttle and HTTP session."""

    def __init__(self, session: Session, *, read_only: bool = False) -> None:
        self.name = session.name
        self._session = session
        self._read_only = read_only
        self._locks: dict[str, bool] = {}
        self._renames: dict[str, str | None] = {}
        self._central: bool | None = None
        self._rename_log = True

    @property
    def requests(self) -> int:
        """HTTP requests sent since opening the wiki began (opening takes one where the login was kept)."""
        return self._session.requests

    def account(self) -> Account:
        """The account as the wiki knew it when opened; costs no request."""
        session = self._session
        return Account(session.account, session.groups, session.rights)

    def facts(self) -> Mapping[str, Any]:
        """The wiki's facts in the form of ``bot.reading.facts``: two requests."""
        query = self._read(
            action="query",
            meta="siteinfo|allmessages",
            siprop="|".join(SITEINFO_PROPS),
            ammessages="|".join(MESSAGES),
            # Messages in the wiki's language, not in the one that the account chose for itself.
            uselang="content",
            amenableparser=1,
        )
        sample = self._read(
            action="parse", onlypst=1, text="~~~~~", contentmodel="wikitext", uselang="content", curtimestamp=1
        )
        facts = {key: value for key, value in query["query"].items() if key not in ("tokens", "userinfo")}
        self._central = any(row.get("name") == "CentralAuth" for row in facts.get("extensions", ()))
        return {"query": facts, "sample": {"time": sample["curtimestamp"], "text": sample["parse"]["text"]}}

    # -- pages --------------------------------------------------------------------------------------------------

    def read(self, titles: Collection[str], *, text: bool = True) -> Reading:
        """The current revisions of pages; one more request where redirects are among them, to learn their targets."""
        properties = _REVISION + ("|content" if text else "")
        now, pages = None, dict[str, Page]()
        for chunk in answers.chunks(filter(_can_be_asked, titles), self.account().batch):
            got = list(
                self._continued(
                    prop="revisions|info", titles=_join(chunk), rvprop=properties, rvslots="main", inprop="protection"
                )
            )
            now = now or _now(got)
            rows = answers.merged_pages(got)
            targets = self._redirect_targets([title for title, row in rows.items() if row.get("redirect")])
            for asked, form in answers.wiki_forms(chunk, got[0].get("query", {})).items():
                pages[asked] = answers.page(rows.get(form, {"title": form}), targets.get(form))
        for title in titles:
            pages.setdefault(title, Page(title))
        return Reading(now or _now([self._read(action="query", curtimestamp=1)]), pages)

    def _redirect_targets(self, titles: list[str]) -> dict[str, str]:
        targets: dict[str, str] = {}
        for chunk in answers.chunks(titles, self.account().batch):
            query = self._read(action="query", titles=_join(chunk), redirects=1).get("query", {})
            for row in query.get("redirects", ()):
                targets[row["from"]] = row["to"]
        # A chain of redirects is resolved to its end by MediaWiki, link by link: each page keeps its own target.
        return targets

    def revisions(self, ids: Collection[int]) -> Mapping[int, Page]:
        """Pages as of given revisions, with text; ids that the wiki does not know (deleted pages') are left out."""
        pages: dict[int, Page] = {}
        for chunk in answers.chunks(map(str, sorted(ids)), self.account().batch):
            got = self._continued(prop="revisions", revids=_join(chunk), rvprop=f"{_REVISION}|content", rvslots="main")
            for row in answers.merged_pages(got).values():
                for revision in row.get("revisions", ()):
                    pages[revision["revid"]] = answers.page({**row, "revisions": [revision]})
        return pages

    def history(
        self, title: str, *, since: datetime | None = None, text: bool = False, limit: int | None = None
    ) -> Iterator[Revision]:
        """A page's revisions, newest first; nothing for a page that does not exist."""
        if not _can_be_asked(title):
            return
        parameters: dict[str, object] = {
            "prop": "revisions",
            "titles": _join([title]),
            "rvprop": "ids|timestamp|user|comment|size|tags|sha1" + ("|content" if text else ""),
            "rvslots": "main",
        }
        if since is not None:
            parameters["rvend"] = _timestamp(since)
        yield from self._entries(parameters, "rvlimit", limit, _revisions_in)

    def contributions(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Contribution]:
        """The bot account's own edits, newest first; nothing when not logged in."""
        if not self._session.account:
            return
        parameters: dict[str, object] = {
            "list": "usercontribs",
            "ucuser": self._session.account,
            "ucprop": "ids|title|timestamp|comment|flags|tags",
        }
        if since is not None:
            parameters["ucend"] = _timestamp(since)
        yield from self._entries(parameters, "uclimit", limit, _contributions_in)

    def redirects(self, titles: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """For each title, the titles of the redirects that lead to it."""
        found: dict[str, tuple[str, ...]] = {}
        for chunk in answers.chunks(filter(_can_be_asked, titles), self.account().batch):
            got = list(self._continued(prop="redirects", titles=_join(chunk), rdprop="title", rdlimit="max"))
            rows = answers.merged_pages(got)
            for asked, form in answers.wiki_forms(chunk, got[0].get("query", {})).items():
                found[asked] = tuple(row["title"] for row in rows.get(form, {}).get("redirects", ()))
        for title in titles:
            found.setdefault(title, ())
        return found

    # -- people -------------------------------------------------------------------------------------------------

    def users(self, names: Collection[str]) -> Mapping[str, User]:
        """What the wiki says of these names.

        Locks (on wikis with CentralAuth) and renames are only to be had one name a request: they are asked for the
        first 50 registered, or unknown, names of a call, once per name.
        """
        found: dict[str, User] = {}
        for chunk in answers.chunks(filter(_can_be_asked, names), self.account().batch):
            answer = self._read(
                action="query",
                list="users",
                ususers=_join(chunk),
                usprop="groups|editcount|registration|blockinfo|tempexpired",
            )
            rows = {row["name"]: row for row in answer["query"]["users"]}
            for asked in chunk:
                row = rows.get(asked) or rows.get(answers.canonical_user(asked)) or {"name": asked}
                found[asked] = answers.user(row)
        self._look_closer(found)
        for name in names:
            found.setdefault(name, User(name, registered=False))
        return found

    def _look_closer(self, found: dict[str, User]) -> None:
        """Adds what blocks forbid, global locks and new names to what was found."""
        blocked = {user.name: asked for asked, user in found.items() if user.block is not None}
        for chunk in answers.chunks(blocked, self.account().batch):
            got = self._continued(list="blocks", bkusers=_join(chunk), bkprop="user|flags", bklimit="max")
            for row in (row for answer in got for row in answer["query"]["blocks"]):
                asked = blocked.get(row.get("user", ""))
                block = found[asked].block if asked is not None else None
                if asked is not None and block is not None and not row.get("allowusertalk"):
                    found[asked] = replace(found[asked], block=replace(block, no_talk=True))
        unknown = [asked for asked, user in found.items() if not user.registered and not _is_address(user.name)]
        for asked in unknown[:_SINGLE_LOOKUPS]:
            found[asked] = replace(found[asked], renamed_to=self._renamed(found[asked].name))
        known = [asked for asked, user in found.items() if user.registered and not user.bot]
        if known and self._has_central_auth():
            for asked in known[:_SINGLE_LOOKUPS]:
                found[asked] = replace(found[asked], locked=self._locked(found[asked].name))

    def _has_central_auth(self) -> bool:
        if self._central is None:
            rows = self._read(action="query", meta="siteinfo", siprop="extensions")["query"].get("extensions", ())
            self._central = any(row.get("name") == "CentralAuth" for row in rows)
        return self._central

    def _locked(self, name: str) -> bool:
        if name not in self._locks:
            info = self._read(action="query", meta="globaluserinfo", guiuser=name)["query"].get("globaluserinfo", {})
            self._locks[name] = bool(info.get("locked"))
        return self._locks[name]

    def _renamed(self, name: str) -> str | None:
        """The newest name in the rename log, None where there is none or the wiki keeps no such log."""
        if name not in self._renames and self._rename_log and _can_be_title(name):
            try:
                answer = self._session.read(
                    action="query", list="logevents", letype="renameuser", letitle=f"User:{name}", lelimit=1
                )
            except ApiError:
                # MediaWiki before 1.40 without the Renameuser extension does not know this log.
                self._rename_log = False
                return None
            rows = answer["query"].get("logevents", ())
            self._renames[name] = (rows[0].get("params", {}) if rows else {}).get("newuser")
        return self._renames.get(name)

    # -- writing ------------------------------------------------------------------------------------------------

    def save(self, write: Write) -> Saved:
        """Saves once. After Doubtful the caller must look on the wiki whether the edit is there."""
        if self._read_only or not self._session.account:
            raise Barred(f"The wiki {self.name} was opened for reading only.")
        if (write.text is None) == (write.section is None):
            raise ValueError("a write takes either the whole text or a new section")
        if not _can_be_asked(write.title):
            raise answers.refused("invalidtitle")
        try:
            answer = self._session.write(**self._edit(write))
        except ApiError as error:
            raise answers.edit_error(error) from None
        edit = answer.get("edit", {})
        if edit.get("result") != "Success":
            raise _failure(edit)
        if edit.get("nochange"):
            return self._unchanged(write.title)
        return Saved(edit["newrevid"], edit["oldrevid"], answers.instant(edit["newtimestamp"]))

    def _edit(self, write: Write) -> dict[str, object]:
        parameters: dict[str, object] = {
            "action": "edit",
            "title": write.title,
            "summary": write.summary,
            # Pywikibot's default is minor, which keeps the person from being told of a new message.
            ("minor" if write.minor else "notminor"): 1,
            # Its default recreates a page that was deleted meanwhile.
            ("nocreate" if write.base else "createonly"): 1,
            "watchlist": "nochange",
        }
        if write.base:
            # No basetimestamp: with it MediaWiki lets an account overwrite its own newer edit without a conflict.
            parameters["baserevid"] = write.base
        if write.bot and "bot" in self._session.rights:
            parameters["bot"] = 1
        if write.section is not None:
            # sectiontitle and summary both, or MediaWiki makes the summary from the heading and misses duplicates.
            parameters |= {"section": "new", "sectiontitle": write.section_heading, "text": write.section}
        else:
            parameters["text"] = write.text
        return parameters

    def _unchanged(self, title: str) -> Saved:
        page = self.read([title], text=False).pages[title]
        if not page.exists or page.instant is None:
            raise Conflict("The page was deleted right after the wiki found the text unchanged.")
        return Saved(page.revision, page.revision, page.instant, changed=False)

    def close(self) -> None:
        """Lets go of connections and of the place in Pywikibot's throttle file."""
        self._session.close()

    # -- requests -----------------------------------------------------------------------------------------------

    def _read(self, **parameters: object) -> dict[str, Any]:
        try:
            return self._session.read(**parameters)
        except ApiError as error:
            if error.code == "readapidenied":
                raise Barred(f"The wiki {self.name} may only be read when logged in.") from None
            raise Unreachable(f"The wiki {self.name} refused to be read ({error.code}).") from None

    def _continued(self, **parameters: object) -> Iterator[dict[str, Any]]:
        """The answers to a query, asked on until the wiki has said all (it cuts answers at its size limit)."""
        more: Mapping[str, object] = {}
        while True:
            answer = self._read(action="query", curtimestamp=1, **{**parameters, **more})
            yield answer
            if "continue" not in answer:
                return
            more = answer["continue"]

    def _entries(self, parameters: Mapping[str, object], key: str, limit: int | None, entries: Any) -> Iterator[Any]:
        left = limit
        if left is not None and left <= 0:
            return
        size = "max" if left is None or left > self.account().batch else left
        for answer in self._continued(**parameters, **{key: size}):
            for entry in entries(answer):
                yield entry
                if left is not None:
                    left -= 1
                    if not left:
                        return


def _revisions_in(answer: Mapping[str, Any]) -> Iterator[Revision]:
    for row in answer.get("query", {}).get("pages", ()):
        yield from map(answers.revision, row.get("revisions", ()))


def _contributions_in(answer: Mapping[str, Any]) -> Iterator[Contribution]:
    yield from map(answers.contribution, answer.get("query", {}).get("usercontribs", ()))


def _failure(edit: Mapping[str, Any]) -> Exception:
    """Extensions of old refuse inside a successful answer: ``{"result": "Failure", "captcha": …}``."""
    told = (key for key in ("captcha", "spamblacklist", "abusefilter") if key in edit)
    return answers.refused(next(told, str(edit.get("code", "hookaborted"))))


def _now(got: Iterable[Mapping[str, Any]]) -> datetime:
    return answers.instant(next(iter(got))["curtimestamp"])


def _join(values: Iterable[str]) -> str:
    return _SEPARATOR + _SEPARATOR.join(values)


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _can_be_asked(text: str) -> bool:
    return bool(text.strip()) and _SEPARATOR not in text


def _can_be_title(name: str) -> bool:
    return not any(char in name for char in "#<>[]|{}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False
    return True
