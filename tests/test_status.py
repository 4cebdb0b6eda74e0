from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Comment, Mark, Outcome, Status, Thread, User
from bot.reading.rights import Rights, people_needed, signatures_of_helpers
from bot.reading.rules import People, Rules
from bot.reading.status import Conclusion, conclude
from tests.boards import at, read, says, sign, thread

SYSOPS = People(groups=frozenset({"sysop"}))
GIVEN: dict[str, Any] = {
    "closing": ("resolved", "atop"),
    "closing_headings": ("(erl.)",),
    "progress": ("working",),
    "progress_headings": ("(in Bearbeitung)",),
    "withdrawn": ("withdrawn",),
    "status_templates": {"case status": {"closed": "resolved"}},
    "subject_templates": ("userlinks",),
    "closers": SYSOPS,
    "responders": SYSOPS,
}
REPORT = says("Rosa", at(9), "{{userlinks|Vera}} again.")
USERS = {
    "Adam": User("Adam", groups=frozenset({"sysop"})),
    "Vera": User("Vera", groups=frozenset({"sysop"})),
    "Rosa": User("Rosa"),
    "Zoe": User("Zoe"),
    "Robo": User("Robo", groups=frozenset({"sysop", "bot"})),
}


def concluded(
    *lines: str,
    heading: str = "A report",
    users: dict[str, User] | None = USERS,
    now: datetime | None = None,
    stale_after: timedelta | None = None,
    listed: dict[str, frozenset[str]] | None = None,
    forged: frozenset[tuple[str, datetime]] = frozenset(),
    **rules: Any,
) -> Conclusion:
    """What is concluded of a board's one thread."""
    fields = {**GIVEN, **rules}
    board = read(thread(*lines, heading=heading), None, **fields)
    rights = Rights(users, listed or {}, dict.fromkeys(forged, False))
    stale_before = (now or at(13)) - stale_after if stale_after is not None else None
    return conclude(board.threads[0], board, Rules(**fields), rights, stale_before)


def resolved_by(name: str) -> str:
    return f"{{{{resolved}}}} {sign(name, at(12))}\n\n"


def test_a_report_without_a_responder_is_unanswered() -> None:
    found = concluded(REPORT, says("Zoe", at(10), "+1", ":"))
    assert (found.status, found.answered, found.responders) == (Status.UNANSWERED, False, ())


def test_a_responder_answers() -> None:
    found = concluded(REPORT, says("Zoe", at(10), "+1", ":"), says("Adam", at(11), indent=":"))
    assert (found.status, found.answered, found.responders) == (Status.OPEN, True, ("Adam",))
    assert found.first_answer is not None
    assert found.first_answer.instant == at(11)


def test_neither_reporter_nor_subject_answers() -> None:
    found = concluded(REPORT, says("Vera", at(10), indent=":"), says("Rosa", at(11), indent=":"))
    assert (found.status, found.answered) == (Status.UNANSWERED, False)


def test_a_bot_answers_only_where_bots_are_named() -> None:
    lines = (REPORT, says("Robo", at(10), indent=":"))
    assert not concluded(*lines).answered
    assert concluded(*lines, responders=People(groups=frozenset({"bot"}))).answered


def test_a_name_that_the_wiki_was_not_asked_about_is_nobody() -> None:
    assert not concluded(REPORT, says("Ben", at(10), indent=":")).answered


def test_everybody_answers_where_nobody_is_named_or_rights_are_unknown() -> None:
    lines = (REPORT, says("Zoe", at(10), indent=":"))
    assert concluded(*lines, responders=People()).answered
    assert concluded(*lines, users=None).answered


def test_people_may_stand_on_a_page_or_be_every_account() -> None:
    lines = (REPORT, says("Zoe", at(10), indent=":"))
    by_page = People(listed_on="Project:Helpers")
    assert concluded(*lines, responders=by_page, listed={"Project:Helpers": frozenset({"Zoe"})}).answered
    assert not concluded(*lines, responders=by_page, listed={"Project:Others": frozenset({"Zoe"})}).answered
    every = People(registered=True)
    assert concluded(*lines, responders=every).answered
    assert not concluded(*lines, responders=every, users={"Zoe": User("Zoe", registered=False)}).answered


