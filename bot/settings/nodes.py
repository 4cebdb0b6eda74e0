"""What a settings page is made of: sections, lists and values, each with its place on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings.page import Flaw


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value without parts. ``plain`` where it stood without quotes; ``sound`` is false where a flaw was told here."""

    text: str
    line: int
    column: int
    plain: bool = True
    sound: bool = True

    @property
    def value(self) -> str | bool | None:
        """What a model is given: text, true or false, None where nothing stood."""
        if self.plain and self.text in ("true", "false"):
            return self.text == "true"
        return None if self.plain and not self.text else self.text


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of values."""

    items: tuple[Node, ...]
    line: int
    column: int
    sound: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value; line and column are the key's."""

    key: str
    value: Node
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Section:
    """Keys with their values, in page order, each key once."""

    entries: tuple[Entry, ...]
    line: int
    column: int
    sound: bool = True
    _by_key: Mapping[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked up once for every key and every problem of a page: a search through the entries would be quadratic.
        object.__setattr__(self, "_by_key", {entry.key: entry for entry in self.entries})

    def entry(self, key: str) -> Entry | None:
        """Give the entry of a key, None where there is none."""
        return self._by_key.get(key)


Node = Scalar | Listing | Section


@dataclass(frozen=True, slots=True)
class Document:
    """A page as read: its root (None where nothing can be made of it), and every flaw in page order.

    ``marked`` tells whether the settings stood in highlighting or ``<pre>``.
    """

    root: Section | None
    flaws: tuple[Flaw, ...]
    marked: bool = False

    @property
    def fatal(self) -> bool:
        """Whether the page's structure is in doubt, so that nothing on it counts."""
        return self.root is None or any(flaw.fatal for flaw in self.flaws)
