"""A wiki in one SQLite file: MediaWiki's rules for reading and saving, without MediaWiki, for tests and the demo."""

from bot.wiki.embedded.site import Attempt, Change, Editor, Site
from bot.wiki.embedded.wiki import EmbeddedWiki

__all__ = ["Attempt", "Change", "Editor", "EmbeddedWiki", "Site"]
