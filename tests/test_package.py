"""What is installed: both packages with all their data, and a map of the project that is true."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names of the files in a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        name = build_wheel(str(folder))
    finally:
        os.chdir(before)
    with zipfile.ZipFile(folder / name) as archive:
        return frozenset(archive.namelist())


@pytest.mark.parametrize("package", ["bot", "tasks"])
def test_the_wheel_holds_every_module_and_every_data_file(wheel: frozenset[str], package: str) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert wanted
    assert wanted <= wheel


def test_the_wheel_holds_nothing_but_the_two_packages(wheel: frozenset[str]) -> None:
    assert {name.split("/")[0] for name in wheel if ".dist-info" not in name} == {"bot", "tasks"}


def test_every_file_that_the_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:bot|tasks|tests)/[\w./-]+|[\w.-]+\.(?:sample|example|lock|md))`", text)

    assert named
    for name in named:
        assert (ROOT / name).exists(), name


def test_every_command_that_the_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    app = "".join((ROOT / "bot" / "cli" / name).read_text(encoding="utf-8") for name in ("app.py", "operate.py"))
    commands = set(re.findall(r"^\| `clerk ([a-z-]+)", text, re.M))

    assert commands
    for command in commands:
        assert re.search(rf"def {command}\(|name=\"{command}\"|\"{command}\"", app), command


def test_every_dependency_is_explained_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    section = project[project.index("dependencies = [") : project.index("[project.optional-dependencies]")]
    names = re.findall(r'^    "([a-z0-9-]+)', section, re.M)

    assert names
    for name in names:
        assert name in text, name
