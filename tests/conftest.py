"""Fixtures for every test: a real MediaWiki, where there is one."""

from __future__ import annotations

import fcntl
import itertools
import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from bot.wiki.live import Patience, open_wiki
from tests import journals
from tests.mariadb.server import MariaDB, find_mariadb
from tests.mediawiki import server
from tests.mediawiki.people import People
from tests.mediawiki.server import Options, Server

if TYPE_CHECKING:
    from tests.wikis import WikiPair

# The same cases in every run, and none judged by the clock: what is slow is measured by the bench.
settings.register_profile("boardclerk", derandomize=True, deadline=None)
settings.load_profile("boardclerk")

WikiMaker = Callable[[Options], Server]
Installed = Callable[[Path, Options], Path]
# PHP's own cache forgets whoever is logged in when hundreds of parsed pages have filled it.
LONG_SESSIONS = "$wgSessionCacheType = CACHE_DB;"
HURRY = Patience(retries=1, wait=0, between_reads=0, between_writes=0)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """A MariaDB of this session's own. Without one the test is skipped with a loud line; where CI=true it fails."""
    if not find_mariadb():
        line = "NO MARIADB: install Debian's package mariadb-server (sh tests/mariadb/provide.sh)"
        if os.environ.get("CI") == "true":
            pytest.fail(line, pytrace=False)
        pytest.skip(line)
    with MariaDB() as running:
        yield running


@pytest.fixture(params=["sqlite", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test on SQLite and on a real MariaDB: what ``tests.journals`` makes lies there."""
    kind = str(request.param)
    if kind == "mariadb":
        running: MariaDB = request.getfixturevalue("mariadb")
        monkeypatch.setattr(journals, "make_url", running.fresh_url)
    else:
        monkeypatch.setattr(journals, "make_url", journals.files_in(tmp_path))
    return kind


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this session share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def installed(shared_folder: Path) -> Installed:
    """Gives the folder of an installed wiki, to be copied; whichever worker wants one first installs it for all."""

    def find(root: Path, options: Options) -> Path:
        folder = shared_folder / f"installed-{sha256(repr((root, options)).encode()).hexdigest()[:16]}"
        with folder.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                making = folder.with_suffix(".making")
                server.install(root, making, options).rename(folder)
        return folder

    return find


@pytest.fixture(scope="session")
def mediawiki_root() -> Path:
    """The MediaWiki tree. Without one the test is skipped with a loud line; where CI=true it fails."""
    root = server.find_root()
    if root is None:
        line = "NO MEDIAWIKI: install Debian's package (sh tests/mediawiki/provide.sh) or set MEDIAWIKI_ROOT"
        if os.environ.get("CI") == "true":
            pytest.fail(line, pytrace=False)
        pytest.skip(line)
    return root


@pytest.fixture(scope="session")
def make_wiki(
    mediawiki_root: Path, installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WikiMaker]:
    """Makes and serves a fresh wiki with given options; each set of options is installed once and then copied."""
    running: list[Server] = []
    numbers = itertools.count()

    def make(options: Options) -> Server:
        folder = server.copy(
            installed(mediawiki_root, options), tmp_path_factory.getbasetemp() / f"wiki-{next(numbers)}"
        )
        running.append(Server(mediawiki_root, folder).start())
        return running[-1]

    try:
        yield make
    finally:
        for one in running:
            one.stop()


@pytest.fixture(scope="session")
def mediawiki(make_wiki: WikiMaker) -> Server:
    """One wiki for the whole session (each pytest-xdist worker has its own); tests use pages of their own on it."""
    return make_wiki(Options())


@pytest.fixture(scope="session")
def discussion_wiki(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A wiki with DiscussionTools and Echo, where MediaWiki 1.43 is at hand (``make mediawiki-1.43``)."""
    root = server.find_discussion_root()
    if root is None:
        line = "NO DISCUSSIONTOOLS: make mediawiki-1.43 unpacks a MediaWiki that has them"
        if os.environ.get("CI") == "true":
            pytest.fail(line, pytrace=False)
        pytest.skip(line)
    options = Options(discussiontools=True, php=LONG_SESSIONS)
    folder = server.copy(installed(root, options), tmp_path_factory.mktemp("discussion") / "wiki")
    with Server(root, folder) as running:
        yield running


@pytest.fixture(scope="session")
def german_discussion_wiki(
    discussion_wiki: Server, installed: Installed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The same in German, on Berlin's time: local names beside the canonical ones, and daylight saving."""
    options = Options(language="de", time_zone="Europe/Berlin", discussiontools=True, php=LONG_SESSIONS)
    folder = server.copy(installed(discussion_wiki.root, options), tmp_path_factory.mktemp("discussion-de") / "german")
    with Server(discussion_wiki.root, folder) as running:
        yield running


@pytest.fixture
def fresh_wiki(make_wiki: WikiMaker) -> Iterator[Server]:
    """A wiki of the test's own, as new as the installer left it."""
    one = make_wiki(Options())
    yield one
    one.stop()


def pywikibot_folder(folder: Path) -> Path:
    """A folder with Pywikibot's own files for the bot's account, as an operator would have it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "user-config.py").write_text(
        "password_file = 'user-password.py'\nput_throttle = 0\nminthrottle = 0\n", encoding="utf-8"
    )
    password = folder / "user-password.py"
    password.write_text(f"({server.BOT!r}, {server.PASSWORD!r})\n", encoding="utf-8")
    password.chmod(0o600)
    return folder


@pytest.fixture(scope="session")
def login_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pywikibot's folder for this session's tests."""
    return pywikibot_folder(tmp_path_factory.mktemp("pywikibot"))


@pytest.fixture(scope="session")
def small_wiki(make_wiki: WikiMaker) -> Server:
    """A wiki whose pages may hold 64 KiB, for the contract that both adapters keep."""
    return make_wiki(Options(max_page_kib=64))


_tests = itertools.count(1)


@pytest.fixture
def live_pair(small_wiki: Server, login_folder: Path) -> Iterator[WikiPair]:
    """The live adapter, logged in as the bot on a real MediaWiki, and the people around it."""
    # Imported here: most tests need no embedded wiki, which this module brings along.
    from tests.wikis import WikiPair

    wiki = open_wiki("small", api=small_wiki.api, account=server.BOT, folder=login_folder, patience=HURRY)
    yield WikiPair(wiki, People(small_wiki), server.BOT, prefix=f"{next(_tests)}-")
    wiki.close()
