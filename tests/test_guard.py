"""The brakes, one by one: which pages, whose word on the run page, which limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.guard import Brakes, namespace_of, normal_title, refusal, stopped
from bot.memory import Move
from bot.model import Page
from bot.plan import Edit, WholeText
from bot.reading.facts import english

INFO = english()
RUN = "User:Clerk/run"
OWN = "User:Clerk/settings.yaml"
RUNS = Page(RUN, 7, "run", editor="Root")


def edit(page: str, **changes: Any) -> Edit:
    return replace(Edit("archive", "archive", page, 1, WholeText("x"), "Bot: work"), **changes)


def brakes(**changes: Any) -> Brakes:
    plain = Brakes(INFO, "Project:Incidents", OWN, RUN, RUNS, run_trusted=True, trusted=frozenset({"sysop"}))
    return replace(plain, **changes)


@pytest.mark.parametrize(
    "page",
    [
        "Project:Incidents",
        "Project:Incidents/Archive 1",
        "project talk:Incidents",
        "User:Clerk/settings.yaml/Plan",
        "Project:Reports/2026",
        "Template:Backlog",
    ],
)
def test_the_board_what_is_below_it_and_what_the_operator_allows_may_be_edited(page: str) -> None:
    allowed = ("Project talk:Incidents", "Project:Reports/", "Template:Backlog")

    assert refusal(edit(page), brakes(allowed=allowed)) is None


@pytest.mark.parametrize(
    "page",
    [
        "Incidents",
        "Main Page",
        "Project:Incidents 2",
        "Project:Incident",
        "MediaWiki:Sitenotice",
        "Special:Diff/1",
        "User:Clerk/run",
        "user:clerk/run",
        "User:Clerk/settings.yaml",
        "User:Clerk/common.js",
        "User talk:Eva",
        "Template:Backlog",
        ":Main Page",
        "Talk:Main Page",
        "Project:Incidents/../Other.js",
    ],
)
def test_every_other_page_is_refused(page: str) -> None:
    assert refusal(edit(page), brakes()) is not None


def test_not_even_the_operator_can_allow_articles_the_interface_or_the_bots_own_brakes() -> None:
    every = ("Main Page", "MediaWiki:", RUN, OWN, "User:")
    for page in ("Main Page", "MediaWiki:Common.css", "MediaWiki:Sitenotice", RUN, OWN):
        assert refusal(edit(page), brakes(allowed=every)) is not None, page


def test_a_board_in_the_main_namespace_is_refused() -> None:
    assert refusal(edit("Noticeboard"), brakes(board="Noticeboard")) is not None


def test_a_notice_goes_to_a_talk_page_and_nowhere_else() -> None:
    assert refusal(edit("User talk:Eva", person="Eva"), brakes()) is None
    for page in ("User:Eva", "User talk:Eva/Archive", "Talk:Eva", "Project:Incidents"):
        assert refusal(edit(page, person="Eva"), brakes()) is not None, page


@pytest.mark.parametrize(
    ("page", "trusted", "fine"),
    [
        (RUNS, True, True),
        (replace(RUNS, text=" Run \n"), True, True),
        (RUNS, False, False),
        (replace(RUNS, protection={"edit": "sysop"}), False, True),
        (replace(RUNS, protection={"edit": "autoconfirmed"}), False, False),
        (replace(RUNS, protection={"move": "sysop"}), False, False),
        (replace(RUNS, text="run!"), True, False),
        (replace(RUNS, text="running"), True, False),
        (replace(RUNS, text=""), True, False),
        (replace(RUNS, text=None, hidden=True), True, False),
        (replace(RUNS, hidden=True), True, False),
        (Page(RUN), True, False),
        (None, True, False),
    ],
)
def test_the_bot_runs_only_on_a_trusted_word(page: Page | None, trusted: bool, fine: bool) -> None:
    said = stopped(page, RUN, frozenset({"sysop"}), trusted_editor=trusted)

    assert (said is None) is fine
    assert said is None or RUN in said
    assert (refusal(edit("Project:Incidents"), brakes(run_page=page, run_trusted=trusted)) is None) is fine


def test_limits_stop_edits_and_notices() -> None:
    board, notice = edit("Project:Incidents"), edit("User talk:Eva", person="Eva")

    assert refusal(board, brakes(edits_left=0)) is not None
    assert refusal(board, brakes(edits_left=1, notices_left=0)) is None
    assert refusal(notice, brakes(notices_left=0)) is not None
    assert refusal(board, brakes(trial_left=0)) is not None
    assert refusal(board, brakes(trial_left=1)) is None


def test_a_move_is_not_begun_without_room_for_its_cut_and_a_cut_is_never_held_up() -> None:
    archive = "Project:Incidents/Archive 1"
    begins = edit(archive, begins=Move("Project:Incidents", archive, ()))
    cut = edit("Project:Incidents", kind="cut", finishes=(archive,))

    assert refusal(begins, brakes(edits_left=1, to_cut=1)) is not None
    assert refusal(begins, brakes(edits_left=2, to_cut=1)) is None
    assert refusal(begins, brakes(trial_left=1, to_cut=1)) is not None
    assert refusal(cut, brakes(edits_left=0, trial_left=0)) is None


def test_titles_are_compared_as_the_wiki_writes_them() -> None:
    local = INFO.namespaces[4].name

    assert normal_title(INFO, "project:incidents_at  work") == f"{local}:Incidents at work"
    assert normal_title(INFO, ":User_talk:eva") == "User talk:Eva"
    assert normal_title(INFO, "what: is this") == "What: is this"
    assert namespace_of(INFO, "project talk:x") == 5
    assert namespace_of(INFO, "What: is this") == 0


@settings(derandomize=True, max_examples=300)
@given(st.text(max_size=40), st.sampled_from(["", "User talk:", "Project:", "MediaWiki:", "mediawiki:", ":"]))
def test_no_title_gets_past_the_guard_that_is_not_below_the_board(rest: str, prefix: str) -> None:
    page = normal_title(INFO, prefix + rest)
    board = normal_title(INFO, "Project:Incidents")
    below = page == board or page.startswith((f"{board}/", f"{OWN[:1]}{OWN[1:]}/"))

    if refusal(edit(prefix + rest), brakes()) is None:
        assert below


@settings(derandomize=True, max_examples=300)
@given(st.text(max_size=40))
def test_the_normal_form_of_a_normal_form_is_itself(title: str) -> None:
    once = normal_title(INFO, title)

    assert normal_title(INFO, once) == once
