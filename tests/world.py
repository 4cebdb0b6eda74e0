"""A small community on the embedded wiki, and runs of the bot on it: for the tests of the runner."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from bot.journal import Journal, Key, WikiJournal
from bot.journal import stamp as key_stamp
from bot.model import Account, Contribution, Page, PageAction, Revision, User
from bot.operatorfile import WikiEntry
from bot.plan import Task
from bot.runner import RunOptions, RunReport, run
from bot.wiki.embedded import EmbeddedWiki
from bot.wiki.port import Reading, Saved, Write
from bot.wikiplan import WikiTask
from tasks import ALL

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BOT = "Clerk"
BOARD = "Wiki:Incidents"
SETTINGS = "User:Clerk/settings.yaml"
SETTINGS_TALK = "User talk:Clerk/settings.yaml"
RUN_PAGE = "User:Clerk/run"
ARCHIVE = f"{BOARD}/Archive 1"

PAGE = """\
version: 1
support: "Project:Getting help"
boards:
  "Project:Incidents":
    mode: live
    resolved: {templates: [resolved]}
    subjects: {templates: [userlinks]}
    quiet: 0 s
    archive: {resolved_after: 24 h, inactive_after: never, keep_threads: 1, to: "{board}/Archive {counter}"}
"""
NOTIFY = "    notify: {subjects: notice, wait: 20 min, reporter_min_edits: 0}\n"
SUMMARY = '    summary: {page: "Project:Incidents/Waiting"}\n'

MONTHS = tuple(calendar.month_name)[1:]

T = TypeVar("T")


class Killed(BaseException):
    """The process dies here: nothing may catch it."""


def stamp(instant: datetime) -> str:
    """A timestamp as the wiki writes it."""
    return f"{instant:%H:%M}, {instant.day} {MONTHS[instant.month - 1]} {instant.year} (UTC)"


def signed(author: str, instant: datetime, words: str) -> str:
    """One line of talk."""
    return f"{words} [[User:{author}|{author}]] ([[User talk:{author}|talk]]) {stamp(instant)}"


def thread(number: int, *, resolved: bool = True, age: timedelta = timedelta(days=3, hours=5), names: str = "") -> str:
    """A report with an answer, resolved or not; each with words that stand nowhere else."""
    opened = NOW - age + timedelta(minutes=number)
    about = f" {{{{userlinks|{names}}}}}" if names else ""
    lines = [f"== Report {number} ==", signed("Alba", opened, f"Words of report {number}.{about}")]
    lines.append(":" + signed("Bea", opened + timedelta(hours=1), f"Answer to report {number}."))
    if resolved:
        lines.append("{{resolved}} " + signed("Clara", opened + timedelta(hours=2), f"Closed {number}."))
    return "\n".join(lines) + "\n\n"


def board(*threads: str) -> str:
    """A board's text; the page's end is trimmed as MediaWiki does."""
    return ("Write below.\n\n" + "".join(threads)).rstrip()


def entry(**changes: Any) -> WikiEntry:
    """The operator's entry for the wiki."""
    plain = WikiEntry(
        name="embedded",
        site="",
        api="http://127.0.0.1/api.php",
        settings=SETTINGS,
        run_page=RUN_PAGE,
        trusted=frozenset({"sysop"}),
        approval_needed=False,
    )
    return replace(plain, **changes)


@dataclass(slots=True)
class World:
    """The wiki, the journal, and the host's clock, which goes with the wiki's."""

    wiki: EmbeddedWiki
    journal: Journal = field(default_factory=Journal)
    entry: WikiEntry = field(default_factory=entry)
    tasks: Sequence[Task[Any]] = ALL
    wiki_tasks: Sequence[WikiTask[Any]] = ()
    runs: int = 0
    tap: Tap = field(init=False)

    def __post_init__(self) -> None:
        self.tap = Tap(self.wiki)

    @property
    def kept(self) -> WikiJournal:
        """The wiki's part of the journal."""
        return self.journal.of("embedded")

    def lose_journal(self) -> None:
        """Begin with an empty database."""
        self.journal = Journal()

    def run(self, **options: Any) -> RunReport:
        """One run of everything, a little later than the last."""
        self.runs += 1
        self.wiki.advance(timedelta(minutes=1))
        given: dict[str, Any] = {"owner": f"run {self.runs}", "all_due": True, "clock": lambda: self.wiki.now} | options
        return run(self.tap, self.entry, self.kept, self.tasks, RunOptions(**given), wiki_tasks=self.wiki_tasks)

    def dies(self, *, before_save: int = 0, after_save: int = 0) -> None:
        """One run that is killed right before or after one of its saves; its lease runs out."""

        def kill_at(save: int) -> Callable[[int, str], None]:
            def kill(_number: int, name: str) -> None:
                if name == "save" and self.tap.calls.count("save") == save:
                    raise Killed

            return kill

        self.tap.before, self.tap.after = kill_at(before_save), kill_at(after_save)
        with pytest.raises(Killed):
            self.run()
        self.untapped()

    def text(self, title: str) -> str:
        """A page's text, "" where it does not exist."""
        return self.wiki.current_text(title) if title in self.wiki.pages() else ""

    def says(self, person: str, title: str, text: str) -> int:
        """Somebody saves a page."""
        return self.wiki.as_user(person).edit(title, text)

    def untapped(self) -> None:
        """Let calls pass again, and let a dead run's lease run out."""
        self.tap = Tap(self.wiki)
        self.wiki.advance(timedelta(minutes=20))

    def copies(self, words: str) -> dict[str, int]:
        """On which pages these words stand, and how often."""
        found = {title: self.text(title).count(words) for title in self.wiki.pages()}
        return {title: count for title, count in found.items() if count}

    def bot_edits(self) -> list[str]:
        """The pages that the bot saved, oldest first, but for what it told of its settings."""
        return [one.title for one in self.wiki.contributions() if one.title != SETTINGS_TALK][::-1]

    def tell_accepted(self, revision: int) -> None:
        """The bot said long ago that this revision of the settings is in force."""
        key = Key(
            "settings", self.kept.hash_of(SETTINGS_TALK), own=f"accepted-{self.kept.hash_of(SETTINGS)}-{revision}"
        )
        self.wiki.save(Write(SETTINGS_TALK, 0, key_stamp("Bot: in force", key), text="It is in force."))
        self.wiki.saves = 0


