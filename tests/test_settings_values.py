"""The kinds of value: what people may write, what it means, and what they are told when it does not fit."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.model import WikiInfo
from bot.reading.facts import english, english_answer, wiki_info
from bot.settings.base import SettingsModel, TaskSettings
from bot.settings.values import (
    Count,
    Duration,
    GroupName,
    OptionalDuration,
    PageTitle,
    Pattern,
    Percent,
    Size,
    TemplateName,
    TitlePattern,
    at_least,
    at_most,
    between,
    read_duration,
    say_duration,
)
from tests.settings_examples import ArchiveExample, NotifyExample, SummaryExample


class Everything(SettingsModel):
    """One field of each kind."""

    duration: Duration = timedelta()
    optional: OptionalDuration = None
    bounded: Annotated[OptionalDuration, at_least("1 h"), at_most("7 days")] = None
    size: Size = 0
    count: Annotated[Count, between(1, 10)] = 1
    plain_count: int = 1
    flag: bool = False
    percent: Percent = 0.0
    title: PageTitle = ""
    pattern_title: TitlePattern = ""
    template: TemplateName = ""
    templates: tuple[TemplateName, ...] = ()
    group: GroupName = ""
    groups: frozenset[GroupName] = frozenset()
    words: Pattern = ""
    section: ArchiveExample = ArchiveExample()


def read(field: str, value: Any, info: WikiInfo | None = None) -> Any:
    """Give what a value means in a field."""
    return getattr(Everything.model_validate({field: value}, context=info), field)


def refused(field: str, value: Any, info: WikiInfo | None = None) -> str:
    """Give what somebody is told who writes a value that does not fit."""
    with pytest.raises(ValidationError) as caught:
        Everything.model_validate({field: value}, context=info)
    return str(caught.value.errors()[0]["msg"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("24 h", timedelta(hours=24)),
        ("24h", timedelta(hours=24)),
        ("24 hours", timedelta(hours=24)),
        ("24\u00a0h", timedelta(hours=24)),
        ("3 days", timedelta(days=3)),
        ("1 day", timedelta(days=1)),
        ("2 weeks", timedelta(weeks=2)),
        ("60 s", timedelta(seconds=60)),
        ("15 min", timedelta(minutes=15)),
        ("1.5 h", timedelta(minutes=90)),
        ("1 h 30 min", timedelta(minutes=90)),
        ("1h30min", timedelta(minutes=90)),
        ("0", timedelta()),
        (" 7 Days ", timedelta(days=7)),
    ],
)
def test_durations_are_read_as_people_write_them(written: str, meant: timedelta) -> None:
    assert read("duration", written) == meant


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("24", '"24 h"'),
        ("12:30", '"24 h"'),
        ("no", '"24 h"'),
        ("never", '"24 h"'),
        ("2 months", "in more than one way"),
        ("5 m", '"min"'),
        ("3 Tage", "not one of the units"),
        ("10000 days", "ten years"),
        ("99999999999 days", '"24 h"'),
        ("-5 h", '"24 h"'),
        ("", '"24 h"'),
        (True, '"24 h"'),
        (["24 h"], '"24 h"'),
        (None, '"24 h"'),
    ],
)
def test_a_duration_that_cannot_be_is_answered_with_what_can(written: Any, told: str) -> None:
    assert told in refused("duration", written)


def test_never_is_a_duration_only_where_that_makes_sense() -> None:
    assert read("optional", "never") is None
    assert read("optional", "2 h") == timedelta(hours=2)
    assert '"never"' in refused("optional", "soon")


def test_bounds_of_durations_name_the_bound() -> None:
    assert read("bounded", "1 h") == timedelta(hours=1)
    assert read("bounded", "never") is None
    assert refused("bounded", "59 min") == "wanted at least 1 h"
    assert refused("bounded", "8 days") == "wanted at most 7 days"


@given(st.integers(min_value=0, max_value=3600 * 24 * 3660))
def test_a_duration_written_by_the_bot_is_read_back(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert read_duration(say_duration(span)) == span


@pytest.mark.parametrize(
    ("written", "meant"),
    [("500 kB", 512000), ("200 K", 204800), ("200k", 204800), ("1.5 MB", 1572864), ("10 bytes", 10)],
)
def test_sizes_count_as_archivebot_counts_them(written: str, meant: int) -> None:
    assert read("size", written) == meant


@pytest.mark.parametrize("written", ["500", "500 threads", "kB", [], "1e9 kB", "500 GB", None])
def test_a_size_that_cannot_be_is_answered_with_what_can(written: Any) -> None:
    assert '"500 kB"' in refused("size", written)


def test_a_number_is_digits_and_nothing_else() -> None:
    assert read("count", "7") == 7
    assert read("count", 7) == 7
    for written in ("010.5", "vier", "٤", "-1", True, "1_0", None):
        assert "whole number" in refused("count", written)
    assert refused("count", "11") == "wanted a number from 1 to 10"


def test_ten_with_a_leading_nought_is_ten_and_not_eight() -> None:
    assert read("count", "010") == 10


def test_only_true_and_false_are_switches() -> None:
    assert ArchiveExample.model_validate({"takeover": True}).takeover
    for written in ("yes", "no", "on", "1", "True"):
        assert refused("flag", written) == "wanted true or false"
    assert "whole number" in refused("plain_count", value=True)


def test_percentages_need_their_sign() -> None:
    assert read("percent", "20 %") == pytest.approx(0.2)
    assert '"20 %"' in refused("percent", "20")


@pytest.mark.parametrize(
    "written",
    ["Pin message", "{{Pin message}}", "Template:Pin_message", "{{pin message|x=1}}", " template : pin message "],
)
def test_template_names_are_understood_in_every_dress(written: str) -> None:
    assert read("template", written) == "Pin message"


def test_template_names_with_the_local_namespace_are_understood(german: WikiInfo) -> None:
    assert read("template", "Vorlage:Erledigt", german) == "Erledigt"
    assert read("template", "Template:erledigt", german) == "Erledigt"
    assert read("template", "{{Benutzerin:X/Vorlage}}", german) == "Benutzer:X/Vorlage"


@pytest.mark.parametrize("written", ["", "{{}}", "a|b", "a[b", "Template:", True, "a#b"])
def test_what_cannot_be_a_template_is_refused(written: Any) -> None:
    assert refused("template", written)


@pytest.mark.parametrize(
    ("written", "namespace", "rest"),
    [
        ("Project:Incidents", 4, "Incidents"),
        ("project : incidents", 4, "Incidents"),
        ("[[Project:Incidents|x]]", 4, "Incidents"),
        (":user:Ana_María/x", 2, "Ana María/x"),
        ("Benutzerin:Ana María/x", 2, "Ana María/x"),
        ("Foo: bar", 0, "Foo: bar"),
        ("foo", 0, "Foo"),
        ("ß", 0, "ß"),
    ],
)
def test_titles_are_given_as_the_wiki_writes_them(german: WikiInfo, written: str, namespace: int, rest: str) -> None:
    prefix = f"{german.namespaces[namespace].name}:" if namespace else ""
    assert read("title", written, german) == prefix + rest


@pytest.mark.parametrize(
    "written", ["", "Project:", "a<b", "a{{b}}", "x|y", "a~~~~", "..", "./x", "%41", "&amp;", "x" * 256, "a\tb\x00"]
)
def test_what_cannot_be_a_title_is_refused(written: str) -> None:
    assert refused("title", written, english())


LETTERS = "abcdefghijklmnopqrstuvwxyz"


def test_fields_stay_in_titles_that_may_have_them() -> None:
    assert (
        read("pattern_title", "{board}/archive_{year}/{month:02} {counter}")
        == "{board}/archive {year}/{month:02} {counter}"
    )
    # characters of the private use area are the page's own, whatever stands for the fields meanwhile
    assert read("pattern_title", "\ue001a/{counter}\ue000") == "\ue001a/{counter}\ue000"
    assert refused("pattern_title", "".join(f"{{{a}{b}{c}}}" for a in LETTERS for b in LETTERS for c in LETTERS))
    assert refused("pattern_title", "{board/x")
    assert refused("pattern_title", "{{board}}/x")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sysop", "sysop"),
        ("Sysop", "sysop"),
        ("Administrators", "sysop"),
        ("interface-admin", "interface-admin"),
        ("extended confirmed", "extendedconfirmed"),
    ],
)
def test_group_names_are_understood_as_people_say_them(written: str, meant: str) -> None:
    assert read("group", written, english()) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Administratoren", "sysop"),
        ("administrator", "sysop"),
        ("Benutzer mit  automatischer_Sichtung", "editor"),
        ("Sysop", "sysop"),
        ("Administrators", "sysop"),
        # the software's name wins over what another group is called
        ("bot", "bot"),
    ],
)
def test_group_names_are_understood_as_the_wiki_shows_them(written: str, meant: str) -> None:
    groups = {
        "sysop": ["Administratoren", "Administrator"],
        "flow-bot": ["Bot", "Bot"],
        "bot": ["Automaten"],
        "editor": ["Benutzer mit automatischer Sichtung"],
    }
    german = wiki_info({**english_answer(), "groups": groups})

    assert read("group", written, german) == meant


def test_one_value_stands_for_a_list_of_one() -> None:
    assert read("templates", "{{resolved}}") == ("Resolved",)
    assert read("groups", "sysop") == frozenset({"sysop"})


def test_a_section_without_content_is_a_section_with_its_defaults() -> None:
    assert read("section", None) == ArchiveExample()


def test_words_are_literal_unless_they_stand_between_slashes() -> None:
    assert read("words", "(erl.)") == "(erl.)"
    assert read("words", r"/\bdone\b/") == r"/\bdone\b/"
    assert read("words", "/") == "/"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("/(/", "RE2 understands"),
        ("/a*/", "nothing stands"),
        ("/(?=a)b/", "RE2 understands"),
        ("/" + "a" * 201 + "/", "at most 200"),
    ],
)
def test_patterns_are_those_that_run_in_linear_time(written: str, told: str) -> None:
    assert told in refused("words", written)


def test_values_do_not_change_once_read() -> None:
    settings = ArchiveExample()
    with pytest.raises(ValidationError):
        settings.keep_threads = 1  # type: ignore[misc]  # that it cannot be is the point


def test_every_task_takes_mode_and_how_often_it_looks() -> None:
    for model in (ArchiveExample, NotifyExample, SummaryExample):
        assert issubclass(model, TaskSettings)
        assert {"mode", "every"} <= set(model.model_fields)


def test_the_schema_shows_how_values_are_written() -> None:
    described = Everything.model_json_schema()["properties"]
    assert described["duration"]["examples"][0] == "24 h"
    assert described["count"]["type"] == "integer"


@given(st.text(max_size=40), st.sampled_from(sorted(Everything.model_fields)))
def test_any_text_is_read_or_refused_and_never_breaks_anything(text: str, field: str) -> None:
    with contextlib.suppress(ValidationError):
        read(field, text, english())


@pytest.fixture(scope="module")
def german() -> WikiInfo:
    """The facts of a German wiki."""
    file = Path(__file__).parent / "corpus" / "boards" / "de-5.info.json"
    return wiki_info(json.loads(file.read_text(encoding="utf-8")))
