"""The settings page at its worst: pages of the largest size that give a reader the most to do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bot.reading.facts import english
from bot.settings.schema import read_settings
from tasks import ALL
from tests.bench.figures import Figure, cpu_time
from tests.bench.reading import peak
from tests.settings_examples import HOSTILE, hostile_page

CORPUS = Path(__file__).parent.parent / "corpus"
SIZE = 65_000


def measure() -> Iterator[Figure]:
    """Read each of these pages; the figures are those of the worst one."""
    worst = max(cpu_time(partial(read_settings, page, english(), ALL)) for page in pages())
    what = "the slowest of hostile and of large settings pages, 64 KB"
    yield Figure("settings_worst", what, worst, None, "s", bound=1)
    most = max(peak(partial(read_settings, page, english(), ALL)) for page in pages())
    yield Figure("settings_memory", "memory at its highest over those pages", most, None, "MB", bound=200)


def pages() -> Iterator[str]:
    """Pages of hostile pieces, of many boards that are right, of many mistakes, and all bad pages in one."""
    yield from (hostile_page(piece, SIZE) for piece in HOSTILE)
    board = '  "Project:Board {}":\n    archive: {{inactive_after: 72 h, keep_threads: {}}}\n'
    for value in ("4", "few"):
        yield "version: 1\nboards:\n" + "".join(board.format(number, value) for number in range(SIZE // 85))
    good = (CORPUS / "settings-good.txt").read_text(encoding="utf-8")
    yield (good * (SIZE // len(good) + 1))[:SIZE]
    bad = "\n".join(
        path.read_text(encoding="utf-8", errors="replace") for path in sorted(CORPUS.glob("settings/*.txt"))
    )
    yield bad[:SIZE]
    marks = ", ".join(f'"/{"a?" * 90}{number}/"' for number in range(300))
    yield f'version: 1\nboards:\n  "Project:Board":\n    resolved: {{headings: [{marks}]}}\n'[:SIZE]
