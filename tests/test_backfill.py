"""Backfill: a board's observations from its page history, held against a script that knows nothing of ours."""

from __future__ import annotations

import bz2
import gzip
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from bot.errors import OperatorProblem
from bot.figures import Span, Tally, tally
from bot.journal import Journal, WikiJournal
from bot.model import Page
from bot.observe import Observation, Reading, observe
from bot.reading.board import Reader
from bot.reading.rights import Rights
from bot.reading.rules import People
from bot.runner.backfill import Backfill
from bot.settings.result import BoardSettings
from bot.wiki.embedded import EmbeddedWiki
from bot.wiki.export import revisions_in
from tests import bruteforce
from tests.bench import history as busy
from tests.builders import NOW, rules, signed, wiki_info
from tests.randomboards import BusyBoard
from tests.sizes import cases

BOARD = "Wiki:Incidents"
START = NOW - timedelta(days=120)
HELPERS = People(groups=frozenset({"sysop"}))
SETTINGS = BoardSettings(
    BOARD, rules(responders=HELPERS, closers=HELPERS, subject_templates=("Userlinks",)), preset="incidents"
)
PEOPLE = ("Alba", "Bea", "Dario", "Eva")
OTHERS = ("Filip", "Greta", "Hana", "Ivo")
ADMINS = ("Clara", "Root")
ACTS = (
    *("open", "open", "open", "reply", "reply", "answer", "answer", "close"),
    *("withdraw", "meddle", "unmark", "remove", "remove", "restore", "retract"),
)
"""What people do, as often as it stands here. To meddle is to close what one has no business to close."""


@dataclass
class Thread:
    """One thread of the made-up community; ``gone`` while it is off the board."""

    opened: datetime
    who: str
    lines: list[str]
    gone: datetime | None = None


@dataclass
class Replay:
    """A made-up history, revision by revision, on the embedded wiki and as plain texts."""

    wiki: EmbeddedWiki
    threads: list[Thread] = field(default_factory=list)
    revisions: list[tuple[int, datetime, str]] = field(default_factory=list)

    def save(self, who: str, at: datetime) -> None:
        """Somebody saves the board as it is now."""
        text = "Lead.\n\n" + "\n\n".join("\n".join(one.lines) for one in self.threads if one.gone is None)
        self.wiki.set_now(at)
        number = self.wiki.as_user(who).edit(BOARD, text.strip())
        if not self.revisions or self.revisions[-1][0] != number:
            self.revisions.append((number, at, text.strip()))


def replay(seed: int, edits: int) -> Replay:
    """A seeded history: people report, reply, close, take back, remove, restore; administrators answer and close."""
    dice = random.Random(seed)
    made = Replay(EmbeddedWiki(bot="Clerk", now=START - timedelta(days=1)))
    for name in (*PEOPLE, *OTHERS):
        made.wiki.add_user(name)
    for name in ADMINS:
        made.wiki.add_user(name, ["sysop"])
    at = START
    while len(made.revisions) < edits:
        at += timedelta(minutes=dice.randrange(20, 700))
        made.save(act(made.threads, dice, at, len(made.revisions)), at)
    made.wiki.set_now(at + timedelta(hours=1))
    return made


