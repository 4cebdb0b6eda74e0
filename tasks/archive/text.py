"""Thread texts on their way: what MediaWiki keeps of them, what it would change, where a copy stands on a page."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.model import Account, Page, WikiInfo
from bot.reading.rules import Rules
from bot.reading.wikitext import scan, tags_of

TRIMMED = " \t\n\r\0\x0b"
"""What MediaWiki takes off the end of a page when it is saved (PHP's ``rtrim`` in Parser::preSaveTransform)."""

_RIGHTS = {"sysop": "editprotected", "autoconfirmed": "editsemiprotected"}

# Every title that the pipe trick accepts (Title::legalChars); the trick's own patterns are narrower (Parser::pstPass2).
_PIPE_TRICK = re.compile(r"\[\[(?:[^\[\]{}<>#|\n]+\|\]\]|\|[^\[\]{}<>#|\n]+\]\])")
_TILDES = re.compile(r"~{3,5}")


def protection(page: Page, account: Account) -> str:
    """How a page is protected where this account may not edit (or make) it, in one phrase; "" where it may."""
    level = page.protection.get("edit" if page.exists else "create", "")
    if level and account.name and not {level, _RIGHTS.get(level, level)} & (account.rights | account.groups):
        return f"protected ({level})"
    return ""


def lasting(text: str) -> str:
    """A thread's text without the white space at its end, which would be lost at the end of a page."""
    return text.rstrip(TRIMMED)


def digest(text: str) -> str:
    """SHA-256 (hex) of a thread's text, white space at its end aside."""
    return hashlib.sha256(lasting(text).encode()).hexdigest()


def changed_by_saving(text: str, info: WikiInfo) -> str:
    """What in a text the pre-save transform would change, in one phrase; "" where it would come back as it is.

    Tildes, ``{{subst:}}`` and empty pipes inside comments, nowiki and other opaque tags stay as they are
    (https://www.mediawiki.org/wiki/Manual:Pre-save_transform); outside, a person would have to look how they got there.
    """
    signs = (
        (_TILDES, "a signature not yet expanded"),
        (_substitution(info), "a substitution not yet expanded"),
        (_PIPE_TRICK, "a link with an empty part"),
    )
    met = [(found.start(), what) for pattern, what in signs for found in pattern.finditer(text)]
    if not met:
        return ""
    hidden = scan(text, tags_of(info.extensions)).hidden
    return next((what for start, what in met if start not in hidden), "")


def _substitution(info: WikiInfo) -> re.Pattern[str]:
    """``{{subst:`` and ``{{safesubst:`` under every name that the wiki has for them."""
    names = {"subst:", "safesubst:"}
    for word in ("subst", "safesubst"):
        names.update(info.magic_words.get(word, ()))
    words = "|".join(re.escape(name.removesuffix(":")) for name in sorted(names))
    return re.compile(rf"\{{\{{\s*(?:{words})\s*:", re.IGNORECASE)


def swallowed_end(text: str) -> bool:
    """Whether something unclosed hides what would be appended: a comment that nobody ended, for one."""
    if "<!--" not in text and "<includeonly" not in text.lower():
        return False
    return any(found.swallows and found.name in ("comment", "includeonly") for found in scan(text).unclosed)


def stands_on(page: str, text: str) -> bool:
    """Whether every byte of a thread stands on a page in one piece, whatever was written after it."""
    return any(True for _ in _occurrences(page, text))


def copies(page: str, text: str, rules: Rules) -> list[tuple[int, int]]:
    """Where a thread's exact text stands on a page as a thread of its own: from its start to where the next one begins.

    A heading as high as the board's, on list-style boards any line that is no reply, or nothing at all must follow.
    """
    next_one = re.compile(r"\S" if rules.style == "list" else rf"={{1,{rules.level}}}[^=\n]")
    reply = re.compile(r"[*#:]{2}|:")
    found = []
    for start, end in _occurrences(page, text):
        rest = page[end:].lstrip(TRIMMED) if end < len(page) else ""
        if not rest or (next_one.match(rest) and not (rules.style == "list" and reply.match(rest))):
            found.append((start, len(page) - len(rest)))
    return found


def _occurrences(page: str, text: str) -> Iterator[tuple[int, int]]:
    """Spans of whole lines that equal a thread's text, without the white space after it."""
    wanted = lasting(text)
    at = page.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if (at == 0 or page[at - 1] == "\n") and page[end:].lstrip(" \t\r\0\x0b")[:1] in ("", "\n"):
            yield at, end
        at = page.find(wanted, at + 1)


def joined(texts: Sequence[str], bullets: bool) -> str:
    """Threads one after the other, byte for byte; where one does not end its last line, that is done between them."""
    parts: list[str] = []
    for text in texts:
        if parts and not parts[-1].endswith("\n"):
            parts.append("\n" if bullets else "\n\n")
        parts.append(text)
    return lasting("".join(parts))


def after(existing: str, bullets: bool) -> str:
    """The white space between what a page holds and what is put at its end."""
    if not existing:
        return ""
    if existing.endswith("\n\n"):
        return ""
    return "\n" if existing.endswith("\n") or bullets else "\n\n"


def lines_missing(text: str, among: str) -> list[str]:
    """The lines of a text that another does not have, as often as they stand; blank ones do not count."""
    left = Counter(line.rstrip() for line in among.splitlines())
    missing = []
    for line in lasting(text).splitlines():
        key = line.rstrip()
        if not key:
            continue
        if left[key]:
            left[key] -= 1
        else:
            missing.append(line)
    return missing
