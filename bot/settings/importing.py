"""What another archiving bot was told on a board, as settings of this one; what has no equivalent is named.

Sources: Pywikibot's archivebot (User:MiszaBot/config and lowercase sigmabot III's twin of it), ClueBot III
(User:ClueBot III/ArchiveThis), SpBot (Vorlage:Autoarchiv-Erledigt). Each keeps its orders in a template on the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.model import WikiInfo
from bot.reading.templatenames import TemplateNames
from bot.reading.wikitext import Template, scan, template
from bot.settings.values import say_duration
from bot.settings.values.measures import read_duration

_MOST = 500
"""The other bots move as many threads at once as are due; this is the most that this one may be told."""


@dataclass(slots=True)
class Orders:
    """What a template says, as keys of the section ``archive``, other keys of the board, and notes."""

    template: str
    archive: dict[str, str] = field(default_factory=dict)
    resolved: tuple[str, ...] = ()
    level: int = 0
    notes: list[str] = field(default_factory=list)


def orders_on(text: str, title: str, info: WikiInfo) -> tuple[Orders, ...]:
    """Read the orders to other archiving bots that stand on a page, in page order."""
    names = TemplateNames(info, {})
    readers = {names.normal(name): reader for name, reader in _READERS.items()}
    found = []
    scanned = scan(text)
    for span in scanned.templates:
        written = template(text, span) if names.at(text, span.start) in readers else None
        if written is not None:
            found.append(readers[names.at(text, span.start)](written, title))
    return tuple(found)


def _miszabot(given: Template, title: str) -> Orders:
    """Read archivebot's orders (its documentation: algo, archive, counter, maxarchivesize, minthreads…)."""
    orders = Orders(given.name)
    age = re.fullmatch(r"old\(\s*(\d+)\s*([smhdwy]?)\s*\)", given.get("algo", "old(24h)"))
    if age is None:
        orders.notes.append(f"algo = {given.get('algo')}: not understood; archivebot archives nothing then")
    elif age[2] in ("", "m"):
        orders.notes.append(f"algo = {given.get('algo')}: archivebot knows s, h, d, w and y, and archives nothing else")
    _ages(orders, _span(int(age[1]), age[2] or "s") if age else "24 h")
    orders.archive["to"] = _pattern(given.get("archive"), title, _PERCENT, _MISZABOT_FIELD, orders)
    _size(orders, given.get("maxarchivesize", "200K"))
    orders.archive["keep_threads"] = _number(given.get("minthreadsleft", "5"), "5")
    orders.archive["move_at_least"] = _number(given.get("minthreadstoarchive", "2"), "2")
    _header(orders, given.get("archiveheader"))
    _without(orders, given, {"counter": "the last archive page is found without it", "key": _KEY})
    known = {"algo", "archive", "maxarchivesize", "minthreadsleft", "minthreadstoarchive", "archiveheader"}
    _unknown(orders, given, known | {"counter", "key"})
    return orders


def _cluebot(given: Template, title: str) -> Orders:
    """Read ClueBot III's orders (its documentation: age in hours, archiveprefix, format in PHP's letters)."""
    orders = Orders(given.name)
    _ages(orders, _span(int(_number(given.get("age", "24"), "24")), "h"))
    prefix = given.get("archiveprefix").replace("_", " ") or f"{title}/Archives/"
    shape = given.get("format", "Y/F").replace("%%i", "\ue000")
    letters = "".join(_PHP.get(one, one) for one in shape).replace("\ue000", "{counter}")
    odd = sorted({one for one in shape if one.isalpha() and one.isascii() and one not in _PHP})
    if odd:
        orders.notes.append(f"format: {', '.join(odd)} has no equivalent and stands as a letter now")
    orders.archive["to"] = _under(prefix + letters, title, orders)
    orders.archive["date_by"] = "moved"
    size = int(_number(given.get("maxarchsize", "0"), "0"))
    if size > 10_000:
        orders.archive["max_size"] = f"{size} B"
    orders.archive["keep_threads"] = _number(given.get("minkeepthreads", "0"), "0")
    orders.archive["move_at_least"] = str(max(1, int(_number(given.get("minarchthreads", "0"), "0"))))
    _header(orders, given.get("header", "{{Talkarchive}}"))
    now = re.sub(r"</?nowiki\s*/?>", "", given.get("archivenow"))
    orders.resolved = tuple(dict.fromkeys(re.findall(r"\{\{\s*([^|{}]+?)\s*(?:\||\}\})", now)))
    if orders.resolved:
        orders.archive["resolved_after"] = "15 min"
        orders.notes.append("archivenow: at once there; 15 min is the shortest here")
    _without(orders, given, {"numberstart": "the last archive page is found without it", "key": _KEY})
    known = {"age", "archiveprefix", "format", "maxarchsize", "minkeepthreads", "minarchthreads", "header"}
    _unknown(orders, given, known | {"archivenow", "numberstart", "key"})
    return orders


def _autoarchiv(given: Template, title: str) -> Orders:
    """Read SpBot's orders on dewiki (Vorlage:Autoarchiv-Erledigt/Doku: Alter in days, Ziel, Ebene)."""
    orders = Orders(given.name, resolved=("Erledigt",))
    orders.archive["resolved_after"] = _span(int(_number(given.get("Alter", "3"), "3")), "d")
    target = given.get("Ziel").strip("'\"")
    orders.archive["to"] = _pattern(target, title, _BRACKETS, r"\(\((\w+)(:#+|:Lang)?\)\)", orders)
    orders.archive["date_by"] = "first"
    orders.archive["keep_threads"] = "0"
    orders.level = int(_number(given.get("Ebene", "2"), "2"))
    _header(orders, given.get("Kopfvorlage") and "{{" + given.get("Kopfvorlage") + "}}")
    _unknown(orders, given, {"Alter", "Ziel", "Ebene", "Kopfvorlage"})
    return orders


