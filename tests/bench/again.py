"""Reads one board in a new process, cold or by what a journal kept, and says what CPU that took (``tests.bench``)."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bot.journal import Journal
from bot.reading.board import Reader
from bot.reading.facts import english
from tests.randomboards import RULES

TITLE = "Project:Incidents"


def main(way: str, file: str, database: str) -> None:
    """Print the seconds; whatever both ways need, such as an open journal, is there before."""
    text = Path(file).read_text(encoding="utf-8")
    journal, reader = Journal(database).of("enwiki"), Reader(english())
    looked = journal.accepted()
    begun = time.process_time()
    if way == "cold":
        reader.board(TITLE, looked + 1, text, RULES)
    else:
        kept = journal.readings([TITLE]).get(TITLE, "")
        _, _, row = reader.recall(TITLE, looked + 1, text, RULES, kept, journal.hash_of.seal)
        if row != kept:
            journal.keep_reading(TITLE, row)
    sys.stdout.write(f"{time.process_time() - begun}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
