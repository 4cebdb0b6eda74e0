"""The commands as people call them: what they print, how they end, and what they say to bad input."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.cli import main

ROOT = Path(__file__).resolve().parent.parent
BOARDS = Path(__file__).parent / "corpus" / "boards"

BOARD = """\
Lead. [[User:Ana|Ana]] ([[User talk:Ana|talk]]) 09:00, 1 January 2026 (UTC)

== Trouble with [[User:Ben]] ==
{{userlinks|Ben}} again. [[User:Ana|Ana]] ([[User talk:Ana|talk]]) 12:00, 1 January 2026 (UTC)
: Looking. [[User:Clara|Clara]] ([[User talk:Clara|talk]]) 13:00, 1 January 2026 (UTC)

== ''Other'' ==
Done? [[User:Zoe|Zoe]] ([[User talk:Zoe|talk]]) 12:00, 3 January 2026 (UTC)
: {{done}} [[User:Clara|Clara]] ([[User talk:Clara|talk]]) 13:00, 3 January 2026 (UTC)
"""
SETTINGS = """\
version: 1
support: "Project:Help"
boards:
  "Project:Incidents":
    mode: live
    responders: {groups: [sysop]}
    resolved: {templates: [done], closers: {groups: [sysop]}}
    subjects: {templates: [userlinks], headings: true}
    archive: {resolved_after: 24 h, keep_threads: 0, to: "{board}/Archive {counter}"}
    notify: {subjects: notice}
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Clerk = Callable[..., Ended]


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Clerk:
    """Calls a command in an empty folder; a traceback would pass through and fail the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLERK_CONFIG", raising=False)

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["clerk", *arguments])
        code = main()
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return call


@pytest.fixture
def board(tmp_path: Path) -> str:
    """A board as a file."""
    (tmp_path / "board.wiki").write_text(BOARD, encoding="utf-8")
    return "board.wiki"


def test_threads_prints_what_was_read_as_json(clerk: Clerk, board: str, snapshot: SnapshotAssertion) -> None:
    ended = clerk("threads", board, "--format", "json")

    assert ended.code == 0
    assert ended.json == snapshot
    first = ended.json["threads"][0]
    assert BOARD[first["start"] : first["end"]].startswith("== Trouble with")
    assert [one["author"] for one in ended.json["lead_comments"]] == ["Ana"]
    assert ended.json["headings"][1] == {"text": "Other", "level": 2, "start": BOARD.index("== ''Other")}
    assert ended.json["now"] == "2026-01-03T13:00:00Z"


def test_threads_takes_status_and_parties_from_settings(clerk: Clerk, board: str, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")

    ended = clerk("threads", board, "--settings", "settings.yaml", "--format", "json")

    assert [thread["status"] for thread in ended.json["threads"]] == ["open", "resolved"]
    assert [thread["subjects"] for thread in ended.json["threads"]] == [["Ben"], []]
    assert [thread["reporter"] for thread in ended.json["threads"]] == ["Ana", "Zoe"]


def test_threads_tells_the_pages_that_a_thread_is_about(clerk: Clerk, board: str, tmp_path: Path) -> None:
    settings = SETTINGS.replace("headings: true", "page_headings: true")
    (tmp_path / "settings.yaml").write_text(settings, encoding="utf-8")
    Path(board).write_text(BOARD.replace("''Other''", "[[some page]]"), encoding="utf-8")

    ended = clerk("threads", board, "--settings", "settings.yaml", "--format", "json")

    assert [thread["pages"] for thread in ended.json["threads"]] == [[], ["Some page"]]


def test_threads_prints_a_plain_table_where_it_is_piped(clerk: Clerk, board: str) -> None:
    ended = clerk("threads", board)

    assert "Trouble with User:Ben" in ended.out
    assert "\x1b" not in ended.out
    assert "│" not in ended.out


@pytest.mark.parametrize("language", ["ar", "ja", "de"])
def test_threads_reads_a_board_of_any_language_by_its_wikis_facts(clerk: Clerk, language: str) -> None:
    expected = json.loads((BOARDS / f"{language}-5.expected.json").read_text(encoding="utf-8"))

    ended = clerk(
        *("threads", str(BOARDS / f"{language}-5.wiki"), "--format", "json"),
        *("--wiki-info", str(BOARDS / f"{language}-5.info.json")),
    )

    found = [*ended.json["lead_comments"], *(one for thread in ended.json["threads"] for one in thread["comments"])]
    wanted = [(one["author"], one["timestamp"]) for thread in expected["threads"] for one in thread["comments"]]
    assert sorted((one["author"], one["timestamp"]) for one in found) == sorted(wanted)


@pytest.mark.parametrize("title", ["Project:Incidents", "project:incidents", "Projekt:Incidents", "Project:_Incidents"])
def test_a_board_may_be_named_in_any_way_that_its_wiki_understands(clerk: Clerk, board: str, title: str) -> None:
    Path("settings.yaml").write_text(SETTINGS.replace("boards:", 'boards:\n  "Project:Other": {}'), encoding="utf-8")
    facts = json.loads((BOARDS / "de-5.info.json").read_text(encoding="utf-8"))
    facts["query"]["namespaces"]["4"] |= {"name": "Projekt", "*": "Projekt", "canonical": "Project"}
    Path("info.json").write_text(json.dumps(facts), encoding="utf-8")
    given = (board, "--settings", "settings.yaml", "--wiki-info", "info.json", "--board", title, "--format", "json")

    ended = clerk("threads", *given)
    assert ended.code == 0, ended.err
    assert [one["title"] for one in clerk("preview", *given).json["boards"]] == ["Projekt:Incidents"]
    assert clerk("explain", *given).code == 0


def test_preview_shows_every_edit_as_a_diff(clerk: Clerk, board: str, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")

    ended = clerk("preview", board, "--settings", "settings.yaml", "--now", "2026-01-09T12:00:00Z")

    assert ended.code == 0, ended.err
    assert "Project:Incidents/Archive 1 (archive: archive)" in ended.out
    assert re.search(r"^- == ''Other'' ==$", ended.out, re.M)
    assert re.search(r"^\+ == ''Other'' ==$", ended.out, re.M)
    assert "User talk:Ben (notify: subject-notice)" in ended.out


def test_preview_of_a_board_without_settings_uses_common_ones(clerk: Clerk, board: str) -> None:
    ended = clerk("preview", board, "--format", "json")

    assert ended.code == 0, ended.err
    assert {edit["kind"] for edit in ended.json["edits"]} >= {"subject-notice", "summary"}


def test_preview_writes_one_page_without_outside_resources(clerk: Clerk, board: str, tmp_path: Path) -> None:
    ended = clerk("preview", board, "--html", "out.html")

    assert ended.code == 0
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "What Boardclerk would do" in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "<script" not in page


def test_explain_says_why_for_every_thread_and_person(clerk: Clerk, board: str, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")

    ended = clerk("explain", board, "--settings", "settings.yaml", "--format", "json", "--now", "2026-01-09T12:00:00Z")

    rows = {(row["thread"], row["task"]): row for row in ended.json}
    assert rows["Other", "archive"]["verdict"].startswith("move")
    assert rows["Trouble with User:Ben", "archive"]["verdict"] == "stay"
    assert rows["Trouble with User:Ben", "notify"]["person"] == "Ben"
    assert rows["Other", "archive"]["decided_by"] == "2026-01-03 13:00 Clara"


def test_settings_check_names_file_line_and_column(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(SETTINGS.replace("archive:", "archiv:"), encoding="utf-8")

    ended = clerk("settings", "check", "settings.yaml")

    assert ended.code == 1
    line = SETTINGS[: SETTINGS.index("archive:")].count("\n") + 1
    assert ended.out.startswith(f"settings.yaml:{line}:5: ")
    assert "archive" in ended.out


def test_settings_check_finds_a_good_page_fine(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")

    ended = clerk("settings", "check", "settings.yaml")

    assert ended.code == 0, ended.out
    assert "fine" in ended.out


GOOD = """\
database: sqlite:///clerk.db
wikis:
  here:
    api: http://127.0.0.1:9/api.php
    settings: "User:Boardclerk/settings.yaml"
    run_page: "User:Boardclerk/run"
    trusted: [sysop]
    approval: not needed
