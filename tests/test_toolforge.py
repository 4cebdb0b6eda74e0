"""What is given to Toolforge: its own loader takes the jobs, the component configuration and Procfile fit together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jobs_cli import cli as jobs_cli

from bot.cli import main

ROOT = Path(__file__).resolve().parent.parent
JOBS = ROOT / "jobs.yaml.sample"
COMPONENTS = ROOT / "toolforge.yaml.sample"
# Toolforge's components API v1beta1: the keys of `run` by type of component.
COMMON = {"command", "cpu", "memory", "emails", "filelog", "filelog_stdout", "filelog_stderr", "mount"}
RUN_KEYS = {
    "scheduled": COMMON | {"schedule", "timeout", "retry"},
    "continuous": COMMON | {"port", "port_protocol", "publish", "replicas", "health_check_script", "health_check_http"},
}
# Toolforge's cron takes numbers, lists, ranges and steps of a star; SIGTERM is followed by SIGKILL after 15 s.
FIELD = re.compile(r"(?:\*(?:/\d+)?|\d+(?:-\d+)?)(?:,(?:\d+(?:-\d+)?))*")


def load(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


class Api:
    """Stands where Toolforge's API would; keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def patch(self, path: str, json: dict[str, Any]) -> dict[str, Any]:
        self.sent.append(json)
        return {"job_changed": True, "message": "", "messages": {}}

    def post(self, path: str, json: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError(f"a job without schedule would be started at once: {path}")


def test_toolforges_own_loader_takes_every_job(caplog: pytest.LogCaptureFixture) -> None:
    api = Api()

    jobs_cli.op_load(api, str(JOBS), None, "TOOL")

    names = [job["name"] for job in load(JOBS)]
    assert [job["name"] for job in api.sent] == names
    for job in api.sent:
        assert job["imagename"] == "tool-TOOL/tool-TOOL:latest"
        assert job["mount"] == "all"
        assert job["emails"] == "onfailure"
        assert job["retry"] == 0
        assert job["filelog"] is False
    # Whatever it does not understand it leaves out with a warning.
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


def test_each_job_ends_before_its_time_and_calls_what_the_procfile_names() -> None:
    for job in load(JOBS):
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?", job["name"])
        assert job["command"] in procfile()
        assert job["timeout"] >= 600
        fields = job["schedule"].split()
        assert len(fields) == 5
        assert all(FIELD.fullmatch(field) for field in fields), job["schedule"]


def test_the_component_configuration_holds_the_keys_of_its_schema() -> None:
    config = load(COMPONENTS)

    assert config["config_version"] == "v1beta1"
    assert config.keys() <= {"config_version", "source_url", "components"}
    for name, component in config["components"].items():
        assert component.keys() == {"component_type", "build", "run"}, name
        run = component["run"]
        assert run.keys() <= RUN_KEYS[component["component_type"]], name
        assert run["command"] in procfile()
        assert run.get("health_check_script", "health") in procfile()
        assert isinstance(run["filelog"], bool)
        build = component["build"]
        assert build.keys() <= {"repository", "ref", "use_latest_versions"} or build.keys() == {"reuse_from"}
        assert build.get("reuse_from", name) in config["components"]


def test_the_procfile_calls_commands_that_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in procfile().values():
        found = re.fullmatch(r"PYTHONPATH=/workspace python -m bot ?(.*)", command)
        assert found, command
        monkeypatch.setattr("sys.argv", ["clerk", *found[1].split(), "--help"])
        assert main() == 0
        printed = capsys.readouterr().out
        for option in re.findall(r"--\w+", found[1]):
            assert option in printed


def test_what_the_build_service_installs_is_what_is_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith("#")] == ["-r requirements.lock"]
    assert "pymysql==" in (ROOT / "requirements.lock").read_text(encoding="utf-8")