def world(*threads: str, page: str = PAGE, told: bool = True, **changes: Any) -> World:
    """A wiki with a board, its settings and its run page, and nothing done yet; ``told``: the settings are accepted."""
    wiki = EmbeddedWiki(bot=BOT, now=NOW - timedelta(hours=2))
    for name in ("Alba", "Bea", "Clara", "Dario", "Eva"):
        wiki.add_user(name)
    wiki.add_user("Root", ["sysop"])
    made = World(wiki, **changes)
    revision = made.says("Root", SETTINGS, page)
    if told:
        made.tell_accepted(revision)
    made.says("Root", RUN_PAGE, "run")
    if threads:
        made.says("Alba", BOARD, board(*threads))
    wiki.set_now(NOW)
    return made


class Tap:
    """A wiki whose every call can be stepped into: ``before`` and ``after`` get the call's number and name."""

    def __init__(self, wiki: EmbeddedWiki) -> None:
        self.wiki = wiki
        self.name = wiki.name
        self.calls: list[str] = []
        self.before: Callable[[int, str], None] = lambda _number, _name: None
        self.after: Callable[[int, str], None] = lambda _number, _name: None

    def _call(self, name: str, call: Callable[[], T]) -> T:
        self.calls.append(name)
        number = len(self.calls)
        self.before(number, name)
        answer = call()
        self.after(number, name)
        return answer

    def facts(self) -> Mapping[str, Any]:
        """As the wiki."""
        return self._call("facts", self.wiki.facts)

    def account(self) -> Account:
        """As the wiki."""
        return self._call("account", self.wiki.account)

    def read(self, titles: Collection[str], *, text: bool = True) -> Reading:
        """As the wiki."""
        return self._call("read", lambda: self.wiki.read(titles, text=text))

    def revisions(self, ids: Collection[int]) -> Mapping[int, Page]:
        """As the wiki."""
        return self._call("revisions", lambda: self.wiki.revisions(ids))

    def users(self, names: Collection[str]) -> Mapping[str, User]:
        """As the wiki."""
        return self._call("users", lambda: self.wiki.users(names))

    def history(
        self, title: str, *, since: datetime | None = None, text: bool = False, limit: int | None = None
    ) -> Iterator[Revision]:
        """As the wiki."""
        return self._call("history", lambda: self.wiki.history(title, since=since, text=text, limit=limit))

    def contributions(self, *, since: datetime | None = None, limit: int | None = None) -> Iterator[Contribution]:
        """As the wiki."""
        return self._call("contributions", lambda: self.wiki.contributions(since=since, limit=limit))

    def redirects(self, titles: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """As the wiki."""
        return self._call("redirects", lambda: self.wiki.redirects(titles))

    def page_actions(self, titles: Collection[str]) -> Mapping[str, PageAction | None]:
        """As the wiki."""
        return self._call("page_actions", lambda: self.wiki.page_actions(titles))

    def linking(self, title: str, *, namespaces: Collection[int], limit: int) -> tuple[Page, ...]:
        """As the wiki."""
        return self._call("linking", lambda: self.wiki.linking(title, namespaces=namespaces, limit=limit))

    def save(self, write: Write) -> Saved:
        """As the wiki."""
        return self._call("save", lambda: self.wiki.save(write))

    def close(self) -> None:
        """As the wiki."""
        self.wiki.close()
