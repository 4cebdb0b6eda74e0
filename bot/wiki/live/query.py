"""Queries: lists of values in one request, answers asked on until complete, refusals as the port's errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.wiki.live.session import ApiError, Session
from bot.wiki.port import Barred, Unreachable

# Separates values instead of "|", which a hostile title may hold (https://www.mediawiki.org/wiki/API:Data_formats).
_SEPARATOR = "\x1f"
# How many values a request may name without the right apihighlimits (API:Data formats, "multivalue").
_EVERYBODYS = 50


class Query:
    """Reads one wiki through a session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def batch(self) -> int:
        """How many values a request may name."""
        return 500 if "apihighlimits" in self._session.rights else _EVERYBODYS

    def ask(self, **parameters: object) -> dict[str, Any]:
        """One answer. Raises Unreachable, Busy, or Barred on a wiki that only its members may read."""
        try:
            return self._session.read(**parameters)
        except ApiError as error:
            if error.code == "readapidenied":
                raise Barred(f"The wiki {self._session.name} may only be read when logged in.") from None
            raise Unreachable(f"The wiki {self._session.name} refused to be read ({error.code}).") from None

    def ask_or_none(self, **parameters: object) -> dict[str, Any] | None:
        """One answer, or None where the wiki does not know what was asked for (an extension's list, say)."""
        try:
            return self._session.read(**parameters)
        except ApiError:
            return None

    def answers(self, **parameters: object) -> Iterator[dict[str, Any]]:
        """The answers to one query, asked on until the wiki has said all: it cuts them at its limit of size or number.

        See https://www.mediawiki.org/wiki/API:Continue and ``$wgAPIMaxResultSize`` (8 MB unless set otherwise).
        """
        more: Mapping[str, object] = {}
        while True:
            answer = self.ask(action="query", curtimestamp=1, **{**parameters, **more})
            yield answer
            if "continue" not in answer:
                return
            more = answer["continue"]

    def chunks(self, values: Iterable[str]) -> Iterator[list[str]]:
        """The values that can be asked for at all, without repeats, in lists as long as one request may name."""
        distinct = list(dict.fromkeys(filter(can_be_asked, values)))
        # As few as everybody may name need not wait for the account's rights, which the first answer tells.
        size = _EVERYBODYS if len(distinct) <= _EVERYBODYS else self.batch
        for start in range(0, len(distinct), size):
            yield distinct[start : start + size]


def join(values: Iterable[str]) -> str:
    """Several values of one parameter."""
    return _SEPARATOR + _SEPARATOR.join(values)


def can_be_asked(text: str) -> bool:
    """Whether a title or name can stand in a request; what cannot names nothing on any wiki."""
    return bool(text.strip()) and _SEPARATOR not in text
