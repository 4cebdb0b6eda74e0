"""A board on a real MediaWiki for one case of the archiving proof: the runs on it, all that stands there, the laws."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import OperatorProblem
from bot.journal import Journal
from bot.operatorfile import WikiEntry
from bot.runner import Outcome, RunOptions, RunReport, run
from bot.wiki.live import Patience, open_wiki
from bot.wiki.port import WikiError
from tasks import ALL
from tests.boards import sign
from tests.end_to_end import accept
from tests.faultproxy import FaultProxy
from tests.mediawiki.people import People
from tests.mediawiki.server import BOT

CALM = Patience(retries=1, wait=0, between_reads=0, between_writes=0)
# Long enough for a save on a busy machine; where it is not, that is one more fault for the run to get over.
HASTY = Patience(retries=1, wait=0, between_reads=0, between_writes=0, answer=4.0)

PAGE = """\
version: 1
boards:
  "{board}":
    mode: live
    quiet: 0 s
    resolved: {{templates: [resolved]}}
    archive: {{resolved_after: 24 h, to: "{{board}}/Archive {{counter}}", keep_threads: 4, move_at_most: 100,
      max_threads: {max_threads}{more}}}
"""
# What the processes of tests.end_to_end call the wiki, too: the same settings are in force for both.
WIKI = "testwiki"
RUN_PAGE = f"User:{BOT}/proof run"
NAMES = ("Ana", "Ben", "Clara", "Dora", "Zoe")
_WORD = re.compile(r"\bw\d{4,}\b")
_HEADING = re.compile(r"(?m)^(?=== )")


def words(text: str) -> Counter[str]:
    """How often each comment's own word stands in a text."""
    return Counter(_WORD.findall(text))


def threads(text: str) -> list[str]:
    """The threads of a page, each with the white space at its end gone."""
    return [one.rstrip() for one in _HEADING.split(text) if one.startswith("== ")]


