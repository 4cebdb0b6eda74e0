"""Loads Pywikibot from one folder and sets right what it does by default that would hurt, each with its reason."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from bot import __version__
from bot.errors import OperatorProblem


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a wiki; all in seconds but ``retries`` (per request).

    ``wait`` doubles with each retry up to ``longest_wait``, which also bounds what a wiki may ask for by Retry-After.
    ``lag`` is the replication lag above which the wiki shall refuse us
    (https://www.mediawiki.org/wiki/Manual:Maxlag_parameter). ``between_reads`` and ``between_writes`` are Pywikibot's
    ``minthrottle`` and ``put_throttle``; None leaves what the operator's user-config.py says.
    """

    retries: int = 3
    wait: float = 5.0
    longest_wait: float = 60.0
    connect: float = 6.05
    answer: float = 45.0
    lag: int = 5
    between_reads: float | None = None
    between_writes: float | None = None


# What Pywikibot takes for OAuth, and the modules of its own that use it.
_OAUTH = {"mwoauth": "pywikibot.login", "requests_oauthlib": "pywikibot.comms.http"}


class QuestionAskedError(Exception):
    """Pywikibot wanted to ask a person something; nobody is there to answer."""


class _Silence:
    """Pywikibot's user interface: says nothing (its messages hold texts and addresses) and never reads the terminal."""

    def argvu(self) -> list[str]:
        return ["clerk"]

    def flush(self) -> None:
        return None

    def init_handlers(self, *_: object, **__: object) -> None:
        return None

    def output(self, *_: object, **__: object) -> None:
        return None

    def input(self, *_: object, **__: object) -> NoReturn:
        raise QuestionAskedError

    def input_choice(self, *_: object, **__: object) -> NoReturn:
        raise QuestionAskedError

    def input_list_choice(self, *_: object, **__: object) -> NoReturn:
        raise QuestionAskedError


@contextmanager
def _command_line(folder: Path) -> Iterator[None]:
    """Pywikibot reads sys.argv when imported: it must see the folder, and none of the options meant for us."""
    before = sys.argv
    sys.argv = ["clerk", f"-dir:{folder}"]
    try:
        yield
    finally:
        sys.argv = before


@contextmanager
def _without_oauth() -> Iterator[None]:
    """Pywikibot loads what OAuth takes wherever it is installed: a fifth of its own start, and few use it."""
    absent = [name for name in _OAUTH if name not in sys.modules]
    # The import system's own way to say that there is no such module; Pywikibot goes on without it.
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # typeshed knows no None there
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def _give_oauth() -> None:
    """Hands Pywikibot what OAuth takes, now that user-config.py names tokens."""
    for name, user in _OAUTH.items():
        setattr(importlib.import_module(user), name, importlib.import_module(name))


def load(folder: Path) -> ModuleType:
    """Pywikibot with the user-config.py of this folder, or with none where there is no such file.

    Raises OperatorProblem where the folder is missing or not writable, or its user-config.py cannot be run.
    """
    folder = folder.resolve()
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise OperatorProblem(
            f"The folder {folder} for Pywikibot's files (user-config.py, cookies, caches) is missing or cannot be "
            "written: make it, or start the command where you may write."
        )
    try:
        with _command_line(folder), warnings.catch_warnings(), _without_oauth():
            # What it warns of (a misspelled variable, say) is said by `clerk doctor`, not into the log of every run.
            warnings.simplefilter("ignore")
            config = importlib.import_module("pywikibot.config")
            if Path(config.base_dir).resolve() != folder:
                # Emptied first: it takes names that are there already for imports, and would pass over user-config.py.
                for name in [name for name in vars(config) if not name.startswith("__")]:
                    delattr(config, name)
                importlib.reload(config)
            pywikibot = importlib.import_module("pywikibot")
            http = importlib.import_module("pywikibot.comms.http")
    # user-config.py is a program that Pywikibot executes: these are the ways in which people get one wrong.
    except (SyntaxError, NameError, AttributeError, TypeError, ValueError, LookupError, ImportError, OSError) as error:
        raise OperatorProblem(
            f"Pywikibot cannot read {folder / 'user-config.py'}: {type(error).__name__}: {error}. "
            "Mend the file; user-config.py.sample shows what it takes."
        ) from error
    if config.authenticate:
        _give_oauth()
    # A second site object in one process reads this file and takes its absence for an error.
    (folder / "throttle.ctrl").touch()
    if getattr(http.cookie_jar, "boardclerk_folder", folder) != folder:
        http.cookie_jar.clear()
    http.cookie_jar.boardclerk_folder = folder
    return pywikibot


def set_right(pywikibot: ModuleType, patience: Patience) -> None:
    """Overrides Pywikibot's defaults. What belongs to one request (minor, bot, baserevid …) is set where it is sent."""
    config: Any = pywikibot.config
    # Output and questions: a captcha or a missing password would wait for a person for ever.
    interface: Any = importlib.import_module("pywikibot.bot")
    interface.ui = _Silence()
    # Its log tells of failed requests with address and traceback: its handlers are never made, nothing passes.
    importlib.import_module("pywikibot.logging")._init_routines.clear()
    log = logging.getLogger("pywiki")
    log.setLevel(logging.CRITICAL + 1)
    log.propagate = False
    # Libraries below it tell of addresses (titles, and so names, stand in them) and of OAuth's headers.
    for name in ("urllib3", "oauthlib", "requests_oauthlib"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    config.solve_captcha = False
    # No log files: they would hold page texts and names, and fill the tool's network folder.
    config.log = []
    # 15 retries of up to two minutes are more than half an hour; these hold for start-up and login, which alone go
    # through Pywikibot's own request loop. Ours (session.py) bounds itself and never sends a write twice.
    config.max_retries = min(patience.retries, 2)
    config.retry_wait = min(patience.wait, 5.0)
    config.retry_max = min(patience.longest_wait, 10.0)
    config.socket_timeout = (patience.connect, patience.answer)
    # Non-interactive tools ask for maxlag=5 on reads as well (API:Etiquette); Pywikibot allows 30 there.
    config.read_maxlag = config.write_maxlag = patience.lag
    if patience.between_reads is not None:
        config.minthrottle = patience.between_reads
    if patience.between_writes is not None:
        config.put_throttle = patience.between_writes
    # Pywikibot would cut what the operator asked for down to a minute, and say nothing.
    config.maxthrottle = max(config.maxthrottle, config.put_throttle)
    # Rewrites unrelated wikitext on every save: what the bot moves is moved verbatim.
    config.cosmetic_changes = False
    # Wikimedia's User-Agent policy wants tool, version and a contact; Pywikibot adds the account's page, and what the
    # operator's user-config.py says (user_agent_description) stays.
    own = f"Boardclerk/{__version__}"
    described = config.user_agent_description or ""
    if own not in described:
        config.user_agent_description = f"{own}; {described}" if described else own