def act(threads: list[Thread], dice: random.Random, at: datetime, number: int) -> str:
    """Somebody does something to the threads; who it was."""
    here = [one for one in threads if one.gone is None]
    gone = [one for one in threads if one.gone is not None and at - one.gone < timedelta(days=4)]
    what = dice.choice(ACTS)
    if not here or what == "open":
        who = dice.choice(PEOPLE)
        named = "".join(f"{{{{userlinks|{name}}}}} " for name in dice.sample(OTHERS, dice.randrange(3)))
        threads.append(Thread(at, who, [f"== Trouble {number} ==", signed(who, at, f"{named}Please look.")]))
        return who
    marked = [one for one in here if "{{resolved}}" in "".join(one.lines)]
    one = dice.choice(marked if what == "unmark" and marked else here)
    if what == "restore" and gone:
        dice.choice(gone).gone = None
    elif what == "remove":
        one.gone = at
    elif what == "unmark":
        one.lines[2:] = [line.replace("{{resolved}} ", "") for line in one.lines[2:]]
    elif what == "retract" and len(one.lines) > 2:
        del one.lines[dice.randrange(2, len(one.lines))]
    else:
        parties: Sequence[str] = re.findall(r"userlinks\|(\w+)", one.lines[1]) or OTHERS
        group = {"withdraw": (one.who,), "answer": ADMINS, "close": ADMINS, "meddle": parties}.get(what, OTHERS)
        who = dice.choice(group)
        mark = "{{resolved}} " if what in ("close", "withdraw", "meddle") else ""
        one.lines.append(":" + signed(who, at, f"{mark}Words."))
        return who
    return dice.choice(PEOPLE)


def fresh() -> WikiJournal:
    """An empty journal."""
    return Journal().of("embedded")


def fill(made: Replay, journal: WikiJournal) -> tuple[Observation, ...]:
    """What a backfill over the API knows."""
    Backfill(made.wiki, journal, wiki_info(), SETTINGS).from_history(START)
    return journal.observations(BOARD)


@pytest.mark.parametrize("seed", range(cases(3, 60)))
def test_a_replayed_history_gives_the_figures_that_brute_force_counts(seed: int) -> None:
    made = replay(seed, 220)
    seen = fill(made, fresh())
    editors = {one.id: one.editor for one in made.wiki.history(BOARD)}
    history = [(at, text, editors[number]) for number, at, text in made.revisions]

    for first, last in ((0, -1), (40, 180), (100, 120)):
        span = Span(history[first][0], history[last][0])
        found = tally([("incidents", seen)], span)
        wanted = bruteforce.counted(history, ADMINS, span.start, span.end)

        assert {name: getattr(found, name) for name in wanted} == wanted
    assert {field.name for field in fields(Tally)} - wanted.keys() == {"kinds", "told_by_bot"}
    assert (wanted := bruteforce.counted(history, ADMINS, START, made.wiki.now))
    assert [name for name, value in wanted.items() if not value] == []


@pytest.mark.parametrize("batches", range(1, 6))
def test_an_interrupted_backfill_goes_on_and_ends_the_same(batches: int) -> None:
    made = replay(7, 120)
    whole = fill(made, fresh())
    journal = fresh()
    work = Backfill(made.wiki, journal, wiki_info(), SETTINGS)
    seen: list[int] = []

    def stop(done: int, _of: int) -> None:
        seen.append(done)
        if len(seen) == batches:
            raise KeyboardInterrupt

    work.step = stop
    with pytest.raises(KeyboardInterrupt):
        work.from_history(START)

    assert journal.observations(BOARD) == ()
    steps: list[tuple[int, int]] = []
    told = Backfill(made.wiki, journal, wiki_info(), SETTINGS, lambda done, of: steps.append((done, of)))
    again = told.from_history(START)

    assert steps == [(done, 120) for done in range(20 * batches + 20, 121, 20)]
    assert again.read == 120 - 20 * batches
    assert journal.observations(BOARD) == whole


def test_long_texts_are_fetched_a_few_at_a_time() -> None:
    pages = [replace(page, size=3_000_000) for page in busy.revisions(5, size=3_000)]
    done: list[int] = []
    work = Backfill(busy.wiki(), fresh(), wiki_info(), busy.SETTINGS, lambda now, _of: done.append(now))

    work.from_pages(pages, busy.SINCE)

    assert done == [2, 4, 5]