"""


@pytest.mark.parametrize(
    ("config", "arguments", "code", "said"),
    [
        (None, ("run",), 2, "clerk.yaml"),
        (None, ("doctor",), 2, "clerk.yaml"),
        ("", ("run",), 2, "clerk.yaml"),
        ("wikis: [", ("run",), 2, "clerk.yaml:"),
        (GOOD.replace("api:", "apo:"), ("run",), 2, "api"),
        (GOOD, ("run", "--wiki", "there"), 2, 'no wiki "there"'),
        (GOOD, ("run", "--task", "archiv"), 2, 'no task "archiv"'),
        (GOOD, ("run",), 1, "here"),
        (GOOD, ("doctor",), 1, "not well"),
        (GOOD, ("threads", "Project:Incidents"), 1, "here"),
        (GOOD.replace("sqlite:///clerk.db", "sqlite:////no/such/folder/clerk.db"), ("run",), 2, "database"),
        (None, ("threads", "no-such-file.wiki"), 2, "clerk.yaml"),
        (None, ("preview", "Project:X", "--wiki", "nofamily:xx"), 2, "nofamily:xx"),
        (None, ("settings", "check", "no-such-file.yaml"), 2, "no-such-file.yaml"),
    ],
)
def test_bad_input_is_answered_by_one_clear_sentence(
    clerk: Clerk, tmp_path: Path, config: str | None, arguments: tuple[str, ...], code: int, said: str
) -> None:
    if config is not None:
        (tmp_path / "clerk.yaml").write_text(config, encoding="utf-8")
        (tmp_path / "user-config.py").write_text("usernames['here']['here'] = 'Boardclerk'\n", encoding="utf-8")

    ended = clerk(*arguments)

    assert ended.code == code, ended.out + ended.err
    assert said in ended.out + ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"{", "JSON"),
        (b"[]", '"query"'),
        (b"{}", "query"),
        (b'{"query": {}, "sample": {"time": "x", "text": ""}}', "general"),
    ],
)
def test_bad_facts_of_a_wiki_are_answered_by_what_is_wrong(
    clerk: Clerk, board: str, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "info.json").write_bytes(content)

    ended = clerk("threads", board, "--wiki-info", "info.json")

    assert ended.code == 2
    assert said in ended.err


def test_wrong_options_end_in_two(clerk: Clerk) -> None:
    assert clerk("run", "--no-such-option").code == 2
    assert clerk("threads").code == 2


def test_the_demo_plays_to_its_end_and_leaves_a_page(clerk: Clerk, tmp_path: Path) -> None:
    ended = clerk("demo", "--out", "demo.html")

    assert ended.code == 0, ended.err
    assert "refused" not in ended.out
    assert ended.out.rstrip().endswith("demo.html")
    last = [line for line in ended.out.splitlines() if line.startswith("Fri 09 Jan 09:30")]
    assert len(last) == 2
    assert all("nothing to do" in line for line in last)
    page = (tmp_path / "demo.html").read_text(encoding="utf-8")
    for part in ("Boards", "Archives", "Notices on talk pages", "What is waiting", "For every thread, why"):
        assert part in page
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_the_crontab_example_calls_commands_that_there_are(clerk: Clerk) -> None:
    lines = (ROOT / "crontab.example").read_text(encoding="utf-8").splitlines()
    jobs = [line for line in lines if line and not line.startswith("#")]
    assert jobs
    for line in jobs:
        fields = line.split(None, 5)
        assert all(re.fullmatch(r"[\d,*/-]+", field) for field in fields[:5]), line
        command = re.search(r"bin/clerk (\w+)", fields[5])
        assert command, line
        assert clerk(command[1], "--help").code == 0


def test_the_settings_that_the_readme_shows_are_fine(clerk: Clerk, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (page,) = re.findall(r"```yaml\n(.*?)```", readme, re.S)
    (tmp_path / "settings.yaml").write_text(page, encoding="utf-8")

    assert clerk("settings", "check", "settings.yaml").code == 0
