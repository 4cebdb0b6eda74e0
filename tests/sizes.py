"""How many random cases a property test runs: a share in ``make test``, the stated number in ``make soak``."""

from __future__ import annotations

import os


def cases(normal: int, soak: int) -> int:
    """Return ``soak`` where CLERK_SOAK=1, else ``normal``."""
    return soak if os.environ.get("CLERK_SOAK") == "1" else normal
