"""What people write on a settings page that YAML takes for something else, found line by line before YAML reads it.

The traps are those of YAML 1.1 in wikitext hands: links and templates in brackets, fields in braces, a colon in a
title, tabs, no-break spaces, typographic quotes. A line with a trap is mended so that reading goes on and every mistake
of the page is found at once; the mended value itself does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.settings.page import Flaw

FLAW_LIMIT = 200
"""After so many traps the rest of a page is not read."""

# A line in three parts: indentation with list dashes, key with its colon, value. A key in quotes may hold anything.
_LINE = re.compile(
    r"""(?P<indent>[ ]*(?:-[ ]+)*)
        (?P<key>(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'\[\]{}#&*!|>%@`,?-][^\n]*?|-[^\s][^\n]*?):(?=[ ]|$))?
        [ ]*(?P<value>.*)""",
    re.VERBOSE,
)
_NO_SPACE = re.compile(r"[a-z_]+:[^\s/:]\S*(?: .*)?")
_FIELD = re.compile(r"\{[a-z_]+(?::0?[1-9])?\}")
_UNREADABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BLOCK_SCALAR = re.compile(r"[|>][0-9+-]{0,2}[ ]*(?:#.*)?$")
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
# A quotation that is not closed reaches to the line's end here, which keeps the search linear.
_ANY_QUOTED = re.compile(r""""(?:[^"\\]|\\.)*(?:"|$)|'(?:[^']|'')*(?:'|$)""")
_AFTER_QUOTE = re.compile(r"[ ]*(?:#.*)?$")
_ODD = r"[\u00a0\u1680\u2000-\u200f\u202f\u205f\u2066-\u2069\u3000\ufeff]"
_ODD_SPACES = re.compile(_ODD)
_LEAD = re.compile(rf"(?:\s|{_ODD})*(?:-(?:\s|{_ODD})+)*")
_ODD_AFTER_COLON = re.compile(rf"\s*(?:- )*[\w-]+:(?={_ODD})")
_BULLETS = "*-•–—·"
_TYPOGRAPHIC = "“”„‟«»‘’‚「『"


@dataclass(frozen=True, slots=True)
class Mended:
    """The text that YAML can read, the flaws found on the way, and the lines (from 0) whose value does not count."""

    text: str
    flaws: tuple[Flaw, ...]
    unsound: frozenset[int]


@dataclass(slots=True)
class _State:
    """What the lines so far leave open: a block of text, brackets."""

    block_indent: int = -1
    brackets: int = 0

    def inside(self, line: str) -> bool:
        """Tell whether a line belongs to a value that began earlier, and close that value where it ends."""
        if self.block_indent >= 0:
            if not line.strip() or len(line) - len(line.lstrip(" ")) > self.block_indent:
                return True
            self.block_indent = -1
        if self.brackets:
            self.brackets = max(0, self.brackets + _balance(line))
            return True
        return False


def mend(text: str) -> Mended:
    """Find the traps of a page and mend them for reading. Never raises."""
    state = _State()
    lines: list[str] = []
    flaws: list[Flaw] = []
    unsound: set[int] = set()
    for number, raw in enumerate(text.split("\n")):
        line = _UNREADABLE.sub(" ", raw)
        within = state.inside(line)
        for character in _UNREADABLE.finditer(raw):
            told = f"a character that cannot stand here (U+{ord(character.group()):04X}): delete it"
            flaws.append(Flaw(number + 1, character.start() + 1, told, fatal=within))
            unsound.add(number)
        if not within:
            line, trap = _mend_line(line, state)
            if trap:
                column, message, found, fatal = trap
                flaws.append(Flaw(number + 1, column + 1, message, found, fatal))
                unsound.add(number)
        lines.append(line)
        if len(flaws) > FLAW_LIMIT:
            flaws.append(Flaw(number + 1, len(raw) + 1, "too many mistakes up to here: the rest was not read"))
            break
    return Mended("\n".join(lines), tuple(flaws), frozenset(unsound))


_Trap = tuple[int, str, str, bool]


def _mend_line(line: str, state: _State) -> tuple[str, _Trap | None]:
    """Give the line as YAML can read it and the trap in it, if any; remember what the line leaves open."""
    bare = line.lstrip()
    if not bare or bare.startswith("#"):
        return bare, None
    for trap in _spacing(line):
        return _plain_spaces(line), trap
    line = line.replace("\t", " ")
    parts = _LINE.match(line)
    if parts is None:  # the pattern takes any line; this keeps the types honest
        return line, None
    value = parts["value"]
    at = parts.start("value")
    told = _trap_in(value, has_key=parts["key"] is not None, dashed="-" in parts["indent"])
    if told:
        kept = value.strip().replace("'", "''")
        mended = f"{line[:at]}'{kept}'" if parts["key"] is not None or "-" in parts["indent"] else ""
        if not mended and _NO_SPACE.fullmatch(value.strip()):
            key, _, rest = kept.partition(":")
            mended = f"{line[:at]}{key}: '{rest}'"
        elif not mended and value[0] in _BULLETS:
            mended = f"{line[:at]}- '{kept[1:].strip()}'"
        return mended, (at, told, value.strip()[:80], not mended)
    if _BLOCK_SCALAR.match(value):
        # The text of a block is indented deeper than the key, or than the dash of the list item, that it belongs to.
        state.block_indent = len(parts["indent"]) if parts["key"] else parts["indent"].rfind("-")
    elif value[:1] in ("[", "{"):
        state.brackets = max(0, _balance(value))
    return line, None


