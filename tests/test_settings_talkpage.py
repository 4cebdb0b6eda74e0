"""What the settings page's talk page is told: worded, harmless, and only ever in the bot's own table and list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.messages import Messages
from bot.settings.difference import Change, Difference, Effect, Version, changes, leaves, unvouched
from bot.settings.problems import SettingsProblem, Stops
from bot.settings.talkpage import LIST_MARKER, Words, summary_of, told
from bot.settings.telling import Accepted, Refused, Scale, Shown, Telling, Unusable, key_of
from tests.builders import hash_of
from tests.sizes import cases

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WORDS = Words(Messages("en"), NOW, hash_of, "User:Clerk/settings.yaml")
PROBLEM = SettingsProblem(9, 12, ("boards", "Project:A", "archive", "keep_threads"), "few", "a whole number", board="A")
HOSTILE = "[[User:Eva]] {{evil}} <b>~~~~</b> || |- '''x''' == y =="

ACCEPTED = Accepted(
    12,
    "Root",
    11,
    (Change(("boards", "A", "mode"), "plan", "live"), Change(("language",), None, "de"), Change(("x",), "y", None)),
    (Difference("A", "archive", Effect.ACTS), Difference("B", "notify", Effect.OFF)),
    scale=Scale(21, 6, held=True),
)


@pytest.mark.parametrize(
    "telling",
    [
        ACCEPTED,
        Accepted(12, "Root"),
        replace(ACCEPTED, problems=(PROBLEM, replace(PROBLEM, line=10, stops=Stops.TASK))),
        Unusable(12, 11, (PROBLEM,)),
        Unusable(12, 0, (PROBLEM,)),
        Refused(11, ("interface-admin", "sysop")),
        Refused(0, ("sysop",)),
        Shown(12, "Root", 11, (Change(("a", "b"), "1", "2"),)),
    ],
    ids=["accepted", "first", "mistakes", "unusable", "nothing in force", "refused", "never accepted", "shown"],
)
def test_what_is_told_is_worded_so(telling: Telling, snapshot: SnapshotAssertion) -> None:
    assert f"{summary_of(telling, WORDS)}\n\n{told('', telling, WORDS)}" == snapshot


def test_the_newest_entry_stands_first_and_what_people_wrote_stays() -> None:
    talk = told("Hello.", Accepted(1, "Root"), WORDS) + "\nA person's words.\n\n== Another thing ==\nMore."
    later = told(talk, Refused(1, ("sysop",)), WORDS)

    assert later.replace("\n" + later.split(LIST_MARKER + "\n")[1].split("\n* 2026")[0], "", 1) != later
    assert later.index("does not count") < later.index("is in force.")
    assert later.count("== Settings in force ==") == 1
    for words in ("Hello.", "A person's words.", "== Another thing ==\nMore."):
        assert words in later


def test_the_table_is_replaced_while_it_is_open_and_gone_when_all_is_mended() -> None:
    first = told("Hello.", Unusable(2, 1, (PROBLEM,)), WORDS)
    second = told(first, replace(ACCEPTED, problems=(replace(PROBLEM, line=77),)), WORDS)
    third = told(second, Accepted(13, "Root", 12), WORDS)

    assert "| 77:12 " in second
    assert "| 9:12 " not in second
    assert second.count("wikitable") == 1
    assert "wikitable" not in third
    assert "The mistakes were mended in [[Special:PermanentLink/13|revision 13]]." in third
    assert told(third, Unusable(14, 13, (PROBLEM,)), WORDS).count("== Mistakes in the settings ==") == 2


@pytest.mark.parametrize("meddled", ["a person's reply", "<!-- bc:problems abc -->"])
def test_what_somebody_wrote_into_the_table_is_never_overwritten(meddled: str) -> None:
    first = told("", Unusable(2, 1, (PROBLEM,)), WORDS)
    changed = first.replace("|}", f"|}}\n{meddled}")
    second = told(changed, Unusable(3, 1, (PROBLEM,)), WORDS)

    assert changed in second
    assert second.count("wikitable") == 2


def test_a_forged_table_is_left_alone() -> None:
    forged = "<!-- bc:problems abcdefgh -->\nWords of somebody.\n<!-- /bc:problems -->"

    assert forged in told(forged, Accepted(2, "Root"), WORDS)


def test_nothing_taken_from_the_page_can_act_on_the_talk_page() -> None:
    problem = SettingsProblem(1, 1, (HOSTILE,), HOSTILE, "text", board=HOSTILE)
    change = Change((HOSTILE,), HOSTILE, HOSTILE)
    for telling in (Unusable(2, 1, (problem,)), Shown(2, "Root", 1, (change,)), replace(ACCEPTED, changes=(change,))):
        text = told("", telling, WORDS)
        assert "{{evil" not in text
        assert "[[User:Eva" not in text
        assert "~~~~" not in text
        assert "<b>" not in text


def test_nothing_of_an_untrusted_revision_is_quoted_and_it_is_told_once_while_one_revision_is_in_force() -> None:
    assert key_of(Refused(11, ("sysop",)), "page") == key_of(Refused(11, ("sysop",)), "page")
    assert key_of(Refused(11, ("sysop",)), "page") != key_of(Refused(12, ("sysop",)), "page")
    assert key_of(Accepted(1, ""), "one") != key_of(Accepted(1, ""), "other")


# who vouches for what

BASE = "version: 1\nboards:\n  A:\n    quiet: 60 s\n    archive: {keep_threads: 4}\n"


def paths(accepted: str, *later: tuple[str | None, bool]) -> list[str]:
    """The values that nobody vouches for."""
    return [" > ".join(one.path) for one in unvouched(accepted, [Version(text, trusted) for text, trusted in later])]


def test_what_a_trusted_editor_wrote_counts_at_once() -> None:
    assert paths(BASE, (BASE.replace("60", "90"), True)) == []
    assert paths("", (BASE, True)) == []


def test_what_others_left_standing_must_be_shown() -> None:
    theirs = BASE.replace("threads: 4", "threads: 0")
    mended = theirs.replace("60 s", "30 s")

    assert paths(BASE, (theirs, False), (mended, True)) == ["boards > A > archive > keep_threads"]
    assert paths("", (BASE, False), (BASE + "language: de\n", True)) == [
        "version",
        "boards > A > quiet",
        "boards > A > archive > keep_threads",
    ]


def test_what_others_took_away_must_be_shown_too() -> None:
    theirs = BASE.replace("    quiet: 60 s\n", "")

    assert paths(BASE, (theirs, False), (theirs + "language: de\n", True)) == ["boards > A > quiet"]


def test_what_a_trusted_editor_changed_again_or_took_back_needs_not_be_shown() -> None:
    theirs = BASE.replace("threads: 4", "threads: 0")

    assert paths(BASE, (theirs, False), (BASE, True)) == []
    assert paths(BASE, (theirs, False), (BASE.replace("threads: 4", "threads: 7"), True)) == []
    # Taken back by somebody untrusted: nothing differs, so there is nothing to show.
    assert paths(BASE, (theirs, False), (BASE, False), (BASE, True)) == []


def test_after_a_revision_that_cannot_be_read_all_that_differs_must_be_shown() -> None:
    theirs = BASE.replace("threads: 4", "threads: 0")
    for unreadable in ("boards: [", None):
        assert paths(BASE, (unreadable, False), (theirs, True)) == ["boards > A > archive > keep_threads"]
    assert paths(BASE, ("boards: [", True), (theirs, True)) == []


PAGES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("1234"), max_size=6).map(
    lambda entries: "".join(f"{key}: {value}\n" for key, value in entries.items()) or "z: 0\n"
)


@settings(max_examples=cases(300, 20_000), deadline=None, derandomize=True)
@given(st.lists(st.tuples(PAGES, st.booleans()), min_size=1, max_size=6), PAGES)
def test_no_value_of_an_untrusted_editor_counts_unseen(history: list[tuple[str, bool]], accepted: str) -> None:
    """Whatever differs from the accepted revision and is not shown was put there by a trusted editor."""
    shown = set(unvouched(accepted, [Version(text, trusted) for text, trusted in history]))
    texts = [accepted, *(text for text, _ in history)]
    read = [leaves(text) or {} for text in texts]
    for change in set(changes(read[0], read[-1])) - shown:
        last = max(i for i in range(1, len(read)) if read[i].get(change.path) != read[i - 1].get(change.path))
        assert history[last - 1][1], change