def test_an_answered_thread_grows_stale() -> None:
    lines = (REPORT, says("Adam", at(11), indent=":"))
    week = timedelta(days=7)
    assert concluded(*lines, now=at(11) + week, stale_after=week).status is Status.STALE
    assert concluded(*lines, now=at(10) + week, stale_after=week).status is Status.OPEN
    assert concluded(REPORT, now=at(9) + week, stale_after=week).status is Status.UNANSWERED


def test_a_closers_mark_resolves() -> None:
    found = concluded(REPORT, resolved_by("Adam"))
    assert found.status is Status.RESOLVED
    assert found.mark is not None
    assert found.mark.signer == "Adam"
    assert found.found == 'marked "resolved" on 2026-03-02 12:00'


def test_a_subjects_mark_resolves_nothing_and_is_shown() -> None:
    found = concluded(REPORT, resolved_by("Vera"))
    assert (found.status, found.closed_by_party, found.mark) == (Status.UNANSWERED, True, None)
    assert "by a party" in found.found
    assert not concluded(REPORT, resolved_by("Adam")).closed_by_party


def test_a_subjects_mark_does_not_hide_a_closers() -> None:
    found = concluded(REPORT, resolved_by("Vera"), f"{{{{resolved}}}} {sign('Adam', at(11))}\n")
    assert (found.status, found.closed_by_party) == (Status.RESOLVED, True)


def test_a_strangers_mark_resolves_nothing() -> None:
    found = concluded(REPORT, resolved_by("Zoe"))
    assert (found.status, found.closed_by_party) == (Status.UNANSWERED, False)
    assert "not among the closers" in found.found


def test_the_reporters_mark_withdraws() -> None:
    for mark in ("resolved", "withdrawn"):
        found = concluded(REPORT, f"\n{{{{{mark}}}}} {sign('Rosa', at(12))}\n")
        assert (found.status, found.closed_by_party) == (Status.WITHDRAWN, False)
    assert concluded(REPORT, f"\n{{{{withdrawn}}}} {sign('Vera', at(12))}\n").status is Status.UNANSWERED


def test_an_unsigned_template_counts_only_where_everybody_may_close() -> None:
    lines = (REPORT, says("Adam", at(10), indent=":"), "{{resolved}}\n")
    assert concluded(*lines).status is Status.OPEN
    assert concluded(*lines, closers=People()).status is Status.RESOLVED
    assert concluded(*lines, users=None).status is Status.RESOLVED
    assert concluded(REPORT, "{{resolved}}\n", closers=People()).status is Status.UNANSWERED


@pytest.mark.parametrize("mark", [{"heading": "Vera (erl.)"}, {"line": "{{case status|closed}}\n\n"}])
def test_a_mark_that_nobody_signs_counts_once_a_closer_wrote(mark: dict[str, str]) -> None:
    heading, line = mark.get("heading", "A report"), mark.get("line", "")
    assert concluded(line, REPORT, says("Adam", at(10), indent=":"), heading=heading).status is Status.RESOLVED
    for other in ("Zoe", "Vera", "Rosa"):
        found = concluded(line, REPORT, says(other, at(10), indent=":"), heading=heading)
        assert found.status is Status.UNANSWERED
        assert "nobody who may close" in found.found


def test_in_progress_is_for_helpers_or_unsigned() -> None:
    assert concluded(REPORT, heading="Vera (in Bearbeitung)").status is Status.IN_PROGRESS
    assert not concluded(REPORT, heading="Vera (in Bearbeitung)").answered
    assert concluded(REPORT, f"{{{{working}}}} {sign('Adam', at(10))}\n").status is Status.IN_PROGRESS
    for party in ("Vera", "Rosa", "Zoe"):
        assert concluded(REPORT, f"\n{{{{working}}}} {sign(party, at(10))}\n").status is Status.UNANSWERED


