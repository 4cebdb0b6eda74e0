from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.boards import at, only, read, says, stamp, thread

REPORT = says("Rosa", at(9))
THEN = datetime(2031, 1, 1, 9, 0, tzinfo=UTC)


def until(*lines: str, **rules: object) -> datetime | str | None:
    """When the thread's pin ends: None for good, "no pin" without one."""
    pin = only(thread(*lines, REPORT), None, **rules).pin
    return "no pin" if pin is None else pin.until


@pytest.mark.parametrize(
    "written",
    [
        f"<!-- [[User:DoNotArchiveUntil]] {stamp(THEN)} -->",
        f"<!-- [[User:DoNotArchiveUntil]] {stamp(THEN)} --><!-- END PIN -->",
        f"<!-- {stamp(THEN)} -->",
        f"{{{{User:ClueBot III/DoNotArchiveUntil|{int(THEN.timestamp())}}}}}",
        f"{{{{user:ClueBot_III/DoNotArchiveUntil|1={int(THEN.timestamp())}}}}}",
        f"{{{{Pin message|{stamp(THEN)}}}}}",
        "{{pin message|date=2031-01-01 09:00}}",
        f"{{{{Behalten|bis={stamp(THEN)}}}}}",
        f"<!-- [[User:DoNotArchiveUntil]] {stamp(at(9))} -->{{{{User:ClueBot III/DoNotArchiveUntil|1925024400}}}}",
    ],
)
def test_every_form_of_pin_tells_its_end(written: str) -> None:
    assert until(written + "\n", pins=("behalten",)) == THEN


def test_a_day_lasts_to_its_end() -> None:
    assert until("{{Pin message|2031-01-01}}\n") == datetime(2031, 1, 1, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("written", ["{{Pin message}}", "{{behalten|bis=Ostern}}", "{{Pin message|2031-02-30}}"])
def test_a_pin_without_a_date_lasts_for_good(written: str) -> None:
    assert until(written + "\n", pins=("behalten",)) is None


def test_of_several_pins_the_longest_counts() -> None:
    assert until(f"{{{{Pin message|2031-01-01}}}}{{{{Pin message}}}}<!-- {stamp(THEN)} -->\n") is None


def test_a_pin_in_the_past_is_told_with_its_end() -> None:
    written = f"<!-- [[User:DoNotArchiveUntil]] {stamp(at(8, year=2020))} -->\n"
    assert until(written) == at(8, year=2020)


@pytest.mark.parametrize(
    "written",
    [
        "<nowiki><!-- [[User:DoNotArchiveUntil]] 09:00, 1 January 2031 (UTC) --></nowiki>",
        "<nowiki>{{Pin message}}</nowiki>",
        "<pre>{{Pin message}}</pre>",
        "<!-- {{Pin message}} -->",
        "{{tl|Pin message}}",
        "{{tq|{{Pin message}}}}",
        "<blockquote>{{Pin message}}</blockquote>",
        "User:DoNotArchiveUntil 09:00, 1 January 2031 (UTC)",
        f"<!-- {stamp(at(8))} -->",
    ],
)
def test_what_is_quoted_or_older_than_the_thread_pins_nothing(written: str) -> None:
    assert until(written + "\n") == "no pin"


def test_a_pin_holds_only_the_thread_it_stands_in() -> None:
    board = read(thread(REPORT) + thread("{{Pin message}}\n", REPORT) + thread(REPORT))
    assert [each.pin is not None for each in board.threads] == [False, True, False]


@pytest.mark.parametrize("epoch", ["0", "99999999999", "999999999999999999999", "-5", "١٢٣٤٥٦٧٨٩"])
def test_an_epoch_out_of_range_is_no_error(epoch: str) -> None:
    assert until(f"{{{{User:ClueBot III/DoNotArchiveUntil|{epoch}}}}}\n") != "no pin"
