"""What the looking commands look at: a page on a configured wiki, or a file with the facts of a wiki beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import OperatorProblem
from bot.guard import normal_title
from bot.model import WikiInfo
from bot.reading.facts import english, wiki_info
from bot.settings.schema import BoardSettings, SettingsReading, read_settings
from tasks import ALL


@dataclass(frozen=True, slots=True)
class Source:
    """What a looking command was told on its command line."""

    page: str
    config: Path
    wiki: str = ""
    settings: Path | None = None
    wiki_info: Path | None = None
    now: datetime | None = None
    board: str = ""

    @property
    def file(self) -> Path | None:
        """The local file that is meant, None where it is a title on a wiki."""
        path = Path(self.page)
        return path if path.is_file() else None

    @property
    def instant(self) -> datetime | None:
        """The instant to judge at, in UTC, None where it was not given."""
        return self.now.replace(tzinfo=UTC) if self.now is not None else None


def read_text(path: Path) -> str:
    """A file's text, line ends as they are. Raises OperatorProblem where it cannot be read as UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise OperatorProblem(f"{path} cannot be read ({error.strerror}); check the path and its permissions") from None
    except UnicodeDecodeError as error:
        raise OperatorProblem(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None


def facts_of(path: Path | None) -> WikiInfo:
    """The wiki's facts in a file, those of an English wiki without one. Raises OperatorProblem on a bad file."""
    if path is None:
        return english()
    try:
        answer = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise OperatorProblem(f"{path}:{error.lineno}:{error.colno}: this is not JSON ({error.msg})") from None
    if not isinstance(answer, dict):
        raise OperatorProblem(f'{path} must hold an object with "query" and "sample", as the README describes')
    return wiki_info(answer)


def settings_of(path: Path, info: WikiInfo) -> SettingsReading:
    """The settings page in a file, read for a wiki."""
    return read_settings(read_text(path), info, ALL)


def choose_board(reading: SettingsReading, title: str, where: str, info: WikiInfo) -> BoardSettings:
    """The settings of one board: the one named, or the only one there is. Raises OperatorProblem otherwise.

    Whatever name of a namespace the wiki understands may be used, as on the settings page.
    """
    title = normal_title(info, title)
    boards = reading.settings.boards if reading.settings is not None else {}
    if title in boards:
        return boards[title]
    if not title and len(boards) == 1:
        return next(iter(boards.values()))
    if not boards:
        first = f": {reading.problems[0]}" if reading.problems else ""
        raise OperatorProblem(f"{where} sets up no board that can be used{first}; see clerk settings check {where}")
    names = ", ".join(f'"{name}"' for name in boards)
    raise OperatorProblem(f'{where} does not set up "{title}"; name one of these with --board: {names}')
