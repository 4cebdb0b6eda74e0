"""What becomes of threads over time: readings of a board, one after the other, folded into observations.

An observation holds instants, counts and keyed hashes: no wikitext, no name. Readings may come from runs of the bot or
from a page's history; the same revisions give the same observations.
"""

from __future__ import annotations

from bot.observe.coverage import COVERAGE, Coverage, coverage_of, covered
from bot.observe.fold import Fold, Reading, observe
from bot.observe.values import End, Ending, Observation, forgotten

__all__ = [
    "COVERAGE",
    "Coverage",
    "End",
    "Ending",
    "Fold",
    "Observation",
    "Reading",
    "coverage_of",
    "covered",
    "forgotten",
    "observe",
]
