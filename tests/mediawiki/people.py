"""The hands of other people on a real MediaWiki: accounts, edits, protection, blocks, deletions, over its API."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import Any

import requests

from bot.messages import Gender
from tests.mediawiki.server import ADMIN, PASSWORD, Server


class ApiProblemError(Exception):
    """The wiki refused what a test wanted to do; the message is its answer."""


class Person:
    """One logged-in account with a session of its own."""

    def __init__(self, api: str, name: str) -> None:
        self.name = name
        self._api = api
        self._session = requests.Session()
        self._token = ""
        self._log_in()

    def _log_in(self) -> None:
        token = self.call(action="query", meta="tokens", type="login")["query"]["tokens"]["logintoken"]
        answer = self.call(
            action="clientlogin",
            username=self.name,
            password=PASSWORD,
            logintoken=token,
            loginreturnurl="http://127.0.0.1/",
        )
        if answer["clientlogin"]["status"] != "PASS":
            raise ApiProblemError(str(answer))

    def call(self, **parameters: object) -> dict[str, Any]:
        """One request to the API. Raises ApiProblemError with the wiki's answer where that is an error."""
        sent = {"format": "json", "formatversion": "2", **{key: str(value) for key, value in parameters.items()}}
        answer: dict[str, Any] = self._session.post(self._api, data=sent, timeout=120).json()
        if "error" in answer:
            raise ApiProblemError(f"{answer['error'].get('code')}: {answer['error'].get('info')}")
        return answer

    def act(self, **parameters: object) -> dict[str, Any]:
        """One request that takes a token, got again where it is outdated."""
        if not self._token:
            self._token = self.call(action="query", meta="tokens")["query"]["tokens"]["csrftoken"]
        return self.call(**parameters, token=self._token)

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
        """Saves the whole page, or adds a section, or puts text at the page's end; the last write wins."""
        parameters: dict[str, object] = {"action": "edit", "title": title, "summary": summary}
        if section is not None:
            parameters |= {"section": "new", "sectiontitle": section, "text": append or ""}
        elif append is not None:
            parameters["appendtext"] = append
        else:
            parameters["text"] = text or ""
        if minor:
            parameters["minor"] = 1
        edit = self.act(**parameters)["edit"]
        if edit["result"] != "Success":
            raise ApiProblemError(str(edit))
        if "newrevid" in edit:
            return int(edit["newrevid"])
        page = self.call(action="query", prop="revisions", titles=title, rvprop="ids")["query"]["pages"][0]
        return int(page["revisions"][0]["revid"])


class People:
    """What administrators and other people do to a wiki during a test."""

    def __init__(self, server: Server) -> None:
        self._api = server.api
        self._server = server
        self._known: dict[str, Person] = {}

    @property
    def admin(self) -> Person:
        """The administrator."""
        return self.as_user(ADMIN)

    def as_user(self, name: str) -> Person:
        """The hands of an existing account."""
        if name not in self._known:
            self._known[name] = Person(self._api, name)
        return self._known[name]

    def add_user(self, name: str, groups: Collection[str] = ()) -> None:
        """Makes an account with these groups; the account must not exist yet."""
        tokens = self.admin.call(action="query", meta="tokens", type="createaccount")["query"]["tokens"]
        answer = self.admin.call(
            action="createaccount",
            username=name,
            password=PASSWORD,
            retype=PASSWORD,
            createtoken=tokens["createaccounttoken"],
            createreturnurl="http://127.0.0.1/",
        )
        if answer["createaccount"]["status"] != "PASS":
            raise ApiProblemError(str(answer))
        if groups:
            self._rights(name, groups)

    def _rights(self, name: str, groups: Collection[str]) -> None:
        token = self.admin.call(action="query", meta="tokens", type="userrights")["query"]["tokens"]["userrightstoken"]
        self.admin.call(action="userrights", user=name, add="|".join(groups), token=token)

    def protect(self, title: str, level: str) -> None:
        """Lets only ``level`` edit or create the page; "" lifts the protection."""
        page = self.admin.call(action="query", titles=title)["query"]["pages"][0]
        what = "create" if page.get("missing") else "edit"
        self.admin.act(action="protect", title=title, protections=f"{what}={level or 'all'}", expiry="infinite")

    def protect_cascading(self, title: str) -> None:
        """Protects a page and all that it transcludes."""
        self.admin.act(action="protect", title=title, protections="edit=sysop", expiry="infinite", cascade=1)

    def set_gender(self, name: str, gender: Gender) -> None:
        """Lets somebody say how they want to be spoken of."""
        self.as_user(name).act(action="options", optionname="gender", optionvalue=gender.value)

    def block(self, name: str, *, pages: Collection[str] = (), no_talk: bool = False) -> None:
        """Blocks an account for good, from everything or from some existing pages only."""
        parameters: dict[str, object] = {"action": "block", "user": name, "expiry": "infinite", "reblock": 1}
        if pages:
            parameters |= {"partial": 1, "pagerestrictions": "|".join(pages)}
        if not no_talk:
            parameters["allowusertalk"] = 1
        self.admin.act(**parameters)

    def unblock(self, name: str) -> None:
        """Ends a block."""
        self.admin.act(action="unblock", user=name)

    def delete(self, title: str) -> None:
        """Deletes a page."""
        self.admin.act(action="delete", title=title)

    def hide(self, revision: int) -> None:
        """Hides text, editor and summary of a revision that is not the current one."""
        answer = self.admin.act(action="revisiondelete", type="revision", ids=revision, hide="content|comment|user")
        if answer["revisiondelete"]["status"] != "Success":
            raise ApiProblemError(str(answer))

    def move(self, title: str, to: str) -> None:
        """Moves a page and leaves a redirect."""
        self.admin.act(action="move", **{"from": title}, to=to)

    def flags(self, revision: int) -> tuple[bool, bool]:
        """Whether a recent revision was marked as minor, and as a bot's."""
        # The list of recent changes is written right after the editor got the answer: asked again until it is there.
        for _ in itertools.repeat(None, 200):
            answer = self.admin.call(action="query", list="recentchanges", rcprop="ids|flags", rclimit="max")
            for row in answer["query"]["recentchanges"]:
                if row["revid"] == revision:
                    return bool(row["minor"]), bool(row["bot"])
        raise ApiProblemError(f"revision {revision} is not among the recent changes")

    def run_jobs(self) -> None:
        """Runs what MediaWiki put off (tags of reverted edits, for one)."""
        self._server.script("runJobs.php")
