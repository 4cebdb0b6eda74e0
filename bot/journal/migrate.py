"""Brings a journal's schema up to date with Alembic; loaded only where that must be done."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError


def knows(revision: str | None) -> bool:
    """Whether a schema is one of those that this version can bring up to date; None is an empty database."""
    return revision is None or revision in {script.revision for script in _scripts().walk_revisions()}


def newest() -> str | None:
    """The revision that the migrations end in."""
    return _scripts().get_current_head()


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing. Raises SQLAlchemyError where the database refuses them."""
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SQLAlchemyError(str(error)) from error


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("bot.journal") / "migrations").replace("%", "%%"))
    return config