def test_a_long_history_of_a_busy_board_folds_as_readings_of_every_revision_in_full_would() -> None:
    pages = list(busy.revisions(120, seed=3, size=30_000))
    wiki = busy.wiki()
    users = wiki.users(BusyBoard.NAMES)
    reader, rules = Reader(wiki_info()), busy.SETTINGS.rules
    known: dict[str, Observation] = {}
    journal = busy.backfilled(pages)

    for page in pages:
        assert page.instant is not None
        board = reader.board(busy.TITLE, page.revision, page.text or "", rules)
        reading = Reading(board.threads, rules, page.instant, Rights(users), editor=page.editor)
        known |= {one.thread: one for one in observe(known.values(), reading, journal.hash_of)}

    assert set(journal.observations(busy.TITLE)) == set(known.values())
    assert len(known) > 20


def test_a_second_backfill_changes_nothing() -> None:
    made = replay(3, 80)
    journal = fresh()

    assert fill(made, journal) == fill(made, journal)


def export(made: Replay, deleted: int = -1, *, stub: bool = False) -> str:
    """The history as MediaWiki exports it (schema 0.11)."""

    editors = {one.id: one.editor for one in made.wiki.history(BOARD)}

    def revisions() -> Iterator[str]:
        for index, (number, at, text) in enumerate(made.revisions):
            facts = f'bytes="{len(text.encode())}" sha1="{number}"'
            body = f'<text {facts} xml:space="preserve">{escape(text)}</text>'
            if index == deleted:
                body = f'<text {facts} deleted="deleted" />'
            elif stub:
                body = f'<text {facts} location="tt:{number}" id="{number}" />'
            stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
            yield (
                f"<revision><id>{number}</id><timestamp>{stamp}</timestamp><contributor>"
                f"<username>{editors[number]}</username><id>3</id></contributor><origin>{number}</origin><model>wikitext</model><format>text/x-wiki</format>{body}"
                f"<sha1>{number}</sha1></revision>"
            )

    return exported(f"<page><title>{BOARD}</title><ns>4</ns><id>2</id>{''.join(revisions())}</page>")


def exported(page: str) -> str:
    """A page's XML in a whole export, behind another page."""
    other = "<revision><id>1</id><timestamp>2020-01-01T00:00:00Z</timestamp><text>x</text></revision>"
    return (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">'
        '<siteinfo><sitename>Wiki</sitename><namespaces><namespace key="4" case="first-letter">Wiki</namespace>'
        f"</namespaces></siteinfo><page><title>Other</title><ns>0</ns><id>1</id>{other}</page>{page}</mediawiki>"
    )


@pytest.mark.parametrize("kind", ["xml", "gz", "bz2"])
def test_an_export_gives_the_same_observations_as_the_api(kind: str, tmp_path: Path) -> None:
    made = replay(5, 90)
    path = tmp_path / f"dump.{kind}"
    text = export(made).encode()
    path.write_bytes({"xml": text, "gz": gzip.compress(text), "bz2": bz2.compress(text)}[kind])
    journal = fresh()

    done = Backfill(made.wiki, journal, wiki_info(), SETTINGS).from_pages(revisions_in(path, BOARD), START)

    assert done.read == 90
    assert journal.observations(BOARD) == fill(made, fresh())


def test_a_hidden_revision_is_left_out_and_counted(tmp_path: Path) -> None:
    made = replay(5, 30)
    path = tmp_path / "dump.xml"
    path.write_text(export(made, deleted=11), encoding="utf-8")

    done = Backfill(made.wiki, fresh(), wiki_info(), SETTINGS).from_pages(revisions_in(path, BOARD), START)

    assert (done.read, done.left_out) == (29, 1)


def test_of_a_stub_the_texts_are_asked_for(tmp_path: Path) -> None:
    made = replay(5, 90)
    path = tmp_path / "stub.xml"
    path.write_text(export(made, stub=True), encoding="utf-8")
    journal = fresh()

    done = Backfill(made.wiki, journal, wiki_info(), SETTINGS).from_pages(revisions_in(path, BOARD), START)

    assert (done.read, done.left_out) == (90, 0)
    assert journal.observations(BOARD) == fill(made, fresh())


