"""One wiki's API through Pywikibot: login, patient reads, writes that are sent once, and a count of all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from requests import Request, RequestException, Response
from requests.cookies import get_cookie_header
from requests.exceptions import JSONDecodeError

from bot.errors import OperatorProblem
from bot.wiki.live.counting import requests_so_far
from bot.wiki.live.defaults import Patience
from bot.wiki.live.login import log_in, refused_login
from bot.wiki.live.sending import Wire, never_sent
from bot.wiki.port import Barred, Busy, Doubtful, Unreachable, WikiError

_LOGGED_OUT = ("assertuserfailed", "assertnameduserfailed", "notloggedin")


# How soon a process that waits hears that it shall end, in seconds.
_SLICE = 0.2


class ApiError(Exception):
    """The wiki answered with an error: its code and the whole error object."""

    def __init__(self, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Session:
    """A wiki's API as one account, or as nobody where ``account`` is empty.

    ``groups`` and ``rights`` are those of the account when the wiki first told of them: in the first query's answer, or
    when asked for before it.
    """

    def __init__(
        self, name: str, site: Any, pywikibot: ModuleType, patience: Patience, account: str, before: Mapping[str, int]
    ) -> None:
        self.name = name
        self.account = account
        self.patience = patience
        self._groups: frozenset[str] = frozenset()
        self._rights: frozenset[str] = frozenset()
        self._known = False
        self._site = site
        self._pywikibot = pywikibot
        self._wire = Wire(site)
        self._token = ""
        self._pressed = False
        self._begun = before.get(self._address, 0)

    @property
    def groups(self) -> frozenset[str]:
        """The account's groups; asks the wiki where it has not told yet."""
        self._get_known()
        return self._groups

    @property
    def rights(self) -> frozenset[str]:
        """The account's rights; asks the wiki where it has not told yet."""
        self._get_known()
        return self._rights

    @property
    def requests(self) -> int:
        """HTTP requests sent to this wiki's API since opening it began."""
        return requests_so_far().get(self._address, 0) - self._begun

    @property
    def _address(self) -> str:
        return str(self._site.base_url(self._site.apipath()))

    # -- reading ------------------------------------------------------------------------------------------------

    def read(self, **parameters: object) -> dict[str, Any]:
        """One read, repeated with growing waits where that can help.

        Raises ApiError for what the wiki refuses, Busy for lag, Unreachable for the network, Barred when logged out.
        """
        if parameters.get("action") == "query" and self.account:
            parameters = self._with_own_questions(parameters)
        problem: WikiError = Unreachable(f"The wiki {self.name} did not answer; try the next run.")
        relogin, known = bool(self.account), self._known
        for attempt in range(self.patience.retries + 1):
            if attempt:
                self._pause(attempt)
            try:
                answer = self._once(parameters, write=False)
            except (Doubtful, _NotSent):
                problem = Unreachable(
                    f"The wiki {self.name} did not answer (time-out, cut connection or server error), "
                    f"{attempt + 1} times: look whether it is up, or wait for the next run."
                )
                continue
            except Busy as busy:
                problem = busy
                continue
            except ApiError as error:
                if error.code in _LOGGED_OUT and relogin:
                    relogin = False
                    # What is wrong with a login never seen to work is said as it is, with what to do.
                    self._login_again() if known else self.login()
                    continue
                if error.code.startswith("internal_api_error"):
                    problem = Unreachable(f"The wiki {self.name} reports an error of its own ({error.code}).")
                    continue
                if error.code in _LOGGED_OUT:
                    raise self._logged_out() from error
                raise
            self._token = _token_in(answer) or self._token
            if "userinfo" in answer.get("query", {}):
                self._take(answer["query"]["userinfo"])
            return answer
        raise problem

    def _with_own_questions(self, parameters: dict[str, object]) -> dict[str, object]:
        """A query with what the session must know beside it: that costs nothing here, and a request alone."""
        asked = {"meta": [str(parameters["meta"])] if parameters.get("meta") else []}
        more: dict[str, object] = {}
        if not self._token:
            asked["meta"].append("tokens")
            more["type"] = "csrf"
        if not self._known:
            asked["meta"].append("userinfo")
            more["uiprop"] = "groups|rights"
        if not more:
            return parameters
        return {**more, **parameters, "meta": "|".join(asked["meta"])}

    def write(self, **parameters: object) -> dict[str, Any]:
        """One write, sent once.

        It is sent again only after the wiki said in so many words that it did nothing because of an outdated token, a
        lost login, or lag. Raises ApiError, Busy (nothing done), Barred, or Doubtful (no clear answer).
        """
        mended = False
        for attempt in range(self.patience.retries + 1):
            if attempt:
                self._pause(attempt)
            try:
                return self._once({**parameters, "token": self._csrf()}, write=True)
            except Lagged:
                continue
            except ApiError as error:
                if error.code not in (*_LOGGED_OUT, "badtoken") or mended:
                    raise
                mended = True
                self._token = ""
                if error.code != "badtoken":
                    self._login_again()
        raise Busy(f"The databases of the wiki {self.name} lag behind; nothing was saved, try the next run.")

    def wait_to_write(self, pressed: Callable[[], bool]) -> bool:
        """Waits until Pywikibot's throttle lets the next write pass; when ``pressed``, that one passes at once."""
        waited = False
        while (left := float(self._site.throttle.waittime(write=True))) > 0 and not pressed():
            # In slices: a signal interrupts no sleep.
            time.sleep(min(left, _SLICE))
            waited = True
        self._pressed = pressed()
        return waited

    def _csrf(self) -> str:
        if not self._token:
            try:
                self.read(action="query")
            except Unreachable as error:
                raise Busy(f"The wiki {self.name} does not answer; nothing was saved.") from error
        if not self._token:
            raise self._logged_out()
        return self._token

    def _once(self, parameters: Mapping[str, object], *, write: bool) -> dict[str, Any]:
        """Sends one request once. Doubtful where it may have arrived, Busy where it was turned away."""
        sent: dict[str, object] = {"format": "json", "formatversion": 2, "maxlag": self.patience.lag, **parameters}
        if self.account:
            # The bot acts as itself or not at all: a session that ran out would edit under an IP address.
            sent |= {"assert": "user", "assertuser": self.account}
        throttle = self._site.throttle
        if throttle.retry_after > self.patience.longest_wait:
            throttle.retry_after = 0
            raise Busy(f"The wiki {self.name} asks for a longer pause than this run may wait; try the next run.")
        if write and self._pressed:
            self._pressed = False
        else:
            throttle(write=write)
        try:
            words = {key: str(value) for key, value in sent.items()}
            response = self._wire.tell(words) if write else self._wire.ask(words)
        except (
            ConnectionError,
            RequestException,
            self._pywikibot.exceptions.ServerError,
            self._pywikibot.exceptions.Client414Error,
        ) as error:
            raise self._no_answer(error) from None
        except self._pywikibot.exceptions.FatalServerError:
            problem = f"The certificate or the address of the wiki {self.name} is not valid; look at clerk.yaml."
            raise (Busy(f"{problem} Nothing was saved.") if write else Unreachable(problem)) from None
        return self._understand(response, write=write)

    def _no_answer(self, error: Exception) -> WikiError:
        """What it means that no answer came: never sent, or perhaps done."""
        if never_sent(error):
            return _NotSent(f"The wiki {self.name} cannot be reached over the network; nothing was saved.")
        return Doubtful(f"The wiki {self.name} gave no clear answer: what was sent may or may not have been done.")

    def _understand(self, response: Response, *, write: bool) -> dict[str, Any]:
        try:
            answer = response.json()
        except JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            if response.status_code == 429:
                raise Busy(f"The wiki {self.name} refuses so many requests; nothing was saved, try the next run.")
            if write:
                raise Doubtful(f"The wiki {self.name} answered with something that is not JSON after a write.")
            raise Unreachable(
                f"At the address of the wiki {self.name} answers no MediaWiki API (HTTP {response.status_code}): "
                "check site or api in clerk.yaml; the address ends in api.php."
            )
        if "error" not in answer:
            return answer
        details: dict[str, Any] = answer["error"]
        code = str(details.get("code", "unknown"))
        if code == "maxlag":
            raise Lagged(f"The databases of the wiki {self.name} lag behind.")
        if code in ("ratelimited", "readonly", "actionthrottledtext"):
            raise Busy(f"The wiki {self.name} takes nothing at the moment ({code}); nothing was saved.")
        raise ApiError(code, details)

    def _pause(self, attempt: int) -> None:
        wanted = max(self.patience.wait * 2 ** (attempt - 1), float(self._site.throttle.retry_after))
        # Waited here, once: the throttle would wait for Retry-After a second time.
        self._site.throttle.retry_after = 0
        self._pywikibot.sleep(min(wanted, self.patience.longest_wait))

    # -- login --------------------------------------------------------------------------------------------------

    def _logged_out(self) -> Barred:
        return Barred(f"The bot is not logged in on the wiki {self.name} and could not log in again.")

    def _login_again(self) -> None:
        self._token = ""
        try:
            self.login()
        except (OperatorProblem, Unreachable) as error:
            raise self._logged_out() from error

    def login(self) -> None:
        """Logs in with what Pywikibot's files hold. Raises OperatorProblem, with what to do, and Unreachable."""
        log_in(self._pywikibot, self._site, self.name, self.account)
        self.look()

    def look(self) -> None:
        """Takes name, groups and rights from what Pywikibot asked the wiki. Raises OperatorProblem for another name."""
        self._take(self._site.userinfo)

    def _take(self, info: Mapping[str, Any]) -> None:
        self._groups = frozenset(info.get("groups", ()))
        self._rights = frozenset(info.get("rights", ()))
        if self.account and info.get("name") != self.account:
            raise refused_login(self.name, self.account)
        self._known = True

    def _get_known(self) -> None:
        if not self._known:
            try:
                self.read(action="query")
            except ApiError as error:
                raise Unreachable(f"The wiki {self.name} refused to be read ({error.code}).") from None

    @property
    def login_kept(self) -> bool:
        """Whether Pywikibot holds OAuth tokens or cookies for the wiki; the first read tells whether they hold."""
        if self._wire.oauth:
            return True
        asked = Request("POST", self._address).prepare()
        header: str | None = get_cookie_header(self._wire.http.cookie_jar, asked)  # type: ignore[no-untyped-call]  # requests' stubs leave this function out
        return header is not None

    def close(self) -> None:
        """Lets go of the process's entry in Pywikibot's throttle file and of idle connections."""
        self._site.throttle.drop()
        self._wire.http.session.close()


class _NotSent(Busy):
    """No connection was made."""


class Lagged(Busy):
    """The wiki's databases lag: it did nothing, and asks to be asked again a little later."""


def _token_in(answer: Mapping[str, Any]) -> str:
    token = str(answer.get("query", {}).get("tokens", {}).get("csrftoken", ""))
    return "" if token == "+\\" else token  # noqa: S105 - what MediaWiki gives to those who are not logged in
