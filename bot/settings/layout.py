"""Where on the settings page something stands: which keys lead to a line, and what does not run because of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.settings.nodes import Document, Section
from bot.settings.page import Flaw
from bot.settings.problems import SettingsProblem, Stops
from bot.settings.tree import last_line


@dataclass(frozen=True, slots=True)
class Layout:
    """A page as far as it could be read; ``tasks`` are the keys of a board that switch tasks on."""

    document: Document
    tasks: Collection[str]

    def problem_of(self, flaw: Flaw) -> SettingsProblem:
        """Put a flaw of the YAML where it belongs."""
        path = self.path_to(flaw.line)
        return SettingsProblem(
            flaw.line,
            flaw.column,
            path,
            found=flaw.found,
            hint=flaw.message,
            stops=Stops.PAGE if flaw.fatal else self.stopped_by(path),
            board="" if flaw.fatal or len(path) < 2 or path[0] != "boards" else path[1],
        )

    def of_all_boards(self, problem: SettingsProblem) -> SettingsProblem:
        """Say of a problem of the defaults, which every board has met, that it stands there and concerns all boards."""
        entry = self.document.root.entry("defaults") if self.document.root else None
        if entry is None or not entry.line <= problem.line <= last_line(entry.value) or problem.path[:1] != ("boards",):
            return problem
        return replace(problem, path=("defaults", *problem.path[2:]), board="")

    def stopped_by(self, path: tuple[str, ...]) -> Stops:
        """Tell what does not run when the value at a path does not count."""
        inside = path[2:] if path[:1] == ("boards",) else path[1:] if path[:1] == ("defaults",) else ()
        if inside:
            return Stops.TASK if inside[0] in self.tasks else Stops.BOARD
        return Stops.BOARD if len(path) == 2 and path[0] == "boards" else Stops.PAGE

    def path_to(self, line: int) -> tuple[str, ...]:
        """Give the keys that lead to a line, as far as the page could be read."""
        path: list[str] = []
        node: object = self.document.root
        while isinstance(node, Section):
            before = [entry for entry in node.entries if entry.line <= line]
            if not before:
                break
            path.append(before[-1].key)
            if before[-1].line == line:
                return tuple(path)
            node = before[-1].value
        return ()
