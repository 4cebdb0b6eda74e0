"""Timestamps: learned from one sample of the wiki's own, found in any text, never an error."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Sample, WikiInfo
from bot.reading.authors import AuthorLinks
from bot.reading.facts import english, wiki_info
from bot.reading.signatures import Timestamp, Timestamps, learn
from bot.reading.signatures.formats import Format, Part
from bot.reading.signatures.marks import name_key
from tests.sizes import cases

CORPUS = Path(__file__).parent / "corpus" / "signatures.jsonl.gz"
AUTHOR = "Ana María"
MINUTES = st.datetimes(datetime(2001, 1, 15), datetime(2037, 12, 31)).map(  # noqa: DTZ001 - made aware below
    lambda local: local.replace(second=0, microsecond=0, tzinfo=UTC)
)


@cache
def corpus() -> dict[str, dict[str, Any]]:
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        return {row["lang"]: row for row in map(json.loads, lines)}


def facts(lang: str = "de") -> WikiInfo:
    return wiki_info(corpus()[lang])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sampled(text: str, instant: str, lang: str = "en", zone: str = "UTC", **months: str) -> WikiInfo:
    """Facts of a wiki that wrote ``text`` at ``instant``; ``months`` are messages of its own."""
    info = facts(lang)
    return replace(
        info, sample=Sample(at(instant), text), time_zone=zone, messages={**info.messages, **months}, language="xx"
    )


def instants(timestamps: Timestamps, text: str) -> list[str]:
    return [f"{found.instant:%Y-%m-%dT%H:%M}" for found in timestamps.find(text)]


def written(one: Format, local: datetime, bracket: str, forms: tuple[str, ...], weekday: str = "Ba") -> str:
    """What a wiki with this format writes at a local time."""
    values = {
        Part.YEAR: f"{local.year + one.era:04}",
        Part.MONTH: str(local.month),
        Part.MONTH_NAME: forms[local.month - 1],
        Part.DAY: str(local.day),
        Part.HOUR: f"{local.hour:02}",
        Part.MINUTE: f"{local.minute:02}",
        Part.WEEKDAY: weekday,
        Part.BRACKETED_WEEKDAY: f"({weekday})",
    }
    pieces = [values[part] if isinstance(part, Part) else part for part in one.parts]
    if one.linked:
        pieces.insert(one.parts.index(Part.MONTH_NAME), " de ")
    return f"{''.join(pieces)} ({bracket})"


# --- the corpus: what MediaWiki itself wrote ---


def test_every_signature_of_the_corpus_is_read() -> None:
    wrong: list[str] = []
    total = 0
    for lang, row in corpus().items():
        info = wiki_info(row)
        timestamps, links = learn(info), AuthorLinks(info)
        assert timestamps.settled, timestamps.problem
        for iso, text in row["signatures"]:
            total += 1
            found = list(timestamps.find(text))
            authors = {link.author for link in links.find(text, 0, found[0].start if found else None)}
            if [one.instant for one in found] != [datetime.fromisoformat(iso)] or authors != {AUTHOR}:
                wrong.append(f"{lang}: {text} is {iso}, read {found} by {authors}")
    print(f"\nsignatures read right (author and instant): {total - len(wrong)} of {total} in {len(corpus())} languages")
    assert total == 125 * 48
    assert not wrong, "\n".join(wrong)


def test_any_signature_of_a_wiki_can_be_its_sample() -> None:
    """Days equal to their month and other coincidences: settled by the other signatures, then all are read."""
    wrong: list[str] = []
    unsettled = 0
    for lang, row in corpus().items():
        info = wiki_info(row)
        whole = learn(info)
        board = "\n".join(text for _, text in row["signatures"])
        for iso, text in row["signatures"][::15]:
            (own,) = whole.find(text)
            timestamps = learn(replace(info, sample=Sample(datetime.fromisoformat(iso), text[own.start : own.end])))
            unsettled += not timestamps.settled
            timestamps = timestamps.settle(board)
            read = [one.instant for one in timestamps.find(board)]
            if not timestamps.settled or read != [datetime.fromisoformat(other) for other, _ in row["signatures"]]:
                wrong.append(f"{lang}: {text}")
    assert unsettled > 0
    assert not wrong, "\n".join(wrong)


def test_offsets_are_those_of_the_timestamp_alone() -> None:
    for row in corpus().values():
        timestamps = learn(wiki_info(row))
        for _, text in row["signatures"][:12]:
            (found,) = timestamps.find(f"x {text} y")
            cut = f"x {text} y"[found.start : found.end]
            assert "]" not in cut
            assert cut.endswith(")")
            assert text.endswith(cut)


# --- equal fields ---


def test_a_day_equal_to_its_month_is_settled_by_a_board() -> None:
    info = sampled("2026年11月11日 (水) 11:11 (UTC)", "2026-11-11T11:11", "ja")
    timestamps = learn(info)
    assert not timestamps.settled
    assert "more than one way" in timestamps.problem
    assert not timestamps.settle("2026年2月3日 (火) 11:11 (UTC)").settled
    settled = timestamps.settle("2026年2月13日 (金) 09:05 (UTC)")
    assert settled.settled
    assert settled.problem == ""
    assert instants(settled, "2026年3月4日 (水) 05:06 (UTC)") == ["2026-03-04T05:06"]


def test_one_contrary_timestamp_settles_nothing_among_few_and_changes_nothing_among_many() -> None:
    timestamps = learn(sampled("2026年11月11日 (水) 11:11 (UTC)", "2026-11-11T11:11", "ja"))
    good, joke = "2026年2月13日 (金) 09:05 (UTC)\n", "2026年13月2日 (金) 09:05 (UTC)\n"
    assert not timestamps.settle(good + joke).settled
    settled = timestamps.settle(good * 12 + joke)
    assert settled.settled
    assert instants(settled, good) == ["2026-02-13T09:05"]


def test_an_hour_equal_to_its_minute_and_day_is_no_doubt() -> None:
    timestamps = learn(sampled("11:11, 11 November 2026 (UTC)", "2026-11-11T11:11:40"))
    assert timestamps.settled
    assert instants(timestamps, "09:58, 3 May 2011 (UTC)") == ["2011-05-03T09:58"]


def test_a_settled_wiki_stays_as_it_is() -> None:
    timestamps = learn(english())
    assert timestamps.settle("2026年13月2日") is timestamps


# --- formats that the corpus has not ---


@pytest.mark.parametrize(
    ("sample", "instant", "lang", "text", "expected"),
    [
        # Thai years, Minguo years
        ("05:50, 22 November 2569 (UTC)", "2026-11-22T05:50", "en", "11:05, 2 May 2557 (UTC)", "2014-05-02T11:05"),
        ("115年11月22日 (日) 05:50 (UTC)", "2026-11-22T05:50", "ja", "98年1月2日 (金) 11:05 (UTC)", "2009-01-02T11:05"),
        # digits that are words
        (
            "二〇二六年一一月二二日 （日） 〇五時五〇分 (UTC)",
            "2026-11-22T05:50",
            "ja",
            "二〇一六年一月二日 （六） 一四時〇五分 (UTC)",
            "2016-01-02T14:05",
        ),
        # a weekday without brackets
        (
            "at05:50 Sunday day22 November 2026 (UTC)",
            "2026-11-22T05:50",
            "en",
            "at11:05 Wednesday day02 May 2012 (UTC)",
            "2012-05-02T11:05",
        ),
        # weekdays with digits
        (
            "2026年7月15日 (J3) 13:07 (UTC)",
            "2026-07-15T13:07",
            "ja",
            "2016年1月2日 (Js) 01:02 (UTC)",
            "2016-01-02T01:02",
        ),
        # the month first, hours without a leading zero
        (
            "November 22 b. 2026 dii. 7.50 (UTC)",
            "2026-11-22T07:50",
            "en",
            "well, may 2 b. 2012 dii. 11.05 (UTC)",
            "2012-05-02T11:05",
        ),
        # words between day and month that vary
        (
            "22 d' November 2026 a 05:50 (UTC)",
            "2026-11-22T05:50",
            "en",
            "1î di May 2012 a 11:05 (UTC)",
            "2012-05-01T11:05",
        ),
        # seconds
        (
            "05:50:11, 22 November 2026 (UTC)",
            "2026-11-22T05:50",
            "en",
            "11:05:59, 2 May 2012 (UTC)",
            "2012-05-02T11:05",
        ),
        # native digits of a script that the corpus lacks, in the astral planes
        (
            "𞥐𞥕:𞥕𞥐, 𞥒𞥒 November 𞥒𞥐𞥒𞥖 (UTC)",
            "2026-11-22T05:50",
            "en",
            "𞥑𞥑:𞥐𞥕, 𞥒 May 𞥒𞥐𞥑𞥒 (UTC)",
            "2012-05-02T11:05",
        ),
    ],
)
def test_other_formats_are_learned_too(sample: str, instant: str, lang: str, text: str, expected: str) -> None:
    timestamps = learn(sampled(sample, instant, lang))
    assert timestamps.settled, timestamps.problem
    assert instants(timestamps, text) == [expected]


def test_month_names_with_and_without_numbers_are_read_from_a_numbered_sample() -> None:
    info = sampled("01:01, 3 1月 2026 (UTC)", "2026-01-03T01:01", "ja", november="霜月", december="師走")
    timestamps = learn(info)
    assert timestamps.settled
    assert instants(timestamps, "05:48, 11 霜月 2024 (UTC) 05:48, 11 10月 2024 (UTC)") == [
        "2024-11-11T05:48",
        "2024-10-11T05:48",
    ]


def test_the_form_of_the_sample_decides_where_kinds_share_a_name() -> None:
    # "mar" is March in short, and here also January in long.
    info = sampled("05:50, 22 nov 2026 (UTC)", "2026-11-22T05:50", january="Mar", **{"january-gen": "Mar"})
    info = replace(info, messages={**info.messages, "nov": "nov", "november": "November"})
    assert instants(learn(info), "05:50, 22 Mar 2026 (UTC)") == ["2026-03-22T05:50"]


def test_the_start_of_a_month_in_front_is_its_name() -> None:
    timestamps = learn(sampled("November 22 b. 2026 dii. 7.50 (UTC)", "2026-11-22T07:50"))
    text = "see you, ok May 2 b. 2012 dii. 11.05 (UTC)"
    (found,) = timestamps.find(text)
    assert text[found.start :] == "May 2 b. 2012 dii. 11.05 (UTC)"


# --- zones ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12:00, 1. Jul. 2026 (CEST)", "2026-07-01T10:00"),
        ("12:00, 1. Jan. 2026 (CET)", "2026-01-01T11:00"),
        # the hour that the clocks show twice: the label decides
        ("02:30, 25. Okt. 2026 (CEST)", "2026-10-25T00:30"),
        ("02:30, 25. Okt. 2026 (CET)", "2026-10-25T01:30"),
        # a label of the other half of the year: the zone's rules hold, as in DiscussionTools
        ("12:00, 1. Jul. 2026 (CET)", "2026-07-01T10:00"),
        # an hour that never was
        ("02:30, 29. März 2026 (CET)", "2026-03-29T01:30"),
    ],
)
def test_a_label_means_what_the_zone_makes_of_it(text: str, expected: str) -> None:
    assert instants(learn(facts("de")), text) == [expected]


def test_a_foreign_label_is_no_timestamp() -> None:
    assert instants(learn(facts("de")), "12:00, 1. Jul. 2026 (PST) 12:00, 1. Jul. 2026 (UTC)") == []


def test_localised_labels_come_from_the_messages() -> None:
    info = facts("de")
    info = replace(
        info,
        messages={**info.messages, "timezone-cet": "MEZ", "timezone-cest": "MESZ"},
        sample=replace(info.sample, text=info.sample.text.replace("CET", "MEZ")),
    )
    assert instants(learn(info), "12:00, 1. Jul. 2026 (MESZ)") == ["2026-07-01T10:00"]
    assert instants(learn(info), "02:30, 25. Okt. 2026 (MEZ)") == ["2026-10-25T01:30"]


def test_labels_of_earlier_years_have_their_own_offsets() -> None:
    info = sampled("08:50, 22 November 2026 (MSK)", "2026-11-22T05:50", zone="Europe/Moscow")
    text = "12:00, 1 July 2008 (MSD) 12:00, 1 July 2012 (MSK) 12:00, 1 July 2020 (MSK)"
    assert instants(learn(info), text) == ["2008-07-01T08:00", "2012-07-01T08:00", "2020-07-01T09:00"]


def test_a_zone_that_nobody_knows_keeps_the_offset_of_its_sample() -> None:
    info = sampled("11:35, 22 November 2026 (XYZ)", "2026-11-22T05:50:40", zone="Nowhere/Else")
    assert instants(learn(info), "12:00, 1 July 2020 (XYZ)") == ["2020-07-01T06:15"]


def test_a_sample_may_be_a_minute_off() -> None:
    assert learn(sampled("05:51, 22 November 2026 (UTC)", "2026-11-22T05:50:59")).settled


# --- what people and tools do to timestamps ---


@pytest.mark.parametrize(
    "text",
    [
        "05:51, 22 November 2026 (UTC)",
        "05:51,\u00a022\u202fNovember&nbsp;2026&#160;(UTC)",
        "\u200e05:51, \u200f22 November 2026\u200e (\u200eUTC\u200f)",
        "05:51, 22\u2066 November\u2069 2026&lrm; (UTC)",
        "05:51, 22 NOVEMBER 2026 (UTC)",
        "05:51,  22 Nov 2026 (UTC)",
        "05:51, 22 No\u200dvember 2026 (UTC)",
    ],
)
def test_marks_spaces_and_other_forms_of_the_month_are_tolerated(text: str) -> None:
    assert instants(learn(english()), f"— {text}.") == ["2026-11-22T05:51"]


def test_decomposed_letters_are_the_same_letters() -> None:
    assert instants(learn(facts("de")), "12:00, 3. Ma\u0308r. 2026 (CET)") == ["2026-03-03T11:00"]


@pytest.mark.parametrize(
    "text",
    [
        "25:00, 22 November 2026 (UTC)",
        "05:61, 22 November 2026 (UTC)",
        "05:51, 31 November 2026 (UTC)",
        "05:51, 29 February 2023 (UTC)",
        "05:51, 0 May 2023 (UTC)",
        "05:51, 22 November 0000 (UTC)",
        "05:51, 22 Novembuary 2026 (UTC)",
        "05:51, 22\nNovember 2026 (UTC)",
        "05:51, 22 November 2026 UTC",
        "05:51, 22 November 2026(UTC)",
        "05:51, 22 [[November]] 2026 (UTC)",
    ],
)
def test_what_is_no_date_is_no_timestamp(text: str) -> None:
    assert instants(learn(english()), text) == []


def test_the_first_and_the_last_years_of_the_calendar_are_no_error() -> None:
    info = sampled("11:20, 22 November 2026 (IST)", "2026-11-22T05:50", zone="Asia/Kolkata")
    assert instants(learn(info), "00:00, 1 January 0001 (IST) 23:59, 31 December 9999 (IST)") == ["9999-12-31T18:29"]


def test_several_timestamps_on_a_line_are_found_between_offsets() -> None:
    text = "05:51, 22 November 2026 (UTC) and 05:52, 23 November 2026 (UTC)"
    timestamps = learn(english())
    assert [text[one.start : one.end] for one in timestamps.find(text)] == text.split(" and ")
    assert list(timestamps.find(text, 3, 30)) == []
    assert [one.start for one in timestamps.find(text, 30)] == [34]


def test_the_same_facts_give_the_same_timestamps() -> None:
    assert learn(facts("de")) is learn(facts("de"))


def test_a_sample_that_makes_no_sense_is_said_in_words() -> None:
    timestamps = learn(sampled("some time today (UTC)", "2026-11-22T05:50"))
    assert not timestamps.settled
    assert list(timestamps.find("05:51, 22 November 2026 (UTC)")) == []
    assert "'some time today (UTC)'" in timestamps.problem
    assert "another sample" in timestamps.problem


# --- laws ---


@settings(derandomize=True, max_examples=cases(300, 20_000), deadline=None)
@given(lang=st.sampled_from(sorted(corpus())), instant=MINUTES)
def test_whatever_a_wiki_writes_reads_back(lang: str, instant: datetime) -> None:
    info = facts(lang)
    timestamps = learn(info)
    (one,) = timestamps.formats
    local = instant.astimezone(timestamps.zone.rules)
    # Of a month's forms take one that stands for that month alone; the corpus has one for each.
    forms = tuple(
        next(form for form in names if one.names.get(name_key(form), (month,)) == (month,))
        for month, names in enumerate(info.months, start=1)
    )
    text = written(one, local.replace(tzinfo=None), local.tzname() or "", forms)
    assert [found.instant for found in timestamps.find(f"[[User:X]] {text}")] == [instant]


@settings(derandomize=True, max_examples=cases(200, 5_000), deadline=None)
@given(sample=st.text(max_size=60), instant=MINUTES)
def test_no_sample_is_an_error(sample: str, instant: datetime) -> None:
    timestamps = learn(replace(english(), sample=Sample(instant, sample)))
    assert timestamps.settled == (timestamps.problem == "")


_PLAIN = [
    "(UTC)",
    "(CET)",
    " (",
    ")",
    "22",
    "11:11",
    ", ",
    " November",
    "2026",
    "9" * 50,
    "\n",
    "&nbsp;",
    "&",
    ";",
    "[[",
]
_ODD = ["\u200f", "١١", "〇", "年", "Nov. ", "22. ", " (+0330)", "&lrm;" * 5, " " * 20, "May May May", "\ud800", "\x00"]
FRAGMENTS = st.sampled_from([*_PLAIN, *_ODD])


@settings(derandomize=True, max_examples=cases(300, 20_000), deadline=None)
@given(
    lang=st.sampled_from(["en", "de", "fa", "ja", "lki", "pt"]),
    text=st.lists(FRAGMENTS | st.text(max_size=8), max_size=60).map("".join),
)
def test_no_text_is_an_error_and_finds_lie_in_order(lang: str, text: str) -> None:
    found = list(learn(facts(lang)).find(text))
    ends = [0, *(one.end for one in found)]
    for before, one in zip(ends, found, strict=False):
        assert before <= one.start < one.end <= len(text)
        assert one.instant.second == one.instant.microsecond == 0
        assert one.instant.utcoffset() == timedelta(0)


def calls(work: Callable[[], object]) -> int:
    """How many Python and C functions a piece of work calls: a clock that is the same on every machine."""
    count = 0

    def tick(_frame: FrameType, _event: str, _arg: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "(UTC)",
        " (UTC)",
        "11:11, 22 November 2026 (UTC) ",
        "9999999999",
        "05:51, 22 ",
        "&nbsp;",
        "(",
        "[[User:",
        "\u200f",
    ],
)
def test_work_grows_with_the_text(piece: str) -> None:
    timestamps = learn(english())
    small, large = (calls(partial(list, timestamps.find(piece * size))) for size in (500, 1000))
    assert large <= 2 * small + 100


def test_what_is_searched_before_a_zone_is_bounded_in_every_language() -> None:
    for lang in corpus():
        (one,) = learn(facts(lang)).formats
        assert one.width < one.reach < 500


def test_a_timestamp_is_a_plain_value() -> None:
    (found,) = learn(english()).find("05:51, 22 November 2026 (UTC)")
    assert found == Timestamp(0, 29, datetime(2026, 11, 22, 5, 51, tzinfo=UTC))
