"""What the benchmarks call the cost of a command."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.spending import cost_of

MB = 10**6


def test_a_command_is_charged_what_it_held_and_nothing_of_who_asks(tmp_path: Path) -> None:
    ballast = b"x" * (200 * MB)
    log = tmp_path / "output.txt"

    small = cost_of([sys.executable, "-c", "print('done')"], log)
    large = cost_of([sys.executable, "-c", f"b'x' * {100 * MB}; raise SystemExit(3)"], log)

    assert len(ballast) > small.memory > MB
    assert large.memory > small.memory + 90 * MB
    assert (small.code, large.code) == (0, 3)
    assert log.read_text(encoding="utf-8") == ""


def test_what_a_command_prints_goes_to_its_log(tmp_path: Path) -> None:
    log = tmp_path / "output.txt"
    code = "import os, sys; print(os.environ['WORD'], os.getcwd()); sys.stderr.write(' and this')"

    cost_of([sys.executable, "-c", code], log, folder=tmp_path, environment={"WORD": "here"})

    assert set(log.read_text(encoding="utf-8").split()) == {"here", str(tmp_path), "and", "this"}
