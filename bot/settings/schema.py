"""The settings page as frozen values: which boards, how each is read, which tasks run there; and all that is wrong.

A bad value stops its task on that board alone, a bad key of a board that board alone, a bad page everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.model import WikiInfo
from bot.plan import Task
from bot.settings.base import SettingsModel, TaskSettings
from bot.settings.common import BoardModel, PageModel
from bot.settings.layout import Layout
from bot.settings.nearest import Names, nearest, shorten
from bot.settings.nodes import Document, Entry, Scalar, Section
from bot.settings.overview import HeartbeatSettings, OverviewSettings
from bot.settings.presets import PRESETS, expand
from bot.settings.problems import Place, SettingsProblem, Stops, plain_value, sound, told, too_many_patterns
from bot.settings.report import ReportSettings
from bot.settings.result import BoardSettings, Settings, SettingsReading, capped
from bot.settings.tree import merge, say_node, switched_on
from bot.settings.values import PageTitle
from bot.settings.yaml import read_document

__all__ = ["BoardSettings", "Settings", "SettingsProblem", "SettingsReading", "Stops", "read_settings"]

BOARD_LIMIT = 500
"""At most so many boards on one page."""

SECTIONS: Mapping[str, type[SettingsModel]] = {
    "overview": OverviewSettings,
    "report": ReportSettings,
    "heartbeat": HeartbeatSettings,
}
"""The parts of the page that are about all boards together."""

# Who is told of a thread, and who waits too long, must be shown where private help is to be had.
_NEED_SUPPORT = frozenset({"notify", "escalate"})
_TITLE: TypeAdapter[str] = TypeAdapter(PageTitle)

M = TypeVar("M", bound=BaseModel)


def read_settings(
    text: str,
    info: WikiInfo,
    tasks: Sequence[Task[Any]],
    sections: Mapping[str, type[SettingsModel]] | None = None,
) -> SettingsReading:
    """Read a settings page. Never raises; all problems are told at once, in page order.

    ``tasks`` are those that a board may name; ``sections`` are further parts of the page with their models [SECTIONS].
    """
    return _Reader(read_document(text), info, tasks, SECTIONS if sections is None else sections).read()


class _Reader:
    """One reading of one page: collects problems on the way."""

    def __init__(
        self,
        document: Document,
        info: WikiInfo,
        tasks: Sequence[Task[Any]],
        sections: Mapping[str, type[SettingsModel]],
    ) -> None:
        self._document = document
        self._info = info
        self._models: dict[str, type[TaskSettings]] = {task.name: task.settings for task in tasks}
        self._sections = sections
        homes: dict[str, type[BaseModel]] = {"": BoardModel, **self._models, **sections}
        self._keys = ("version", "language", "support", "defaults", "boards", "messages", *sections)
        self._names = Names.of(homes, self._keys, tuple(self._models))
        self._problems: list[SettingsProblem] = []

    def read(self) -> SettingsReading:
        """Give the settings, where there are any, and all problems."""
        root = self._document.root
        settings = self._page(Place(root, (), root.line, root.column)) if root is not None else None
        layout = Layout(self._document, self._models)
        flaws = [layout.problem_of(flaw) for flaw in self._document.flaws]
        if self._document.fatal:
            settings = None
        told_once: dict[tuple[int, int, str], SettingsProblem] = {}
        # Where a line could not be read, what seems to be missing may stand on it, and what follows may belong to it.
        lost = {flaw.line for flaw in self._document.flaws if flaw.fatal}
        others = [problem for problem in self._problems if not (lost and (problem.absent or problem.line - 1 in lost))]
        for problem in [*flaws, *map(layout.of_all_boards, others)]:
            told_once.setdefault((problem.line, problem.column, problem.message), problem)
        problems = sorted(told_once.values(), key=lambda problem: (problem.line, problem.column))
        return SettingsReading(settings, capped(problems), self._hints())

    def _hints(self) -> tuple[str, ...]:
        """Give advice that is no problem."""
        if self._document.marked:
            return ()
        return (
            'The settings do not stand in <syntaxhighlight lang="yaml">…</syntaxhighlight>. They are read all the same,'
            " but without it the wiki shows them as running text.",
        )

    def _page(self, page: Place) -> Settings | None:
        """Read the page's own keys, then the boards."""
        root = page.node
        if not isinstance(root, Section):
            return None
        if many := too_many_patterns(root):
            self._tell(many, Stops.PAGE, "")
            return None
        own = replace(root, entries=tuple(entry for entry in root.entries if entry.key not in self._parts()))
        before = len(self._problems)
        model = self._model(PageModel, replace(page, node=own), Stops.PAGE, "", siblings=self._keys)
        usable = model is not None and len(self._problems) == before and root.sound
        sections = {name: self._section(name, kind, page) for name, kind in self._sections.items() if root.entry(name)}
        # A page whose own keys are wrong is not used; that it names no help must not be said on top of that.
        support = (model.support or "") if model is not None else "?"
        boards = self._boards(page, support)
        if boards is None or model is None or not usable:
            return None
        found = {name: section for name, section in sections.items() if section is not None}
        return Settings(1, model.language or self._info.language, support, boards, dict(model.messages), found)

    def _parts(self) -> tuple[str, ...]:
        """Name the keys of the page that are read apart."""
        return ("defaults", "boards", *self._sections)

    def _section(self, name: str, kind: type[SettingsModel], page: Place) -> SettingsModel | None:
        """Read a further part of the page; its mistakes stop it alone."""
        entry = page.node.entry(name) if isinstance(page.node, Section) else None
        value = switched_on(entry) if entry is not None else None
        if entry is None or value is None:
            return None
        return self._model(kind, replace(page.entry(entry), node=value), Stops.TASK, "")

    def _boards(self, page: Place, support: str) -> Mapping[str, BoardSettings] | None:
        """Read every board; None where the page does not say which boards there are."""
        root = page.node
        entry = root.entry("boards") if isinstance(root, Section) else None
        if entry is not None and not entry.value.sound:
            return None
        if entry is None and any(problem.nearest == "boards" for problem in self._problems):
            return None
        if entry is None or not isinstance(entry.value, Section) or not entry.value.entries:
            wanted = 'the boards\' titles, each on its line with a colon: "Project:Incidents":'
            line, column = (entry.line, entry.column) if entry else (page.line, page.column)
            hint = f"nothing names a board; wanted {wanted}" if entry else f'"boards:" is missing; wanted {wanted}'
            path = ("boards",) if entry else ()
            self._tell(SettingsProblem(line, column, path, hint=hint, absent=entry is None), Stops.PAGE, "")
            return None
        if len(entry.value.entries) > BOARD_LIMIT:
            hint = f"{len(entry.value.entries)} boards; one page can hold {BOARD_LIMIT}"
            self._tell(SettingsProblem(entry.line, entry.column, ("boards",), hint=hint), Stops.PAGE, "")
            return None
        defaults = self._defaults(page)
        if defaults is None:
            return None
        boards: dict[str, BoardSettings] = {}
        lines: dict[str, int] = {}
        for one in entry.value.entries:
            title = self._title(one)
            if one.key in (*self._models, *BoardModel.model_fields):
                hint = f"{one.key} stands where a board's title is wanted: indent it and what follows below its board"
                self._tell(SettingsProblem(one.line, one.column, ("boards", one.key), hint=hint), Stops.BOARD, title)
            elif title and title in lines:
                hint = f"the same board stands in line {lines[title]}: put both together"
                self._tell(SettingsProblem(one.line, one.column, ("boards", one.key), hint=hint), Stops.BOARD, title)
            elif title:
                lines[title] = one.line
                board = self._board(title, page.entry(entry).entry(one), defaults, support)
                if board is not None:
                    boards[title] = board
        return boards

    def _title(self, entry: Entry) -> str:
        """Read a board's title, "" where it is none."""
        try:
            return _TITLE.validate_python(entry.key, context=self._info)
        except ValidationError as error:
            wanted = str(error.errors()[0].get("ctx", {}).get("wanted", "a page title"))
            problem = SettingsProblem(entry.line, entry.column, ("boards", entry.key), shorten(entry.key), wanted)
            self._tell(problem, Stops.BOARD, entry.key)
            return ""

    def _defaults(self, page: Place) -> Section | None:
        """Give the section ``defaults``, an empty one where there is none; None where it is no section."""
        root = page.node
        entry = root.entry("defaults") if isinstance(root, Section) else None
        if entry is None or (isinstance(entry.value, Scalar) and entry.value.value is None):
            return Section((), page.line, page.column)
        if isinstance(entry.value, Section):
            return entry.value
        if not entry.value.sound:
            return None
        wanted = "a section: what holds for every board, on the lines below, indented"
        self._tell(
            SettingsProblem(entry.line, entry.column, ("defaults",), say_node(entry.value), wanted), Stops.PAGE, ""
        )
        return None

    def _board(self, title: str, place: Place, defaults: Section, support: str) -> BoardSettings | None:
        """Read one board with the defaults under it; None where its own keys are wrong."""
        if isinstance(place.node, Scalar) and place.node.value is None:
            place = replace(place, node=Section((), place.line, place.column))
        if not isinstance(place.node, Section):
            if not place.node.sound:
                return None
            wanted = "a section: what the bot does there, on the lines below, indented"
            found = say_node(place.node)
            self._tell(SettingsProblem(place.line, place.column, place.path, found, wanted), Stops.BOARD, title)
            return None
        merged = merge(defaults, self._with_preset(place, defaults))
        own = replace(merged, entries=tuple(entry for entry in merged.entries if entry.key not in self._models))
        model = self._model(BoardModel, replace(place, node=own), Stops.BOARD, title, siblings=tuple(self._models))
        tasks: dict[str, TaskSettings] = {}
        for name in self._models:
            entry = merged.entry(name)
            settings = self._task(name, entry, place, title, model) if entry is not None else None
            if (
                entry is not None
                and settings is not None
                and self._supported(name, entry, place, title, model, support)
            ):
                tasks[name] = settings
        if model is None or (model.preset is not None and model.preset not in PRESETS):
            return None
        return BoardSettings(title, model.rules(support), model.mode, tasks, model.preset or "")

    def _with_preset(self, place: Place, defaults: Section) -> Section:
        """Put the preset that a board names under the board's own keys."""
        board = place.node
        if not isinstance(board, Section):
            return Section((), place.line, place.column)
        entry = board.entry("preset") or defaults.entry("preset")
        if entry is None or not isinstance(entry.value, Scalar) or not entry.value.sound:
            return board
        name = entry.value.text.strip()
        if name in PRESETS:
            return merge(expand(name, entry.line, entry.column, tuple(self._models)), board)
        known = ", ".join(PRESETS)
        near = nearest(name, PRESETS)
        hint = "" if near else f"there is no preset {shorten(name)}; there are: {known}"
        problem = SettingsProblem(
            entry.value.line, entry.value.column, (*place.path, "preset"), shorten(name), nearest=near, hint=hint
        )
        self._tell(problem, Stops.BOARD, place.path[-1])
        return board

    def _task(self, name: str, entry: Entry, place: Place, title: str, board: BoardModel | None) -> TaskSettings | None:
        """Read one task's section; None where it is off or wrong."""
        value = switched_on(entry)
        if value is None:
            return None
        if isinstance(value, Section) and value.entry("mode") is None and board is not None:
            mode = Entry("mode", Scalar(board.mode, entry.line, entry.column), entry.line, entry.column)
            value = replace(value, entries=(*value.entries, mode))
        spot = Place(value, (*place.path, name), entry.line, entry.column)
        return self._model(self._models[name], spot, Stops.TASK, title)

    def _supported(
        self, name: str, entry: Entry, place: Place, title: str, board: BoardModel | None, support: str
    ) -> bool:
        """Tell whether a task that must show people where help is can do so, and say so where it cannot."""
        if name not in _NEED_SUPPORT or support or (board is not None and board.support):
            return True
        hint = f'{name} needs to know where people find private help: write "support: PAGE" near the top of the page'
        self._tell(SettingsProblem(entry.line, entry.column, (*place.path, name), hint=hint), Stops.TASK, title)
        return False

    def _model(self, kind: type[M], place: Place, stops: Stops, board: str, siblings: tuple[str, ...] = ()) -> M | None:
        """Validate a section; None, with its problems told, where anything in it is wrong or was flawed."""
        try:
            model = kind.model_validate(plain_value(place.node), context=self._info)
        except ValidationError as error:
            for problem in told(
                error.errors(include_url=False, include_input=False), place, self._names, kind, siblings
            ):
                self._tell(problem, stops, board)
            return None
        return model if sound(place.node) else None

    def _tell(self, problem: SettingsProblem, stops: Stops, board: str) -> None:
        """Keep a problem with what it stops."""
        self._problems.append(replace(problem, stops=stops, board=board))
