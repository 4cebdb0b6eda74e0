"""``clerk init``: the operator's first evening, from an empty folder to a proven login and the next three commands."""

from bot.cli.init.dialogue import Given, init

__all__ = ["Given", "init"]
