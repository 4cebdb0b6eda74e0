"""Every sentence the bot can say on a wiki, by language, with the community's own words before ours.

The texts stand in ``bot/i18n/LANGUAGE.json``, in MediaWiki's own message format: ``$1`` for parameters,
``{{PLURAL:$1|one|other}}`` with the forms in CLDR's order, ``{{GENDER:$1|he|she|anybody}}``; ``qqq.json`` tells
translators what each is for.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib import resources

from babel import Locale, UnknownLocaleError

# CLDR's plural categories in the order in which MediaWiki takes the forms (Help:Magic words, PLURAL).
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_PLURAL = re.compile(r"\{\{PLURAL:\$(\d)\|([^{}]*)\}\}")
_GENDER = re.compile(r"\{\{GENDER:\$(\d)\|([^{}]*)\}\}")
_PARAMETER = re.compile(r"\$(\d)")
# FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE; MediaWiki keeps both in pages and summaries.
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
# What could be read as markup once it stands in a page: each is written as a character reference instead.
_MARKUP = re.compile(r"[\[\]{}|<>&~'=*#:;_\n\r\t]")


def plain(text: str) -> str:
    """Text from a page made harmless for another page: shown as it is, never expanded, linked or signed."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)


def link(title: str, label: str = "") -> str:
    """A link to a page, shown under a label; files and categories are linked, not embedded or joined."""
    return f"[[:{title}|{label}]]" if label else f"[[:{title}]]"


def stamp(instant: datetime) -> str:
    """An instant as it stands in lists: sortable, the same in every language, and no signature's timestamp."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def isolated(text: str, around: str) -> str:
    """Text kept from disturbing a sentence of the other direction, and from being disturbed by it (Unicode, UAX #9).

    The isolating characters, not ``<bdi>``: the same sentence may stand in a page, a heading or an edit summary, where
    no tag works. In a sentence that runs from the right everything is isolated, since bare digits turn round as well.
    """
    if not text or not (_runs_from_right(around) or _runs_from_right(text)):
        return text
    return f"{_ISOLATE}{text}{_END_ISOLATE}"


def _runs_from_right(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


@cache
def _texts(language: str) -> Mapping[str, str]:
    """The sentences that ship in one language; empty where there is no such file."""
    file = resources.files("bot") / "i18n" / f"{language}.json"
    if not re.fullmatch(r"[a-z][a-z0-9-]*", language) or not file.is_file():
        return {}
    texts: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return {key: text for key, text in texts.items() if not key.startswith("@")}


def keys() -> tuple[str, ...]:
    """The keys of all sentences."""
    return tuple(_texts("en"))


def shipped(language: str) -> Mapping[str, str]:
    """The sentences of one language as they ship, with their parameters open."""
    return _texts(language)


@cache
def _locale(language: str) -> Locale:
    """The plural rules of a language; a language that CLDR does not know counts like English."""
    parts = language.split("-")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("-".join(parts[:length]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def _plural(language: str, number: int, forms: list[str]) -> str:
    """The form that a number takes; with fewer forms than the language has, the last one stands for the rest."""
    locale = _locale(language)
    used = [name for name in _CATEGORIES if name == "other" or name in locale.plural_form.tags]
    return forms[min(used.index(locale.plural_form(number)), len(forms) - 1)]


class Gender(StrEnum):
    """How somebody wants to be spoken of (Special:Preferences); most people never say."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


def _gendered(gender: Gender, forms: list[str]) -> str:
    """The form for somebody; who has not said gets the third, or without one the first (Help:Magic words, GENDER)."""
    place = {Gender.MALE: 0, Gender.FEMALE: 1, Gender.UNKNOWN: 2}[gender]
    return forms[place] if place < len(forms) else forms[0]


@dataclass(frozen=True, slots=True)
class Messages:
    """The sentences in one language, then its fallbacks (the wiki's own chain), then English.

    ``own`` are the community's words from the settings page; they win.
    """

    language: str = "en"
    fallbacks: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        """Whether the sentence exists in words that the wiki's readers chose or read, not only in English."""
        chain = (self.language, *self.fallbacks)
        own_chain = chain if chain[0].split("-")[0] == "en" else tuple(code for code in chain if code != "en")
        return key in self.own or any(key in _texts(code) for code in own_chain)

    def say(self, key: str, *parameters: str | int | Gender) -> str:
        """The sentence with its parameters filled in. Raises KeyError for a key that English lacks.

        Parameters go in as they are: text taken from a page must have gone through ``plain`` or ``link``. A ``$9`` that
        nothing is given for stays as it is: the community's own words must not stop the bot.
        """
        language, text = self._find(key)

        def parameter(number: str) -> str | int | None:
            return parameters[int(number) - 1] if 1 <= int(number) <= len(parameters) else None

        def form(match: re.Match[str]) -> str:
            number = parameter(match[1])
            forms = match[2].split("|")
            return _plural(language, number, forms) if isinstance(number, int) else forms[-1]

        def gendered(match: re.Match[str]) -> str:
            gender = parameter(match[1])
            return _gendered(gender if isinstance(gender, Gender) else Gender.UNKNOWN, match[2].split("|"))

        with_forms = _GENDER.sub(gendered, _PLURAL.sub(form, text))

        def filled(match: re.Match[str]) -> str:
            value = parameter(match[1])
            if value is None:
                return match[0]
            return str(value) if isinstance(value, int) else isolated(value, text)

        return _PARAMETER.sub(filled, with_forms)

    def _find(self, key: str) -> tuple[str, str]:
        """The language that has the sentence, and the sentence."""
        if key in self.own:
            return self.language, self.own[key]
        for language in (self.language, *self.fallbacks, "en"):
            if key in _texts(language):
                return language, _texts(language)[key]
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence before it is said in a language: its key and what goes into it."""

    key: str
    parameters: tuple[str | int, ...] = ()

    def said(self, messages: Messages) -> str:
        """It in the words of a wiki."""
        return messages.say(self.key, *self.parameters)
