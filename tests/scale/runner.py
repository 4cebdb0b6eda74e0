"""One runner of a fleet as a process of its own: ``python -m tests.scale.runner FOLDER OWNER BASE [LATENCY] [DIES]``.

``BASE`` is the real instant (seconds since 1970) at which the fleet's clock shows ``NOW``; all runners share it.
``LATENCY`` is what a request really takes, in seconds. On the wiki ``DIES`` the process is killed amid a
move: the archive is saved, the board not yet cut.
It prints how many wikis it served.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.cli.onepass import Chosen, Surroundings, make_pass
from bot.operatorfile import WikiEntry
from bot.wiki.port import Wiki, Write
from tests.scale.fleet import Count, Fleet
from tests.world import NOW


def main(folder: str, owner: str, base: str, latency: str = "0", dies: str = "") -> int:
    """Make one pass."""
    fleet, count = Fleet.found(Path(folder)), Count()

    def clock() -> datetime:
        return NOW + timedelta(seconds=time.time() - float(base))

    @contextmanager
    def opened(entry: WikiEntry, _folder: Path) -> Iterator[Wiki]:
        def killed(_number: int, write: Write) -> None:
            if entry.name == dies and "/Archive " in write.title:
                os.kill(os.getpid(), signal.SIGKILL)

        with fleet.opened(entry, lambda requests: time.sleep(requests * float(latency)), clock) as wiki:
            wiki.after_save = killed
            yield wiki

    make_pass(fleet.operator(), Chosen(), count, lambda: False, Surroundings(clock, opened, owner))
    for problem in count.problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(f"{count.outcomes['done']}\n")
    return 0 if set(count.outcomes) <= {"done", "another run is at work"} else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