_READERS: Mapping[str, Callable[[Template, str], Orders]] = {
    "User:MiszaBot/config": _miszabot,
    "User:Lowercase sigmabot III/config": _miszabot,
    "User:ClueBot III/ArchiveThis": _cluebot,
    "Autoarchiv-Erledigt": _autoarchiv,
}
_KEY = "the bot's operator allows archives outside the board's subpages"
_MISZABOT_FIELD = r"%\((\w+)\)(0?\d?)[ds]"
_PERCENT = {
    **{name: name for name in ("counter", "year", "isoyear", "semester", "quarter", "month", "week")},
    "isoweek": "week",
    "monthname": "month_name",
}
_BRACKETS = {
    **dict.fromkeys(("Lemma", "FULLPAGENAME", "Seitenname"), "board"),
    "Jahr": "year",
    "Halbjahr": "semester",
    "Quartal": "quarter",
    "Monat": "month",
    "Woche": "week",
    "Tag": "day",
}
# https://www.php.net/manual/datetime.format.php, as far as archives are named by it.
_PHP = {
    "Y": "{year}",
    "o": "{isoyear}",
    "F": "{month_name}",
    "m": "{month:02}",
    "n": "{month}",
    "d": "{day:02}",
    "j": "{day}",
    "W": "{week:02}",
}
_UNITS = {"s": "s", "m": "min", "h": "h", "d": "days", "w": "weeks"}


def _span(number: int, unit: str) -> str:
    """Write an age as the settings do; a year is 365 days."""
    number, unit = (number * 365, "d") if unit == "y" else (number, unit)
    return say_duration(read_duration(f"{min(number, 999_999)} {_UNITS[unit]}"))


def _ages(orders: Orders, age: str) -> None:
    """Give one age to every thread, as bots do that know no marks; within the bounds of each setting."""
    orders.archive |= {"resolved_after": age, "inactive_after": age, "unanswered_after": age}
    for key, least in (("resolved_after", "15 min"), ("inactive_after", "1 h"), ("unanswered_after", "24 h")):
        if read_duration(age) < read_duration(least):
            orders.archive[key] = least
            orders.notes.append(f"age {age}: {key} is {least} at least")
    orders.archive["move_at_most"] = str(_MOST)


def _pattern(target: str, title: str, fields: Mapping[str, str], form: str, orders: Orders) -> str:
    """Put this bot's fields in the place of another's."""

    def put(found: re.Match[str]) -> str:
        name, shape = found[1], found[2] or ""
        if shape == ":Lang":
            return "{month_name}"
        if name not in fields:
            orders.notes.append(f"{found[0]} has no equivalent in the archive's title")
            return ""
        if (form, name) == (_MISZABOT_FIELD, "week"):
            orders.notes.append(f"{found[0]} counts weeks from the first Monday; here they are those of ISO 8601")
        digits = str(len(shape) - 1) if shape.startswith(":#") else shape.lstrip("0")
        return f"{{{fields[name]}:0{digits}}}" if digits and digits != "1" else f"{{{fields[name]}}}"

    written = re.sub(form, put, target.replace("_", " "))
    if not written:
        orders.notes.append("no archive page is named; this bot's own default is used")
        return "{board}/Archive {counter}"
    return _under(written, title, orders)


def _under(target: str, title: str, orders: Orders) -> str:
    """Write the board's own title as a field, and say where an archive stands elsewhere."""
    plain = target.strip()
    if plain.startswith(("{board}", "/")):
        return plain
    if plain.casefold().startswith(title.casefold() + "/"):
        return "{board}" + plain[len(title) :]
    orders.notes.append(f"the archive is no subpage of the board: {_KEY} (allowed: in clerk.yaml)")
    return plain


def _size(orders: Orders, written: str) -> None:
    """Read archivebot's maxarchivesize: bytes (B, K, M) or threads (T)."""
    found = re.fullmatch(r"([\d ]+)\s*([BKkMT])?", written)
    if found is None:
        orders.notes.append(f"maxarchivesize = {written}: not understood")
        return
    number, unit = found[1].replace(" ", ""), found[2] or "B"
    if unit == "T":
        orders.archive["max_threads"] = number
        return
    size = int(number) * {"B": 1, "K": 1024, "k": 1024, "M": 1024**2}[unit]
    if size < 10_000:
        orders.notes.append(f"maxarchivesize = {written}: 10,000 bytes is the least")
    orders.archive["max_size"] = f"{max(size, 10_000)} B" if size % 1024 or size < 10_000 else f"{size // 1024} kB"


def _header(orders: Orders, header: str) -> None:
    if header:
        orders.archive["header"] = header


def _number(written: str, default: str) -> str:
    return written.strip() if re.fullmatch(r"\d{1,6}", written.strip()) else default


def _without(orders: Orders, given: Template, reasons: Mapping[str, str]) -> None:
    """Say what is not needed here."""
    orders.notes += [
        f"{name} = {given.get(name)}: not needed; {why}" for name, why in reasons.items() if given.get(name)
    ]


def _unknown(orders: Orders, given: Template, known: set[str]) -> None:
    """Name what has no equivalent."""
    orders.notes += [f"{one.name} = {one.value}: no equivalent" for one in given.params if one.name not in known]
