"""Finds the links that name an author, and brings user names and titles into the wiki's normal form."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.model import USER, USER_TALK, WikiInfo

SPECIAL = -1
MEDIAWIKI = 8

_TITLE_BYTES = 255
_REMEMBERED = 4096
# The longest link target looked at: a title has 255 bytes, each of which may stand as %XX, and a fragment may follow.
_TARGET = 1200
_LINK = re.compile(rf"\[\[([^\[\]{{}}|<>\n]{{1,{_TARGET}}})(\||\]\])")
_URL = re.compile(rf"//([^\s\[\]<>\"]{{1,{_TARGET}}})")
_SCHEME = re.compile(r"\[?https?:\Z|\[\Z", re.IGNORECASE)
# What MediaWikiTitleCodec::splitTitleString takes for white space, and what it drops.
_SPACES = re.compile(r"[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e]+")
_ILLEGAL = re.compile(r"[\x00-\x1f\x7f<>\[\]{}|#\ufffd]|%[0-9A-Fa-f]{2}|&#?[A-Za-z0-9\x80-\U0010ffff]+;|~~~")
_RELATIVE = re.compile(r"\A\.{1,2}(?:/|\Z)|/\.{1,2}(?:/|\Z)")
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_LEADING_ZEROS = re.compile(r"(?:\A|(?<=\.))0+(?=\d)")
# These namespaces begin with a capital whatever the wiki's own rule (NamespaceInfo::ALWAYS_CAPITALIZED_NAMESPACES).
_ALWAYS_CAPITAL = frozenset({SPECIAL, USER, USER_TALK, MEDIAWIKI, MEDIAWIKI + 1})


@dataclass(frozen=True, slots=True)
class AuthorLink:
    """A link that names a user: offsets of the whole link, and the name in the wiki's normal form."""

    start: int
    end: int
    author: str


@dataclass(frozen=True, slots=True)
class AuthorLinks:
    """Finds links to user pages, user talk pages and contributions, as DiscussionTools counts them.

    Subpages name nobody, nor do links to other wikis or targets made by templates
    (``CommentParser::getUsernameFromLink``). External links count by their ``title`` parameter or by the wiki's article
    path, whatever their host (``CommentUtils::getTitleFromUrl``).
    """

    info: WikiInfo
    _namespaces: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _contributions: frozenset[str] = field(init=False, repr=False, compare=False)
    _path: str = field(init=False, repr=False, compare=False)
    _known: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        aliases = (*self.info.special_pages.get("Contributions", ()), "Contributions")
        object.__setattr__(self, "_namespaces", self.info.namespace_numbers)
        object.__setattr__(self, "_contributions", frozenset(_key(alias) for alias in aliases))
        object.__setattr__(self, "_path", self.info.article_path.partition("$1")[0])

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[AuthorLink]:
        """Give the links between two offsets that name an author, in order; takes time in proportion to the text."""
        stop = len(text) if end is None else end
        found = [*self._internal(text, start, stop), *self._external(text, start, stop)]
        found.sort(key=lambda link: link.start)
        yield from found

    def author(self, target: str) -> str:
        """Return the user that a link target as written names, or "" where it names none."""
        name = self._known.get(target)
        if name is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            # The parser undoes percent signs before the title's own entities (Parser::handleInternalLinks2).
            name = self._user(html.unescape(unquote(target, errors="replace") if "%" in target else target))
            self._known[target] = name
        return name

    def _user(self, title: str) -> str:
        prefix, colon, rest = _collapse(title).removeprefix(":").partition(":")
        namespace = self._namespaces.get(_key(prefix)) if colon else None
        if namespace in (USER, USER_TALK):
            name = _user_name(rest.partition("#")[0])
            return "" if "/" in name else name
        if namespace == SPECIAL:
            page, _, name = rest.partition("#")[0].strip().partition("/")
            if _key(page) in self._contributions and "/" not in name:
                return _user_name(name)
        return ""

    def _internal(self, text: str, start: int, end: int) -> Iterator[AuthorLink]:
        close = start
        for link in _LINK.finditer(text, start, end):
            target = link[1]
            if ":" not in target and "%" not in target and "&" not in target:
                continue
            name = self.author(target)
            if not name:
                continue
            if link[2] == "]]":
                yield AuthorLink(link.start(), link.end(), name)
                continue
            if close < link.end():
                close = _offset(text.find("]]", link.end(), end), end)
            # A link's text holds no other link: the parser takes the inner one.
            if close < end and text.find("[[", link.end(), close) < 0:
                yield AuthorLink(link.start(), close + 2, name)

    def _external(self, text: str, start: int, end: int) -> Iterator[AuthorLink]:
        for url in _URL.finditer(text, start, end):
            if "itle=" not in url[1] and self._path not in url[1]:
                continue
            scheme = _SCHEME.search(text, max(start, url.start() - len("[https:")), url.start())
            name = self._from_url(url[1]) if scheme else ""
            if scheme and name:
                yield AuthorLink(scheme.start(), _url_end(text, scheme.start(), url.end(), end), name)

    def _from_url(self, address: str) -> str:
        try:
            parts = urlsplit(f"//{html.unescape(address)}")
        except ValueError:
            return ""
        # PHP keeps the last of equal parameters.
        titles = [value for key, value in parse_qsl(parts.query, max_num_fields=None) if key == "title"]
        if titles:
            return self._user(titles[-1])
        if self._path and parts.path.startswith(self._path):
            return self._user(unquote(parts.path.removeprefix(self._path), errors="replace"))
        return ""


