"""The ``clerk`` command: one module per command, each imported only when it is called."""

from __future__ import annotations

import gc
import os

# Loading modules makes much that stays and nothing to collect, and the collector would go over all of it again and
# again, which is a tenth of a short run. ``bot.cli.wire`` lets it begin when the work does.
gc.set_threshold(1_000_000)
# No plugin of pydantic is used; looking for some means reading what every installed package says of itself.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

from bot.cli.main import main  # noqa: E402 - after the lines above, or they would come too late

__all__ = ["main"]
