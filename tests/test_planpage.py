"""The page on which a task shows what it would do: in the wiki's language, without names and headings."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.messages import Messages, Sentence
from bot.plan import Decision, Edit, Plan, WholeText
from bot.runner import planpage
from tests.builders import ago, board, thread

TEXT = thread("Ana again", ("Ana", ago(hours=100))) + thread("Second", ("Bo", ago(hours=1)))
WHYS = [
    Sentence("plan-why-settings", ("mode: plan",)),
    Sentence("plan-why-words", ("notify-heading",)),
    Sentence("plan-why-approval"),
    Sentence("plan-why-trial"),
    Sentence("plan-why-held", ("7", 23, 1)),
]


def page(language: str, why: Sentence = WHYS[0], plan: Plan | None = None) -> str:
    shown = board(TEXT)
    one, two = (found.identity for found in shown.threads)
    edits = (
        Edit("archive", "archive", "Project:Incidents/Archive 1", 3, WholeText("a"), "s"),
        Edit("archive", "cut", shown.title, 4, WholeText("b"), "s"),
        Edit("archive", "subject-notice", "User talk:Ana", 4, WholeText("b"), "s", person="Ana"),
        Edit("archive", "subject-notice", "User talk:Bo", 4, WholeText("b"), "s", person="Bo"),
    )
    decisions = (
        Decision("archive", one, "move", "resolved, quiet for 4 days", "resolved_after: 24 h"),
        Decision("archive", two, "stay", "open, quiet for 1 h", "inactive_after: 72 h"),
    )
    given = Plan(edits, decisions) if plan is None else plan
    return planpage.render(shown, "archive", why, given, Messages(language))


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "zh-hans", "zh-hant"])
def test_a_plan_is_shown_in_the_language_of_the_wiki(language: str, snapshot: SnapshotAssertion) -> None:
    assert page(language) == snapshot


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "zh-hans", "zh-hant"])
def test_why_a_task_does_not_act_is_said_in_the_language_of_the_wiki(
    language: str, snapshot: SnapshotAssertion
) -> None:
    assert [page(language, why, Plan()).splitlines()[1] for why in WHYS] == snapshot


def test_a_plan_names_nobody_and_no_heading_and_leaves_out_what_stays() -> None:
    text = page("en")
    assert "Ana" not in text
    assert "Bo" not in text
    assert "again" not in text
    assert text.count("|-") == 1


def test_a_long_plan_ends_with_how_much_is_left_out() -> None:
    one = board(TEXT).threads[0].identity
    many = Plan(decisions=(Decision("archive", one, "move", "f", "w"),) * 103)
    assert page("de", plan=many).endswith("|}\nUnd 3 weitere.")
