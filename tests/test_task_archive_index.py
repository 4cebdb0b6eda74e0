"""The archive index: what it lists, whom it does not name, when it is written, and that it never stands in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from bot.model import Page
from bot.plan import Edit, Need, Plan, Snapshot
from tasks.archive import ArchiveSettings, plan
from tests.builders import BOARD, NOW, ago, answered, board, page, resolved, rules, signed, snapshot, thread, user
from tests.pretend import Pretend
from tests.pretend import changed as text_after

INDEX = f"{BOARD}/Archive index"
FIRST = f"{BOARD}/Archive 1"


def _settings(**given: Any) -> ArchiveSettings:
    return ArchiveSettings.model_validate({"keep_threads": 0, "index": "{board}/Archive index"} | given)


def _done(heading: str, hours: float = 72, author: str = "Ann") -> str:
    return thread(heading, signed(author, ago(hours=hours + 1)), resolved(ago(hours=hours)))


def _plan(text: str, *pages: Page, users: tuple[str, ...] = (), **given: Any) -> Plan:
    """The plan with every need answered; only ``users`` have accounts besides those who write."""
    seen: Snapshot = snapshot(text)
    known = {one.title: one for one in (page(BOARD, seen.board.text, revision=seen.board.revision), *pages)}
    for _ in range(5):
        match plan(seen, _settings(**given), NOW):
            case Need() as need:
                seen = answered(seen, need, known)
                nobody = {name for name in need.users if name not in (*users, "Ann", "Clara", "Bob")}
                seen = replace(seen, users={**seen.users, **{one: user(one, registered=False) for one in nobody}})
            case wanted:
                return wanted
    raise AssertionError("more rounds than the runner gives")


def _index(wanted: Plan) -> Edit:
    (edit,) = [edit for edit in wanted.edits if edit.kind == "index"]
    return edit


def _rows(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("| ")]


def _text(wanted: Plan, before: str = "") -> str:
    return text_after(_index(wanted).change, before)


def test_what_is_archived_is_listed_with_dates_replies_and_archive_and_nothing_of_its_outcome() -> None:
    text = _text(_plan(_done("Links that break") + _done("A | pipe", 96)))

    assert _rows(text) == [
        f"| Links that break || 2026-11-19 11:00 || 2026-11-19 12:00 || 1 || [[:{FIRST}]]",
        f"| A &#124; pipe || 2026-11-18 11:00 || 2026-11-18 12:00 || 1 || [[:{FIRST}]]",
    ]
    assert "__NOINDEX__" in text
    assert 'class="wikitable sortable"' in text
    assert "resolved" not in text.lower()


@pytest.mark.parametrize(
    ("heading", "users"),
    [
        ("Bob again", ()),
        ("ann and others", ()),
        ("[[User:Somebody|he]] and she", ()),
        ("Edits by 192.0.2.7", ()),
        ("Edits by 2001:db8::7:1", ()),
        ("Violet Sky", ("Violet Sky",)),
    ],
)
def test_a_heading_that_names_a_user_is_not_shown(heading: str, users: tuple[str, ...]) -> None:
    text = thread(heading, signed("Ann", ago(hours=80)), signed("Bob", ago(hours=75)), resolved(ago(hours=72)))

    (row,) = _rows(_text(_plan(text, users=users)))

    assert row.startswith("| thread of 2026-11-19 04:00 || 2026-11-19 04:00 ||")
    for word in ("Bob", "ann", "he", "192", "2001", "Violet"):
        assert f"| {word}" not in row


def test_a_heading_that_only_looks_like_a_name_is_shown() -> None:
    assert "| Violet Sky ||" in _text(_plan(_done("Violet Sky")))


def test_the_index_is_written_between_the_archives_and_the_cut_and_stops_nothing() -> None:
    wanted = _plan(_done("A") + _done("B"))

    assert [edit.kind for edit in wanted.edits] == ["archive", "index", "cut"]
    assert _index(wanted).independent
    assert "A" not in _index(wanted).summary.replace("Archive", "")


def test_rows_of_other_archives_and_text_around_the_table_stay() -> None:
    before = "Our words.\n\n" + _text(_plan(_done("A"))).replace(FIRST, f"{BOARD}/Old") + "\n\n[[Category:X]]"

    text = _text(_plan(_done("B", 50), page(INDEX, before)), before)

    assert text.startswith("Our words.\n\n")
    assert text.endswith("\n\n[[Category:X]]")
    assert [row.split(" || ")[-1] for row in _rows(text)] == [f"[[:{BOARD}/Old]]", f"[[:{FIRST}]]"]


def test_rows_of_an_archive_follow_what_stands_there() -> None:
    before = _text(_plan(_done("Gone since") + _done("Kept", 90)))
    archive = page(FIRST, _done("Kept", 90).rstrip())

    text = _text(_plan(_done("New", 50), page(INDEX, before), archive), before)

    assert [row.split(" || ")[0] for row in _rows(text)] == ["| Kept", "| New"]


def test_nothing_is_written_where_nothing_is_moved() -> None:
    assert _plan(_done("Young", 2)).edits == ()


@pytest.mark.parametrize(
    ("found", "given", "said"),
    [
        (page(INDEX, "x", protection={"edit": "sysop"}), {}, "the index page is protected (sysop)"),
        (page(INDEX, "#R", redirect="Elsewhere"), {}, "the index page is a redirect"),
        (page(INDEX, "x"), {"index": "Main Page"}, "index: Main Page"),
        (page(INDEX, "x" * (2**21 - 1024)), {}, "the index page is full"),
    ],
)
def test_an_index_that_cannot_be_written_is_said_and_the_threads_move(
    found: Page, given: dict[str, Any], said: str
) -> None:
    wanted = _plan(_done("A"), found, **given)

    assert [edit.kind for edit in wanted.edits] == ["archive", "cut"]
    assert [one.found for one in wanted.decisions if one.verdict == "not done: index"] == [said]


def test_a_run_that_died_before_the_cut_makes_the_index_up() -> None:
    wiki = Pretend(_settings())
    wiki.save(BOARD, _done("A") + _done("B"), "Ann")
    wiki.pass_time()
    wiki.run()
    whole = wiki.text(INDEX)
    assert len(_rows(whole)) == 2

    again = Pretend(_settings())
    again.save(BOARD, _done("A") + _done("B"), "Ann")
    again.pass_time()
    first = again.plan().edits[0]
    again._write(first)
    again.pass_time()
    again.run()

    assert again.text(INDEX) == whole
    assert not board(again.text(BOARD), reading=rules()).threads


def test_an_index_that_was_not_saved_is_made_up_by_the_next_run_and_looked_at_once() -> None:
    wiki = Pretend(_settings())
    wiki.save(BOARD, _done("A") + _done("B"), "Ann")
    wiki.pass_time()
    first = wiki.plan()
    for edit in first.edits:
        if edit.kind != "index":
            wiki._write(edit)
    wiki.facts |= {(fact.kind, ""): fact.value for fact in first.facts if not fact.thread}
    wiki.pass_time()

    assert [edit.kind for edit in wiki.run().edits] == ["index"]
    assert len(_rows(wiki.text(INDEX))) == 2
    wiki.pages.pop(INDEX)
    assert wiki.run().edits == ()


def test_an_index_of_many_pages_is_refused() -> None:
    with pytest.raises(ValidationError, match="without fields other than"):
        _settings(index="{board}/Index {year}")
