"""Logs in through Pywikibot's own files, never by asking, and says in one sentence why that failed."""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

from requests import RequestException

from bot.errors import OperatorProblem
from bot.wiki.live.defaults import QuestionAskedError
from bot.wiki.port import Unreachable


def log_in(pywikibot: ModuleType, site: Any, name: str, account: str) -> None:
    """Logs an account in on a wiki called ``name``; what Pywikibot knew of the account is asked again afterwards.

    Raises OperatorProblem (no password, wrong password, a second factor, an unreadable file) and Unreachable.
    """
    exceptions = pywikibot.exceptions
    login: Any = importlib.import_module("pywikibot.login")
    where = Path(pywikibot.config.base_dir) / "user-config.py"
    try:
        # An OAuth consumer logs in by being sent; asking for a password would not help it.
        if not site.is_oauth_token_available():
            with warnings.catch_warnings():
                # Of a line with too few or too many parts it warns by printing the line, password and all.
                warnings.simplefilter("ignore")
                manager = login.ClientLoginManager(site=site, user=account)
            if not manager.password:
                raise OperatorProblem(
                    f"There is no password for {account} on the wiki {name}: name a password_file in {where} "
                    "(user-config.py.sample shows how)."
                )
            if not manager.login(retry=False):
                raise refused_login(name, account)
        del site.userinfo
        # Asked here, so that whatever goes wrong with it is said as a problem of the login.
        site.userinfo  # noqa: B018 - a property that asks the wiki
    except QuestionAskedError as error:
        raise OperatorProblem(
            f"The wiki {name} asks {account} for more than a password: make a bot password (Special:BotPasswords) "
            "or an owner-only OAuth consumer for the bot."
        ) from error
    except (exceptions.NoUsernameError, exceptions.APIError, RuntimeError) as error:
        raise refused_login(name, account) from error
    except (FileNotFoundError, ValueError, PermissionError, TypeError) as error:
        raise OperatorProblem(
            f"Pywikibot's password file cannot be read ({error}): check password_file in {where}; a line in it reads "
            '("Account", BotPassword("name", "password")).'
        ) from error
    except (exceptions.Error, ConnectionError, RequestException) as error:
        raise Unreachable(f"The wiki {name} did not answer while logging in; try again later.") from error


def refused_login(name: str, account: str) -> OperatorProblem:
    """What is said where the wiki does not know the account by what was sent."""
    return OperatorProblem(
        f"The wiki {name} did not let {account} log in: check account and password (or OAuth tokens) in Pywikibot's "
        "files, and that the account may use the API."
    )
