"""Every sentence the bot can say on a wiki, by language, with the community's own words before ours."""

from __future__ import annotations


class Messages:
    """The sentences in one language."""
