"""The report's forms: HTML with charts, CSV, JSON and wikitext, all with the same figures and the same gaps."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from bot.cli.forms import Form
from bot.cli.report import written
from bot.figures.report import Absence, LeftOut, Report, make
from bot.figures.spans import Calendar, Span
from bot.messages import Messages
from bot.show.charts import Chart, Series
from tests.test_task_report import MONDAY, WEEK, board, goal, threads, weeks

CHANGED = MONDAY - timedelta(days=10)


def made(span: Span = WEEK) -> Report:
    """A report of three boards, one of them small."""
    busy = board(weeks(9, 14, 22, 12, 8, 30, 3, 16, 11, 7) + threads(22, WEEK.start, timedelta(hours=9), "now"))
    other = board(weeks(12, 14, 13, 12, 11, 12, 13, 9, 8, 9), title="Project:Edit warring <b>")
    small = board(weeks(1, 2, 1, 0, 3, 0, 1, 2, 1, 2), title="Project:Small")
    return make([busy, other, small], span, Calendar(), [goal("4 h").goal()], [CHANGED])


def form(which: Form, report: Report | None = None, language: str = "en") -> str:
    """The report written."""
    return written(report or made(), which, Messages(language), "examplewiki", "User:Clerk/settings")


class Tags(HTMLParser):
    """Reads a page strictly: every tag that is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_is_well_formed_and_needs_nothing_from_outside() -> None:
    text = form(Form.HTML)
    tags = Tags(text)

    assert tags.open == []
    assert not {tag for tag, _ in tags.seen} & {"script", "link", "img", "iframe"}
    assert not re.search(r"(src|href)=|url\(|@import", text)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "<b>" not in text


def test_every_chart_has_a_name_and_every_table_its_headings() -> None:
    tags = Tags(form(Form.HTML)).seen

    charts = [attributes for tag, attributes in tags if tag == "svg"]
    assert len(charts) >= 6
    assert all(one["role"] == "img" and one["aria-label"] for one in charts)
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")


def test_every_table_has_a_name_can_be_scrolled_by_keyboard_and_stands_for_its_charts() -> None:
    tags = Tags(form(Form.HTML)).seen
    ids = {attributes["id"] for _, attributes in tags if "id" in attributes}
    regions = [attributes for tag, attributes in tags if tag == "div" and attributes.get("class") == "wide"]
    figures = [attributes for tag, attributes in tags if tag == "figure"]

    assert len(regions) == sum(tag == "table" for tag, _ in tags) >= 8
    assert all(one["tabindex"] == "0" and one["aria-labelledby"] in ids for one in regions)
    assert all(one["aria-describedby"] in ids for one in figures)
    assert len(ids) == sum("id" in attributes for _, attributes in tags)


def test_columns_of_goals_stand_only_where_a_board_has_goals() -> None:
    report = made()
    one = form(Form.HTML, make([board(weeks(*[8] * 9))], WEEK, Calendar()))

    assert '<th scope="col">Goal</th>' in form(Form.HTML, report)
    assert '<th scope="col">Goal</th>' not in one


@pytest.mark.parametrize(
    ("highest", "labels"), [(0, "0 1 2 3 4"), (5, "0 2 4 6 8"), (42, "0 20 40 60 80"), (170, "0 50 100 150 200")]
)
def test_what_is_counted_is_charted_on_a_scale_of_whole_numbers(highest: float, labels: str) -> None:
    chart = Chart("Waiting", ("a",), (Series("Waiting", (highest,), (False,)),))

    assert re.findall(r'text-anchor="end">([^<]*)<', chart.svg) == labels.split()


def test_the_mark_for_changed_settings_is_explained_beside_the_chart() -> None:
    assert "Settings changed: 2026-11-06." in Tags(form(Form.HTML)).words.split("Figures")[0]


def test_the_html_opens_by_saying_what_the_figures_are_not() -> None:
    words = Tags(form(Form.HTML)).words

    assert "the load on the boards, not the work of any person" in words
    assert "Fewer than five cases are not shown" in words


def test_a_change_of_settings_is_marked_on_the_charts() -> None:
    assert 'class="mark"' in form(Form.HTML)
    assert 'class="mark"' not in form(Form.HTML, replace(made(), changes=()))


def test_no_form_shows_a_number_that_is_kept_back() -> None:
    report = made()
    small = next(row for row in report.rows if row.title == "Project:Small")
    records = json.loads(form(Form.JSON, report))["figures"]
    rows = list(csv.DictReader(io.StringIO(form(Form.CSV, report))))

    assert small.figures.values["intake"].few  # type: ignore[index]  # a Kind is its word
    kept = [one for one in records if one["few"]]
    assert kept
    assert all(one["value"] is None and one["p90"] is None for one in kept)
    assert all(row["value"] == "" for row in rows if row["few"] == "True")
    assert not any(
        isinstance(one["value"], float) and one["figure"] == "intake" and 0 < one["value"] < 5 for one in records
    )


def test_csv_and_json_hold_the_same_lines() -> None:
    records = json.loads(form(Form.JSON))["figures"]
    rows = list(csv.DictReader(io.StringIO(form(Form.CSV))))

    assert [(one["board"], one["figure"]) for one in records] == [(row["board"], row["figure"]) for row in rows]


def test_a_title_like_a_formula_stays_text_in_a_spreadsheet() -> None:
    report = make([board(weeks(8), title="=1+1")], WEEK, Calendar())

    assert "'=1+1" in form(Form.CSV, report)


def test_a_chosen_span_is_charted_in_pieces() -> None:
    text = form(Form.HTML, made(Span(MONDAY - timedelta(days=90), MONDAY)))

    assert text.count("<figure ") >= 6


@pytest.mark.parametrize("language", ["de", "fr", "ar", "zh-hant"])
def test_the_page_speaks_the_readers_language_and_runs_its_way(language: str) -> None:
    text = form(Form.HTML, language=language)

    assert f'lang="{language}"' in text
    assert ('dir="rtl"' in text) is (language == "ar")
    assert "Threads opened" not in text


AWAY = LeftOut("small <wiki>", Absence.AWAY)


def test_what_the_report_does_without_is_named_with_the_reason() -> None:
    report = replace(made(), left_out=(AWAY, LeftOut("Project:New", Absence.LATER, WEEK.end)))
    words = "small <wiki> (not looked at since the end of this span), Project:New (observed since 2026-11-16)"

    assert f"Not included: {words}." in Tags(form(Form.HTML, report)).words
    assert json.loads(form(Form.JSON, report))["left_out"] == [
        {"title": "small <wiki>", "why": "away", "since": None},
        {"title": "Project:New", "why": "later", "since": "2026-11-16T00:00:00Z"},
    ]
    assert "[[:Project:New]] (observed since 2026-11-16)." in form(Form.WIKITEXT, report)


def test_a_complete_report_names_nothing_as_missing() -> None:
    assert not any("Not included" in form(which) for which in Form)
    assert json.loads(form(Form.JSON))["left_out"] == []
