"""What there is to tell of a revision of the settings page: in force, unusable, refused, shown first. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from bot.settings.difference import Change, Difference
from bot.settings.problems import SettingsProblem


@dataclass(frozen=True, slots=True)
class Scale:
    """What the bot would do at first under a revision: threads moved, people told; ``held`` where that is shown first.

    Both count what a limit of one run leaves to the runs after it.
    """

    moves: int = 0
    tells: int = 0
    held: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """A revision is in force from now on; ``previous`` is the one before, 0 where there was none."""

    revision: int
    editor: str
    previous: int = 0
    changes: tuple[Change, ...] = ()
    differences: tuple[Difference, ...] = ()
    problems: tuple[SettingsProblem, ...] = ()
    scale: Scale = Scale()


@dataclass(frozen=True, slots=True)
class Unusable:
    """A trusted editor's revision cannot be used as a whole; ``in_force`` is the one that holds, 0 for none."""

    revision: int
    in_force: int
    problems: tuple[SettingsProblem, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The newest revision is nobody's whom the operator trusts. Nothing of it is quoted."""

    in_force: int
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A trusted editor saved the page with what others had written on it: that is shown for one run."""

    revision: int
    editor: str
    previous: int
    changes: tuple[Change, ...]


Telling = Accepted | Unusable | Refused | Shown


def key_of(telling: Telling, page: str) -> str:
    """Give the key of the edit that tells it: what carries this key was told already (law 5).

    ``page`` is the keyed hash of the settings page's title.
    A refusal is keyed by the revision that stays in force: however often somebody saves the page, it is said once.
    """
    match telling:
        case Accepted(revision=revision):
            return f"accepted-{page}-{revision}"
        case Unusable(revision=revision):
            return f"unusable-{page}-{revision}"
        case Refused(in_force=revision):
            return f"refused-{page}-{revision}"
        case Shown(revision=revision):
            return f"shown-{page}-{revision}"