def normal_user(info: WikiInfo, name: str) -> str:
    """Return a user name as the wiki writes it, or "" where no page could have it as its title.

    Underscores are spaces, the first letter is a capital on every wiki, IP addresses are written out in capitals
    (``IPUtils::sanitizeIP``), a user namespace in front is dropped. Whether there is such a user is not asked.
    """
    name = name.strip()
    prefix, colon, rest = name.partition(":")
    if colon and info.namespace_numbers.get(_key(prefix)) in (USER, USER_TALK):
        name = rest
    return _user_name(name)


def normal_title(info: WikiInfo, title: str) -> str:
    """Return a page title as the wiki writes it, without fragment, or "" where no page can have it.

    Namespaces take their local name; the first letter is a capital where the wiki has it so. Interwiki prefixes are not
    known here and count as part of the title.
    """
    text = _collapse(html.unescape(title.strip())).removeprefix(":").partition("#")[0].strip()
    prefix, colon, rest = text.partition(":")
    namespace = info.namespace_numbers.get(_key(prefix)) if colon and prefix else None
    name = rest.strip() if namespace is not None else text
    if namespace in (USER, USER_TALK):
        name = _sanitized(name)
    if not _is_legal(name):
        return ""
    if info.first_letter or namespace in _ALWAYS_CAPITAL:
        name = _capital(name)
    return f"{info.namespaces[namespace].name}:{name}" if namespace else name


def _user_name(text: str) -> str:
    name = _sanitized(_collapse(text))
    return _capital(name) if _is_legal(name) else ""


def _collapse(text: str) -> str:
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _BIDI.sub("", text))).strip(" ")


def _key(name: str) -> str:
    return _collapse(name).lower()


def _capital(name: str) -> str:
    upper = name[:1].upper()
    # Letters without a single capital (ß) stay as they are ($wgOverrideUcfirstCharacters).
    return upper + name[1:] if len(upper) == 1 else name


def _is_legal(name: str) -> bool:
    return (
        bool(name)
        and not _ILLEGAL.search(name)
        and not _RELATIVE.search(name)
        and not name.startswith(":")
        and len(name.encode("utf-8", errors="replace")) <= _TITLE_BYTES
    )


def _sanitized(name: str) -> str:
    if _IPV4.fullmatch(name):
        return _LEADING_ZEROS.sub("", name)
    if ":" in name and "." not in name and "%" not in name:
        try:
            return ":".join(f"{int(group, 16):X}" for group in IPv6Address(name).exploded.split(":"))
        except AddressValueError:
            return name
    return name


def _offset(found: int, otherwise: int) -> int:
    return found if found >= 0 else otherwise


def _url_end(text: str, start: int, stop: int, end: int) -> int:
    """Return where an external link ends: past its bracket on the same line, else past the address."""
    if text[start] != "[":
        return stop
    line = _offset(text.find("\n", stop, end), end)
    close = text.find("]", stop, line)
    return close + 1 if close >= 0 else stop
