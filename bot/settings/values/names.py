"""Names of pages, templates and groups, words and patterns, as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2
from pydantic import ValidationInfo

from bot.model import TEMPLATE, WikiInfo
from bot.settings.values.refusal import SPACES, facts, misfit

PATTERN_LIMIT = 200
"""Longest ``/pattern/`` in characters, slashes not counted."""
PATTERN_MEMORY = 1 << 16
"""Bytes that RE2 may use for one pattern, which bounds what ``(a{1,99}){1,9}`` can cost."""

PATTERNS_ON_A_PAGE = 200
"""At most so many patterns on one page: RE2 may take a millisecond for each."""

_BAD_IN_TITLE = re.compile(r"[\x00-\x1f\x7f#<>\[\]{}|\ufffd]|~~~|^\.{1,2}(?:/|$)|%[0-9A-Fa-f]{2}|&[A-Za-z0-9#]+;")
_FIELD = re.compile(r"\{[a-z_]+(?::0?[1-9])?\}")
# The English names of MediaWiki's usual groups (messages group-*), for pages written in English on any wiki.
_ENGLISH_GROUPS = {
    "admin": "sysop",
    "admins": "sysop",
    "administrator": "sysop",
    "administrators": "sysop",
    "sysops": "sysop",
    "bureaucrats": "bureaucrat",
    "bots": "bot",
    "rollbackers": "rollbacker",
    "patrollers": "patroller",
    "interface administrator": "interface-admin",
    "interface administrators": "interface-admin",
    "interface admin": "interface-admin",
    "extended confirmed": "extendedconfirmed",
    "extended confirmed users": "extendedconfirmed",
    "autoconfirmed users": "autoconfirmed",
    "confirmed users": "confirmed",
    "checkusers": "checkuser",
    "oversighters": "suppress",
    "suppressors": "suppress",
    "stewards": "steward",
    "users": "user",
}


def read_text(value: Any) -> str:
    """Take text that is not empty."""
    if isinstance(value, bool):
        raise misfit(f'text; if "{str(value).lower()}" is meant as a word, put it in quotes')
    if not isinstance(value, str) or not value.strip():
        raise misfit("text")
    return value


def _plain_title(value: str) -> str:
    """Take off the brackets that people paste along, and write spaces as MediaWiki does."""
    text = value.strip()
    if text.startswith("[[") and text.endswith("]]"):
        text = text[2:-2].split("|")[0]
    return SPACES.sub(" ", text).strip().removeprefix(":").strip()


def _with_local_namespace(title: str, info: WikiInfo | None) -> str:
    """Write the namespace as the wiki itself does, and the first letter in upper case where that is the rule."""
    prefix, colon, rest = title.partition(":")
    if colon and info is not None:
        wanted = prefix.strip().casefold()
        for namespace in info.namespaces.values():
            if wanted and wanted in (name.casefold() for name in namespace.names):
                rest = rest.strip()
                return f"{namespace.name}:{_upper_first(rest, info)}" if namespace.name else _upper_first(rest, info)
    return _upper_first(title, info)


def _upper_first(text: str, info: WikiInfo | None) -> str:
    """Put the first letter in upper case, where the wiki does so."""
    if text and (info is None or info.first_letter) and len(text[0].upper()) == 1:
        return text[0].upper() + text[1:]
    return text


def read_title(value: Any, context: ValidationInfo) -> str:
    """Read a page title and gives it as the wiki writes it (local namespace, spaces, first letter).

    ``[[X]]`` and underscores are understood. Source of what a title may hold: mediawiki.org Manual:Page_title.
    """
    wanted = 'a page title such as "Project:Incidents"'
    title = _plain_title(read_text(value))
    bad = _BAD_IN_TITLE.search(title)
    if bad:
        raise misfit(f"{wanted}; {bad.group()!r} cannot stand in a title")
    title = _with_local_namespace(title, facts(context))
    if not title or title.endswith(":"):
        raise misfit(f"{wanted}; the name after the colon is missing")
    if len(title.encode()) > 255:
        raise misfit(f"{wanted}; this one is longer than 255 bytes")
    return title


_LONGEST_PATTERN = 1000
"""No title is longer than 255 bytes; fields are longer as they are written."""


def read_title_pattern(value: Any, context: ValidationInfo) -> str:
    """Read a title with fields such as ``{board}`` or ``{month:02}`` in it; which there are, the task knows."""
    text = read_text(value)
    # While the rest is read as a title, characters of the private use area stand for the fields: such as it does not
    # hold itself, of which there are always enough for a text of this length.
    if len(text) > _LONGEST_PATTERN:
        raise misfit('a page title such as "Project:Incidents"; this one is longer than 255 bytes')
    unused = (one for one in map(chr, range(0xE000, 0xF900)) if one not in text)
    stand_ins = dict(zip(dict.fromkeys(_FIELD.findall(text)), unused, strict=False))
    title = read_title(_FIELD.sub(lambda field: stand_ins[field.group()], text), context)
    for field, stand_in in stand_ins.items():
        title = title.replace(stand_in, field)
    return title


def read_template(value: Any, context: ValidationInfo) -> str:
    """Read ``{{X}}``, ``Template:X`` or ``X`` and gives ``X`` as the wiki writes it."""
    wanted = 'the name of a template such as "resolved"'
    text = read_text(value).strip()
    if text.startswith("{{") and text.endswith("}}"):
        text = text[2:-2].split("|")[0]
    text = _plain_title(text)
    info = facts(context)
    names = info.namespaces[TEMPLATE].names if info and TEMPLATE in info.namespaces else ("Template",)
    prefix, colon, rest = text.partition(":")
    if colon and prefix.strip().casefold() in (name.casefold() for name in (*names, "Template")):
        text = rest.strip()
    elif colon:
        return read_title(text, context)
    bad = _BAD_IN_TITLE.search(text)
    if bad:
        raise misfit(f"{wanted}; {bad.group()!r} cannot stand in its name")
    if not text:
        raise misfit(wanted)
    return _upper_first(text, info)


def read_group(value: Any, context: ValidationInfo) -> str:
    """Read a user group: its name in the software (``sysop``), or as the wiki shows it (``Administrators``)."""
    text = SPACES.sub(" ", read_text(value)).strip().casefold()
    info = facts(context)
    shown = {key: name for key, name in (info.messages if info else {}).items() if key.startswith("group-")}
    if f"group-{text}" in shown:
        return text
    for key, name in shown.items():
        if SPACES.sub(" ", name).strip().casefold() == text:
            return key.removeprefix("group-").removesuffix("-member")
    if text in _ENGLISH_GROUPS:
        return _ENGLISH_GROUPS[text]
    if not re.fullmatch(r"[\w-]{1,60}", text):
        raise misfit('the name of a user group such as "sysop" or "extendedconfirmed"')
    return text


def read_namespace(value: Any, context: ValidationInfo) -> str:
    """Read the name of a namespace, local, English or an alias, and give it as the wiki itself does."""
    name = SPACES.sub(" ", read_text(value).replace("_", " ")).strip().rstrip(":").strip()
    info = facts(context)
    if info is None:
        return name
    for namespace in info.namespaces.values():
        if namespace.name and name.casefold() in (one.casefold() for one in namespace.names):
            return namespace.name
    raise misfit('the name of a namespace of this wiki, such as "Project" or "User talk"')


def is_pattern(text: str) -> bool:
    """Whether a mark is written as a pattern (``/…/``) and not as literal words."""
    return len(text) > 2 and text.startswith("/") and text.endswith("/")


def read_words(value: Any) -> str:
    """Take literal words, or a ``/pattern/`` that RE2 understands and that is at most 200 characters long."""
    text = read_text(value)
    if not is_pattern(text):
        return text.strip()
    if len(text) - 2 > PATTERN_LIMIT:
        raise misfit(f"a pattern of at most {PATTERN_LIMIT} characters")
    refusal = _refusal(text[1:-1])
    if refusal:
        raise misfit(refusal)
    return text


# What the defaults say, every board says again: each pattern is tried once.
@lru_cache(maxsize=4 * PATTERNS_ON_A_PAGE)
def _refusal(pattern: str) -> str:
    """Say what is wanted in the place of a pattern, "" where it is fine."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as problem:
        detail = problem.args[0] if problem.args else ""
        said = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
        return f"a pattern that RE2 understands ({said})"
    if compiled.search(""):
        return "a pattern that does not fit everywhere: this one fits even where nothing stands"
    return ""


def one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    """Make a check that a text is one of ``words``."""

    def check(text: str) -> str:
        if text not in words:
            raise misfit("one of " + ", ".join(words))
        return text

    return check
