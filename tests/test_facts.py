"""The wiki's facts: read from the API's answers, refused with a clear sentence."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import OperatorProblem
from bot.model import USER, USER_TALK
from bot.reading.facts import MESSAGES, SITEINFO_PROPS, english, wiki_info

CORPUS = Path(__file__).parent / "corpus" / "signatures.jsonl.gz"


def answers() -> list[dict[str, Any]]:
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


ANSWERS = {row["lang"]: row for row in answers()}


def answer(lang: str = "de") -> dict[str, Any]:
    return copy.deepcopy({key: ANSWERS[lang][key] for key in ("query", "sample")})


def test_every_language_of_the_corpus_gives_facts() -> None:
    for lang in ANSWERS:
        info = wiki_info(answer(lang))
        assert info.language == lang
        assert len(info.months) == 12
        assert all(forms and len(set(forms)) == len(forms) for forms in info.months)
        assert USER in info.namespaces
        assert USER_TALK in info.namespaces


def test_german_facts_are_what_the_api_said() -> None:
    info = wiki_info(answer("de"))
    assert info.time_zone == "Europe/Berlin"
    assert info.version == "1.43.9"
    assert info.max_page_bytes == 2097152
    assert info.first_letter
    assert info.months[0] == ("Januar", "Jan.")
    assert info.namespaces[USER].names[:2] == ("Benutzer", "User")
    assert "Beiträge" in info.special_pages["Contributions"]
    assert info.messages["timezone-utc"] == "UTC"
    assert "DiscussionTools" in info.extensions
    assert info.sample.instant == datetime(2026, 11, 22, 5, 51, 7, tzinfo=UTC)


def test_a_case_sensitive_wiki_is_known_as_such() -> None:
    raw = answer()
    raw["query"]["general"]["case"] = "case-sensitive"
    assert not wiki_info(raw).first_letter


def test_a_message_that_the_wiki_has_not_is_left_out() -> None:
    raw = answer()
    raw["query"]["allmessages"].append({"name": "timezone-cet", "normalizedname": "timezone-cet", "missing": True})
    assert "timezone-cet" not in wiki_info(raw).messages


def test_english_facts_are_at_hand_without_a_wiki() -> None:
    info = english()
    assert info.language == "en"
    assert info.time_zone == "UTC"
    assert info.months[8] == ("September", "Sep")
    assert info.namespaces[USER_TALK].name == "User talk"


def test_one_request_without_higher_limits_holds_all_messages() -> None:
    assert len(MESSAGES) == len(set(MESSAGES)) == 50
    assert {row["name"] for row in ANSWERS["en"]["query"]["allmessages"]} <= set(MESSAGES)
    assert set(SITEINFO_PROPS) | {"allmessages"} == set(ANSWERS["en"]["query"])


def drop(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        for key in path[:-1]:
            raw = raw[key]
        del raw[path[-1]]

    return change


def put(value: object, *path: str) -> Callable[[dict[str, Any]], None]:
    def change(raw: dict[str, Any]) -> None:
        for key in path[:-1]:
            raw = raw[key]
        raw[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (drop("query"), "at query: field required"),
        (drop("sample"), "at sample: field required"),
        (drop("sample", "time"), "at sample.time: field required"),
        (put("noon", "sample", "time"), "at sample.time:"),
        (put("2026-11-22T05:51:07", "sample", "time"), "at sample.time: input should have timezone info"),
        (put("", "sample", "text"), "at sample.text:"),
        (drop("query", "general", "timezone"), "at query.general.timezone: field required"),
        (put([], "query", "namespaces"), "at query.namespaces:"),
        (put(None, "query", "allmessages"), "at query.allmessages:"),
        (put([], "query", "allmessages"), "name no month for 'january'"),
    ],
)
def test_facts_that_lack_something_are_refused_by_field(change: Callable[[dict[str, Any]], None], says: str) -> None:
    raw = answer()
    change(raw)
    with pytest.raises(OperatorProblem) as caught:
        wiki_info(raw)
    assert says in str(caught.value)
    assert "ask the" in str(caught.value)


@pytest.mark.parametrize("raw", [{}, {"query": {}}, {"error": {"code": "readapidenied"}}])
def test_an_answer_of_another_kind_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(OperatorProblem):
        wiki_info(raw)
