"""The journal's tables: types that SQLite and MariaDB both keep, instants in UTC, no names and no wikitext."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.mysql import LONGTEXT
from sqlalchemy.schema import SchemaItem

# Hashes and keys are ASCII; a title has at most 255 bytes after its namespace; a key of four such columns stays
# under InnoDB's 3,072 bytes.
WIKI = String(64)
TITLE = String(320)
HASH = String(16)
WORD = String(40)
KEY = String(120)
# What the migrations' TEXT(16777215), counted in characters, becomes on MariaDB.
LONG = Text().with_variant(LONGTEXT(), "mysql", "mariadb")


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC without its zone: the one form that both databases sort and compare alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Turn an aware instant into UTC. Raises ValueError for one without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Give the instant its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

# Titles and hashes are compared byte by byte: MariaDB's default collation would take "A" and "a" for one.
_OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}
_ID = BigInteger().with_variant(Integer, "sqlite")


def _table(name: str, *parts: SchemaItem) -> Table:
    return Table(name, metadata, *parts, **_OPTIONS)


def _key(name: str, kind: String) -> Column[str]:
    return Column(name, kind, primary_key=True)


leases = _table(
    "leases",
    _key("wiki", WIKI),
    Column("owner", String(64), nullable=False),
    Column("beat", Instant, nullable=False),
    Column("expiry", Instant, nullable=False),
)

runs = _table(
    "runs",
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("wiki", WIKI, nullable=False),
    Column("begun", Instant, nullable=False),
    Column("ended", Instant),
    Column("outcome", WORD, nullable=False, default=""),
    Column("settings", BigInteger, nullable=False, default=0),
    Index("runs_by_wiki", "wiki", "begun"),
)

# One row per save: written before it ("sent"), settled after it ("saved", "same", "refused", "doubtful", "lost").
writes = _table(
    "writes",
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("wiki", WIKI, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("board", TITLE, nullable=False),
    Column("task", WORD, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("page", TITLE, nullable=False),
    Column("base", BigInteger, nullable=False),
    Column("key", KEY, nullable=False),
    Column("begins", Boolean, nullable=False, default=False),
    Column("begun", Instant, nullable=False),
    Column("state", WORD, nullable=False),
    Column("revision", BigInteger, nullable=False, default=0),
    Column("archives", Text, nullable=False, default="[]"),
    Index("writes_by_state", "wiki", "state"),
    Index("writes_by_key", "wiki", "key"),
    Index("writes_by_run", "run"),
)

moves = _table(
    "moves",
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("wiki", WIKI, nullable=False),
    Column("board", TITLE, nullable=False),
    Column("archive", TITLE, nullable=False),
    Column("archive_revision", BigInteger, nullable=False, default=0),
    Column("state", WORD, nullable=False),
    Column("begun", Instant, nullable=False),
    Index("moves_by_board", "wiki", "board", "state"),
)

moved_threads = _table(
    "moved_threads",
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("move", BigInteger, nullable=False),
    Column("thread", HASH, nullable=False),
    Column("digest", String(64), nullable=False),
    # Another thread with this identity stood on the board right after the cut: it was not put back by a person.
    Column("ambiguous", Boolean, nullable=False, default=False),
    Index("moved_threads_by_move", "move"),
    Index("moved_threads_by_thread", "thread"),
)

notices = _table(
    "notices",
    _key("wiki", WIKI),
    _key("board", HASH),
    _key("thread", HASH),
    _key("person", HASH),
    _key("kind", WORD),
    Column("instant", Instant, nullable=False),
)

keys = _table("own_keys", _key("wiki", WIKI), _key("key", KEY), Column("instant", Instant, nullable=False))

facts = _table(
    "facts",
    _key("wiki", WIKI),
    _key("board", TITLE),
    _key("kind", WORD),
    _key("thread", HASH),
    Column("value", Text, nullable=False),
    Column("instant", Instant, nullable=False),
)

left_alone = _table(
    "left_alone",
    _key("wiki", WIKI),
    _key("board", TITLE),
    _key("thread", HASH),
    Column("instant", Instant, nullable=False),
)

wiki_facts = _table(
    "wiki_facts",
    _key("wiki", WIKI),
    Column("version", String(64), nullable=False),
    Column("answer", LONG, nullable=False),
    Column("fetched", Instant, nullable=False),
)

settings = _table(
    "accepted_settings",
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("wiki", WIKI, nullable=False),
    Column("revision", BigInteger, nullable=False),
    # a keyed hash; "" in rows of versions that kept none
    Column("editor", HASH, nullable=False, server_default=""),
    Column("instant", Instant, nullable=False),
    Index("settings_by_wiki", "wiki"),
)

looks = _table(
    "looks",
    _key("wiki", WIKI),
    _key("board", TITLE),
    _key("task", WORD),
    Column("due", Instant, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("settings", BigInteger, nullable=False),
)

spending = _table(
    "spending",
    _key("wiki", WIKI),
    _key("day", String(10)),
    _key("kind", KEY),
    Column("count", Integer, nullable=False),
)

complaints = _table(
    "complaints",
    _key("wiki", WIKI),
    _key("subject", HASH),
    Column("revision", BigInteger, nullable=False),
    Column("posted", Instant, nullable=False),
    Column("retired", Instant),
)

ledgers = _table(
    "ledgers",
    _key("wiki", WIKI),
    Column("account", HASH, nullable=False),
    Column("rebuilt", Instant, nullable=False),
)

# One row per thread ever seen; the draft is what a backfill has rebuilt so far.
observations = _table(
    "observations",
    _key("wiki", WIKI),
    _key("board", TITLE),
    Column("draft", Boolean, primary_key=True),
    _key("thread", HASH),
    Column("alias", HASH, nullable=False),
    Column("opened", Instant, nullable=False),
    Column("answered", Instant),
    Column("responded", Instant),
    Column("party", Instant),
    Column("endings", Text, nullable=False),
    Column("participants", Integer, nullable=False),
    Column("comments", Integer, nullable=False),
    Column("named", Integer, nullable=False),
    Column("told", Integer, nullable=False),
    Column("reposted", Boolean, nullable=False),
    Column("reporter", HASH, nullable=False),
    Column("responders", Text, nullable=False),
    Column("traces", LONG, nullable=False),
    Column("people_kept", Boolean, nullable=False),
)

# Up to which revision a board was observed, and since when its history is known.
observed = _table(
    "observed",
    _key("wiki", WIKI),
    _key("board", TITLE),
    Column("draft", Boolean, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("instant", Instant, nullable=False),
    Column("since", Instant, nullable=False),
)

# What was read of each board: hashes and numbers (bot.reading.kept).
readings = _table("readings", _key("wiki", WIKI), _key("board", TITLE), Column("parts", LONG, nullable=False))
