"""Two numbers are the same as far as they were printed."""

from __future__ import annotations

import math

import pytest

from collectors.judge.findings.precision import printed, same_number

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
