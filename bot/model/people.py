"""The people of a wiki, and the account that the bot acts as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.messages import Gender


@dataclass(frozen=True, slots=True)
class Block:
    """A block in force: by whom, since when, until when (None: no end), partial or not, talk page forbidden or not."""

    by: str
    since: datetime
    until: datetime | None = None
    partial: bool = False
    no_talk: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """What a wiki says of a name. ``registered`` is false for IP addresses and names without an account."""

    name: str
    registered: bool = True
    groups: frozenset[str] = frozenset()
    edits: int = 0
    since: datetime | None = None
    block: Block | None = None
    locked: bool = False
    temporary: bool = False
    expired: bool = False
    renamed_to: str | None = None
    gender: Gender = Gender.UNKNOWN

    @property
    def bot(self) -> bool:
        """Whether the account is flagged as a bot."""
        return "bot" in self.groups


@dataclass(frozen=True, slots=True)
class Account:
    """The account the bot acts as: its name (empty when not logged in), groups and rights."""

    name: str
    groups: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()

    @property
    def batch(self) -> int:
        """How many titles, revisions or users one request may name (``apihighlimits``)."""
        return 500 if "apihighlimits" in self.rights else 50
