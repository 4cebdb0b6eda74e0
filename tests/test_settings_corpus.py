"""Bad settings pages, each with exactly the problems that its writer is told, and what goes on all the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.reading.facts import english
from bot.settings.schema import SettingsReading, read_settings
from tests.settings_examples import TASKS

CORPUS = Path(__file__).parent / "corpus" / "settings"
PAGES = sorted(CORPUS.glob("*.txt"))
MOST_OF_A_MESSAGE = 400


def read(path: Path) -> SettingsReading:
    """Read a page of the corpus, line ends as they stand in the file."""
    return read_settings(path.read_bytes().decode("utf-8"), english(), TASKS)


def told(reading: SettingsReading) -> str:
    """Write down what a reading told, one problem a line, and what goes on."""
    lines = [
        f"{problem.line}:{problem.column}: {problem.key}{': ' if problem.path else ''}{problem.message}"
        f"  [stops {problem.stops}{' on ' + problem.board if problem.board else ''}]"
        for problem in reading.problems
    ]
    if reading.settings is None:
        return "\n".join([*lines, "nothing goes on"])
    boards = [f"{title} ({', '.join(board.tasks) or 'no task'})" for title, board in reading.settings.boards.items()]
    return "\n".join([*lines, f"goes on: {'; '.join(boards) or 'no board'}"])


def test_the_corpus_has_at_least_150_pages() -> None:
    assert len(PAGES) >= 150


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_bad_page_is_answered_as_written_down(path: Path, snapshot: SnapshotAssertion) -> None:
    assert told(read(path)) == snapshot


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_problem_of_a_bad_page_can_be_found_and_understood(path: Path) -> None:
    reading = read(path)
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert reading.problems
    for problem in reading.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message
        assert len(problem.message) < MOST_OF_A_MESSAGE
        assert "\n" not in str(problem)
        # Words of the program's own making do not reach the people who write the page.
        assert not re.search(r"pydantic|<class|Traceback|NoneType|yaml\.|_type\b|Input should", str(problem))