def _spacing(line: str) -> Iterator[_Trap]:
    """Find what is wrong with the blanks of a line: tabs and odd spaces before the text, odd spaces after a colon."""
    lead = _LEAD.match(line)
    blanks = lead.group() if lead else ""
    if "\t" in blanks:
        yield blanks.index("\t"), "a tab stands before the text: indent with spaces", "", True
    odd = _ODD_SPACES.search(blanks)
    if odd:
        message = (
            f"an invisible character (U+{ord(odd.group()):04X}) stands before the text: indent with ordinary spaces"
        )
        yield odd.start(), message, "", True
    colon = _ODD_AFTER_COLON.match(line)
    if colon:
        message = (
            f"an invisible character (U+{ord(line[colon.end()]):04X}) stands after the colon: write an ordinary one"
        )
        yield colon.end(), message, line[colon.end() :].strip()[:80], False


def _plain_spaces(line: str) -> str:
    """Write ordinary spaces for tabs and odd ones."""
    return _ODD_SPACES.sub(" ", line.replace("\t", "    "))


def _trap_in(value: str, *, has_key: bool, dashed: bool) -> str:
    """Say what is wrong with a value as YAML would take it, "" where nothing is."""
    first = value[:1]
    told = ""
    if not value or first == "#":
        return ""
    if first in _QUOTED:
        told = _after_quotes(value)
    elif first in ("[", "{"):
        told = _trap_in_brackets(value)
    elif first in _TYPOGRAPHIC:
        told = f'typographic quotes ({first}) do not count as quotes: use straight ones, "like this"'
    elif not has_key and not dashed:
        told = _trap_in_lone_line(value)
    elif first in "@`%&*!":
        told = f'a value cannot begin with {first} here: put it in quotes, "like this"'
    if told or first in ("[", "{", *_QUOTED) or not (has_key or dashed):
        return told
    if re.search(r":(?:\s|$)", _without_comment(value)) and not (dashed and not has_key):
        return 'a second colon followed by a space: put the value in quotes, "like this"'
    return ""


def _after_quotes(value: str) -> str:
    """Say what is wrong with a quotation or after it."""
    quoted = _QUOTED[value[0]].match(value)
    if quoted is None:
        return 'a quotation mark is not closed on its line; text of several lines stands below "|" after the colon'
    if _AFTER_QUOTE.match(value, quoted.end()):
        return ""
    rest = value[quoted.end() :].strip()
    if rest.startswith(","):
        return "several values: put the list in brackets, [like, this]"
    if rest.startswith(":"):
        return ""
    return "text after the closing quote: put the whole value into one pair of quotes"


def _trap_in_brackets(value: str) -> str:
    """Say what is wrong with a value in brackets or braces: links, templates and fields are not YAML's lists."""
    bare = _ANY_QUOTED.sub("", value)
    if "[[" in bare:
        return 'a link in brackets must stand in quotes: "[[…]]"; where a page is wanted, its title is enough'
    if "{{" in bare:
        return 'a template in braces must stand in quotes: "{{…}}"; where a template is wanted, its name is enough'
    if _FIELD.search(bare):
        return f'a value with fields such as {_FIELD.findall(bare)[0]} must stand in quotes: "…"'
    return ""


def _trap_in_lone_line(value: str) -> str:
    """Say what is wrong with a line that is neither a key nor an item of a list."""
    if value.startswith("<!--"):
        return "a comment begins with # here"
    if value.startswith("=="):
        return "a wikitext heading; between the settings only comments can stand, and they begin with #"
    if value[0] == "-" and not value.startswith("---"):
        return 'a space is missing after the dash: "- item"'
    if value[0] in _BULLETS:
        return f'an item of a list begins with "- " here, not with {value[0]}'
    if "：" in value:
        return 'a wide colon (：): write an ordinary one and a space, "key: value"'
    if _NO_SPACE.fullmatch(value.strip()):
        return f'a space is missing after the colon: "{value.strip().replace(":", ": ", 1)[:80]}"'
    if value[0] in "?:]}" or value.startswith(("---", "...", "%")):
        return ""
    return 'a line without "key: value"; text of several lines stands below "|" after the colon'


def _without_comment(value: str) -> str:
    """Cut off a comment at the end of a line."""
    return re.split(r"(?:^|\s)#", value, maxsplit=1)[0]


def _balance(text: str) -> int:
    """Count opening brackets less closing ones, outside quotes."""
    bare = _without_comment(_ANY_QUOTED.sub("", text))
    return sum(bare.count(opening) for opening in "[{") - sum(bare.count(closing) for closing in "]}")
