"""What differs between two revisions of the settings page, value by value, and which of it no trusted editor wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.settings.nodes import Listing, Node, Scalar, Section
from bot.settings.result import Settings
from bot.settings.yaml import read_document

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs, with the keys that lead to it; None where it does not stand on that side."""

    path: Path
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One revision of the page: its text (None where hidden), and whether a trusted editor saved it."""

    text: str | None
    trusted: bool


class Effect(StrEnum):
    """What becomes of a task on a board."""

    ACTS = "acts"
    PLANS = "plans"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Difference:
    """A task on a board that runs in another way than before."""

    board: str
    task: str
    effect: Effect


def leaves(text: str | None) -> Mapping[Path, str] | None:
    """Give every value of a page by the keys that lead to it; None where the page cannot be read."""
    if text is None:
        return None
    document = read_document(text)
    if document.root is None or document.fatal:
        return None
    return dict(_leaves(document.root, ()))


def _leaves(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, Section) and node.entries:
        for entry in node.entries:
            yield from _leaves(entry.value, (*path, entry.key))
    elif path:
        yield path, _shown(node)


def _shown(node: Node) -> str:
    """Write a value so that different values look different: a quoted "true" is text, a plain one a switch."""
    match node:
        case Scalar():
            return f'"{node.text}"' if not node.plain and node.text in ("true", "false", "") else node.text
        case Listing():
            return f"[{', '.join(_shown(item) for item in node.items)}]"
        case Section():
            return "{" + ", ".join(f"{entry.key}: {_shown(entry.value)}" for entry in node.entries) + "}"


def changes(old: Mapping[Path, str], new: Mapping[Path, str]) -> tuple[Change, ...]:
    """Give what differs: first what stands in the new revision, in its order, then what went."""
    stands = [Change(path, old.get(path), value) for path, value in new.items() if old.get(path) != value]
    gone = [Change(path, value, None) for path, value in old.items() if path not in new]
    return (*stands, *gone)


def unvouched(accepted: str, later: Sequence[Version]) -> tuple[Change, ...]:
    """Give what the newest revision says otherwise than the accepted one, and no trusted editor wrote.

    ``later`` are the revisions after the accepted one, oldest first; ``accepted`` is "" where there is none. A value
    counts as written by whoever changed it last. What follows a revision of an untrusted editor that cannot be read (or
    is hidden) counts as untrusted up to the next one that can, since nobody can tell the two apart.
    """
    base = leaves(accepted) or {}
    end = leaves(later[-1].text) if later else None
    if end is None:
        return ()
    before: Mapping[Path, str] = base
    tainted: set[Path] = set()
    unreadable = False
    for version in later:
        now = leaves(version.text)
        if now is None:
            unreadable = unreadable or not version.trusted
            continue
        touched = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        tainted = tainted - touched if version.trusted and not unreadable else tainted | touched
        before, unreadable = now, False
    return tuple(change for change in changes(base, end) if change.path in tainted)


def differences(old: Settings | None, new: Settings) -> tuple[Difference, ...]:
    """Give the tasks that run otherwise than before: that act now, that only plan now, that are off now."""
    before, after = _states(old), _states(new)
    found = [
        Difference(board, task, state) for (board, task), state in after.items() if before.get((board, task)) != state
    ]
    return (*found, *(Difference(board, task, Effect.OFF) for board, task in before if (board, task) not in after))


def _states(settings: Settings | None) -> dict[tuple[str, str], Effect]:
    if settings is None:
        return {}
    return {
        (title, name): Effect.ACTS if task.mode == "live" else Effect.PLANS
        for title, board in settings.boards.items()
        for name, task in board.tasks.items()
    }
