"""What a command costs from its start to its end: CPU and memory, and nothing of the process that asks.

Run as a program it is the small process in between: Linux counts what a process held before it became the command
(``fork``, then ``execve``) among the command's memory, so whoever starts it must hold little.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """How a command ended, its CPU (user and system, in seconds), and the most memory it held (in bytes)."""

    code: int
    cpu: float
    memory: int


def cost_of(
    command: Sequence[str], log: Path, *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Cost:
    """Run a command to its end; what it prints goes to ``log``."""
    with tempfile.TemporaryDirectory() as found, log.open("wb") as output:
        told = Path(found) / "cost.json"
        between = [sys.executable, "-I", "-S", __file__, str(told), *command]
        subprocess.run(
            between,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, **(environment or {})},
        )
        return Cost(*json.loads(told.read_text(encoding="utf-8")))


def _run(told: str, command: list[str]) -> None:
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    # Linux counts ru_maxrss in KiB (getrusage(2)).
    cost = [os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024]
    Path(told).write_text(json.dumps(cost), encoding="utf-8")


if __name__ == "__main__":
    _run(sys.argv[1], sys.argv[2:])
