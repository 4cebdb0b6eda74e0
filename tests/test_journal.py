"""The journal: what it keeps, that it brings itself up to date, and what it says when it cannot be used."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine, func, insert, select, text
from sqlalchemy import types as kinds
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.errors import OperatorProblem
from bot.journal import Journal, Look, WikiJournal, database, key_of, migrate
from bot.journal.tables import metadata
from bot.memory import Move, MovedThread, Told
from bot.plan import Edit, Fact, WholeText
from tests.journals import fresh_journal, fresh_url

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BOARD = "Project:Incidents"
ARCHIVE = f"{BOARD}/Archive 1"
QUARTER = timedelta(minutes=15)

pytestmark = pytest.mark.usefixtures("database")


def journal() -> WikiJournal:
    return fresh_journal().of("enwiki")


def edit(kind: str = "archive", page: str = ARCHIVE, **changes: Any) -> Edit:
    return replace(Edit("archive", kind, page, 1, WholeText("x"), "Bot: work"), **changes)


def archive(*identities: str) -> Edit:
    return edit(begins=Move(BOARD, ARCHIVE, tuple(MovedThread(one, f"digest of {one}") for one in identities)))


def cut() -> Edit:
    return edit("cut", BOARD, finishes=(ARCHIVE,))


def notice(person: str = "Eva", thread: str = "t1") -> Edit:
    return edit("notice", f"User talk:{person}", person=person, threads=(thread,), key=f"key {person} {thread}")


def save(kept: WikiJournal, wanted: Edit, revision: int = 9, remaining: frozenset[str] = frozenset()) -> None:
    key = key_of(wanted, BOARD, kept.hash_of)
    kept.saved(kept.intend(1, BOARD, wanted, key, NOW, remaining), key, revision, NOW)


def intend(kept: WikiJournal, wanted: Edit) -> Any:
    return kept.intend(1, BOARD, wanted, key_of(wanted, BOARD, kept.hash_of), NOW)


# leases


def test_a_lease_is_held_by_one_until_it_runs_out_or_is_given_back() -> None:
    kept = journal()

    assert kept.take_lease("a", NOW, QUARTER)
    assert not kept.take_lease("b", NOW + timedelta(minutes=14), QUARTER)
    assert kept.take_lease("a", NOW + timedelta(minutes=14), QUARTER)
    assert not kept.take_lease("b", NOW + timedelta(minutes=28), QUARTER)
    assert kept.take_lease("b", NOW + timedelta(minutes=29), QUARTER)
    assert not kept.take_lease("a", NOW + timedelta(minutes=30), QUARTER)
    kept.release_lease("a")
    assert kept.lease() == ("b", NOW + timedelta(minutes=44))
    kept.release_lease("b")
    assert kept.take_lease("a", NOW + timedelta(minutes=31), QUARTER)


def test_each_wiki_has_its_own_lease() -> None:
    whole = fresh_journal()

    assert whole.of("enwiki").take_lease("a", NOW, QUARTER)
    assert whole.of("dewiki").take_lease("b", NOW, QUARTER)


# moves


def test_a_move_is_open_from_the_intent_until_it_is_closed() -> None:
    kept = journal()
    intent = intend(kept, archive("t1", "t2"))
    hashed = (MovedThread(kept.hash_of("t1"), "digest of t1"), MovedThread(kept.hash_of("t2"), "digest of t2"))

    assert kept.open_moves(BOARD) == (Move(BOARD, ARCHIVE, hashed),)
    kept.saved(intent, key_of(archive(), BOARD, kept.hash_of), 77, NOW)
    assert kept.open_moves(BOARD) == (Move(BOARD, ARCHIVE, hashed, 77),)
    kept.close_moves(BOARD, (ARCHIVE,), "finished")
    assert kept.open_moves(BOARD) == ()


def test_a_refused_archive_forgets_its_move_but_not_one_whose_archive_was_saved() -> None:
    kept = journal()
    kept.failed(intend(kept, archive("t1")), "refused")
    assert kept.open_moves(BOARD) == ()
    save(kept, archive("t1"), 77)
    kept.failed(intend(kept, archive("t1", "t2")), "refused")

    assert [move.archive_revision for move in kept.open_moves(BOARD)] == [77]


def test_a_doubtful_archive_keeps_its_move_open() -> None:
    kept = journal()
    kept.failed(intend(kept, archive("t1")), "doubtful")

    assert len(kept.open_moves(BOARD)) == 1
    assert [one.state for one in kept.unsettled()] == ["doubtful"]


def test_a_thread_that_stands_on_the_board_after_its_move_was_put_back() -> None:
    kept = journal()
    t1, t2 = kept.hash_of("t1"), kept.hash_of("t2")
    save(kept, archive("t1", "t2"))
    assert kept.put_back(BOARD, [t1], NOW) == frozenset()
    save(kept, cut())
    kept.close_moves(BOARD, (ARCHIVE,), "finished")

    assert kept.put_back(BOARD, [t1, "other"], NOW) == {t1}
    # It stays so, even when it is gone again.
    assert kept.put_back(BOARD, [], NOW) == {t1}
    assert kept.put_back("Project:Elsewhere", [t2], NOW) == frozenset()


def test_a_thread_whose_identity_another_one_took_over_was_not_put_back() -> None:
    kept = journal()
    t1 = kept.hash_of("t1")
    save(kept, archive("t1"))
    save(kept, cut(), remaining=frozenset({t1}))
    kept.close_moves(BOARD, (ARCHIVE,), "finished")

    assert kept.put_back(BOARD, [t1], NOW) == frozenset()


def test_an_undone_move_leaves_nobody_alone() -> None:
    kept = journal()
    save(kept, archive("t1"))
    kept.close_moves(BOARD, (ARCHIVE,), "undone")

    assert kept.put_back(BOARD, [kept.hash_of("t1")], NOW) == frozenset()


# notices, keys, facts, spending


def test_a_saved_notice_is_told_under_hashes_and_a_refused_one_is_not() -> None:
    kept = journal()
    kept.failed(intend(kept, notice("Dario")), "refused")
    save(kept, notice("Eva"))

    assert kept.told(BOARD) == (Told(kept.hash_of("Eva"), kept.hash_of("t1"), "notice", NOW),)
    assert kept.told("Project:Elsewhere") == ()
    assert kept.own_keys() == {"key_Eva_t1"}


def test_the_notices_of_a_day_are_counted_by_board() -> None:
    kept = journal()
    for name, board in (("Eva", BOARD), ("Dario", BOARD), ("Bea", "Project:Help")):
        wanted = notice(name)
        key = key_of(wanted, board, kept.hash_of)
        kept.saved(kept.intend(1, board, wanted, key, NOW), key, 9, NOW)

    assert kept.told_on(NOW + timedelta(hours=11)) == {kept.hash_of(BOARD): 2, kept.hash_of("Project:Help"): 1}
    assert kept.told_on(NOW + timedelta(hours=13)) == {}


def test_what_was_spent_counts_by_day_kind_and_task() -> None:
    kept = journal()
    save(kept, notice("Eva"))
    save(kept, notice("Dario"))
    save(kept, cut())

    board = f"board:{kept.hash_of(BOARD)}"
    assert kept.spent(NOW) == {"notice": 2, "notices": 2, "edits": 3, "task:archive": 3, "cut": 1, board: 3}
    assert kept.spent(NOW + timedelta(days=1)) == {}
    assert kept.spent(None)["edits"] == 3


def test_an_edit_that_changed_nothing_spends_nothing() -> None:
    kept = journal()
    key = key_of(cut(), BOARD, kept.hash_of)
    kept.saved(intend(kept, cut()), key, 5, NOW, changed=False)

    assert kept.spent(NOW) == {}
    assert kept.unsettled() == ()


def test_facts_are_kept_by_kind_and_hashed_thread_and_replaced() -> None:
    kept = journal()
    kept.remember(BOARD, [Fact("counter", "", "3"), Fact("seen", "t1", "a")], NOW)
    kept.remember(BOARD, [Fact("counter", "", "4")], NOW)

    assert kept.facts(BOARD) == {("counter", ""): "4", ("seen", kept.hash_of("t1")): "a"}
    assert kept.facts("Project:Elsewhere") == {}


def test_titles_that_differ_in_case_only_are_two() -> None:
    kept = journal()
    kept.remember("Project:Aa", [Fact("counter", "", "1")], NOW)
    kept.remember("Project:AA", [Fact("counter", "", "2")], NOW)

    assert kept.facts("Project:Aa") == {("counter", ""): "1"}


# settings, looks, facts of the wiki, complaints, runs


def test_the_settings_revision_accepted_last_is_in_force() -> None:
    kept = journal()
    assert kept.accepted() == 0
    kept.accept(5, "Root", NOW)
    kept.accept(4, "", NOW)

    assert kept.accepted() == 4


def test_a_look_is_kept_by_board_and_task() -> None:
    kept = journal()
    look = Look(NOW, 7, 3)
    kept.looked(BOARD, "archive", replace(look, revision=6))
    kept.looked(BOARD, "archive", look)

    assert kept.looks() == {(BOARD, "archive"): look}


def test_the_wikis_facts_come_back_as_they_were() -> None:
    kept = journal()
    answer = {"query": {"general": {"sitename": "Wiki «x»"}}, "sample": {"text": "12:00"}}
    assert kept.cached_facts() is None
    kept.cache_facts(answer, "1.43", NOW)
    cached = kept.cached_facts()

    assert cached is not None
    assert (cached.answer, cached.version, cached.fetched) == (answer, "1.43", NOW)


def test_the_same_thing_is_complained_of_once_per_revision() -> None:
    kept = journal()

    assert [kept.complain("settings", revision, NOW) for revision in (1, 1, 2, 2)] == [True, False, True, False]


def test_a_run_lists_what_it_saved() -> None:
    kept = journal()
    run = kept.begin_run(NOW)
    key = key_of(cut(), BOARD, kept.hash_of)
    kept.saved(kept.intend(run, BOARD, cut(), key, NOW), key, 8, NOW)
    kept.failed(kept.intend(run, BOARD, notice(), key, NOW), "refused")
    kept.end_run(run, NOW, "done", 3)

    assert kept.saves(run) == ((BOARD, "cut", 8),)
    assert kept.begin_run(NOW) > run


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(OperatorProblem):
        journal().accept(5, "Root", NOW.replace(tzinfo=None))


# the database


def test_a_journal_is_there_again_when_it_is_opened_again() -> None:
    url = fresh_url()
    first = Journal(url)
    save(first.of("enwiki"), notice())
    first.close()
    second = Journal(url)

    assert len(second.of("enwiki").told(BOARD)) == 1
    assert second.of("dewiki").told(BOARD) == ()


def test_what_was_read_of_boards_is_kept_by_wiki_and_board_until_it_is_forgotten() -> None:
    journal = fresh_journal()
    one, other = journal.of("enwiki"), journal.of("dewiki")
    one.keep_reading(BOARD, "first")
    one.keep_reading(BOARD, "7" * 1_200_000)
    one.keep_reading("Project:Other", "second")
    other.keep_reading(BOARD, "third")

    assert one.readings([BOARD, "Project:Other", "Project:None"]) == {BOARD: "7" * 1_200_000, "Project:Other": "second"}
    one.keep_reading(BOARD, "")
    assert one.readings([BOARD]) == {}
    assert other.readings([BOARD]) == {BOARD: "third"}
    one.keep_boards({"Project:Other": "list"}, "", NOW)
    one.keep_boards({}, "", NOW)
    assert one.readings(["Project:Other"]) == {}


def test_the_migrations_make_the_tables_that_the_code_uses() -> None:
    url = fresh_url()
    Journal(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "journal_version"})

        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_one_with_the_highest_number() -> None:
    assert database.newest() == migrate.newest()


MIGRATIONS = Path(__file__).parent.parent / "bot" / "journal" / "migrations"
VERSIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


def older(engine: Engine, version: str) -> None:
    """An empty database as an older version of the bot left it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def value(kind: Any) -> Any:
    """Something that a column can hold; the wide ones are filled beyond what a narrower one holds."""
    match kind:
        case kinds.Boolean():
            return False
        case kinds.Integer():
            return 1
        case kinds.DateTime():
            return NOW.replace(tzinfo=None)
        case kinds.Text():
            return "[]"
        case kinds.String():
            return "ä" * (kind.length or 1)
    raise AssertionError(kind)


