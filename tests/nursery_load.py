"""Loads what ``clerk`` loads when it works, for the processes that ``tests.nursery`` forks."""

from __future__ import annotations

import gc
import importlib
import os
import tempfile
from pathlib import Path

from bot.wiki.live.defaults import load

# The commands' consoles are made as their modules are loaded.
os.environ["COLUMNS"] = "200"
for _module in (
    *("bot.cli.run", "bot.cli.look", "bot.cli.preview", "bot.cli.doctor", "bot.cli.status", "bot.cli.threads"),
    *("bot.cli.undo", "bot.cli.backfill", "bot.journal.migrate", "bot.wiki.live", "sqlalchemy.dialects.sqlite"),
):
    importlib.import_module(_module)
with tempfile.TemporaryDirectory() as _folder:
    load(Path(_folder))
# What is loaded stays: the processes need not look through it, nor copy it by looking.
gc.freeze()