def test_a_resolved_thread_is_not_in_progress() -> None:
    found = concluded(REPORT, resolved_by("Adam"), heading="Vera (in Bearbeitung)")
    assert found.status is Status.RESOLVED


def test_the_newest_of_several_marks_decides() -> None:
    lines = (REPORT, resolved_by("Adam"), f"{{{{resolved}}}} {sign('Adam', at(11))}\n")
    found = concluded(*lines)
    assert found.mark is not None
    assert found.mark.instant == at(12)


def test_a_thread_that_was_written_in_below_its_box_says_so() -> None:
    found = concluded(f"{{{{atop|{sign('Adam', at(12))}}}}}\n\n", REPORT, "{{abot}}\n\n", says("Rosa", at(13)))
    assert (found.status, "after the end of the closing box" in found.found) == (Status.OPEN, True)


def test_the_newest_signature_is_the_threads_age() -> None:
    found = concluded(REPORT, says("Adam", at(12), indent=":"), says("Zoe", at(11), indent="::"))
    assert found.decided_by is not None
    assert (found.decided_by.author, found.decided_by.instant) == ("Adam", at(12))
    assert concluded("Nobody signed.\n").decided_by is None


def test_the_last_word_is_the_reporters() -> None:
    assert concluded(REPORT, says("Adam", at(10), indent=":"), says("Rosa", at(11), indent="::")).last_word_by_reporter
    assert not concluded(REPORT, says("Adam", at(10), indent=":")).last_word_by_reporter
    assert not concluded(REPORT, says("Rosa", at(10), indent=":")).last_word_by_reporter


def test_groups_are_needed_of_all_but_the_parties() -> None:
    lines = (
        REPORT,
        says("Zoe", at(10), indent=":"),
        says("Vera", at(11), indent="*"),
        f"{{{{resolved|1={sign('Adam', at(12))}}}}}\n",
    )
    (found,) = read(thread(*lines), None, **GIVEN).threads
    assert people_needed(found, Rules(**GIVEN)) == {"Zoe", "Adam"}
    assert people_needed(found, Rules()) == frozenset()
    assert people_needed(found, Rules(responders=People(listed_on="Project:Helpers"))) == frozenset()


NAMES = ("Rosa", "Vera", "Zoe", "Adam", "Ben")
COMMENT = st.builds(
    Comment,
    author=st.sampled_from(NAMES),
    instant=st.datetimes(min_value=at(0).replace(tzinfo=None), max_value=at(23).replace(tzinfo=None)).map(
        lambda instant: instant.replace(tzinfo=at(0).tzinfo)
    ),
    level=st.just(1),
    start=st.integers(0, 50),
    signature=st.integers(0, 50),
    end=st.integers(0, 50),
)
MARK = st.builds(
    Mark,
    name=st.just("resolved"),
    outcome=st.sampled_from(Outcome),
    start=st.integers(0, 50),
    end=st.integers(0, 50),
    signer=st.sampled_from(("", *NAMES)),
    instant=st.none() | st.just(at(12)),
    outcome_word=st.sampled_from(("", "closed")),
)


@given(
    comments=st.lists(COMMENT, max_size=6).map(tuple),
    marks=st.lists(MARK, max_size=4).map(tuple),
    users=st.none() | st.just(USERS),
)
@settings(derandomize=True, max_examples=300, deadline=None)
def test_no_party_and_no_stranger_ever_resolves(
    comments: tuple[Comment, ...], marks: tuple[Mark, ...], users: dict[str, User] | None
) -> None:
    board = read(thread())
    found = Thread(None, 0, 50, "x|1", comments, reporter="Rosa", subjects=("Vera",), marks=marks)
    concluded = conclude(found, board, Rules(**GIVEN), Rights(users), at(22))
    helpers = {"Adam"} if users is not None else {"Adam", "Zoe", "Ben"}
    if concluded.status is Status.RESOLVED:
        mark = concluded.mark
        assert mark is not None
        assert mark.signer in helpers or (not mark.signer and helpers & {one.author for one in comments})
    if concluded.status is Status.WITHDRAWN and concluded.mark is not None and concluded.mark.signer:
        assert concluded.mark.signer in {"Rosa"} | helpers
    assert set(concluded.responders) <= helpers
    assert concluded.answered == bool(concluded.responders)
    assert not any(name in concluded.found + concluded.wanted for name in NAMES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (thread("{{/Case}}\n"), "stands on another page"),
        (thread(REPORT, "{|\n| cell\n"), "an unclosed table swallows"),
        ("{|\n" + thread(REPORT), "further up swallows"),
    ],
)
def test_what_keeps_a_thread_from_being_read_is_said(text: str, words: str) -> None:
    board = read(text, None, **GIVEN)
    found = conclude(board.threads[0], board, Rules(**GIVEN), Rights(USERS))
    assert words in found.found


