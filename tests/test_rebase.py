"""Splices carried over the bot's own earlier edit of the page."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.plan import NewSection, Splice, Splices, WholeText
from bot.runner.rebase import applied, rebase


def splices(*parts: tuple[int, int, str]) -> Splices:
    return Splices(tuple(Splice(*part) for part in parts))


def test_a_splice_behind_an_earlier_edit_moves_with_it() -> None:
    assert rebase(splices((10, 12, "x")), splices((0, 2, "longer"))) == splices((14, 16, "x"))


def test_a_splice_before_an_earlier_edit_stays() -> None:
    assert rebase(splices((0, 2, "x")), splices((10, 12, "longer"))) == splices((0, 2, "x"))


def test_splices_that_touch_mean_a_new_plan() -> None:
    assert rebase(splices((2, 4, "x")), splices((0, 2, "y"))) is None
    assert rebase(splices((0, 4, "x")), splices((1, 2, "y"))) is None


def test_a_new_section_goes_to_the_end_and_a_whole_text_nowhere() -> None:
    section = NewSection("Heading", "Text")

    assert rebase(section, WholeText("anything")) is section
    assert rebase(splices((0, 1, "")), section) == splices((0, 1, ""))
    assert rebase(WholeText("mine"), splices((0, 1, ""))) is None
    assert applied(section, "Before\n") == "Before\n\n== Heading ==\n\nText"


PARTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.text("xy", max_size=4)), max_size=3)


def _ordered(parts: list[tuple[int, int, str]]) -> Splices:
    at, made = 0, []
    for gap, length, text in parts:
        start = at + gap
        made.append((start, start + length, text))
        at = start + length
    return splices(*[part for part in made if part[1] <= 60])


@settings(derandomize=True, max_examples=400)
@given(PARTS, PARTS)
def test_where_two_edits_do_not_touch_their_order_makes_no_difference(
    one: list[tuple[int, int, str]], two: list[tuple[int, int, str]]
) -> None:
    page = "".join(chr(200 + number) for number in range(60))
    mine, earlier = _ordered(one), _ordered(two)
    later = rebase(mine, earlier)
    other = rebase(earlier, mine)

    assert (later is None) == (other is None)
    if later is not None and other is not None:
        assert applied(later, applied(earlier, page)) == applied(other, applied(mine, page))