def held(engine: Engine) -> dict[str, int]:
    """How many rows each table holds."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.sorted_tables
        }


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_journal_is_brought_up_to_date_and_keeps_what_it_holds(version: str) -> None:
    url = fresh_url()
    engine = create_engine(url)
    older(engine, version)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if table.name != "journal_version":
                connection.execute(insert(table).values({one.name: value(one.type) for one in table.columns}))
    before = held(engine)

    Journal(url).close()

    assert len(before) >= 14
    assert set(before.values()) == {1}
    assert {name: rows for name, rows in held(engine).items() if name in before} == before
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "journal_version"})
        assert context.get_current_revision() == VERSIONS[0]
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_table_can_be_made_on_mariadb() -> None:
    for table in metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=mysql.dialect()))
        keys = [getattr(column.type, "length", None) or 2 for column in table.primary_key]

        assert "utf8mb4_bin" in made
        assert 4 * sum(keys) < 3072, table.name
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=mysql.dialect()))
            lengths = [getattr(column.type, "length", None) or 2 for column in index.columns]
            assert 4 * sum(lengths) < 3072, index.name


def test_a_journal_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "clerk.db"
    Journal(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE journal_version SET version_num = '9999'")

    with pytest.raises(OperatorProblem, match="newer version"):
        Journal(f"sqlite:///{file}")


@pytest.mark.parametrize("url", ["clerk.db", "nosuch://x/y", "sqlite:////no/such/folder/clerk.db", ""])
def test_a_database_that_cannot_be_opened_is_told_in_one_sentence(url: str) -> None:
    with pytest.raises(OperatorProblem) as problem:
        Journal(url)

    assert "database" in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_password_is_never_told(tmp_path: Path) -> None:
    for url in ("mysql+nosuch://clerk:hunter2@db/x", f"sqlite:///{tmp_path}/no/clerk.db?uri=true&x=hunter2"):
        with pytest.raises(OperatorProblem) as problem:
            Journal(url)

        assert "hunter2" not in str(problem.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "clerk.db"
    file.write_text("This is a letter. " * 100)

    with pytest.raises(OperatorProblem, match=r"clerk\.db"):
        Journal(f"sqlite:///{file}")


def test_a_read_only_or_vanished_database_is_told_when_it_is_written() -> None:
    url = fresh_url()
    opened = Journal(url).of("enwiki")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE facts"))
    engine.dispose()

    with pytest.raises(OperatorProblem, match="nothing is written to a wiki without it"):
        opened.remember(BOARD, [Fact("counter", "", "3")], NOW)


def test_a_transaction_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = journal()
    intent = intend(kept, notice())

    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(WikiJournal, "_spend", fail)
        with pytest.raises(ZeroDivisionError):
            kept.saved(intent, key_of(notice(), BOARD, kept.hash_of), 4, NOW)

    assert kept.told(BOARD) == ()
    assert [one.state for one in kept.unsettled()] == ["sent"]
