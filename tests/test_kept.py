"""A board of which a reading was kept reads exactly as one never seen, whatever became of what was kept meanwhile."""

from __future__ import annotations

import json
import random
import re
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.journal import Hasher, Journal, WikiJournal
from bot.model import Board, Sample, WikiInfo
from bot.reading import kept
from bot.reading.board import Reader
from bot.reading.facts import english
from bot.reading.pieces import Piece
from bot.reading.rules import People, Rules
from tasks import WIKI
from tests.randomboards import RULES, BusyBoard
from tests.sizes import cases
from tests.test_board import LIST, PIECES, SIGNED
from tests.test_board_corpus import PAGES, REAL_PAGES, reader
from tests.test_signatures import corpus, facts
from tests.test_warm import EDITS, TEXTS, edited
from tests.world import BOARD, NOTIFY, PAGE, SETTINGS, World, board, thread, world

TITLE = "Project:Board"
SEAL = Hasher("enwiki", "a secret").seal
HELD = re.compile(r'[0-9a-f]{32}\{("[0-9a-f]{32}":(null|0|[\[\],0-9-]+),?)*\}', re.ASCII)
"""Hashes and numbers, and nothing that a name or a word could stand in."""


def recalled(text: str, row: str, rules: Rules = RULES, info: WikiInfo | None = None, title: str = TITLE) -> str:
    """Read a text in a new process, so to speak, and give what is kept after it; the board must be as if read cold."""
    one = Reader(info or english())
    board, learned, after = one.recall(title, 1, text, rules, row, SEAL)

    assert board == one.board(title, 1, text, rules)
    assert not after or HELD.fullmatch(after)
    if learned is not None:
        assert one.again(title, 1, text, rules, learned)[0] == board
    return after


def packed(text: str, rules: Rules = RULES, info: WikiInfo | None = None) -> str:
    """What is kept of a text that two runs have read."""
    return recalled(text, recalled(text, "", rules, info), rules, info)


def read_anew(text: str, row: str, **changes: object) -> list[str]:
    """The stretches that must be read although something was kept."""
    found: list[str] = []

    class Watched(Reader):
        def piece(self, text: str, *arguments: object, **named: object) -> object:  # type: ignore[override]  # a spy
            found.append(text)
            return super().piece(text, *arguments, **named)  # type: ignore[arg-type]  # handed on as they came

    told: dict[str, object] = {"info": english(), "title": TITLE, "rules": RULES, "seal": SEAL, **changes}
    Watched(told["info"]).recall(told["title"], 1, text, told["rules"], row, told["seal"])  # type: ignore[arg-type]
    return found


@given(TEXTS, EDITS, st.sampled_from([RULES, LIST, Rules(level=1), Rules(level=3)]))
@example("\n== A ==\n{{\n== B ==\n}}", (0, 0, ""), RULES)
@example("\n== A ==\n{{atop}}\n== B ==\n{{abot}}\n== C ==\n{{atop}}\n== D ==\n{{abot}}\n", (0, 0, ""), RULES)
@example("\n== A ==\n[[User:Bo|\n== B ==\n]] 12:00, 1 May 2024 (UTC)", (0, 0, ""), RULES)
@example("\n== A ==\n<pre \n== B ==\n>", (0, 0, ""), RULES)
@settings(max_examples=cases(400, 30_000), derandomize=True, deadline=None)
def test_whatever_is_kept_a_board_reads_the_same(text: str, edit: tuple[int, int, str], rules: Rules) -> None:
    row = packed(text, rules)

    assert recalled(text, row, rules) == row
    recalled(edited(text, edit), row, rules)


@pytest.mark.parametrize("seed", range(3))
def test_a_busy_board_reads_the_same_through_many_edits(seed: int) -> None:
    dice, text, row = random.Random(seed), BusyBoard(seed).board(30_000), ""
    for _ in range(cases(20, 400)):
        start = dice.randrange(len(text))
        moved = text[(at := dice.randrange(len(text))) : at + dice.randrange(80)]
        text = edited(text, (start, dice.choice([0, 0, 1, 40]), dice.choice([moved, "x", *PIECES])))
        row = recalled(text, row)


@pytest.mark.parametrize(("page", "info"), PAGES + REAL_PAGES, ids=lambda path: path.stem)
def test_boards_of_many_languages_read_the_same_and_are_kept_whole(page: Path, info: Path) -> None:
    with page.open(encoding="utf-8", newline="") as file:
        text = file.read()
    one = reader(info).info
    row = packed(text, RULES, one)

    assert recalled(text, row, RULES, one) == row
    assert '":0' not in row


def test_signatures_of_every_language_are_kept() -> None:
    for lang in sorted(corpus()):
        info = facts(lang)
        user = info.namespaces[2].name
        signed = f"[[{user}:Ana María|Ana]] {info.sample.text}"
        text = "".join(f"== {name} ==\n{name} {signed}\n: Answer {signed}\n" for name in "ABC")
        row = packed(text, RULES, info)

        assert recalled(text, row, RULES, info) == row, lang
        assert '":0' not in row, lang


