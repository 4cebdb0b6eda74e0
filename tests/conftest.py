"""Fixtures for every test: a real MediaWiki, where there is one."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.mediawiki import server
from tests.mediawiki.server import Options, Server

WikiMaker = Callable[[Options], Server]


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
def make_wiki(mediawiki_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WikiMaker]:
    """Makes and serves a fresh wiki with given options; each set of options is installed once and then copied."""
    pristine: dict[Options, Path] = {}
    running: list[Server] = []
    numbers = itertools.count()

    def make(options: Options) -> Server:
        if options not in pristine:
            pristine[options] = server.install(mediawiki_root, tmp_path_factory.mktemp("mediawiki"), options)
        folder = tmp_path_factory.getbasetemp() / f"wiki-{next(numbers)}"
        running.append(Server(mediawiki_root, server.copy(pristine[options], folder)).start())
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


@pytest.fixture
def fresh_wiki(make_wiki: WikiMaker) -> Iterator[Server]:
    """A wiki of the test's own, as new as the installer left it."""
    one = make_wiki(Options())
    yield one
    one.stop()
