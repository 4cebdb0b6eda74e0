"""The direction of the imports, the purity of the core, and the sizes that keep it readable."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PURE = (
    *(
        "bot.model",
        "bot.plan",
        "bot.memory",
        "bot.errors",
        "bot.messages",
        "bot.reading",
        "bot.settings",
        "bot.observe",
        "bot.figures",
    ),
    "bot.wikiplan",
    "tasks",
)
# What the pure part may import besides the standard library: wikitext, values, YAML, RE2 patterns, plural rules.
PURE_LIBRARIES = {"mwparserfromhell", "pydantic", "pydantic_core", "yaml", "re2", "babel"}
IMPURE_STANDARD = {
    *("asyncio", "concurrent", "ftplib", "http", "logging", "multiprocessing", "os", "random", "secrets", "select"),
    *("signal", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib.request"),
}
CLOCKS = {"now", "utcnow", "today"}
# A module that is one table of words (presets, a schema) may be longer; nothing else.
LONGEST_MODULE = 330
LONGEST_FUNCTION = 60


@dataclass(frozen=True)
class Module:
    """One source file of the product."""

    name: str
    path: Path
    tree: ast.Module

    def imports(self) -> Iterator[tuple[str, int]]:
        """Everything imported, as dotted names with their lines; ``from a import b`` gives ``a`` and ``a.b``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}:{node.lineno} imports relatively"
                assert node.module
                yield node.module, node.lineno
                for alias in node.names:
                    yield f"{node.module}.{alias.name}", node.lineno


def _modules() -> list[Module]:
    found = []
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "tasks").rglob("*.py")]):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return found


MODULES = _modules()


def _within(name: str, parents: tuple[str, ...]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def test_there_is_something_to_look_at() -> None:
    names = {module.name for module in MODULES}

    assert {"bot.model", "bot.plan", "bot.runner", "bot.guard", "tasks.archive", "tasks.notify"} <= names


@pytest.mark.parametrize("module", [m for m in MODULES if _within(m.name, PURE)], ids=lambda m: m.name)
def test_the_pure_part_imports_only_itself_and_a_few_libraries(module: Module) -> None:
    for name, line in module.imports():
        where = f"{module.name}:{line} imports {name}"
        top = name.split(".")[0]
        if top in ("bot", "tasks"):
            if _within(module.name, ("tasks",)):
                assert _within(name, PURE) or name == "bot", where
            else:
                assert _within(name, PURE[:-1]) or name == "bot", where
        elif top in sys.stdlib_module_names:
            assert top not in IMPURE_STANDARD, where
            assert name not in IMPURE_STANDARD, where
        else:
            assert top in PURE_LIBRARIES, where


@pytest.mark.parametrize("module", [m for m in MODULES if _within(m.name, PURE)], ids=lambda m: m.name)
def test_the_pure_part_reads_no_clock_and_prints_nothing(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                assert called.attr not in CLOCKS, f"{module.name}:{node.lineno} reads a clock"
            if isinstance(called, ast.Name):
                assert called.id not in ("print", "input", "open"), f"{module.name}:{node.lineno} calls {called.id}"


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_only_the_command_line_imports_tasks_and_only_the_live_wiki_imports_pywikibot(module: Module) -> None:
    for name, line in module.imports():
        where = f"{module.name}:{line} imports {name}"
        if _within(name, ("tasks",)):
            assert _within(module.name, ("bot.cli", "tasks")), where
        if _within(name, ("pywikibot",)):
            assert _within(module.name, ("bot.wiki.live",)), where
        if _within(name, ("sqlalchemy", "alembic")):
            assert _within(module.name, ("bot.journal",)), where
        if _within(name, ("bot.cli",)):
            assert _within(module.name, ("bot.cli", "bot.__main__")), where
        if _within(name, ("bot.wiki.live", "bot.wiki.embedded")):
            assert _within(module.name, ("bot.cli", "bot.demo", "bot.wiki")), where


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_every_module_says_what_it_is_for_and_stays_small(module: Module) -> None:
    first = (ast.get_docstring(module.tree) or "").splitlines()
    assert first, f"{module.name} does not say what it is for"
    assert first[0].endswith((".", ":", ")")), f"{module.name}: {first[0]!r} is no sentence"
    length = len(module.path.read_text(encoding="utf-8").splitlines())
    assert length <= LONGEST_MODULE, f"{module.name} has {length} lines"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            assert size <= LONGEST_FUNCTION, f"{module.name}.{node.name} has {size} lines"


def test_the_wiki_protocol_stays_small() -> None:
    port = next(module for module in MODULES if module.name == "bot.wiki.port")
    wiki = next(node for node in port.tree.body if isinstance(node, ast.ClassDef) and node.name == "Wiki")

    assert len([node for node in wiki.body if isinstance(node, ast.FunctionDef)]) <= 12
