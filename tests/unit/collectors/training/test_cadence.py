"""How fast a stream is, and after which silence it counts as quiet or stalled."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from support.curves import T0, one_run

from collectors.contract.streams import StallLimits
from collectors.training.cadence import cadence, epochs_pace, silence_limits, usual_stride
from collectors.training.stream_runs import Curve, StreamRun


def curve(steps: list[int], times: list[float], recent: tuple[list[int], list[float]] | None = None) -> Curve:
    kept = (np.array(recent[0]), np.array(recent[1])) if recent else None
    return Curve(np.array(steps), np.array(times), np.ones(len(steps)), np.array(steps, float), recent=kept)


def run_of(**curves: Curve) -> StreamRun:
    return replace(one_run(), curves=curves)


def test_the_pace_is_the_median_gap_between_distinct_steps() -> None:
    assert cadence({"loss": curve([1, 2, 3, 4], [0.0, 10.0, 14.0, 19.0])}, None) == (5.0, 3)


def test_losses_of_one_step_count_once() -> None:
    """Train and validation loss of one epoch are written together."""
    gap, gaps = cadence({}, one_run())

    assert (gap, gaps) == (pytest.approx(10.0), 2)


def test_the_runs_own_curves_are_asked_before_the_losses() -> None:
    shown = {"loss": curve([1, 2], [0.0, 99.0])}

    assert cadence(shown, run_of(loss=curve([1, 2, 3], [0.0, 4.0, 8.0]))) == (4.0, 2)
    assert cadence(shown, None) == (99.0, 1)
    assert cadence(shown, run_of()) == (None, 0)


def test_the_last_points_tell_the_pace_of_a_reduced_series() -> None:
    reduced = curve([1, 1000], [0.0, 5000.0], recent=([998, 999, 1000], [4994.0, 4997.0, 5000.0]))

    assert cadence({"loss": reduced}, None) == (3.0, 2)
    assert usual_stride(run_of(loss=reduced)) == 1.0


def test_points_without_a_time_are_left_out() -> None:
    assert cadence({"loss": curve([1, 2, 3, 4], [0.0, math.nan, 8.0, 10.0])}, None) == (5.0, 2)
    assert cadence({"loss": curve([1, 2], [math.nan, math.nan])}, None) == (None, 0)


def test_a_single_step_has_no_pace() -> None:
    assert cadence({"train": curve([1], [0.0]), "val": curve([1], [0.5])}, None) == (None, 0)
    assert cadence({"loss": curve([1, 2], [0.0, 7.0])}, None) == (7.0, 1)
    assert cadence({}, None) == (None, 0)


def test_a_clock_that_was_set_back_makes_no_negative_gap() -> None:
    assert cadence({"loss": curve([1, 2, 3], [10.0, 4.0, 20.0])}, None) == (8.0, 2)


@pytest.mark.parametrize(
    ("gap", "quiet", "stalled"),
    [(None, 30, 86_400), (1.0, 30, 180), (10.0, 30, 180), (11.0, 33, 180), (18.0, 54, 180), (20.0, 60, 200)],
)
def test_three_gaps_are_quiet_and_ten_are_stalled_and_without_a_pace_a_day_is(
    gap: float | None, quiet: float, stalled: float
) -> None:
    assert silence_limits(StallLimits(), gap, T0) == (T0 + quiet, T0 + stalled)


def test_a_configured_limit_counts_alone() -> None:
    assert silence_limits(StallLimits(quiet_seconds=5), 100.0, T0) == (T0 + 5, T0 + 1000)
    assert silence_limits(StallLimits(stalled_seconds=9), 100.0, T0) == (T0 + 300, T0 + 9)


def test_where_nothing_was_ever_heard_there_is_no_silence() -> None:
    assert silence_limits(StallLimits(quiet_seconds=5, stalled_seconds=9), 1.0, None) == (None, None)


def test_the_stride_is_the_median_distance_of_steps_over_all_series() -> None:
    assert usual_stride(run_of(loss=curve([0, 50, 100, 400], [0, 1, 2, 3]))) == 50.0
    assert usual_stride(run_of(a=curve([0, 100], [0, 1]), b=curve([50, 100], [0, 1]))) == 50.0


def test_a_single_step_has_a_stride_of_one() -> None:
    assert usual_stride(run_of(loss=curve([500], [0.0]))) == 1.0
    assert usual_stride(run_of(loss=curve([500, 507], [0.0, 1.0]))) == 7.0


@pytest.mark.parametrize(
    ("steps", "epochs", "stride", "told"),
    [
        ([1, 2, 3], [1, 2, 3], 1, (10, 0)),
        ([4, 9, 14, 19, 24], [0, 0, 0, 0, 1], 5, (40, 0.75)),
        ([4, 9, 14, 19, 24, 29, 34, 39], [0, 0, 0, 0, 1, 1, 1, 1], 5, (40, 0)),
        ([5, 10, 15], [5, 10, 15], 5, (2, 0)),
        ([5, 10, 15, 20, 25], [0.25, 0.5, 0.75, 1, 1.25], 5, (40, 0)),
        ([4, 9, 14], [0, 0, 0], 5, None),
        ([4, 9, 14], [math.nan] * 3, 5, None),
        ([-1, -1], [1, 2], 1, None),
        ([], [], 1, None),
    ],
    ids=["one record an epoch", "four, one of the last", "four, all of the last", "one in five epochs", "fractions",
         "no epoch over", "epochs unknown", "steps unknown", "nothing"],
)  # fmt: skip
def test_an_epoch_takes_as_long_as_all_its_records(
    steps: list[int], epochs: list[float], stride: float, told: tuple[float, float] | None
) -> None:
    """Ten seconds from one record to the next."""
    placed = replace(curve(steps, [0.0] * len(steps)), epoch=np.array(epochs, float))

    assert epochs_pace({"loss": placed}, stride, 10.0) == (pytest.approx(told) if told else None)
    assert epochs_pace({}, stride, 10.0) is None