def test_nearly_all_of_a_busy_board_is_kept() -> None:
    row = packed(BusyBoard(5).board(200_000))

    assert len(json.loads(row[32:])) > 40
    assert '":0' not in row
    assert "null" not in row


def test_only_what_changed_is_read_again() -> None:
    text = "lead\n" + "".join(f"== {name} ==\n{name} {SIGNED}\n" for name in "ABCD")
    changed = text.replace("B [[", "Bo [[")

    assert read_anew(text, packed(text)) == []
    assert read_anew(changed, packed(text)) == [f"== B ==\nBo {SIGNED}\n"]


def test_a_board_of_which_little_was_seen_is_read_in_one_go() -> None:
    text = "".join(f"== {name} ==\n{name} {SIGNED}\n" for name in "ABCD")
    other = "".join(f"== {name} ==\n{name} {SIGNED}\n" for name in "DEFGH")

    assert read_anew(text, "") == [text]
    assert read_anew(other, packed(text)) == [other]
    assert "null" in recalled(text, "")


def test_what_is_kept_does_not_outlive_its_text() -> None:
    text = "".join(f"== {name} ==\n{name} {SIGNED}\n" for name in "ABCD")
    row = recalled("== A ==\n", packed(text))

    assert len(json.loads(row[32:])) == 1


HOSTILE = {
    "signers": lambda number: f"* [[User:Ann_{number}]] 12:00, 1 May 2024 (UTC)\n",
    "subjects": lambda number: f"{{{{userlinks|ann_{number}}}}} ",
    "addresses": lambda number: f"* [//x/wiki/User:Ann{number} 12:00, 1 May 2024 (UTC)\n",
    "addresses in a heading": lambda number: f"[https://x.example/wiki/User:Ann{number} ",
    "comments in a heading": lambda number: f"<!-- {number} --> <!--",
}


