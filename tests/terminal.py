"""A process on a terminal of its own (a pseudo terminal), as a person sits before it."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

# A person would have given up by then; nothing that a test promises is measured by it.
_PATIENCE = 120
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """``clerk`` on a terminal: ``expect`` waits for words on the screen, ``answer`` answers one."""

    def __init__(self, folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        self.seen = ""
        self._read = 0
        environment = {**os.environ, "COLUMNS": "200", "TERM": "xterm", **(environ or {})}
        self._child, self._screen = pty.fork()
        if self._child == 0:
            os.chdir(folder)
            os.execve(sys.executable, [sys.executable, "-m", "bot", *arguments], environment)

    def expect(self, words: str) -> str:
        """Waits until words stand on the screen after those found before; gives what stood between."""
        while words not in self.seen[self._read :]:
            if not self._more():
                raise AssertionError(f'"{words}" never came; on the screen:\n{self.seen[self._read :]}')
        end = self.seen.index(words, self._read) + len(words)
        between, self._read = self.seen[self._read : end], end
        return between

    def write(self, line: str) -> None:
        """Types a line."""
        os.write(self._screen, f"{line}\n".encode())

    def answer(self, question: str, line: str = "") -> None:
        """Waits for a question and answers it."""
        self.expect(question)
        # What is typed before the terminal stopped to echo a password is thrown away.
        self.expect(": ")
        self.write(line)

    def end(self) -> int:
        """Reads on until the process ends; gives its exit code."""
        while self._more():
            pass
        _, status = os.waitpid(self._child, 0)
        self._child = 0
        return os.waitstatus_to_exitcode(status)

    def _more(self) -> bool:
        ready, _, _ = select.select([self._screen], [], [], _PATIENCE)
        try:
            got = os.read(self._screen, 65536) if ready else b""
        except OSError:
            # Linux says so when the process on the other side has ended.
            got = b""
        self.seen += _COLOURS.sub("", got.decode("utf-8", "replace").replace("\r\n", "\n"))
        return bool(got)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._child:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
        os.close(self._screen)