def test_neighbours_in_an_export_may_have_changed_places(tmp_path: Path) -> None:
    made = replay(5, 90)
    path = tmp_path / "dump.xml"
    mixed = [made.revisions[index ^ 1] for index in range(90)]
    path.write_text(export(Replay(made.wiki, revisions=mixed)), encoding="utf-8")
    journal = fresh()

    done = Backfill(made.wiki, journal, wiki_info(), SETTINGS).from_pages(revisions_in(path, BOARD), START)

    assert done.read == 90
    assert journal.observations(BOARD) == fill(made, fresh())


def test_an_export_that_is_not_in_the_order_of_time_is_refused(tmp_path: Path) -> None:
    made = replay(5, 30)
    path = tmp_path / "dump.xml"
    path.write_text(export(Replay(made.wiki, revisions=[*made.revisions[9:], *made.revisions[:9]])), encoding="utf-8")

    with pytest.raises(OperatorProblem, match="order of time"):
        Backfill(made.wiki, fresh(), wiki_info(), SETTINGS).from_pages(revisions_in(path, BOARD), START)


def test_an_empty_text_is_a_text_and_other_models_say_so(tmp_path: Path) -> None:
    path = tmp_path / "dump.xml"
    head = "<revision><id>{}</id><timestamp>2026-01-01T00:00:00Z</timestamp><model>{}</model>"
    rows = [
        head.format(1, "wikitext") + '<text bytes="0" sha1="x" xml:space="preserve" /></revision>',
        head.format(2, "css") + '<text bytes="1" sha1="x">a</text></revision>',
        head.format(3, "wikitext") + "<text /></revision>",
    ]
    path.write_text(exported(f"<page><title>{BOARD}</title><ns>4</ns><id>2</id>{''.join(rows)}</page>"))

    assert [(one.text, one.model) for one in revisions_in(path, BOARD)] == [
        ("", "wikitext"),
        ("a", "css"),
        ("", "wikitext"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<mediawiki><page>",
        "<mediawiki></mediawiki>",
        "<html></html>",
        exported("")[:-20],
        exported(f"<page><title>{BOARD}</title><ns>four</ns></page>"),
        exported(f"<page><title>{BOARD}</title><ns>4</ns><id>2</id><revision><id /></revision></page>"),
        exported(f"<page><title>{BOARD}</title><ns>4</ns><id>2</id><revision><x>y</x></revision></page>"),
        exported(""),
    ],
)
@pytest.mark.parametrize("kind", ["xml", "gz"])
def test_a_file_that_is_no_export_of_the_page_is_refused_in_words(text: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"dump.{kind}"
    path.write_bytes(gzip.compress(text.encode()) if kind == "gz" else text.encode())

    with pytest.raises(OperatorProblem, match="export"):
        list(revisions_in(path, BOARD))


def test_a_broken_or_unknown_archive_is_refused_in_words(tmp_path: Path) -> None:
    whole = gzip.compress(export(replay(5, 30)).encode())
    for name, content in {"a.gz": whole[:900], "b.gz": b"no archive", "c.bz2": whole, "d.7z": whole}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(OperatorProblem, match=r"fetch it anew|unpacked first"):
            list(revisions_in(tmp_path / name, BOARD))


def test_an_old_export_does_not_undo_what_runs_have_seen(tmp_path: Path) -> None:
    made = replay(9, 100)
    journal = fresh()
    newest = fill(made, journal)
    early = Replay(made.wiki, revisions=made.revisions[:50])
    path = tmp_path / "dump.xml"
    path.write_text(export(early), encoding="utf-8")

    Backfill(made.wiki, journal, wiki_info(), SETTINGS).from_pages(revisions_in(path, BOARD), START)

    assert journal.observations(BOARD) == newest


def test_the_embedded_wiki_gives_pages_of_its_history() -> None:
    made = replay(1, 3)

    found = made.wiki.revisions([made.revisions[0][0]])

    assert isinstance(found[made.revisions[0][0]], Page)
