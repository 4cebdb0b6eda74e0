"""When a task looks again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.schedule import SLACK, is_due, next_look

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
