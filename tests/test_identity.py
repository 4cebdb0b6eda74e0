from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Board
from bot.reading.identity import UNSIGNED, Traces, traces
from tests.boards import at, follow, read, says, thread
from tests.builders import hash_of

ROSA = says("Rosa", at(9), "The first report.")
TAMAR = says("Tamar", at(9, 30), "Another report.")
ADAM = says("Adam", at(10), "Seen.", ":")
BEA = says("Bea", at(11), "So have I.", "::")


def known(board: Board) -> dict[str, Traces]:
    return {each.identity: traces(each) for each in board.threads}


def followed(before: str, after: str) -> Mapping[str, str]:
    """Where the threads of one text are in another, and the same when only hashes were remembered."""
    old, new = read(before, closing=("resolved",)), read(after, closing=("resolved",))
    found = follow(new, known(old))
    hashed = {hash_of(name): Traces.unpacked(kept.hashed(hash_of).packed()) for name, kept in known(old).items()}
    assert follow(new, hashed, hash_of) == {hash_of(name): now for name, now in found.items()}
    return found


def identities(text: str) -> list[str]:
    return [each.identity for each in read(text).threads]


def test_an_identity_is_author_and_minute_of_the_first_signature() -> None:
    assert identities(thread(ROSA, ADAM) + thread(TAMAR)) == ["Rosa|2026-03-02T09:00Z|1", "Tamar|2026-03-02T09:30Z|1"]


def test_two_threads_by_one_author_in_one_minute_are_numbered() -> None:
    assert identities(thread(ROSA) + thread(ROSA, heading="B")) == [
        "Rosa|2026-03-02T09:00Z|1",
        "Rosa|2026-03-02T09:00Z|2",
    ]


def test_an_unsigned_thread_has_an_identity_that_says_so_and_lasts_with_its_heading() -> None:
    (one,) = identities(thread("Nobody signed.\n", heading="A question"))
    (two,) = identities(thread("Nobody signed, and more.\n", heading="A  question"))
    (other,) = identities(thread("Nobody signed.\n", heading="Another question"))
    assert one == two != other
    assert one.startswith(UNSIGNED)


def test_a_renamed_heading_changes_no_identity() -> None:
    before = thread(ROSA, ADAM, heading="Old")
    assert identities(before) == identities(thread(ROSA, ADAM, heading="New (erl.)"))


def test_a_thread_stays_itself_when_the_first_comment_is_edited_away() -> None:
    before = thread(ROSA, ADAM, BEA)
    for edited in ("", says("Rosa", at(12), "Written anew.")):
        after = thread(edited, ADAM, BEA, heading="Renamed")
        assert followed(before, after) == {identities(before)[0]: identities(after)[0]}


def test_new_comments_and_a_moved_place_change_nothing() -> None:
    before = thread(ROSA) + thread(TAMAR)
    after = thread(TAMAR, ADAM) + thread(ROSA, BEA, heading="Other")
    assert followed(before, after) == {name: name for name in identities(before)}


def test_of_a_split_thread_the_part_with_the_opening_is_the_one_remembered() -> None:
    before = thread(ROSA, ADAM, BEA)
    after = thread(ADAM, BEA, heading="Side question") + thread(ROSA)
    assert followed(before, after) == {identities(before)[0]: identities(after)[1]}


def test_merged_threads_are_both_the_one_that_holds_them() -> None:
    before = thread(ROSA, ADAM) + thread(TAMAR, BEA, heading="B")
    after = thread(ROSA, ADAM, "\n" + TAMAR, BEA)
    first, second = identities(before)
    (only,) = identities(after)
    assert followed(before, after) == {first: only, second: only}


def test_of_twins_the_one_that_stayed_is_known_by_its_heading_or_comments() -> None:
    for first, second in (
        (thread(ROSA, heading="A"), thread(ROSA, heading="B")),
        (thread(ROSA, ADAM), thread(ROSA, BEA)),
    ):
        one, two = identities(first + second)
        assert followed(first + second, second) == {two: one}
        assert followed(first + second, first) == {one: one}
        assert followed(first + second, second + first) == {one: two, two: one}


def test_a_thread_that_left_is_nowhere() -> None:
    assert followed(thread(ROSA, ADAM), thread(TAMAR, BEA)) == {}
    assert followed(thread(ROSA, heading="Same"), thread(TAMAR, heading="Same")) == {}


def test_one_comment_of_many_makes_no_thread() -> None:
    before = thread(ROSA, ADAM, BEA, says("Rosa", at(12), indent=":"), says("Adam", at(13), indent="::"))
    assert followed(before, thread(TAMAR, ADAM)) == {}


def test_an_unsigned_thread_is_followed_by_its_heading_until_somebody_signs() -> None:
    before = thread("Nobody signed.\n", heading="A question")
    after = thread("Nobody signed. ", ROSA, heading="A question")
    assert followed(before, after) == {identities(before)[0]: "Rosa|2026-03-02T09:00Z|1"}
    twice = after + thread(TAMAR, heading="A question")
    assert followed(before, twice) == {}


def test_packed_traces_come_back_and_other_text_matches_nothing() -> None:
    for each in read(thread(ROSA, ADAM) + thread("Nobody.\n")).threads:
        kept = traces(each).hashed(hash_of)
        assert Traces.unpacked(kept.packed()) == kept
    for broken in ("", " ", "x"):
        assert follow(read(thread(ROSA)), {"x": Traces.unpacked(broken)}, hash_of) == {}


LINES = st.lists(st.sampled_from((ROSA, TAMAR, ADAM, BEA, "Unsigned.\n")), max_size=4)
BOARDS = st.lists(st.tuples(LINES, st.sampled_from("ABC")), max_size=5).map(
    lambda threads: "".join(thread(*(lines or ["\n"]), heading=heading) for lines, heading in threads)
)


@given(BOARDS)
@settings(derandomize=True, max_examples=200, deadline=None)
def test_identities_on_a_board_differ_and_an_unchanged_board_is_followed_to_itself(text: str) -> None:
    names = identities(text)
    assert len(set(names)) == len(names)
    assert followed(text, text) == {name: name for name in names}


@given(BOARDS, BOARDS)
@settings(derandomize=True, max_examples=200, deadline=None)
def test_no_comment_is_used_to_follow_two_threads(before: str, after: str) -> None:
    found = followed(before, after)
    old, new = known(read(before)), known(read(after))
    for target in set(found.values()):
        single = [
            old[name].comments[0] for name, now in found.items() if now == target and len(old[name].comments) == 1
        ]
        for trace in set(single):
            assert single.count(trace) <= new[target].comments.count(trace)
