"""``LiveWiki``: the port on a real MediaWiki, many titles a request, every write sent once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.model import Account, Contribution, Page, PageAction, Revision, User
from bot.reading.facts import MESSAGES, SITEINFO_PROPS
from bot.wiki.live import answers
from bot.wiki.live.actions import page_actions
from bot.wiki.live.defaults import Patience
from bot.wiki.live.opening import open_session
from bot.wiki.live.people import People
from bot.wiki.live.query import Query, can_be_asked, join
from bot.wiki.live.session import ApiError, Session
from bot.wiki.port import Barred, Conflict, Reading, Saved, Write

_REVISION = "ids|timestamp|user|size|contentmodel|sha1"


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
        self._query = Query(session)
        self._people = People(self._query)

    @property
    def requests(self) -> int:
        """HTTP requests sent since opening the wiki began (opening takes none where the login was kept)."""
        return self._session.requests

    def account(self) -> Account:
        """The account as the wiki knew it first; costs no request once anything was read."""
        session = self._session
        return Account(session.account, session.groups, session.rights)

    def facts(self) -> Mapping[str, Any]:
        """The wiki's facts in the form of ``bot.reading.facts``: two requests."""
        query = self._query.ask(
            action="query",
            meta="siteinfo|allmessages",
            siprop="|".join((*SITEINFO_PROPS, "usergroups")),
            ammessages="|".join(MESSAGES),
            # Messages in the wiki's language, not in the one that the account chose for itself.
            uselang="content",
        )
        facts = {key: value for key, value in query["query"].items() if key not in ("tokens", "userinfo")}
        groups = [row["name"] for row in facts.pop("usergroups", ())]
        sample = self._query.ask(
            action="parse",
            pst=1,
            prop="wikitext|text",
            text=answers.questions(groups),
            contentmodel="wikitext",
            disablelimitreport=1,
            uselang="content",
            curtimestamp=1,
        )
        self._people.central = any(row.get("name") == "CentralAuth" for row in facts.get("extensions", ()))
        text, groups_as_shown = answers.answered(sample["parse"])
        return {"query": facts, "sample": {"time": sample["curtimestamp"], "text": text}, "groups": groups_as_shown}

    # -- pages --------------------------------------------------------------------------------------------------

    def read(self, titles: Collection[str], *, text: bool = True) -> Reading:
        """The current revisions of pages; one more request where redirects are among them, to learn their targets."""
        properties = _REVISION + ("|content" if text else "")
        now, pages = None, dict[str, Page]()
        for chunk in self._query.chunks(titles):
            got = list(
                self._query.answers(
                    prop="revisions|info", titles=join(chunk), rvprop=properties, rvslots="main", inprop="protection"
                )
            )
            now = now or _now(got)
            rows = answers.merged_pages(got)
            targets = self._redirect_targets([title for title, row in rows.items() if row.get("redirect")])
            for asked, form in answers.wiki_forms(chunk, got[0].get("query", {})).items():
                pages[asked] = answers.page(rows.get(form, {"title": form}), targets.get(form))
        for title in titles:
            pages.setdefault(title, Page(title))
        return Reading(now or _now([self._query.ask(action="query", curtimestamp=1)]), pages)

    def _redirect_targets(self, titles: list[str]) -> dict[str, str]:
        targets: dict[str, str] = {}
        for chunk in self._query.chunks(titles):
            query = self._query.ask(action="query", titles=join(chunk), redirects=1).get("query", {})
            for row in query.get("redirects", ()):
                targets[row["from"]] = row["to"]
        # A chain of redirects is resolved to its end by MediaWiki, link by link: each page keeps its own target.
        return targets

    def revisions(self, ids: Collection[int]) -> Mapping[int, Page]:
        """Pages as of given revisions, with text; ids that the wiki does not know (deleted pages') are left out."""
        pages: dict[int, Page] = {}
        for chunk in self._query.chunks(map(str, sorted(ids))):
            got = self._query.answers(
                prop="revisions", revids=join(chunk), rvprop=f"{_REVISION}|content", rvslots="main"
            )
            for row in answers.merged_pages(got).values():
                for revision in row.get("revisions", ()):
                    pages[revision["revid"]] = answers.page({**row, "revisions": [revision]})
        return pages

    def history(
        self, title: str, *, since: datetime | None = None, text: bool = False, limit: int | None = None
    ) -> Iterator[Revision]:
        """A page's revisions, newest first; nothing for a page that does not exist."""
        if not can_be_asked(title):
            return
        parameters: dict[str, object] = {
            "prop": "revisions",
            "titles": join([title]),
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
        for chunk in self._query.chunks(titles):
            got = list(self._query.answers(prop="redirects", titles=join(chunk), rdprop="title", rdlimit="max"))
            rows = answers.merged_pages(got)
            for asked, form in answers.wiki_forms(chunk, got[0].get("query", {})).items():
                found[asked] = tuple(row["title"] for row in rows.get(form, {}).get("redirects", ()))
        for title in titles:
            found.setdefault(title, ())
        return found

    def linking(self, title: str, *, namespaces: Collection[int], limit: int) -> tuple[Page, ...]:
        """Pages that link to a title; the list itself, and a request for each batch of them."""
        if not can_be_asked(title) or not namespaces:
            return ()
        parameters: dict[str, object] = {
            "list": "backlinks",
            "bltitle": title,
            "blnamespace": "|".join(map(str, sorted(namespaces))),
            "blfilterredir": "nonredirects",
        }
        # One more: a page that links to itself is among them and does not count.
        found = list(self._entries(parameters, "bllimit", limit + 1, _links_in))
        if not found:
            return ()
        pages = self.read([title, *found], text=False).pages
        others = [pages[one] for one in found if pages[one].title != pages[title].title]
        return tuple(others[:limit])

    def users(self, names: Collection[str]) -> Mapping[str, User]:
        """What the wiki says of these names; locks and renames of the first 50 of a call, once per name."""
        return self._people.users(names)

    def page_actions(self, titles: Collection[str]) -> Mapping[str, PageAction | None]:
        """Who protected or deleted pages; of the first 50 of a call that are protected or not there."""
        return page_actions(self._query, titles)

    # -- writing ------------------------------------------------------------------------------------------------

    def pause(self, pressed: Callable[[], bool]) -> bool:
        """Waits what the operator's ``put_throttle`` asks for before a save, unless time presses."""
        return self._session.wait_to_write(pressed)

    def save(self, write: Write) -> Saved:
        """Saves once. After Doubtful the caller must look on the wiki whether the edit is there."""
        if self._read_only or not self._session.account:
            raise Barred(f"The wiki {self.name} was opened for reading only.")
        if (write.text is None) == (write.section is None):
            raise ValueError("a write takes either the whole text or a new section")
        if not can_be_asked(write.title):
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

    def _entries(self, parameters: Mapping[str, object], key: str, limit: int | None, entries: Any) -> Iterator[Any]:
        left = limit
        if left is not None and left <= 0:
            return
        size = "max" if left is None or left > self._query.batch else left
        for answer in self._query.answers(**parameters, **{key: size}):
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


def _links_in(answer: Mapping[str, Any]) -> Iterator[str]:
    yield from (row["title"] for row in answer.get("query", {}).get("backlinks", ()))


def _failure(edit: Mapping[str, Any]) -> Exception:
    """Extensions of old refuse inside a successful answer: ``{"result": "Failure", "captcha": …}``."""
    told = (key for key in ("captcha", "spamblacklist", "abusefilter") if key in edit)
    return answers.refused(next(told, str(edit.get("code", "hookaborted"))))


def _now(got: Iterable[Mapping[str, Any]]) -> datetime:
    return answers.instant(next(iter(got))["curtimestamp"])


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
