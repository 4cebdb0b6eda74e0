"""A busy noticeboard on a real MediaWiki, and the bot as an operator runs it: a process with files of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.journal.keys import Hasher
from tests.boards import stamp
from tests.journals import migrated
from tests.mediawiki.people import People
from tests.mediawiki.server import BOT, PASSWORD, Server
from tests.nursery import Child

BOARD = "Project:Incidents"
SETTINGS = "User:Boardclerk/settings.yaml"
RUN_PAGE = "User:Boardclerk/run"
ARCHIVE = re.compile(r"/Archive \d+$")

PAGE = f"""\
version: 1
support: "Project:Getting help"
boards:
  "{BOARD}":
    mode: live
    quiet: 0 s
    responders: {{groups: [sysop]}}
    resolved:
      templates: [resolved]
      pairs: {{atop: abot}}
      closers: {{groups: [sysop]}}
    pins: [Pin message]
    subjects: {{templates: [userlinks]}}
    archive:
      resolved_after: 24 h
      inactive_after: 72 h
      to: "{{board}}/Archive {{counter}}"
      max_threads: 25
      keep_threads: 4
      move_at_most: 100
    notify: {{subjects: notice, wait: 20 min, reporter_min_edits: 0}}
    summary: {{page: "{BOARD}/Waiting"}}
"""
SUBJECTS = ("Ben", "Cem", "Dora")
PEOPLE = ("Ana", "Zoe", *SUBJECTS)


@dataclass(slots=True)
class Writer:
    """Writes threads; each comment carries a word of its own, so that none can be lost or doubled unseen."""

    now: datetime
    words: int = 0

    def says(self, name: str, *, hours: float, indent: str = "", text: str = "") -> str:
        """A signed comment."""
        self.words += 1
        instant = (self.now - timedelta(hours=hours)).replace(second=0, microsecond=0)
        signature = f"[[User:{name}|{name}]] ([[User talk:{name}|talk]]) {stamp(instant)}"
        return f"{indent}{text}word{self.words:04} {signature}\n"


def busy_board(now: datetime) -> str:
    """A board of 66 threads of every kind that a community has."""
    write = Writer(now)
    threads = []
    for number in range(22):
        hours = 400 - 10 * number
        threads.append(
            f"== Report {number} ==\n{write.says('Ana', hours=hours)}"
            f"{write.says('Clara', hours=hours - 9, indent=':', text='{{resolved}} ')}\n"
        )
    for number in range(12):
        hours = 300 - 10 * number
        verdict = write.says("Clara", hours=hours - 5).strip()
        talk = f"{write.says('Zoe', hours=hours)}=== Details {number} ===\n{write.says('Ana', hours=hours - 2)}"
        threads.append(f"== Same heading ==\n{{{{atop|{verdict}}}}}\n{talk}{{{{abot}}}}\n\n")
    for number in range(12):
        hours = 200 - 3 * number
        talk = write.says("Zoe", hours=hours) + write.says("Clara", hours=hours - 1, indent=":")
        threads.append(f"== Quiet since {number} ==\n{talk}\n")
    threads += [f"== Waiting {number} ==\n{write.says('Ana', hours=100 - 5 * number)}\n" for number in range(10)]
    for number, name in enumerate(SUBJECTS):
        threads.append(
            f"== Named {number} ==\n{write.says('Zoe', hours=5 - number, text=f'{{{{userlinks|{name}}}}} ')}\n"
        )
    threads += [
        f"== Pinned {number} ==\n{{{{Pin message}}}}\n{write.says('Ana', hours=500)}{write.says('Clara', hours=490)}\n"
        for number in range(3)
    ]
    threads += [f"== Unsigned {number} ==\nNobody signed this.\n\n" for number in range(2)]
    threads += [
        f"== Open {number} ==\n{write.says('Ana', hours=9)}{write.says('Clara', hours=8)}\n" for number in range(2)
    ]
    lead = "{{Header}}\nWords about this board.\n<!-- == no heading == -->\n\n"
    return lead + "".join(threads).rstrip("\n") + "\n\n[[Category:Noticeboards]]"


def words_in(*texts: str) -> Counter[str]:
    """How often each comment's own word stands in the texts."""
    return Counter(word for text in texts for word in re.findall(r"word\d{4}|extra\d+", text))


