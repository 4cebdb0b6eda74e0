"""Links to sections of pages: where each stands, which page and which section it names."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bot.model import WikiInfo
from bot.reading.authors import normal_title
from bot.reading.wikitext import scan, tags_of

# The longest title or fragment looked at: 255 bytes, each of which may stand as %XX.
_LONGEST = 1200
_LINK = re.compile(
    rf"\[\[(?P<title>[^\[\]{{}}|<>#\n]{{1,{_LONGEST}}})#(?P<anchor>[^\[\]{{}}|<>\n]{{1,{_LONGEST}}})(?P<close>\||\]\])"
)
_LABEL = re.compile(r"(?:[^\[\]]|\[(?!\[)|\](?!\]))*+\]\]")
# What MediaWiki takes for one blank in titles and fragments (MediaWikiTitleCodec::splitTitleString).
_BLANKS = re.compile(r"[ _\t\n\f\r\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A link to a section: offsets of the whole link and of its target's title as written, colon and all.

    ``title`` is the page in the wiki's normal form ("" where no page can have it), ``anchor`` the section as
    ``bot.reading.ids.anchors`` writes it, ``written`` the whole target, ``labelled`` whether it shows other words.
    """

    start: int
    end: int
    title_start: int
    title_end: int
    title: str
    anchor: str
    written: str
    labelled: bool


def section_links(text: str, info: WikiInfo) -> Iterator[SectionLink]:
    """Give the links to sections of pages that MediaWiki would make: none in comments, nowiki or other opaque tags."""
    if "[[" not in text or "#" not in text:
        return
    hidden = scan(text, tags_of(info.extensions)).hidden
    for found in _LINK.finditer(text):
        if found.start() in hidden:
            continue
        labelled = found["close"] == "|"
        label = _LABEL.match(text, found.end()) if labelled else None
        if labelled and label is None:
            continue
        written = text[found.start("title") : found.end("anchor")]
        yield SectionLink(
            start=found.start(),
            end=label.end() if label else found.end(),
            title_start=found.start("title"),
            title_end=found.end("title"),
            title=normal_title(info, _plain(found["title"])),
            anchor=_BLANKS.sub("_", unicodedata.normalize("NFC", html.unescape(_plain(found["anchor"])))).strip("_"),
            written=written,
            labelled=labelled,
        )


def _plain(target: str) -> str:
    """A target without percent signs: the parser undoes them before the entities (Parser::handleInternalLinks2)."""
    return unquote(target, errors="replace") if "%" in target else target
