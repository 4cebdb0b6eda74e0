"""Refuses files with secrets that others on this machine can read or change, before any of them is used."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.errors import OperatorProblem

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_private(config: Any, folder: Path) -> None:
    """``config`` is Pywikibot's, as loaded from ``folder``. Raises OperatorProblem with what to type.

    Pywikibot would set the password file right by itself, and nobody would learn that it lay open until then.
    """
    for file in _with_secrets(config, folder):
        if file.stat().st_mode & _OTHERS:
            raise OperatorProblem(
                f"{file} holds a secret and is open to others on this machine: chmod 600 {file}; if others have "
                "accounts here, make a new password or token on the wiki as well."
            )


def _with_secrets(config: Any, folder: Path) -> Iterator[Path]:
    if config.password_file:
        beside = folder / config.password_file
        password = beside if beside.is_file() else Path(config.password_file)
        if password.is_file():
            yield password
    own = folder / "user-config.py"
    if own.is_file():
        tokens = [str(token) for tokens in config.authenticate.values() for token in tokens if token]
        text = own.read_text(encoding="utf-8", errors="replace")
        # Tokens that user-config.py takes from the environment do not stand in it.
        if any(token in text for token in tokens):
            yield own
    # Who has the cookies of a login needs no password.
    yield from sorted(folder.glob("pywikibot*.lwp"))
