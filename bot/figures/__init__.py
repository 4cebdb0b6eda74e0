"""From observations to the figures of a report: spans of time, tallies, and the guards that keep people out of them.

A ``Tally`` holds exact counts and never leaves the program. ``guarded`` makes of the tallies of one span what may be
shown: nothing that rests on fewer than five cases, not even by subtraction.
"""

from __future__ import annotations

from bot.figures.guard import FEWEST, hide
from bot.figures.shown import Figures, Kind, Shown, guarded
from bot.figures.spans import Calendar, Period, Span
from bot.figures.tally import BANDS, Tally, tally

__all__ = [
    "BANDS",
    "FEWEST",
    "Calendar",
    "Figures",
    "Kind",
    "Period",
    "Shown",
    "Span",
    "Tally",
    "guarded",
    "hide",
    "tally",
]
