"""``clerk settings``: pages to begin with, other bots' orders, the manual and the schema, on files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli.console import Format
from bot.cli.look import Source
from bot.cli.settings import check, import_, init, manual, schema
from bot.errors import CommunityProblem, OperatorProblem

CONFIG = Path("clerk.yaml")
BOARD = "{{User:MiszaBot/config|algo=old(3d)}}\n== [[User:A]] (erl.) ==\nWords.\n"


@pytest.fixture
def board(tmp_path: Path) -> Source:
    file = tmp_path / "board.wiki"
    file.write_text(BOARD, encoding="utf-8")
    return Source(str(file), CONFIG, board="Project:Board")


def assert_fine(page: str, folder: Path) -> None:
    """The page passes ``clerk settings check``."""
    (folder / "page.yaml").write_text(page, encoding="utf-8")
    assert check(str(folder / "page.yaml"), CONFIG, "", None, Format.TABLE) == 0


def test_init_writes_a_page_for_the_board_that_passes_check(
    board: Source, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(board, "") == 0
    page = capsys.readouterr().out

    assert '"Project:Board":' in page
    assert "preset: vandalism-sections" in page
    assert_fine(page, tmp_path)


def test_init_takes_the_preset_that_is_named_and_knows_the_nearest(
    board: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(board, "help-desk") == 0
    assert "preset: help-desk" in capsys.readouterr().out
    with pytest.raises(OperatorProblem, match='did you mean "help-desk"'):
        init(board, "helpdesk")


def test_import_writes_what_the_other_bot_was_told(
    board: Source, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_(board) == 0
    page = capsys.readouterr().out

    assert "inactive_after: 3 days" in page
    assert_fine(page, tmp_path)


def test_import_says_so_where_there_are_no_orders(tmp_path: Path) -> None:
    (tmp_path / "empty.wiki").write_text("== A ==\nWords.\n", encoding="utf-8")

    with pytest.raises(CommunityProblem, match="clerk settings init"):
        import_(Source(str(tmp_path / "empty.wiki"), CONFIG))


def test_manual_and_schema_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert manual("wikitext") == 0
    assert "== A board ==" in capsys.readouterr().out
    with pytest.raises(OperatorProblem, match="forms: wikitext, markdown"):
        manual("html")
    assert schema() == 0
    assert json.loads(capsys.readouterr().out)["$schema"].startswith("https://json-schema.org/")
