"""A table and event files side by side: where both have a number, and where it is the same one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from collectors.training.agreement import compared, contradict, match, printed_digits, printed_precision
from collectors.training.axes import AGREEMENT
from collectors.training.stream_runs import Curve

NAN = math.nan


def curve(epochs: Sequence[float], values: Sequence[float] | None = None, steps: Sequence[int] | None = None) -> Curve:
    """Ones at these epochs, their steps and times unknown, unless a test says otherwise."""
    count = len(epochs)
    value = np.ones(count) if values is None else np.array(values, float)
    step = np.full(count, -1) if steps is None else np.array(steps)
    return Curve(step, np.full(count, NAN), value, np.array(epochs, float))


def differ(table: Mapping[str, Curve], events: Mapping[str, Curve]) -> bool:
    return contradict(compared(table, events))


def exact(table: Sequence[float], events: Sequence[float]) -> list[bool]:
    """At which epochs both hold one number."""
    epochs = range(1, len(table) + 1)
    (pairs,) = compared({"val": curve(epochs, table)}, {"val": curve(epochs, events)})
    found: list[bool] = pairs.exact.tolist()
    return found


def test_curves_contradict_each_other_when_fewer_than_half_of_their_epochs_agree() -> None:
    one = {"val": curve([1, 2, 3, 4], [0.4, 0.3, 0.2, 0.1])}

    assert not differ(one, {"val": curve([1, 2, 3, 4], [0.4, 0.3, 9, 8])})
    assert differ(one, {"val": curve([1, 2, 3, 4], [0.4, 7, 9, 8])})


def test_two_epochs_are_enough_to_differ() -> None:
    assert differ({"val": curve([1, 2], [5, 6])}, {"val": curve([1, 2], [0.5, 0.4])})


def test_all_series_are_counted_together() -> None:
    one = {"a": curve([1, 2, 3]), "b": curve([1])}

    assert not differ(one, {"a": curve([1, 2, 3]), "b": curve([1], [9])})
    assert differ(one, {"a": curve([1, 2, 3], [9, 8, 7]), "b": curve([1])})


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_epochs_counted_from_0_and_from_1_are_compared_at_their_distance(shift: int) -> None:
    values = [0.4, 0.3, 0.2]

    assert not differ({"val": curve([1, 2, 3], values)}, {"val": curve([1 + shift, 2 + shift, 3 + shift], values)})


def test_curves_two_epochs_apart_differ() -> None:
    values = [0.5, 0.4, 0.3, 0.2, 0.1]

    assert differ({"val": curve([1, 2, 3, 4, 5], values)}, {"val": curve([3, 4, 5, 6, 7], values)})


def test_what_shares_nothing_contradicts_nothing() -> None:
    assert not differ({"a": curve([1])}, {"b": curve([1], [9])})
    assert not differ({"a": curve([1])}, {"a": curve([50], [9])})
    assert not differ({}, {})


@pytest.mark.parametrize(("other", "same"), [(1 + AGREEMENT * 0.9, True), (1 + AGREEMENT * 1.1, False)])
def test_a_thousandth_is_the_precision_of_a_32_bit_value(other: float, same: bool) -> None:
    ones, nans = {"a": curve([1, 2, 3])}, {"a": curve([1, 2, 3], [NAN] * 3)}

    assert differ({"a": curve([1, 2, 3], [other] * 3)}, ones) is not same
    assert differ(ones, nans)
    assert not differ(nans, nans)
    assert AGREEMENT == 1e-3


@pytest.mark.parametrize(
    ("printed", "digits"),
    [
        ([0.25, 0.5], (2, 2)),
        ([1e-05], (5, 1)),
        ([100.0, 2.0], (0, 1)),
        ([0.9956, 1.5, NAN, math.inf], (4, 4)),
        ([], (0, 0)),
    ],
)
def test_the_precision_of_a_column_is_that_of_the_value_which_needs_most(
    printed: Sequence[float], digits: tuple[int, int]
) -> None:
    assert printed_precision(np.array(printed, float)) == digits


def test_a_number_printed_in_four_decimals_is_the_one_that_it_was_rounded_from() -> None:
    assert exact([0.9567, 0.9096, 0.0012], [0.95665520, 0.90959393, 0.00124]) == [True, True, True]
    assert exact([0.9567, 0.9096, 0.0012], [0.95665520, 0.90979393, 0.00134]) == [True, False, False]


def test_a_number_printed_in_four_digits_is_the_one_that_it_was_rounded_from() -> None:
    assert exact([12.35, 0.001235], [12.3456, 0.00123456]) == [True, True]
    assert exact([12.35, 0.001235], [12.3656, 0.00123956]) == [False, False]


def test_a_number_printed_whole_is_a_32_bit_float_of_itself_and_no_other() -> None:
    value = 0.9566552042961121

    assert exact([value, 0.5], [float(np.float32(value)), 0.5]) == [True, True]
    assert exact([value, 0.5], [value * (1 + 5e-6), 0.5]) == [False, True]


def test_where_both_have_steps_epochs_are_not_compared() -> None:
    table, events = curve([1, 2], [0.5, 0.4], [10, 20]), curve([1, 2], [9, 8], [11, 21])

    (by_step,) = compared({"val": table}, {"val": curve([7, 8], [0.5, 0.4], [10, 20])})
    assert (by_step.unit, by_step.place.tolist(), by_step.exact.tolist()) == ("step", [10, 20], [True, True])
    (shifted,) = compared({"val": table}, {"val": events})
    assert (shifted.unit, shifted.place.tolist(), shifted.exact.tolist()) == ("step", [10, 20], [False, False])


def test_the_distance_is_the_one_at_which_most_agrees() -> None:
    values = [0.5, 0.4, 0.3, 0.2]
    (pairs,) = compared({"val": curve([0, 1, 2, 3], values)}, {"val": curve([1, 2, 3, 4], [0.5, 0.4, 0.9, 0.2])})

    assert pairs.place.tolist() == [0, 1, 2, 3]
    assert pairs.exact.tolist() == [True, True, False, True]


def test_a_place_that_one_side_has_twice_is_not_compared() -> None:
    left, right = match(np.array([1.0, 2, 2, 3, NAN]), np.array([3.0, 2, 1, NAN]))

    assert (left.tolist(), right.tolist()) == ([0, 3], [2, 0])


def test_only_what_is_finite_in_both_is_a_pair_of_numbers() -> None:
    (pairs,) = compared({"val": curve([1, 2, 3], [0.51, NAN, 0.32])}, {"val": curve([1, 2, 3], [0.51, 0.42, math.inf])})

    assert pairs.numbers.tolist() == [True, False, False]
    assert pairs.shared == 3


def test_numbers_that_are_the_same_need_no_print_and_others_are_read_as_printed() -> None:
    values = [0.123456789012345, 0.2]
    (same,) = compared({"val": curve([1, 2], values)}, {"val": curve([1, 2], values)})
    (printed,) = compared({"val": curve([1, 2], [0.12, 0.2])}, {"val": curve([1, 2], values)})

    assert (same.digits, printed.digits) == (17, 2)
    assert printed.exact.tolist() == [True, True]


def test_a_float_of_32_bits_is_spelled_as_one_and_zeros_before_the_point_are_no_digits() -> None:
    assert printed_precision(np.array([np.float32(0.1)], float)) == (1, 1)
    assert printed_precision(np.array([0.100000000001])) == (12, 12)
    assert printed_precision(np.array([100.0])) == (0, 1)
    assert printed_precision(np.array([120.0, 0.5, NAN, math.inf])) == (1, 2)
    assert printed_precision(np.array([NAN])) == (0, 0)
    assert printed_digits("-1.50e3") == (0, 2)
    assert printed_digits("0.0150") == (3, 2)


def test_half_a_number_at_the_tables_end_is_no_difference() -> None:
    def left(last: float, other: float) -> int:
        (pairs,) = compared({"val": curve([1, 2], [0.5, last])}, {"val": curve([1, 2], [0.5, other])})
        return pairs.without_half_a_number().shared

    assert left(0.51, 0.5123) == 1, "it is being written"
    assert left(1.0, 1.25) == 1
    assert left(0.52, 0.5123) == 2
    assert left(0.5123, 0.51) == 2
    (pairs,) = compared({"val": curve([1, 2], [0.5, 0.51])}, {"val": curve([1, 2], [0.5, 0.5123])})
    kept = pairs.without_half_a_number()
    assert (kept.place.tolist(), kept.table.tolist(), kept.events.tolist(), kept.exact.tolist()) == (
        [1.0], [0.5], [0.5], [True]
    )  # fmt: skip
    assert kept.without_half_a_number().shared == 0
    assert kept.without_half_a_number().without_half_a_number().shared == 0
