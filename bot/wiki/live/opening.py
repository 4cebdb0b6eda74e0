"""Opens a wiki: finds it by family and code or by address, and becomes the account, or nobody.

A login that was kept costs no request: the wiki is held to the account in the first read (``assertuser``), which also
tells the account's groups and rights.
"""

from __future__ import annotations

import importlib
import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from requests import RequestException

from bot.errors import OperatorProblem
from bot.wiki.live.counting import count_requests, requests_so_far
from bot.wiki.live.defaults import Patience, load, set_right
from bot.wiki.live.secrets import check_private
from bot.wiki.live.session import Session
from bot.wiki.port import Unreachable


def open_session(
    name: str, *, site: str, api: str, account: str | None, folder: Path, read_only: bool, patience: Patience
) -> Session:
    """Opens a wiki by Pywikibot family and code, or by the address of its API, and logs in where an account is named.

    Raises OperatorProblem (what the operator can mend) and Unreachable.
    """
    pywikibot = load(folder)
    set_right(pywikibot, patience)
    http: Any = importlib.import_module("pywikibot.comms.http")
    _check_address(name, site, api)
    count_requests(http.session)
    config: Any = pywikibot.config
    if config.simulate and not read_only:
        raise OperatorProblem("Pywikibot's user-config.py sets simulate: remove it; `clerk run --dry-run` does that.")
    if account is not None:
        check_private(config, folder)
    before = requests_so_far()
    usernames, credentials = config.usernames, config.authenticate
    if account is None:
        http.cookie_jar.clear()
        config.usernames, config.authenticate = defaultdict(dict), {}
    try:
        place = _place(pywikibot, name, site, api, account or None)
        if account is None:
            place._oauth_disabled = True  # Pywikibot's own switch: nobody is nobody on later requests, too
        acting = "" if account is None else (place.username() or "")
        session = Session(name, place, pywikibot, patience, acting, before)
        if account is not None and not session.account:
            raise OperatorProblem(
                f"No account is named for the wiki {name}: add usernames[{place.family.name!r}][{place.code!r}] = "
                f"'BotName' to {folder / 'user-config.py'}."
            )
        if not session.account:
            session.look()
        elif not session.login_kept:
            session.login()
    except (pywikibot.exceptions.SiteDefinitionError, json.JSONDecodeError) as error:
        raise Unreachable(
            f"At the address of the wiki {name} answers no MediaWiki API: check site or api in clerk.yaml; "
            "the address ends in api.php."
        ) from error
    except (pywikibot.exceptions.Error, ConnectionError, RequestException) as error:
        raise Unreachable(f"The wiki {name} does not answer: check its address and the network, or wait.") from error
    finally:
        config.usernames, config.authenticate = usernames, credentials
    return session


def _check_address(name: str, site: str, api: str) -> None:
    if bool(site) == bool(api):
        raise OperatorProblem(
            f"The wiki {name} needs either site (like wikipedia:en) or api (the address of its api.php) in clerk.yaml."
        )
    if api and (urlsplit(api).scheme not in ("http", "https") or not urlsplit(api).path.endswith("/api.php")):
        raise OperatorProblem(
            f"The api of the wiki {name} in clerk.yaml must be an address that begins with https:// "
            "and ends in /api.php."
        )


@cache
def _patient_site() -> type[Any]:
    """Pywikibot's class of sites, but that making one takes up the cookies kept and asks the wiki nothing."""
    site: Any = importlib.import_module("pywikibot.site")
    http: Any = importlib.import_module("pywikibot.comms.http")

    class PatientSite(site.APISite):  # type: ignore[misc]  # a class of a library without types
        def login(self, *arguments: Any, cookie_only: bool = False, **named: Any) -> None:
            if cookie_only:
                http.cookie_jar.load(self.username(), ignore_discard=True)
            else:
                super().login(*arguments, **named)

    return PatientSite


def _place(pywikibot: ModuleType, name: str, site: str, api: str, account: str | None) -> Any:
    """Pywikibot's site object, made anew: its cache of sites would keep the login of an earlier session."""
    family_module: Any = importlib.import_module("pywikibot.family")
    if api:
        if not pywikibot.config.family_files.get(name, "http").startswith("http"):
            raise OperatorProblem(
                f"{name} is the name of one of Pywikibot's wiki families: call the wiki something else in clerk.yaml."
            )
        family_module.Family._families[name] = family_module.AutoFamily(name, api)
        family, code = name, name
    else:
        family, _, code = site.partition(":")
        code = code or family
    for key in [key for key in pywikibot._sites if f":{family}:{code}:" in key]:
        del pywikibot._sites[key]
    try:
        placed: Any = pywikibot.Site(code, family, user=account, interface=_patient_site())
    except (pywikibot.exceptions.UnknownFamilyError, pywikibot.exceptions.UnknownSiteError, ValueError) as error:
        raise OperatorProblem(
            f"Pywikibot knows no wiki {site!r}: site in clerk.yaml is a family and a code like wikipedia:en; "
            "for any other wiki give api instead."
        ) from error
    # Its throttle counts from now on, as if the process had just saved. The save before a run's first lies behind a
    # lease and a schedule.
    placed.throttle.last_write = 0.0
    return placed
