"""Backfill on a real MediaWiki: over its API, from its own dumps, and stopped half-way, a history tells the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from bot.journal import Journal, WikiJournal
from bot.model import Page
from bot.observe import End, Observation
from bot.reading.facts import wiki_info
from bot.runner.backfill import Backfill
from bot.settings.schema import read_settings
from bot.wiki.live import open_wiki
from tasks import ALL
from tests.bench.history import HELPERS, TITLE, revisions
from tests.conftest import HURRY, WikiMaker
from tests.end_to_end import SETTINGS, Installation
from tests.mediawiki.people import People
from tests.mediawiki.server import Options, Server
from tests.sizes import cases

pytestmark = pytest.mark.wiki

REVISIONS = cases(200, 2_000)
SINCE = "2024-02-01"
START = datetime(2024, 2, 1, tzinfo=UTC)
LOCAL = "Testwiki:Incidents"
"""What the wiki itself calls the board: in dumps, and once settings were read."""
HIDDEN = 7
PAGE = f"""\
version: 1
boards:
  "{TITLE}":
    responders: {{groups: [sysop]}}
    resolved: {{templates: [resolved], pairs: {{atop: abot}}}}
    pins: [Pin message]
    subjects: {{templates: [userlinks], headings: true}}
"""


def as_import(pages: Iterable[Page], title: str) -> Iterator[str]:
    """A history as ``importDump.php`` takes it."""
    yield '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">'
    yield f"<page><title>{title}</title><ns>4</ns>"
    for page in pages:
        assert page.instant is not None
        yield (
            f"<revision><timestamp>{page.instant:%Y-%m-%dT%H:%M:%SZ}</timestamp>"
            f"<contributor><username>{escape(page.editor)}</username></contributor><model>wikitext</model>"
            f'<format>text/x-wiki</format><text xml:space="preserve">{escape(page.text or "")}</text></revision>'
        )
    yield "</page></mediawiki>"


@dataclass(frozen=True)
class Scene:
    """A wiki with a board that has a past."""

    server: Server
    folder: Path

    def bot(self, name: str) -> Installation:
        """A bot with a journal of its own."""
        return Installation.make(self.folder / name, self.server.api)

    def dump(self, kind: str, name: str) -> Path:
        """All of the wiki's pages as its own script exports them."""
        path = self.folder / name
        how = {".gz": "gzip", ".bz2": "bzip2", ".xml": "file"}[path.suffix]
        self.server.script("dumpBackup.php", *f"--{kind}".split(), "--quiet", f"--output={how}:{path}")
        return path


@pytest.fixture(scope="module")
def scene(make_wiki: WikiMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A board of 30 KB with its history, of which an administrator hid one revision."""
    server, folder = make_wiki(Options()), tmp_path_factory.mktemp("backfill")
    people = People(server)
    for name in HELPERS:
        people.add_user(name, ["sysop"])
    people.admin.edit(SETTINGS, PAGE)
    source = folder / "import.xml"
    source.write_text("".join(as_import(revisions(REVISIONS, size=30_000), LOCAL)), encoding="utf-8")
    server.script("importDump.php", "--no-updates", "--quiet", str(source))
    listed = people.admin.call(action="query", prop="revisions", titles=TITLE, rvlimit=HIDDEN, rvdir="newer")
    (page,) = listed["query"]["pages"]
    hidden = page["revisions"][-1]["revid"]
    people.admin.act(action="revisiondelete", type="revision", target=TITLE, ids=hidden, hide="content")
    yield Scene(server, folder)
    server.stop()


def journal_of(bot: Installation) -> WikiJournal:
    """What a bot keeps of the wiki."""
    return Journal(f"sqlite:///{bot.folder / 'clerk.db'}").of("testwiki")


def backfilled(scene: Scene, name: str, export: Path | None = None) -> tuple[Observation, ...]:
    """What a bot knows after ``clerk backfill``, over the API or from an export."""
    bot = scene.bot(name)
    options = ["--export", str(export)] if export is not None else []
    told = bot.clerk("backfill", TITLE, "--since", SINCE, *options).stdout
    assert f"{REVISIONS - 1} revisions read, 1 hidden or without text left out" in told, told
    return journal_of(bot).observations(LOCAL)


@pytest.fixture(scope="module")
def over_the_api(scene: Scene) -> tuple[Observation, ...]:
    """What a backfill over the API tells."""
    return backfilled(scene, "api")


def test_a_history_over_the_api_is_full_of_life(over_the_api: tuple[Observation, ...]) -> None:
    assert len(over_the_api) > REVISIONS // 20
    assert any(one.responded for one in over_the_api)
    assert {ending.end for one in over_the_api for ending in one.endings} >= {End.RESOLVED, End.LEFT}


@pytest.mark.parametrize(("kind", "name"), [("full", "full.xml.gz"), ("full --stub", "stub.xml")])
def test_the_wikis_own_dumps_tell_the_same(
    scene: Scene, over_the_api: tuple[Observation, ...], kind: str, name: str
) -> None:
    assert backfilled(scene, f"bot-{name}", scene.dump(kind, name)) == over_the_api


def test_a_backfill_that_was_stopped_goes_on_and_tells_the_same(
    scene: Scene, over_the_api: tuple[Observation, ...]
) -> None:
    bot = scene.bot("stopped")
    wiki = open_wiki("testwiki", api=scene.server.api, account=None, folder=bot.folder, patience=HURRY)
    settings = read_settings(PAGE, wiki_info(wiki.facts()), ALL).settings
    assert settings is not None

    def stop(done: int, _of: int) -> None:
        if done >= REVISIONS // 2:
            raise KeyboardInterrupt

    work = Backfill(wiki, journal_of(bot), wiki_info(wiki.facts()), settings.boards[LOCAL], stop)
    with pytest.raises(KeyboardInterrupt):
        work.from_history(START)
    wiki.close()
    told = bot.clerk("backfill", TITLE, "--since", SINCE).stdout

    assert int(re.findall(r"(\d+) revisions read", told)[0]) < REVISIONS // 2 + 20
    assert journal_of(bot).observations(LOCAL) == over_the_api
