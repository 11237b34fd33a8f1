"""The exact bound of a share, against the sums it is defined by, and how many windows prove a target."""

from __future__ import annotations

import math

import numpy as np
import pytest

from collectors.decisions.bounds import independent, needed, upper_bound


def at_most(count: int, of: int, share: float) -> float:
    """Probability of `count` or fewer."""
    return sum(math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count + 1))


@pytest.mark.parametrize(("count", "of"), [(0, 7), (0, 299), (1, 69), (3, 100), (20, 108), (99, 100)])
def test_with_the_bound_so_few_come_about_in_one_case_of_twenty(count: int, of: int) -> None:
    assert at_most(count, of, upper_bound(count, of)) == pytest.approx(0.05, abs=1e-6)


def test_seven_windows_bound_a_share_at_a_third_and_none_at_all_bounds_nothing() -> None:
    assert upper_bound(0, 7) == pytest.approx(0.348, abs=1e-3)
    assert (upper_bound(0, 0), upper_bound(5, 5)) == (1.0, 1.0)


def test_so_many_windows_prove_a_target() -> None:
    assert (needed(0.01), needed(0.05)) == (299, 59)
    assert upper_bound(0, needed(0.01)) <= 0.01 < upper_bound(0, needed(0.01) - 1)


def test_windows_that_overlap_count_once() -> None:
    time = np.arange(0, 22.9, 0.0225)

    found = independent(time, 2.56)

    assert found is not None
    assert (len(time), len(np.unique(found))) == (1018, 9)
    assert independent(time, None) is None
    assert independent(None, 2.56) is None


def test_a_time_on_the_border_of_two_stretches_is_of_the_later_one() -> None:
    """0.1 x 3 is a little more than 0.3, and 0.7 / 0.1 a little less than 7."""
    found = independent(np.array([0.0, 0.1, 0.2, 0.3, 0.7]), 0.1)

    assert found is not None
    assert found.tolist() == [0, 1, 2, 3, 7]


def test_stretches_are_counted_from_the_first_window() -> None:
    found = independent(np.array([11.4, 10.5, 11.5]), 1.0)

    assert found is not None
    assert found.tolist() == [0, 0, 1]


@pytest.mark.parametrize("time", [[0.0, np.nan], [0.0, np.inf], []])
def test_without_every_time_nothing_says_how_far_windows_overlap(time: list[float]) -> None:
    assert independent(np.array(time), 1.0) is None
