"""Reducing a curve keeps its ends, its extremes, its spikes and what is not finite."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from collectors.evidence.downsample import downsample


def noisy_curve(count: int, seed: int) -> NDArray[Any]:
    """Make a falling loss with noise."""
    rng = np.random.default_rng(seed)
    curve: NDArray[Any] = 3 / np.sqrt(np.arange(1, count + 1)) + rng.normal(0, 0.01, count)
    return curve


@pytest.mark.parametrize("seed", range(10))
def test_sixty_of_sixty_one_step_spikes_in_a_million_stay(seed: int) -> None:
    """Spikes fall where they like, several of them into one bucket."""
    rng = np.random.default_rng(seed)
    value = noisy_curve(1_000_000, seed)
    spikes = rng.choice(np.arange(1, 999_999), 60, replace=False)
    value[spikes] += rng.choice([-1, 1], 60) * rng.uniform(0.3, 5, 60)

    kept = downsample(np.arange(1_000_000), value, 2000)

    assert len(np.intersect1d(kept, spikes)) == 60
    assert len(kept) <= 2000


def test_two_spikes_side_by_side_in_one_bucket_stay() -> None:
    value = np.zeros(100_000)
    value[[50_000, 50_002, 50_004]] = [3.0, 2.0, 1.0]

    kept = downsample(np.arange(100_000), value, 200)

    assert {50_000, 50_002, 50_004} <= set(kept.tolist())


def test_every_stretch_of_the_curve_keeps_its_extremes() -> None:
    value = noisy_curve(100_000, 3)

    kept = downsample(np.arange(100_000), value, 1000)

    for first in range(0, 100_000, 1000):
        inside = kept[(kept >= first) & (kept < first + 1000)]
        assert len(inside) >= 4
    assert int(value.argmin()) in kept and int(value.argmax()) in kept


def test_uneven_steps_keep_detail_where_the_axis_is_long() -> None:
    """99,000 points in the first hundredth of the axis, 1,000 over the rest."""
    step = np.concatenate((np.arange(99_000), np.linspace(99_000, 9_900_000, 1_000)))

    kept = downsample(step, noisy_curve(100_000, 1), 1000)

    assert np.count_nonzero(kept >= 99_000) >= 300
    assert np.count_nonzero(kept < 99_000) >= 300


def test_of_a_curve_that_grows_nearly_every_kept_point_stays_kept() -> None:
    value, step = noisy_curve(10_400, 4), 50 * np.arange(10_400)
    before, kept = (downsample(step[:count], value[:count], 2000) for count in (10_000, 10_100))

    assert len(np.setdiff1d(before, kept)) < 20
    assert len(kept) > 1700


def test_few_points_all_stay() -> None:
    assert downsample([1, 2, 3], [1.0, math.nan, 3.0], 3).tolist() == [0, 1, 2]
    assert downsample([], [], 10).tolist() == []


def test_the_first_and_last_of_every_stretch_that_is_not_finite_stay() -> None:
    value = noisy_curve(10_000, 2)
    value[4_000:4_500], value[4_500:4_600], value[7_777], value[9_000:] = math.nan, math.inf, -math.inf, math.nan

    kept = set(downsample(np.arange(10_000), value, 500).tolist())

    assert {4_000, 4_499, 4_500, 4_599, 7_777, 9_000, 9_999} <= kept
    assert sum(not math.isfinite(value[n]) for n in kept) <= 500 // 8 + 1


def test_alternating_nan_leaves_room_for_the_numbers() -> None:
    value = noisy_curve(10_000, 2)
    value[1::2] = math.nan

    kept = downsample(np.arange(10_000), value, 400)

    assert np.count_nonzero(np.isfinite(value[kept])) > 300
    assert np.isnan(value[kept]).any()


def test_nothing_but_nan_keeps_its_ends() -> None:
    kept = downsample(np.arange(5_000), np.full(5_000, math.nan), 100)

    assert (kept[0], kept[-1]) == (0, 4_999)
    assert len(kept) <= 100


@pytest.mark.parametrize("limit", [-1, 0, 1, 2, 3, 4, 5, 8, 9, 10, 17])
def test_small_limits_hold(limit: int) -> None:
    value = noisy_curve(1000, 4)
    value[500] = math.nan

    kept = downsample(np.arange(1000), value, limit)

    assert len(kept) <= max(limit, 2)
    assert {0, 999} <= set(kept.tolist())
    assert 500 in kept or limit <= 2


def test_a_million_points_take_milliseconds() -> None:
    """20 ms of processor time is the promise; other programs on the machine do not count."""
    value = noisy_curve(1_000_000, 0)
    step = np.arange(1_000_000)
    times = []
    for _ in range(5):
        started = time.process_time()
        downsample(step, value, 2000)
        times.append(time.process_time() - started)

    assert min(times) < 0.02


numbers = st.one_of(st.floats(), st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf, 1.7e308, -1.7e308]))


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers), max_size=200), st.integers(-2, 220))
def test_any_curve_keeps_its_ends_and_its_limit(pairs: list[tuple[float, float]], limit: int) -> None:
    x, value = [pair[0] for pair in pairs], np.array([pair[1] for pair in pairs])

    kept = downsample(x, value, limit)

    assert len(kept) <= max(limit, 2)
    assert np.all(np.diff(kept) > 0)
    if len(pairs):
        assert (kept[0], kept[-1]) == (0, len(pairs) - 1)
    finite = np.flatnonzero(np.isfinite(value))
    if len(finite) and limit >= 8:
        assert value[kept][np.isfinite(value[kept])].max() == value[finite].max()
        assert value[kept][np.isfinite(value[kept])].min() == value[finite].min()
    if len(finite) < len(value) and limit >= 3:
        assert not np.isfinite(value[kept]).all()
