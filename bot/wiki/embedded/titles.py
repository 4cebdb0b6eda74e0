"""Page titles and user names in the wiki's normal form (Manual:Title.php, Manual:$wgCapitalLinks)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.model import TEMPLATE, USER, USER_TALK

INTERFACE = 8
MAX_TITLE_BYTES = 255
_INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e]")
_SPACES = re.compile("[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_ILLEGAL = re.compile(
    r"[\x00-\x1f\x7f<>\[\]{}|\ufffd]|%[0-9A-Fa-f]{2}|&[A-Za-z0-9\x80-\U0010ffff]+;|~~~|^\.{1,2}/|/\.{1,2}/|/\.{1,2}$"
)
_ILLEGAL_NAME = re.compile(r"[#<>\[\]{}|/@:=]")


@dataclass(frozen=True, slots=True)
class Title:
    """A title in normal form: its namespace's number, and the whole title with the namespace's local name."""

    namespace: int
    full: str
    text: str


class Titles:
    """The rules for titles of one wiki, made from its namespaces and their aliases."""

    def __init__(self, query: Mapping[str, Any]) -> None:
        self._local: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        for space in query["namespaces"].values():
            self._local[space["id"]] = space["name"]
            for name in (space["name"], space.get("canonical", "")):
                self._numbers[name.lower()] = space["id"]
        for entry in query["namespacealiases"]:
            self._numbers[entry["alias"].lower()] = entry["id"]
        self._numbers.pop("", None)

    def title(self, asked: str, default: int = 0) -> Title | None:
        """The normal form, None where no page can have this title. A fragment (``#…``) is dropped."""
        text = _tidy(asked)
        namespace = default
        if text.startswith(":"):
            text, namespace = text[1:].strip(), 0
        prefix, colon, rest = text.partition(":")
        number = self._numbers.get(prefix.strip().lower()) if colon else None
        if number is not None:
            namespace, text = number, rest.strip()
        text = text.partition("#")[0].strip()
        if not text or text.startswith(":") or text in {".", ".."} or _ILLEGAL.search(text) or namespace < 0:
            return None
        if len(text.encode()) > MAX_TITLE_BYTES:
            return None
        text = _capital(text)
        return Title(namespace, self.full(namespace, text), text)

    def full(self, namespace: int, text: str) -> str:
        """A title with its namespace's local name."""
        name = self._local[namespace]
        return f"{name}:{text}" if name else text

    def template(self, asked: str) -> Title | None:
        """The page that ``{{asked}}`` means: a template unless another namespace is named."""
        return self.title(asked, TEMPLATE)

    def talk_of(self, user: str) -> str:
        """A user's talk page."""
        return self.full(USER_TALK, user)

    def page_of(self, user: str) -> str:
        """A user's page."""
        return self.full(USER, user)


def user_name(asked: str) -> str:
    """A user name in normal form; what no account can be called comes back tidied only."""
    name = _tidy(asked)
    return name.upper() if is_address(name) else _capital(name)


def is_account_name(name: str) -> bool:
    """Whether an account can have this name."""
    return bool(name) and not _ILLEGAL_NAME.search(name) and not is_address(name)


def is_address(name: str) -> bool:
    """Whether it is an IP address, that is, somebody without an account."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def content_model(title: Title) -> str:
    """The content model that a new page gets from its title (Manual:ContentHandler)."""
    if title.namespace in {USER, INTERFACE} and (title.namespace == INTERFACE or "/" in title.text):
        for suffix, model in ((".js", "javascript"), (".css", "css"), (".json", "json")):
            if title.text.endswith(suffix):
                return model
    return "wikitext"


def _tidy(asked: str) -> str:
    return _SPACES.sub(" ", _INVISIBLE.sub("", asked)).strip()


def _capital(text: str) -> str:
    # One letter stays one letter: MediaWiki leaves "ß" alone.
    first = text[:1].upper()
    return first + text[1:] if len(first) == 1 else text
