"""The journal's address: SQLite beside the operator's file, MariaDB, or ToolsDB with Toolforge's credentials."""

from __future__ import annotations

import configparser
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from bot.errors import OperatorProblem

DATABASE = re.compile(r"(?:sqlite|mysql\+pymysql|mariadb\+pymysql)://\S*|toolsdb:[a-z0-9_]+")
TOOLSDB = "tools.db.svc.wikimedia.cloud"
CREDENTIALS = "replica.my.cnf"


def database_url(path: Path, address: str, environ: Mapping[str, str]) -> str:
    """Give SQLAlchemy's URL of an address.

    A relative SQLite file lies beside the operator's file, wherever cron starts the bot. ``toolsdb:NAME`` is the
    database USER__NAME on ToolsDB (Help:Toolforge/ToolsDB); there, and wherever an address names no user, user and
    password come from TOOL_TOOLSDB_USER and TOOL_TOOLSDB_PASSWORD or from replica.my.cnf. Raises OperatorProblem.
    """
    if not DATABASE.fullmatch(address):
        raise OperatorProblem(
            "CLERK_DATABASE is no database such as sqlite:///clerk.db, toolsdb:clerk or mysql+pymysql://…; correct it"
        )
    if address.startswith("sqlite:"):
        scheme, file = address[: len("sqlite:///")], address[len("sqlite:///") :]
        if scheme != "sqlite:///" or file.startswith("/") or not file:
            return address
        return f"sqlite:///{path.parent.resolve() / file}"
    if address.startswith("toolsdb:"):
        user, password = _credentials(path, environ)
        name = f"{user}__{address.removeprefix('toolsdb:')}"
        if name.endswith("_p"):
            raise OperatorProblem("A database on ToolsDB whose name ends in _p can be read by everybody; rename it.")
        return _address("mysql+pymysql", user, password, TOOLSDB, f"/{name}")
    parts = urlsplit(address)
    if "@" in parts.netloc or "read_default_file" in parts.query or "unix_socket" in parts.query:
        return address
    user, password = _credentials(path, environ)
    return _address(parts.scheme, user, password, parts.netloc, parts.path)


def _address(scheme: str, user: str, password: str, host: str, name: str) -> str:
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{host}{name}?charset=utf8mb4"


def _credentials(path: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    user, password = environ.get("TOOL_TOOLSDB_USER"), environ.get("TOOL_TOOLSDB_PASSWORD")
    if user and password:
        return user, password
    looked = []
    for file in _files(path, environ):
        if file.is_file():
            return _read(file)
        looked.append(str(file))
    raise OperatorProblem(
        f"There is no user and password for the database: give TOOL_TOOLSDB_USER and TOOL_TOOLSDB_PASSWORD in the "
        f"environment, or a {CREDENTIALS} (looked for {', '.join(looked)})."
    )


def _files(path: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    folders = [str(path.parent.resolve()), environ.get("TOOL_DATA_DIR", ""), environ.get("HOME", "")]
    for folder in dict.fromkeys(folder for folder in folders if folder):
        yield Path(folder) / CREDENTIALS


def _read(file: Path) -> tuple[str, str]:
    """Read MySQL's own form of credentials. Nothing of the file stands in a message."""
    try:
        # Toolforge's own file is readable by the tool's group, which has one member.
        if file.stat().st_mode & stat.S_IROTH:
            raise OperatorProblem(f"{file} can be read by everybody on this machine: chmod 440 {file}")
        parser = configparser.ConfigParser(interpolation=None, allow_no_value=True, strict=False)
        parser.read_string(file.read_text(encoding="utf-8"))
        user, password = parser["client"]["user"], parser["client"]["password"]
    except (OSError, UnicodeDecodeError, configparser.Error, KeyError) as error:
        raise OperatorProblem(
            f"{file} cannot be read ({type(error).__name__}); it needs a section [client] with user and password."
        ) from None
    return user.strip("'\""), password.strip("'\"")
