"""A MariaDB server in a temporary folder, reached by a socket; nobody else's server is touched."""

from __future__ import annotations

import getpass
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, text

_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])


def find_mariadb() -> bool:
    """Whether the server and its installer are here."""
    return all(shutil.which(name, path=_PATH) for name in ("mariadbd", "mariadb-install-db"))


@dataclass(slots=True)
class MariaDB:
    """A running server; use as a context manager."""

    # A socket's path may hold some 100 characters, which pytest's own folders can exceed.
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="clerk-db-")))
    _process: subprocess.Popen[str] | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __enter__(self) -> MariaDB:
        user = f"--user={getpass.getuser()}"
        data = f"--datadir={self.folder / 'data'}"
        install = [str(shutil.which("mariadb-install-db", path=_PATH)), "--no-defaults", data, user]
        subprocess.run([*install, "--skip-test-db"], check=True, capture_output=True, cwd=self.folder)
        self._process = subprocess.Popen(
            [
                str(shutil.which("mariadbd", path=_PATH)),
                *("--no-defaults", data, user, f"--socket={self.folder / 's'}", f"--pid-file={self.folder / 'pid'}"),
                *("--skip-networking", "--skip-grant-tables", "--innodb-buffer-pool-size=16M"),
                # As ToolsDB: other defaults than the journal wants, which must say so itself.
                *("--character-set-server=latin1", "--innodb-flush-log-at-trx-commit=0"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        said = []
        for line in self._process.stderr:
            said.append(line)
            if "ready for connections" in line:
                return self
        raise RuntimeError("MariaDB did not start:\n" + "".join(said))

    def __exit__(self, *problem: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
        shutil.rmtree(self.folder)

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"mysql+pymysql://root@localhost/{name}?unix_socket={self.folder / 's'}&charset=utf8mb4"

    def fresh_url(self) -> str:
        """The address of a new, empty database."""
        name = f"clerk{next(self._numbers)}"
        engine = create_engine(self.url(""))
        with engine.begin() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)