@dataclass(slots=True)
class Installation:
    """The bot as an operator has it: a folder with clerk.yaml, Pywikibot's files and the journal."""

    folder: Path
    api: str
    children: list[Child] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path, api: str, journal: Path | None = None) -> Installation:
        """Writes the operator's files; takes over a journal where there is one, else begins with an empty one."""
        folder.mkdir(parents=True)
        (folder / "clerk.db").write_bytes(migrated() if journal is None else journal.read_bytes())
        made = cls(folder, api)
        (folder / "user-config.py").write_text(
            f"usernames['testwiki']['testwiki'] = {BOT!r}\npassword_file = 'user-password.py'\n"
            "put_throttle = 0\nminthrottle = 0\n",
            encoding="utf-8",
        )
        password = folder / "user-password.py"
        password.write_text(f"({BOT!r}, {PASSWORD!r})\n", encoding="utf-8")
        password.chmod(0o600)
        made.point_to(api)
        return made

    def point_to(self, api: str, *, settings: str = SETTINGS, run_page: str = RUN_PAGE) -> None:
        """Writes clerk.yaml for an address and the two pages that it names."""
        self.api = api
        (self.folder / "clerk.yaml").write_text(
            f"database: sqlite:///clerk.db\nwikis:\n  testwiki:\n    api: {api}\n    settings: {settings!r}\n"
            f"    run_page: {run_page!r}\n    trusted: [sysop]\n    approval: not needed\n",
            encoding="utf-8",
        )

    def start(self, *arguments: str) -> Child:
        """Starts ``clerk`` as a process of its own."""
        given = [*arguments, "--config", str(self.folder / "clerk.yaml")]
        child = Child(given, {**os.environ, "COLUMNS": "200"})
        self.children.append(child)
        return child

    def clerk(self, *arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Runs ``clerk`` to its end and holds it to an exit code."""
        child = self.start(*arguments)
        out, err = child.communicate(timeout=300)
        assert code is None or child.returncode == code, f"exit {child.returncode}\n{out}\n{err}"
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(child.args, child.returncode or 0, out, err)

    def json(self, *arguments: str) -> Any:
        """Runs ``clerk`` and reads what it printed as JSON."""
        return json.loads(self.clerk(*arguments, "--format", "json").stdout)

    def kill(self) -> None:
        """Kills the newest process as ``kill -9`` does."""
        self.children[-1].send_signal(signal.SIGKILL)
        self.children[-1].wait()

    def forget(self) -> None:
        """Loses the journal."""
        for file in self.folder.glob("clerk.db*"):
            file.unlink()


@dataclass(frozen=True, slots=True)
class State:
    """All pages that the bot can have touched, by title."""

    pages: dict[str, str]

    @property
    def board(self) -> str:
        return self.pages[BOARD]

    @property
    def archives(self) -> dict[str, str]:
        return {title: text for title, text in self.pages.items() if ARCHIVE.search(title)}

    @property
    def words(self) -> Counter[str]:
        return words_in(self.board, *self.archives.values())

    def notices(self, name: str) -> int:
        """How many notices stand on somebody's talk page."""
        return self.pages.get(f"User talk:{name}", "").count("== Discussion on ")

    @property
    def threads(self) -> dict[str, str]:
        """The pages that hold threads, without what differs by the minute in which the bot ran."""
        return {BOARD: self.board, **self.archives}


def found_state(people: People) -> State:
    """Reads all pages from the wiki."""
    titles = [BOARD, f"{BOARD}/Waiting", *(f"User talk:{name}" for name in PEOPLE)]
    listed = people.admin.call(action="query", list="allpages", apprefix="Incidents/", apnamespace=4, aplimit="max")
    titles += [str(page["title"]) for page in listed["query"]["allpages"]]
    answer = people.admin.call(
        action="query", prop="revisions", titles="|".join(dict.fromkeys(titles)), rvprop="content", rvslots="main"
    )
    normal = {one["to"]: one["from"] for one in answer["query"].get("normalized", ())}
    pages: dict[str, str] = {}
    for page in answer["query"]["pages"]:
        if "revisions" in page:
            pages[normal.get(page["title"], page["title"])] = page["revisions"][0]["slots"]["main"]["content"]
    return State(pages)


def bot_edits(people: People) -> int:
    """How many edits the bot ever made."""
    answer = people.admin.call(action="query", list="usercontribs", ucuser=BOT, uclimit="max")
    return len(answer["query"]["usercontribs"])


def accept(people: People, revision: int, wiki: str = "testwiki", page: str = SETTINGS) -> None:
    """The bot told long ago that this revision of the settings is in force: its first run shows no plan first."""
    summary = f"Bot: in force (bc:settings.x...accepted-{Hasher(wiki)(page)}-{revision})"
    people.as_user(BOT).edit(page.replace("User:", "User talk:"), f"In force for {wiki}: {revision}.", summary=summary)


def settle_community(server: Server) -> People:
    """The wiki's people and pages, before the bot ever came; the settings page is an administrator's."""
    people = People(server)
    people.add_user("Clara", ["sysop"])
    for name in PEOPLE:
        people.add_user(name)
    accept(people, people.as_user("Clara").edit(SETTINGS, PAGE))
    people.as_user("Clara").edit(RUN_PAGE, "run")
    people.as_user("Ana").edit(BOARD, busy_board(datetime.now(UTC)))
    return people
