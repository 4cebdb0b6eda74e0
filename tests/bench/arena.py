"""One MediaWiki on which ``clerk run`` and Pywikibot's archivebot work on equal boards under equal rules."""

from __future__ import annotations

import itertools
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.archivebot import TEMPLATE, ArchiveBot
from tests.bench.figures import Spent
from tests.boards import sign
from tests.end_to_end import Installation, accept
from tests.faultproxy import FaultProxy
from tests.mediawiki import server as mediawiki
from tests.mediawiki.people import People
from tests.mediawiki.server import BOT, Options, Server
from tests.spending import cost_of

# Both leave alone what was answered within three days, keep four threads, wait between no requests.
_OURS = """\
    mode: live
    quiet: 0 s
    archive: {inactive_after: 72 h, unanswered_after: 72 h, keep_threads: 4, move_at_least: 1, move_at_most: 500,
      max_size: 1900 kB, to: "{board}/Archive {counter}"}
"""
_THEIRS = """\
{{User:MiszaBot/config
|archive = %s/Archive %%(counter)d
|algo = old(72h)
|counter = 1
|maxarchivesize = 1900K
|minthreadsleft = 4
|minthreadstoarchive = 1
}}
"""
_SAYINGS = (
    "This was reported last week, and the pages concerned were protected for a while.",
    "The differences that were named show a dispute about sources more than anything else.",
    "Somebody should have a look at the history of the talk page before this is closed.",
    "There was a warning already; nothing came after it, so waiting seems to be the better way.",
)
_HEADING = re.compile(r"(?m)^== (.+) ==$")
_LIMIT = 2048


def headings(text: str) -> list[str]:
    """The headings of a page's threads."""
    return _HEADING.findall(text)


@dataclass(slots=True)
class Threads:
    """Writes boards whose threads no other board holds; those that are due stand among those that are not."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(second=0, microsecond=0))
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def board(self, threads: int, due: int) -> str:
        """So many threads of five comments each, of which so many had their last word over three days ago."""
        return "".join(self._thread(old=n * due // threads != (n + 1) * due // threads) for n in range(threads))

    def _thread(self, *, old: bool) -> str:
        number = next(self.numbers)
        # No two old threads of a board begin in the same minute: to our bot the later one would be the earlier one
        # come back, which a person did, and it would leave it alone for good. The others are never archived.
        first = self.now - (timedelta(hours=200, minutes=number) if old else timedelta(hours=20, minutes=number % 600))
        lines = [f"== Report {number} =="]
        for turn in range(5):
            name = ("Ana", "Clara", "Zoe")[turn % 3]
            words = " ".join(_SAYINGS[(number + turn + part) % 4] for part in range(1 + turn % 3))
            lines.append(f"{':' * turn}{words} {sign(name, first + timedelta(minutes=7 * turn))}")
        return "\n".join(lines) + "\n\n"


@dataclass(slots=True)
class Arena:
    """A wiki, a proxy that counts requests, both bots with their saved logins and warm caches, and their boards."""

    people: People
    server: Server
    proxy: FaultProxy
    folder: Path

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Arena | None]:
        """Install and serve a wiki; None where there is no MediaWiki."""
        root = mediawiki.find_root()
        if root is None:
            yield None
            return
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            options = Options(php="$wgSessionCacheType = CACHE_DB;", max_page_kib=_LIMIT)
            server = stack.enter_context(Server(root, mediawiki.install(root, folder / "wiki", options)))
            people = People(server)
            people.add_user("Clara", ["sysop"])
            for name in ("Ana", "Zoe"):
                people.add_user(name)
            people.as_user("Clara").edit(TEMPLATE, "Orders of a bot")
            yield cls(people, server, stack.enter_context(FaultProxy(server.port)), folder)

    def fill(self, texts: dict[str, str]) -> None:
        """Give pages these texts, whatever stood there, in one go."""
        given = self.folder / "texts"
        given.mkdir(exist_ok=True)
        for title, text in texts.items():
            (given / f"{title.removeprefix('Project:').replace('/', '%2F')}.txt").write_text(text, encoding="utf-8")
        files = sorted(map(str, given.iterdir()))
        done = ("importTextFiles.php", "--user", "Ana", "--overwrite", "--prefix", "Project:")
        self.server.script(*done, *files)
        for file in files:
            Path(file).unlink()

    def text(self, title: str) -> str:
        """What stands on a page."""
        answer = self.people.admin.call(
            action="query", prop="revisions", titles=title, rvprop="content", rvslots="main"
        )
        page = answer["query"]["pages"][0]
        return str(page["revisions"][0]["slots"]["main"]["content"]) if "revisions" in page else ""


@dataclass(slots=True)
class Ours:
    """``clerk run`` over some boards of an arena."""

    arena: Arena
    name: str
    count: int
    bot: Installation = field(init=False)

    def __post_init__(self) -> None:
        settings, run_page = f"User:{BOT}/{self.name}", f"User:{BOT}/{self.name} run"
        page = "version: 1\nboards:\n" + "".join(f'  "{title}":\n{_OURS}' for title in self.boards)
        admin = self.arena.people.as_user("Clara")
        accept(self.arena.people, admin.edit(settings, page), page=settings)
        admin.edit(run_page, "run")
        self.bot = Installation.make(self.arena.folder / self.name, self.arena.proxy.api)
        self.bot.point_to(self.arena.proxy.api, settings=settings, run_page=run_page)

    @property
    def boards(self) -> list[str]:
        """Its boards."""
        return [f"Project:{self.name} {number}" for number in range(self.count)]

    def texts(self, body: Sequence[str]) -> dict[str, str]:
        """Its boards with these threads on them."""
        return dict(zip(self.boards, body, strict=True))

    def run(self, *, everything: bool = True) -> Spent:
        """One process, to its end; it looks at ``everything``, or as a schedule calls it at what is due."""
        config = str(self.bot.folder / "clerk.yaml")
        command = [sys.executable, "-m", "bot", "run", "--config", config]
        return spent([*command, "--all"] if everything else command, self.arena)


@dataclass(slots=True)
class Theirs:
    """archivebot over some boards of an arena: those that hold its template."""

    arena: Arena
    name: str
    count: int
    bot: ArchiveBot = field(init=False)

    def __post_init__(self) -> None:
        self.bot = ArchiveBot.make(self.arena.folder / self.name, self.arena.proxy.api)

    @property
    def boards(self) -> list[str]:
        """Its boards."""
        return [f"Project:{self.name} {number}" for number in range(self.count)]

    def texts(self, body: Sequence[str]) -> dict[str, str]:
        """Its boards with its orders and these threads on them."""
        local = [title.replace("Project:", "Testwiki:") for title in self.boards]
        orders = [_THEIRS % title for title in local]
        return {title: order + text for title, order, text in zip(self.boards, orders, body, strict=True)}

    def run(self) -> Spent:
        """One process, to its end; of one board by its title, of several by the template on them."""
        self.arena.proxy.forget()
        ran = self.bot.run(self.boards[0] if self.count == 1 else "")
        return Spent(len(self.arena.proxy.requests), ran.cpu, ran.memory / 10**6)


def spent(command: list[str], arena: Arena) -> Spent:
    """Run a command to its end; gives requests, CPU and peak memory. Raises RuntimeError where it ends badly."""
    arena.proxy.forget()
    log = arena.folder / "output.txt"
    cost = cost_of(command, log)
    if cost.code:
        raise RuntimeError(f"clerk ended with {cost.code}:\n{log.read_text(encoding='utf-8')}")
    return Spent(len(arena.proxy.requests), cost.cpu, cost.memory / 10**6)