FORGED = frozenset({("Adam", at(12))})
NOT_THEN = "with the signature of somebody who did not edit the board then"


def test_a_forged_answer_is_none_but_is_the_threads_age() -> None:
    found = concluded(REPORT, says("Adam", at(12), "Seen.", ":"), forged=FORGED)

    assert (found.status, found.answered, found.responders) == (Status.UNANSWERED, False, ())
    assert found.decided_by is not None
    assert found.decided_by.instant == at(12)
    assert f"1 comment {NOT_THEN}" in found.found


def test_a_forged_mark_closes_nothing() -> None:
    found = concluded(REPORT, resolved_by("Adam"), forged=FORGED)

    assert (found.status, found.mark) == (Status.UNANSWERED, None)
    assert f'marked "resolved" on 2026-03-02 12:00 {NOT_THEN}' in found.found


def test_a_forged_mark_of_the_reporter_withdraws_nothing() -> None:
    mark = f"{{{{withdrawn}}}} {sign('Rosa', at(12))}\n\n"

    assert concluded(REPORT, mark).status is Status.WITHDRAWN
    assert concluded(REPORT, mark, forged=frozenset({("Rosa", at(12))})).status is Status.UNANSWERED


def test_a_forged_comment_proves_no_unsigned_mark() -> None:
    comment = says("Adam", at(12), "Seen.", ":")

    assert concluded(REPORT, comment, heading="A report (erl.)").status is Status.RESOLVED
    assert concluded(REPORT, comment, heading="A report (erl.)", forged=FORGED).status is Status.UNANSWERED


def test_of_two_answers_only_the_forged_one_counts_for_nothing() -> None:
    true = says("Adam", at(10), "Seen.", ":")

    assert concluded(REPORT, true, says("Adam", at(12), "Again.", ":"), forged=FORGED).status is Status.OPEN


def test_what_a_thread_rests_on_are_the_helpers_signatures_and_the_reporters_marks() -> None:
    said = (("Adam", at(10)), ("Zoe", at(11)), ("Vera", at(11)), ("Rosa", at(11, 30)))
    lines = (REPORT, *(says(name, instant, indent=":") for name, instant in said))
    board = read(thread(*lines, f"{{{{withdrawn}}}} {sign('Rosa', at(12))}\n\n"), None, **GIVEN)

    found = signatures_of_helpers(board.threads[0], Rules(**GIVEN), Rights(USERS))

    assert found == {("Adam", at(10)), ("Rosa", at(12))}


@given(st.sets(st.sampled_from(["Adam", "Rosa", "Zoe"])), st.integers(9, 12))
@settings(derandomize=True, max_examples=40)
def test_with_every_signature_forged_nothing_is_answered_or_closed(names: set[str], hour: int) -> None:
    lines = [says(name, at(hour, 1 + number), "Words.", ":") for number, name in enumerate(sorted(names))]
    close = [resolved_by("Adam")] if "Adam" in names else []
    board = read(thread(REPORT, *lines, *close), None, **GIVEN)
    one = board.threads[0]
    all_of_them = signatures_of_helpers(one, Rules(**GIVEN), Rights(USERS))

    found = conclude(one, board, Rules(**GIVEN), Rights(USERS, edits=dict.fromkeys(all_of_them, False)))

    assert (found.status, found.answered, found.mark) == (Status.UNANSWERED, False, None)
