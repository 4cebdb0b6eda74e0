"""Processes of ``clerk`` that need not load their modules anew: each is forked from one that has loaded them.

Whatever a process does is its own: number, environment, output, connections, files, its end by a signal. That
``clerk`` also begins from nothing is shown where it is started by its command: test_init, test_first_evening,
test_secrets, test_serve.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
from multiprocessing import connection
from pathlib import Path

from bot.cli import main

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.nursery", "tests.nursery_load"])


def _clerk(arguments: list[str], environment: dict[str, str], out: str, err: str) -> None:
    """What the new process does."""
    os.environ.clear()
    os.environ.update(environment)
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
        os.dup2(os.open(name, flags), number)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115 - open for as long as the process lives
    sys.argv = ["clerk", *arguments]
    try:
        code = main()
    except Exception:  # noqa: BLE001 - what the interpreter does with what nobody caught
        sys.excepthook(*sys.exc_info())
        code = 1
    # A forked process is ended without what others do at their end (throttle and cookies of Pywikibot).
    atexit._run_exitfuncs()
    sys.exit(code)


def _new_file() -> Path:
    number, name = tempfile.mkstemp(prefix="clerk-")
    os.close(number)
    return Path(name)


class Child:
    """One such process, as ``subprocess.Popen`` shows one."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.args = ["clerk", *arguments]
        self._files = [_new_file() for _ in range(2)]
        self._lock = threading.Lock()
        names = [str(file) for file in self._files]
        self._process = _forks.Process(target=_clerk, args=(arguments, environment, *names))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """How it ended: its exit code, or the number of the signal, negative; None while it runs."""
        with self._lock:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> None:
        """Waits for its end. Raises subprocess.TimeoutExpired."""
        if not connection.wait([self._process.sentinel], timeout):
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        # Its end can be read but once, and those who kill it and those who wait for it are two threads.
        with self._lock:
            self._process.join()

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Waits for its end and gives what it printed. Raises subprocess.TimeoutExpired."""
        self.wait(timeout)
        out, err = (file.read_text(encoding="utf-8") for file in self._files)
        for file in self._files:
            file.unlink()
        return out, err

    def send_signal(self, number: signal.Signals) -> None:
        """Sends it a signal, where it still runs."""
        if self.returncode is None:
            os.kill(self._process.pid or 0, number)
