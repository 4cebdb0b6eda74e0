"""When a task looks again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.plan import Task
from bot.schedule import SLACK, is_due, next_look
from tasks import backlog, escalate, notify, status, summary

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_a_task_that_never_looked_is_due() -> None:
    assert is_due(None, 0, 1, NOW)


def test_a_task_is_due_at_its_instant_and_a_few_seconds_before() -> None:
    assert is_due(NOW, 1, 1, NOW)
    assert is_due(NOW + SLACK, 1, 1, NOW)
    assert not is_due(NOW + SLACK + timedelta(seconds=1), 1, 1, NOW)


def test_new_settings_make_everything_due() -> None:
    assert is_due(NOW + timedelta(days=1), 1, 2, NOW)


def test_what_was_left_over_is_due_at_once() -> None:
    assert next_look(NOW, timedelta(hours=1), unfinished=True) == NOW
    assert next_look(NOW, timedelta(hours=1), unfinished=False) == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("task", "settings", "often"),
    [
        (notify.TASK, {}, timedelta(minutes=15)),
        (status.TASK, {}, timedelta(minutes=15)),
        (backlog.TASK, {}, timedelta(minutes=15)),
        (summary.TASK, {"page": "Project:X"}, timedelta(hours=1)),
        (escalate.TASK, {"page": "Project:X"}, timedelta(hours=1)),
    ],
    ids=lambda value: value.name if isinstance(value, Task) else "",
)
def test_how_often_each_task_looks_unless_the_settings_say_otherwise(
    task: Task[Any], settings: dict[str, Any], often: timedelta
) -> None:
    assert task.every(task.settings.model_validate(settings)) == often
    assert task.every(task.settings.model_validate({**settings, "every": "2 h"})) == timedelta(hours=2)
