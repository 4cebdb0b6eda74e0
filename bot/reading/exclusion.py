"""Whether a page keeps bots away: ``{{bots}}`` and ``{{nobots}}`` (en.wikipedia, Template:Bots)."""

from __future__ import annotations

import re

# What MediaWiki does not transclude: a template named there keeps nobody away.
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(nowiki|pre|syntaxhighlight)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.S | re.I)
_TEMPLATE = re.compile(r"\{\{\s*(?:[Tt]emplate:)?(bots|nobots)\s*(?:\|([^{}]*))?\}\}", re.I)
NOTICES = "boardclerk"
"""The message type that ``{{bots|optout=…}}`` names to turn away this bot's notices."""


def _names(value: str) -> frozenset[str]:
    return frozenset(name.replace("_", " ").strip().casefold() for name in value.split(",") if name.strip())


def _denies(template: str, parameters: dict[str, frozenset[str]], names: frozenset[str]) -> bool:
    """What one template says to an account that goes by these names."""
    if template == "nobots":
        listed = parameters.get("deny", parameters.get("1"))
        return listed is None or bool(listed & (names | {"all"}))
    if "allow" in parameters:
        return not parameters["allow"] & (names | {"all"})
    if parameters.get("deny", frozenset()) & (names | {"all"}):
        return True
    return bool(parameters.get("optout", frozenset()) & {"all", NOTICES})


def excluded(text: str, account: str) -> bool:
    """Whether the page's text turns this account away.

    Names are compared without regard to case and to underscores. Where several templates stand on a page, one that
    turns the account away is enough.
    """
    if "bots" not in text.lower():
        return False
    names = _names(account)
    for match in _TEMPLATE.finditer(_UNSEEN.sub("", text)):
        parameters: dict[str, frozenset[str]] = {}
        for place, part in enumerate(match[2].split("|") if match[2] else (), start=1):
            key, equals, value = part.partition("=")
            parameters[key.strip().lower() if equals else str(place)] = _names(value if equals else part)
        if _denies(match[1].lower(), parameters, names):
            return True
    return False
