"""The ``clerk`` command: one module per command, each imported only when it is called."""

from __future__ import annotations

from bot.cli.main import main

__all__ = ["main"]
