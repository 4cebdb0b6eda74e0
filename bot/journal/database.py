"""Opens the journal's database, brings its schema up to date, and turns every failure into words for the operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bot.errors import OperatorProblem

# How long a writer waits for another one before it gives up, in seconds.
PATIENCE = 10


class Database:
    """One database at the newest schema. Raises OperatorProblem for whatever is wrong with it."""

    def __init__(self, url: str) -> None:
        self._shared: Connection | None = None
        try:
            parsed = make_url(url)
            self._engine = _engine(parsed)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            # The address itself stays out of the message: it may hold a password.
            raise OperatorProblem(
                "The database address in clerk.yaml (or CLERK_DATABASE) cannot be understood; write it like "
                "sqlite:///clerk.db or mysql+pymysql://USER:PASSWORD@HOST/NAME."
            ) from error
        # The query may hold a password too.
        self._where = parsed.set(query={}).render_as_string(hide_password=True)
        self._migrate()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Makes one transaction of all those inside."""
        if self._shared is not None:
            yield
            return
        with self.transaction() as connection:
            self._shared = connection
            try:
                yield
            finally:
                self._shared = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose statements take effect together or not at all."""
        if self._shared is not None:
            yield self._shared
            return
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._trouble(error) from error

    def server(self) -> str:
        """The kind of database and its version, such as SQLite 3.40.1."""
        with self.transaction() as connection:
            if connection.dialect.name == "sqlite":
                return f"SQLite {connection.execute(text('SELECT sqlite_version()')).scalar()}"
            return f"MariaDB {connection.execute(text('SELECT VERSION()')).scalar()}"

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    def _migrate(self) -> None:
        try:
            with self._engine.begin() as connection:
                if _current(connection) == newest():
                    return
            from bot.journal import migrate  # noqa: PLC0415 - Alembic takes longer to load than most runs to work

            with self._engine.begin() as connection, _alone(connection):
                if not migrate.knows(_current(connection)):
                    raise OperatorProblem(
                        f"The database {self._where} was made by a newer version of Boardclerk; "
                        "install that version, or name another database."
                    )
                migrate.upgrade(connection)
        except SQLAlchemyError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> OperatorProblem:
        # The driver's own words name the cause; the statement and its values (SQLAlchemy's words) are left out.
        cause = str(getattr(error, "orig", None) or type(error).__name__)
        return OperatorProblem(
            f"The database {self._where} cannot be used ({cause}); nothing is written to a wiki without it. "
            "See that it can be reached and written, then run again."
        )


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        # Shared servers close idle connections: each is tried before it is used. Under MariaDB's own default two
        # runners that ask for one missing row both lock the gap where it would stand, and one of them dies of it
        # (https://mariadb.com/kb/en/innodb-lock-modes/, "Gap locks"); no transaction here reads a thing twice.
        return create_engine(url, pool_pre_ping=True, pool_recycle=300, isolation_level="READ COMMITTED")
    arguments = {"timeout": PATIENCE, "check_same_thread": False}
    if url.database in (None, "", ":memory:"):
        engine = create_engine(url, connect_args=arguments, poolclass=StaticPool)
    else:
        engine = create_engine(url, connect_args=arguments)

    # Python's driver begins transactions late and never for reads; two runners must queue from the first statement on.
    @event.listens_for(engine, "connect")
    def _plain(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]  # the driver's own object

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """No second process migrates meanwhile; SQLite's transaction sees to that by itself."""
    if connection.dialect.name == "sqlite":
        yield
        return
    # The lock is the server's, not the database's: its name tells databases apart.
    name = text("SELECT GET_LOCK(CONCAT('boardclerk ', DATABASE()), 60)")
    connection.execute(name)
    try:
        yield
    finally:
        connection.execute(text("SELECT RELEASE_LOCK(CONCAT('boardclerk ', DATABASE()))"))


def newest() -> str:
    """The newest revision of the schema, which the files of the migrations are numbered by."""
    return max(file.name[1:5] for file in (Path(__file__).parent / "migrations" / "versions").glob("v[0-9]*.py"))


def _current(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "journal_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM journal_version")).first()
    return None if row is None else str(row[0])
