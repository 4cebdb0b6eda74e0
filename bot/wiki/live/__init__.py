"""The wiki as it is: the port on Pywikibot. Only this package imports pywikibot."""

from bot.wiki.live.defaults import Patience
from bot.wiki.live.finding import find_wiki, is_family
from bot.wiki.live.wiki import LiveWiki, open_wiki

__all__ = ["LiveWiki", "Patience", "find_wiki", "is_family", "open_wiki"]
