"""Pywikibot's own archivebot as a process, with files of its own: what archiving and its cost are held against."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from tests.mediawiki.server import BOT, PASSWORD
from tests.spending import cost_of

TEMPLATE = "User:MiszaBot/config"
"""The template that holds its orders; the page must exist, or the wiki lists no board that uses it."""

# A script of this name, as Pywikibot treats archive pages differently where the running script is called otherwise.
# Its summaries come with the package pywikibot-scripts; on its own it looks for them in a folder "scripts".
_PROGRAM = """\
from pywikibot import i18n
i18n.set_messages_package("pywikibot_scripts.i18n")
from pywikibot_scripts import archivebot
archivebot.main()
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What one process of archivebot said, and what it cost: CPU in seconds, memory at its highest in bytes."""

    output: str
    cpu: float
    memory: int


@dataclass(frozen=True, slots=True)
class ArchiveBot:
    """An installation of archivebot: a folder with Pywikibot's files, for one wiki. It keeps login and caches."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, api: str) -> ArchiveBot:
        """Write its files for the wiki at an address; it acts as the bot's account and waits between no requests."""
        folder.mkdir(parents=True)
        made = cls(folder)
        made.point_to(api)
        password = folder / "user-password.py"
        password.write_text(f"({BOT!r}, {PASSWORD!r})\n", encoding="utf-8")
        password.chmod(0o600)
        (folder / "archivebot.py").write_text(_PROGRAM, encoding="utf-8")
        return made

    def point_to(self, api: str) -> None:
        """Let it talk to another address, a proxy say."""
        (self.folder / "user-config.py").write_text(
            f"family = mylang = 'testwiki'\nfamily_files['testwiki'] = {api!r}\n"
            f"usernames['testwiki']['testwiki'] = {BOT!r}\npassword_file = 'user-password.py'\n"
            "put_throttle = 0\nminthrottle = 0\nmax_retries = 1\n",
            encoding="utf-8",
        )

    def run(self, board: str = "", *, errors_allowed: bool = False) -> Ran:
        """Archive one board, or without one every page that transcludes ``TEMPLATE``, and wait for its end.

        Raises RuntimeError with what it said where it ended badly, or logged an error of a board after which it goes on
        (unless those are allowed).
        """
        command = [sys.executable, str(self.folder / "archivebot.py"), TEMPLATE]
        log = self.folder / "output.txt"
        cost = cost_of(
            [*command, *([f"-page:{board}"] if board else [])],
            log,
            folder=self.folder,
            environment={"PYWIKIBOT_DIR": str(self.folder)},
        )
        said = log.read_text(encoding="utf-8", errors="replace")
        if cost.code or "Traceback" in said or ("ERROR" in said and not errors_allowed):
            raise RuntimeError(f"archivebot ended with {cost.code}:\n{said}")
        return Ran(said, cost.cpu, cost.memory)
