"""The ledger as the bot's own contributions tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.journal import Hasher, Journal, Key, key_in, key_of, stamp
from bot.journal.keys import SUMMARY_LENGTH
from bot.ledger import rebuild
from bot.memory import Move, Told
from bot.model import Contribution
from bot.plan import Edit, WholeText

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BOARD = "Project:Incidents"
ARCHIVE = f"{BOARD}/Archive 1"
HASH = Hasher("enwiki")


def made(title: str, kind: str, number: int, **fields: Any) -> Contribution:
    """An edit of the bot's, with the key that the runner gives it."""
    edit = Edit("task", kind, title, 1, WholeText("x"), "Bot: work", **fields)
    summary = stamp(edit.summary, key_of(edit, BOARD, HASH))
    return Contribution(title, number, NOW + timedelta(minutes=number), summary)


def newest_first(*edits: Contribution) -> list[Contribution]:
    return list(reversed(edits))


def test_a_notice_is_told_again_by_its_key_alone() -> None:
    notice = made("User talk:Eva", "notice", 5, person="Eva", threads=("t1",), key="k1")
    ledger = rebuild([notice], [BOARD], HASH)

    assert ledger.told == ((HASH(BOARD), Told(HASH("Eva"), HASH("t1"), "notice", notice.instant)),)
    assert ledger.keys == {"k1": notice.instant}


def test_an_archive_edit_without_a_later_cut_is_a_move_half_done() -> None:
    ledger = rebuild(newest_first(made(BOARD, "cut", 1), made(ARCHIVE, "archive", 2)), [BOARD], HASH)

    assert ledger.moves == (Move(BOARD, ARCHIVE, (), 2),)


def test_a_later_cut_means_that_a_person_put_the_thread_back() -> None:
    ledger = rebuild(newest_first(made(ARCHIVE, "archive", 1), made(BOARD, "cut", 2)), [BOARD], HASH)

    assert ledger.moves == ()


def test_an_archive_edit_undone_in_part_is_still_a_move() -> None:
    ledger = rebuild(newest_first(made(ARCHIVE, "archive", 1), made(ARCHIVE, "undo", 2)), [BOARD], HASH)

    assert ledger.moves == (Move(BOARD, ARCHIVE, (), 1),)


def test_two_archives_without_a_cut_are_two_moves_oldest_first() -> None:
    second = f"{BOARD}/Archive 2"
    ledger = rebuild(newest_first(made(ARCHIVE, "archive", 1), made(second, "archive", 2)), [BOARD], HASH)

    assert [move.archive for move in ledger.moves] == [ARCHIVE, second]


def test_other_boards_and_summaries_without_a_key_tell_nothing() -> None:
    plain = Contribution(ARCHIVE, 1, NOW, "moved threads (bc:archive)")
    ledger = rebuild([plain, made(ARCHIVE, "archive", 2)], ["Project:Elsewhere"], HASH)

    assert not ledger.moves
    assert not ledger.told


def test_a_restored_ledger_is_what_was_kept_before() -> None:
    notice = made("User talk:Eva", "notice", 5, person="Eva", threads=("t1",), key="k1")
    ledger = rebuild(newest_first(notice, made(ARCHIVE, "archive", 6)), [BOARD], HASH)
    journal = Journal().of("enwiki")
    assert not journal.knows_account("Clerk")
    journal.restore("Clerk", ledger, NOW)

    assert journal.knows_account("Clerk")
    assert not journal.knows_account("Another")
    assert journal.told(BOARD) == (ledger.told[0][1],)
    assert journal.own_keys() == {"k1"}
    assert journal.open_moves(BOARD) == (Move(BOARD, ARCHIVE, (), 6),)


def test_a_hash_depends_on_the_wiki_the_secret_and_where_the_words_end() -> None:
    assert HASH("ab", "c") != HASH("a", "bc") != HASH("abc")
    assert HASH("a") != Hasher("dewiki")("a") != Hasher("enwiki", "secret")("a")
    assert HASH("a") == Hasher("enwiki")("a")
    assert len(HASH("a")) == 10


def test_a_long_summary_is_cut_and_keeps_link_and_key() -> None:
    key = Key("archive", HASH(BOARD))
    summary = stamp("ü" * 900, key, "Project:Bots/Approved")

    assert len(summary) == SUMMARY_LENGTH
    assert "[[Project:Bots/Approved]]" in summary
    assert key_in(summary) == key


FIELD = st.text("abc234_-", max_size=12)


@settings(derandomize=True, max_examples=300)
@given(st.text(max_size=600), st.text("abc-", min_size=1, max_size=9), FIELD, FIELD, FIELD, FIELD)
def test_whatever_the_summary_its_key_is_read_back(
    summary: str, kind: str, board: str, person: str, thread: str, own: str
) -> None:
    key = Key(kind, board or "b", person, thread, own)
    stamped = stamp(summary, key)

    assert key_in(stamped) == key
    assert len(stamped) <= SUMMARY_LENGTH


@settings(derandomize=True, max_examples=300)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_keys(summary: str) -> None:
    assert key_in(summary) is None or "(bc:" in summary
