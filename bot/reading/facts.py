"""Turns a wiki's own answers about itself into ``WikiInfo``, and says what must be asked for that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.errors import OperatorProblem
from bot.model import Namespace, Sample, WikiInfo

SITEINFO_PROPS: tuple[str, ...] = (
    "general",
    "namespaces",
    "namespacealiases",
    "specialpagealiases",
    "magicwords",
    "extensions",
)
"""``siprop`` of ``action=query&meta=siteinfo|allmessages&formatversion=2``
(https://www.mediawiki.org/wiki/API:Siteinfo)."""

LONG_MONTHS = (
    *("january", "february", "march", "april", "may_long", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
"""The message keys of the months, January first; ``MediaWiki:May`` is the short form."""
GENITIVE_MONTHS = tuple(f"{name.removesuffix('_long')}-gen" for name in LONG_MONTHS)
SHORT_MONTHS = tuple(name[:3] for name in LONG_MONTHS)
_ZONE_LABELS = ("utc", "local", "cet", "cest", "eet", "eest", "ist", "idt", "msk", "bst")

MESSAGES: tuple[str, ...] = (
    *LONG_MONTHS,
    *GENITIVE_MONTHS,
    *SHORT_MONTHS,
    "parentheses",
    "signature",
    "word-separator",
    "comma-separator",
    *(f"timezone-{label}" for label in _ZONE_LABELS),
)
"""``ammessages`` of the same request: exactly the 50 names that one request may hold without ``apihighlimits``.

A signature's zone is written as ``MediaWiki:Timezone-LABEL`` where the wiki has that page (``Parser::pstPass2``); asked
for are the labels in use on wikis that keep local time.
"""


class _Raw(BaseModel):
    """A part of the API's answer; what is not needed is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class _Language(_Raw):
    code: str


class _General(_Raw):
    sitename: str
    lang: str
    fallback: list[_Language] = Field(default_factory=list)
    rtl: bool = False
    generator: str
    timezone: str
    maxarticlesize: int = Field(gt=0)
    case: str = "first-letter"
    articlepath: str = "/wiki/$1"


class _Namespace(_Raw):
    id: int
    name: str
    canonical: str = ""


class _NamespaceAlias(_Raw):
    id: int
    alias: str


class _SpecialPage(_Raw):
    realname: str
    aliases: list[str]


class _MagicWord(_Raw):
    name: str
    aliases: list[str]


class _Extension(_Raw):
    name: str = ""


class _Message(_Raw):
    name: str
    content: str | None = None


class _Query(_Raw):
    general: _General
    namespaces: dict[int, _Namespace]
    namespacealiases: list[_NamespaceAlias]
    specialpagealiases: list[_SpecialPage]
    magicwords: list[_MagicWord] = Field(default_factory=list)
    extensions: list[_Extension] = Field(default_factory=list)
    allmessages: list[_Message]


class _Sample(_Raw):
    time: AwareDatetime
    text: str = Field(min_length=1)


class _Answer(_Raw):
    query: _Query
    sample: _Sample
    groups: dict[str, list[str]] = Field(default_factory=dict)


def wiki_info(answer: Mapping[str, Any]) -> WikiInfo:
    """Read a wiki's facts from the raw form ``{"query": …, "sample": {"time", "text"}}``.

    ``query`` is the API's answer (``formatversion=2``) to SITEINFO_PROPS and MESSAGES; ``sample.text`` its answer to
    ``action=parse&onlypst=1&text=~~~~~`` at about the instant ``sample.time``. ``groups``, where it is there, holds for
    user groups the names under which the wiki shows them and their members. Raises OperatorProblem, which names the
    first field that is missing or of the wrong kind, or the months that have no name.
    """
    try:
        raw = _Answer.model_validate(answer)
    except ValidationError as error:
        raise OperatorProblem(_complaint(error)) from error
    general = raw.query.general
    messages = {row.name: row.content for row in raw.query.allmessages if row.content is not None}
    for group, names in raw.groups.items():
        messages |= dict(zip((f"group-{group}", f"group-{group}-member"), names, strict=False))
    return WikiInfo(
        site_name=general.sitename,
        language=general.lang,
        fallbacks=tuple(row.code for row in general.fallback),
        rtl=general.rtl,
        version=general.generator.removeprefix("MediaWiki").strip(),
        time_zone=general.timezone,
        max_page_bytes=general.maxarticlesize,
        first_letter=general.case == "first-letter",
        namespaces=_namespaces(raw.query),
        special_pages={row.realname: tuple(row.aliases) for row in raw.query.specialpagealiases},
        magic_words={row.name: tuple(row.aliases) for row in raw.query.magicwords},
        months=_months(messages),
        messages=messages,
        extensions=frozenset(row.name for row in raw.query.extensions if row.name),
        sample=Sample(raw.sample.time.astimezone(UTC).replace(microsecond=0), raw.sample.text),
        article_path=general.articlepath,
    )


@cache
def english() -> WikiInfo:
    """Give the facts of an English wiki in UTC: used where nobody says which wiki a text is from."""
    return wiki_info(english_answer())


@cache
def english_answer() -> Mapping[str, Any]:
    """Give the same as the API would have answered."""
    answer: Mapping[str, Any] = json.loads(Path(__file__).with_name("english.json").read_text(encoding="utf-8"))
    return answer


def _namespaces(query: _Query) -> dict[int, Namespace]:
    aliases: dict[int, list[str]] = {}
    for row in query.namespacealiases:
        aliases.setdefault(row.id, []).append(row.alias)
    return {
        row.id: Namespace(row.id, row.name, row.canonical or row.name, tuple(aliases.get(row.id, ())))
        for row in query.namespaces.values()
    }


def _months(messages: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    months = []
    for keys in zip(LONG_MONTHS, GENITIVE_MONTHS, SHORT_MONTHS, strict=True):
        forms = tuple(dict.fromkeys(messages[key] for key in keys if messages.get(key)))
        if not forms:
            raise OperatorProblem(
                f"The wiki's facts name no month for {keys[0]!r}: "
                f"ask the API again with meta=siteinfo|allmessages and ammessages={'|'.join(keys)}|…"
            )
        months.append(forms)
    return tuple(months)


def _complaint(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the whole"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return (
        f"The wiki's facts cannot be used: at {where}: {first['msg'].lower()}{more}. They must be the API's answers in "
        f"formatversion=2 to meta=siteinfo|allmessages with siprop={'|'.join(SITEINFO_PROPS)}, as "
        '{"query": …, "sample": {"time": …, "text": …}}; ask the wiki again.'
    )
