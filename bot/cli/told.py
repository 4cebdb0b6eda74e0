"""What may be told of an error in the program: its kind and place, without its words, which may hold a secret."""

from __future__ import annotations

import traceback


def told(error: BaseException) -> str:
    """One sentence for the operator."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    return f"an error in the program ended the work ({type(error).__name__} at {where}); please tell its maintainers"


def frames_told(error: BaseException) -> list[str]:
    """The calls that led there, as file, line and function; no source lines, no values."""
    return [f"{one.filename}:{one.lineno} in {one.name}" for one in traceback.extract_tb(error.__traceback__)]
