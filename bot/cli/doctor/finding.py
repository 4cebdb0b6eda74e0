"""One thing that the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: where, what, whether it is well, and what to do where it is not.

    Advice on what is well is a note: the bot works without it, and would do better with it.
    """

    where: str
    what: str
    well: bool
    advice: str = ""
