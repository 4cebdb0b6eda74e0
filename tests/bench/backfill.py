"""Backfill: the CPU time per revision of a 200 KB board's history."""

from __future__ import annotations

from collections.abc import Iterator

import mwparserfromhell

from tests.bench.figures import Figure, side_by_side
from tests.bench.history import backfilled, revisions

REVISIONS = 200


def measure() -> Iterator[Figure]:
    """Fold a history into a journal in memory against ``mwparserfromhell.parse`` of one of its revisions in full."""
    pages = list(revisions(REVISIONS))
    middle = pages[REVISIONS // 2].text or ""
    ours, theirs = side_by_side(lambda: backfilled(pages), lambda: mwparserfromhell.parse(middle))
    what = f"a revision of a 200 KB board, one of {REVISIONS}"
    yield Figure("backfill", what, ours / REVISIONS, theirs, "s", bound=1 / 30)
