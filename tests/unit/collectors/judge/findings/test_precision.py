"""Two numbers are the same as far as they were printed."""

from __future__ import annotations

import math

import pytest

from collectors.judge.findings.precision import MOST, as_number, printed, same_number

FULL = [0.9875473529100418, 1.0265931747853756]


@pytest.mark.parametrize(
    ("one", "column", "other", "same"),
    [
        (FULL[0], FULL, FULL[0], True),
        (FULL[0], FULL, FULL[0] + 1e-5, False),
        (FULL[0], [0.9875, 1.0266], 0.9875, True),  # a table of four decimals
        (FULL[0], [0.9877, 1.0266], 0.9877, False),
        (12345.678, [12345.7, 0.123456], 12345.7, True),  # six digits that count
        (12346.1, [12345.7, 0.123456], 12345.7, False),
        (0.9875, FULL, FULL[0], True),  # rounded before it was saved
        (0.9, FULL, FULL[0], False),
        (5.0, FULL, FULL[0], False),
        (0.1, [float("0.10000000149011612")], 0.10000000149011612, True),  # a 32-bit event
        (1e-42, [1.000527104e-42], 1.000527104e-42, True),
        (0.0, [0.0, 0.5], 0.0, True),
        (0.0, [0.001, 0.5], 0.5, False),
        (math.inf, FULL, FULL[0], False),
        (math.nan, [math.nan], math.nan, True),
    ],
)
def test_to_printed_precision(one: float, column: list[float], other: float, same: bool) -> None:
    assert same_number(one, other, printed(column)) is same


def test_the_finest_number_of_a_column_tells_how_it_was_printed() -> None:
    assert (printed([0.5, 0.25, 0.125]).decimals, printed([1e-7, 3.0]).decimals) == (3, 7)
    assert printed([]).unit(0.3) == 1.0


def test_the_last_digit_has_a_worth_by_decimals_or_by_digits_that_count() -> None:
    for values, value, unit in (
        ([0.25], 0.25, 0.01),
        ([0.25], 25.0, 1.0),
        ([12345.7, 0.123456], 12345.7, 0.1),
        ([1e-7, 3.0], 3.0, 1.0),
        ([100.0], 100.0, 100.0),
        ([0.5, math.nan, math.inf], 0.5, 0.1),
        ([0.5], 0.0, 0.1),
        ([0.5], -0.5, 0.1),
    ):
        assert printed(values).unit(value) == pytest.approx(unit), (values, value)


def test_half_of_the_last_digit_is_rounding_and_more_is_not() -> None:
    column = printed([0.25, 0.5])
    for other, same in ((0.2549, True), (0.2451, True), (0.2551, False), (0.2449, False)):
        assert same_number(other, 0.25, column) is same, other


def test_the_first_thousand_values_of_a_column_are_looked_at() -> None:
    assert printed([0.5] * (MOST - 1) + [0.125]).decimals == 3
    assert printed([0.5] * MOST + [0.125]).decimals == 1


def test_infinities_are_the_same_by_their_sign() -> None:
    column, inf = printed([0.5]), math.inf
    for one, other, same in ((inf, inf, True), (-inf, inf, False), (math.nan, inf, False), (1.0, math.nan, False)):
        assert same_number(one, other, column) is same, (one, other)


def test_a_number_is_a_number_or_a_text_that_spells_one() -> None:
    for value, number in ((3, 3.0), ("2.5", 2.5), (" 1e3 ", 1000.0), (0.5, 0.5), ("-inf", -math.inf)):
        assert as_number(value) == number
    for other in (True, False, None, "three", "", [1], 10**400):
        assert as_number(other) is None, other
