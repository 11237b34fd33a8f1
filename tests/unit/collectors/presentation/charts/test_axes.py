"""Axes of the report's charts: round ticks that lie on them, and values of any finite size in their places."""

from __future__ import annotations

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.presentation.charts.axes import Kind, place_axis, tick_text, value_axis

FINITE = st.floats(allow_nan=False, allow_infinity=False)
KINDS = st.sampled_from(["linear", "log"])


@given(st.lists(FINITE, max_size=20), KINDS)
def test_every_value_that_can_stand_on_the_axis_stands_between_its_ends(values: list[float], kind: Kind) -> None:
    axis = value_axis(values, kind)

    shares = [axis.place(value) for value in values]
    assert all(share is None or 0 <= share <= 1 for share in shares)
    assert all((share is None) == (kind == "log" and value <= 0) for value, share in zip(values, shares, strict=True))


@given(st.lists(FINITE, max_size=20), KINDS)
def test_ticks_rise_are_few_and_lie_on_the_axis(values: list[float], kind: Kind) -> None:
    axis = value_axis(values, kind)

    ticks = axis.ticks(4)
    assert len(ticks) <= 7
    assert ticks == sorted(set(ticks))
    for tick in ticks:
        share = axis.place(tick)
        assert share is not None and -1e-6 <= share <= 1 + 1e-6


@given(FINITE, FINITE)
def test_an_axis_from_end_to_end_holds_both(one: float, other: float) -> None:
    axis = place_axis(min(one, other), max(one, other))

    low, high = axis.place(min(one, other)), axis.place(max(one, other))
    assert low is not None and high is not None
    assert 0 <= low <= high <= 1


@pytest.mark.parametrize(
    ("values", "kind", "ticks"),
    [
        ([0.82, 1.05], "linear", [0.8, 0.9, 1.0]),
        ([0.0, 10.0], "linear", [0.0, 5.0, 10.0]),
        ([1e-5, 10.0], "log", [1e-05, 1e-03, 1e-01, 1e1]),
        ([2.0, 9.0], "log", [2.0, 5.0, 10.0]),
        ([0.51, 0.72], "log", [0.5, 0.6, 0.7]),
    ],
)
def test_ticks_are_round(values: list[float], kind: Kind, ticks: list[float]) -> None:
    assert value_axis(values, kind).ticks(4) == pytest.approx(ticks)


def test_no_tick_is_negative_where_no_value_is() -> None:
    """There is room below the lowest point, and a loss below 0 would be a surprise."""
    assert min(value_axis([0.01, 1.0], "linear").ticks(4)) == 0
    assert min(value_axis([-0.4, 1.0], "linear").ticks(4)) < 0


def test_epochs_have_no_halves() -> None:
    assert place_axis(1, 3).ticks(6, 1.0) == [1, 2, 3]


def test_a_single_point_stands_in_the_middle() -> None:
    assert place_axis(7, 7).place(7) == pytest.approx(0.5)
    assert place_axis(7, 7).ticks(6, 1.0) == [7]


def test_the_largest_numbers_there_are_do_not_overflow() -> None:
    axis = value_axis([-sys.float_info.max, sys.float_info.max], "linear")

    assert all(math.isfinite(tick) for tick in axis.ticks(4))
    assert axis.place(0.0) == pytest.approx(0.52, abs=0.03)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.4, "0.4"), (250.0, "250"), (20_000.0, "20k"), (1_500_000.0, "1.5M"), (1e-5, "1e-05"), (0.0, "0")],
)
def test_a_ticks_label_is_short(value: float, text: str) -> None:
    assert tick_text(value) == text