def calls(text: str) -> int:
    """Count the calls, those into C among them, that reading, packing and unpacking take."""
    count = 0

    def profile(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    reader, row = Reader(english()), ""
    sys.setprofile(profile)
    try:
        for _ in range(3):
            row = reader.recall(TITLE, 1, text, RULES, row, SEAL)[2]
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_packing_takes_grows_with_the_length_only(kind: str) -> None:
    def text(most: int) -> str:
        many = "".join(HOSTILE[kind](number) for number in range(10_000, 10_000 + most))
        return f"== {many} ==\n{SIGNED}\n" if "heading" in kind else f"== A ==\n{many}{SIGNED}\n"

    few, lots = calls(text(200)), calls(text(2_000))
    assert lots < 11 * few + 2_000


TEXT = BusyBoard(3).board(20_000)
ROW = packed(TEXT)


@given(st.integers(0, len(ROW) - 1), st.integers(0, 40), st.text('0123456789-,[]"{}n:aZ', max_size=5))
@settings(max_examples=cases(60, 5_000), derandomize=True, deadline=None)
def test_an_edited_or_damaged_row_changes_nothing(at: int, length: int, added: str) -> None:
    damaged = ROW[:at] + added + ROW[at + length :]

    recalled(TEXT, damaged)
    assert damaged == ROW or read_anew(TEXT, damaged) == [TEXT]


def test_a_row_made_for_something_else_is_as_good_as_none() -> None:
    info = english()
    assert read_anew(TEXT, ROW) == []
    tomorrow = info.sample.instant + timedelta(days=1)
    written = f"{tomorrow:%H:%M}, {tomorrow.day} {tomorrow:%B} {tomorrow.year} (UTC)"
    assert read_anew(TEXT, ROW, info=replace(info, sample=Sample(tomorrow, written))) == []
    others: list[dict[str, object]] = [
        {"title": "Project:Other"},
        {"seal": Hasher("dewiki", "a secret").seal},
        {"seal": Hasher("enwiki").seal},
        {"rules": replace(RULES, closing=("resolved",))},
        {"rules": replace(RULES, aliases={"resolved": ("done",)})},
        {"rules": replace(RULES, closers=People(groups=frozenset({"sysop"})))},
        {"info": replace(info, extensions=info.extensions | {"Score"})},
        {"info": replace(info, first_letter=False)},
        {"info": replace(info, time_zone="Europe/Berlin")},
    ]
    for other in others:
        assert read_anew(TEXT, ROW, **other) == [TEXT], other


def test_a_row_of_another_version_of_the_reader_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_program", lambda: b"another")

    assert read_anew(TEXT, ROW) == [TEXT]


def test_the_groups_that_may_close_are_told_in_any_order() -> None:
    groups = [f"group {number}" for number in range(40)]
    one, other = (replace(RULES, closers=People(groups=frozenset(some))) for some in (groups, reversed(groups)))

    assert read_anew(TEXT, packed(TEXT, one), rules=other) == []


def test_a_row_stays_within_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = len(recalled(TEXT, ""))
    monkeypatch.setattr(kept, "MOST", 2_000)
    row = packed(TEXT)

    assert len(row) < hashes + 2_000
    assert '":0' in row
    assert recalled(TEXT, row) == row


def test_the_hash_of_the_same_bytes_differs_from_wiki_to_wiki_and_is_no_plain_hash() -> None:
    seals = {Hasher(*key).seal(b"== Ben ==") for key in (("enwiki", ""), ("dewiki", ""), ("enwiki", "secret"))}

    assert len(seals) == 3
    assert {len(one) for one in seals} == {32}


def board_of(text: str) -> Board:
    return Reader(english()).board(TITLE, 1, text, RULES)


def test_a_thread_with_everything_in_it_is_kept() -> None:
    text = (
        "{{Header}}\n"
        "== [[User:Ben|Ben]] &amp; ''co'' <!-- note --> (resolved) ==\n"
        "<!-- [[User:DoNotArchiveUntil]] 12:00, 1 May 2034 (UTC) -->\n"
        f"* {{{{userlinks|1=user:ben_two}}}} {{{{vandal|Eve}}}}\nText {SIGNED}\n"
        ": Answer {{unsigned|Clara|13:00, 1 May 2024 (UTC)}}\n"
        "{{resolved|1=done [[User:Dan|Dan]] 14:00, 1 May 2024 (UTC)}}\n"
        "== Nobody signed ==\n{{in progress}}\n"
    )
    row = packed(text)
    first = board_of(text).threads[0]

    assert first.pin
    assert first.marks
    assert len(first.subjects) == 3
    assert len(first.comments) >= 2
    assert recalled(text, row) == row
    assert read_anew(text, row) == []


# --- runs: what the journal keeps of a board from one run to the next ---


def kept_of(made: World, board: str = BOARD) -> str:
    """What the journal keeps of a board's reading."""
    return made.kept.readings([board]).get(board, "")


def waiting(page: str = PAGE) -> World:
    """A board on which nothing is to be moved."""
    return world(*(thread(number, resolved=False, names="Eva") for number in range(1, 6)), page=page)


def warmed(made: World, row: str | None = None) -> World:
    """Three runs, and a new thread before each; before each run something may be put in place of what was kept."""
    for number in (6, 7, 8):
        made.says("Alba", BOARD, f"{made.text(BOARD)}\n\n{thread(number, resolved=number == 6, names='Eva').rstrip()}")
        if row is not None:
            made.kept.keep_reading(BOARD, row)
        made.run()
    return made


def test_a_run_reads_only_what_changed_since_the_run_before(monkeypatch: pytest.MonkeyPatch) -> None:
    made, read = warmed(waiting()), Reader.piece
    made.says("Bea", BOARD, made.text(BOARD).replace("Words of report 3.", "Other words."))
    found: list[str] = []

    def piece(self: Reader, text: str, *arguments: Any, **named: Any) -> Piece:
        found.append(text)
        return read(self, text, *arguments, **named)

    monkeypatch.setattr(Reader, "piece", piece)
    made.run()

    assert [re.findall("== (.*) ==", text) for text in found] == [["Report 3"]]


@pytest.mark.parametrize("row", ["", "null", "x" * 32 + "{}", "é" * 40, ROW], ids=lambda row: row[:8])
def test_whatever_stands_in_place_of_what_was_kept_a_run_does_the_same(row: str) -> None:
    expected, made = warmed(waiting(PAGE + NOTIFY)), warmed(waiting(PAGE + NOTIFY), row)

    assert made.bot_edits() == expected.bot_edits() != []
    assert [made.text(title) for title in made.wiki.pages()] == [expected.text(title) for title in made.wiki.pages()]
    assert HELD.fullmatch(kept_of(expected))
    assert kept_of(made) != row


def test_what_is_kept_is_written_only_where_something_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    made, written = warmed(waiting()), []
    monkeypatch.setattr(WikiJournal, "keep_reading", lambda *arguments: written.append(arguments))
    made.run()

    assert written == []


def test_a_dry_run_keeps_nothing() -> None:
    made = waiting()
    made.run(dry_run=True)

    assert kept_of(made) == ""


def test_what_is_kept_goes_with_the_page() -> None:
    made = warmed(waiting())
    assert kept_of(made)
    made.wiki.delete(BOARD)
    made.run()

    assert kept_of(made) == ""


def test_what_is_kept_goes_when_the_settings_no_longer_name_the_board() -> None:
    made = waiting()
    made.wiki_tasks = WIKI
    warmed(made)
    assert kept_of(made)
    made.says("Alba", "Wiki:Other", board(thread(1, resolved=False), thread(2, resolved=False)))
    made.says("Root", SETTINGS, PAGE.replace("Project:Incidents", "Project:Other"))
    made.run()

    assert kept_of(made) == ""
    assert kept_of(made, "Wiki:Other")


def test_the_journal_holds_no_name_and_no_wikitext_after_many_runs(tmp_path: Path) -> None:
    file = tmp_path / "clerk.db"
    made = waiting(PAGE + NOTIFY)
    made.journal = Journal(f"sqlite:///{file}")
    warmed(made)
    row = kept_of(made)
    made.journal.close()
    held = file.read_bytes()

    assert '":[[' in row
    for word in (b"Eva", b"Alba", b"Bea", b"Clara", b"Report 3", b"Words of", b"userlinks", b"resolved}"):
        assert word not in held
