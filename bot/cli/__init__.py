"""The ``clerk`` command: one module per command, each imported only when it is called."""

from __future__ import annotations

import gc

# Loading modules makes much that stays and nothing to collect: with Python's own threshold the collector goes over all
# of it again and again, which is a tenth of a short run. Beyond that what a run drops is freed without the collector.
gc.set_threshold(50_000)

from bot.cli.main import main  # noqa: E402 - after the line above, or it would come too late

__all__ = ["main"]
