"""What the embedded wiki says of itself and how it signs, in English and in German."""

from __future__ import annotations

import copy
import json
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from bot.reading.facts import LONG_MONTHS, SHORT_MONTHS
from bot.wiki.embedded.titles import Titles, is_address

_FILES = {"en": ("bot.reading", "english.json"), "de": ("bot.wiki.embedded", "german.json")}
LANGUAGES = tuple(_FILES)


@cache
def _answer(language: str) -> Any:
    package, name = _FILES[language]
    return json.loads(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


class Language:
    """One wiki's language, name, time zone and limits, and what follows from them."""

    def __init__(self, language: str, *, site_name: str, zone: str, max_page_bytes: int) -> None:
        if language not in _FILES:
            raise ValueError(f"the embedded wiki speaks {' and '.join(LANGUAGES)}, not {language!r}")
        self.code = language
        self._facts: dict[str, Any] = copy.deepcopy(_answer(language))
        query = self._facts["query"]
        old_name = query["namespaces"]["4"]["name"]
        for number in ("4", "5"):
            space = query["namespaces"][number]
            space["name"] = space["name"].replace(old_name, site_name, 1)
        self.zone: str = zone or query["general"]["timezone"]
        query["general"].update(sitename=site_name, timezone=self.zone, maxarticlesize=max_page_bytes)
        self.titles = Titles(query)
        self._messages: dict[str, str] = {entry["name"]: entry["content"] for entry in query["allmessages"]}
        self._words: dict[str, tuple[str, ...]] = {
            entry["name"]: tuple(entry["aliases"]) for entry in query["magicwords"]
        }
        self._special: dict[str, str] = {
            entry["realname"]: entry["aliases"][0] for entry in query["specialpagealiases"]
        }

    def facts(self, now: datetime) -> dict[str, Any]:
        """The API's answers as of ``now``, in the form that a real wiki gives them."""
        facts = copy.deepcopy(self._facts)
        instant = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        offset = now.astimezone(ZoneInfo(self.zone)).utcoffset()
        facts["query"]["general"].update(time=instant, timeoffset=int(offset.total_seconds() // 60) if offset else 0)
        facts["sample"] = {"time": instant, "text": self.timestamp(now)}
        return facts

    def words(self, name: str) -> tuple[str, ...]:
        """The aliases of a magic word, such as ``redirect`` or ``subst``."""
        return self._words[name]

    def timestamp(self, instant: datetime) -> str:
        """What ``~~~~~`` becomes (Manual:$wgLocaltimezone; the date format is the language's default)."""
        local = instant.astimezone(ZoneInfo(self.zone))
        label = local.tzname() or "UTC"
        label = self._messages.get(f"timezone-{label.lower()}", label)
        return f"{local:%H:%M}, {local.day}{self._month(local.month)}{local.year} ({label})"

    def signature(self, user: str) -> str:
        """What ``~~~`` becomes (MediaWiki:Signature, MediaWiki:Signature-anon)."""
        if is_address(user):
            contributions = f"{self.titles.full(-1, self._special['Contributions'])}/{user}"
            return f"[[{contributions}|{user}]]"
        page, talk = self.titles.page_of(""), self.titles.talk_of("")
        text = self._messages["signature"].replace("{{ns:user}}:", page).replace("{{ns:user_talk}}:", talk)
        return text.replace("$1", user).replace("$2", user)

    def _month(self, number: int) -> str:
        if self.code == "de":
            return f". {self._messages[SHORT_MONTHS[number - 1]]} "
        return f" {self._messages[LONG_MONTHS[number - 1]]} "