@dataclass(slots=True)
class Pen:
    """Writes threads in which each comment has a word of its own, and no two share author and minute."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(second=0, microsecond=0))
    count: int = 0

    def says(self, name: str, *, hours: float, lead: str = "") -> str:
        """A signed comment with its word."""
        self.count += 1
        instant = self.now - timedelta(hours=hours, minutes=self.count)
        return f"{lead}w{self.count:04} {sign(name, instant)}\n"

    def thread(self, *, resolved: bool) -> str:
        """A report with an answer; a resolved one is old enough to be archived."""
        lines = [self.says("Ana", hours=200), self.says("Zoe", hours=150, lead=":")]
        if resolved:
            lines.append(self.says("Clara", hours=100, lead=":{{resolved}} "))
        return f"== Report {self.count} ==\n{''.join(lines)}\n"

    def board(self, threads: int, due: int) -> str:
        """A board; those that stay stand among those that go."""
        step = threads / (threads - due)
        stay = {int(number * step) for number in range(threads - due)}
        return "Words about this board.\n\n" + "".join(self.thread(resolved=n not in stay) for n in range(threads))


_numbers = itertools.count(1)


@dataclass(slots=True)
class Case:
    """One board with settings and journal of its own, on a wiki that other cases use too."""

    people: People
    proxy: FaultProxy
    folder: Path
    max_threads: int = 30
    more: str = ""
    repair_links: tuple[str, ...] = ()
    number: int = field(default_factory=lambda: next(_numbers))
    journal: Journal = field(default_factory=Journal)
    runs: int = 0

    @property
    def board(self) -> str:
        return f"Project:Proof {self.number}"

    @property
    def settings(self) -> str:
        return f"User:{BOT}/proof {self.number}"

    @property
    def run_page(self) -> str:
        return RUN_PAGE

    def settle(self, text: str) -> Case:
        """Make the pages; the settings are an administrator's."""
        page = PAGE.format(board=self.board, max_threads=self.max_threads, more=self.more)
        revision = self.people.as_user("Clara").edit(self.settings, page)
        accept(self.people, revision, WIKI, self.settings)
        if not self.text(self.run_page):
            self.people.as_user("Clara").edit(self.run_page, "run")
        self.people.as_user("Ana").edit(self.board, text)
        return self

    def lose_journal(self) -> None:
        """Begin with an empty database."""
        self.journal = Journal()

    def run(self, patience: Patience = CALM) -> RunReport | None:
        """One run as ``clerk run`` makes it; None where it did not get as far as a report."""
        self.runs += 1
        entry = WikiEntry(
            name=WIKI,
            site="",
            api=self.proxy.api,
            settings=self.settings,
            run_page=self.run_page,
            trusted=frozenset({"sysop"}),
            approval_needed=False,
            repair_links=self.repair_links,
        )
        options = RunOptions(owner=f"run {self.runs}", all_due=True, edits_per_run=100)
        try:
            wiki = open_wiki(WIKI, api=self.proxy.api, account=BOT, folder=self.folder, patience=patience)
            try:
                return run(wiki, entry, self.journal.of(WIKI), ALL, options)
            finally:
                wiki.close()
        except (WikiError, OperatorProblem):
            return None

    def complete_run(self) -> RunReport:
        """A run that nothing disturbs, which must come to its end."""
        self.proxy.forget()
        report = self.run()
        assert report is not None, "the run did not begin"
        assert report.outcome is Outcome.DONE, report.problems
        assert not any(board.problems for board in report.boards), report.boards
        return report

    # what stands on the wiki

    def pages(self) -> dict[str, str]:
        """The board and its archives, by title: one request for all."""
        name = self.board.removeprefix("Project:")
        # In the order of titles nothing but the board's subpages stands between these two.
        answer = self.people.admin.call(
            action="query",
            generator="allpages",
            gapnamespace=4,
            gapfrom=name,
            gapto=f"{name}/Archive~",
            gaplimit="max",
            prop="revisions",
            rvprop="content",
            rvslots="main",
        )
        assert "continue" not in answer, "more pages than one answer holds"
        found = {self.board: ""}
        for page in answer.get("query", {}).get("pages", ()):
            title = self.board if page["title"].endswith(f":{name}") else page["title"]
            if title == self.board or f":{name}/Archive" in title:
                found[title] = page["revisions"][0]["slots"]["main"]["content"]
        return found

    def text(self, title: str) -> str:
        """What stands on a page; "" where there is none."""
        answer = self.people.admin.call(
            action="query", prop="revisions", titles=title, rvprop="content", rvslots="main"
        )
        revisions = answer["query"]["pages"][0].get("revisions")
        return str(revisions[0]["slots"]["main"]["content"]) if revisions else ""

    def history(self) -> list[tuple[int, str, str, str]]:
        """Every revision of the board and its archives, oldest first: number, page, editor, text."""
        found: list[tuple[int, str, str, str]] = []
        for title in self.pages():
            answer = self.people.admin.call(
                action="query", prop="revisions", titles=title, rvprop="ids|user|content", rvslots="main", rvlimit="max"
            )
            revisions = answer["query"]["pages"][0].get("revisions", ())
            found += [(one["revid"], title, one["user"], one["slots"]["main"]["content"]) for one in revisions]
        return sorted(found)

    def bot_edits(self) -> int:
        """How many edits the bot made on the board and its archives."""
        return sum(editor == BOT for _, _, editor, _ in self.history())


def archive_first(case: Case) -> None:
    """Law 3: whatever the bot took off the board had been in an archive before.

    It need not be there at that instant: a person may take it out in the one request between look and cut.
    """
    before = ""
    archived = Counter[str]()
    for _, title, editor, text in case.history():
        if title != case.board:
            archived |= words(text)
            continue
        if editor == BOT:
            assert not words(before).keys() - words(text).keys() - archived.keys(), "cut before it was archived"
        before = text


def moved_whole(before: str, pages: Mapping[str, str]) -> None:
    """Laws 1 and 2 where nobody else edited: every thread stands once, byte for byte."""
    after = [one for text in pages.values() for one in threads(text)]
    assert Counter(after) == Counter(threads(before))
