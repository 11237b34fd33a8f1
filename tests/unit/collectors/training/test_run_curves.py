"""Event files of one run -> its curves: one tag a series, each step once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.curves import T0, event_file

from collectors.evidence.events import ScalarSeries
from collectors.training.series import EventFile
from collectors.training.stream_runs import Curve, count_nonfinite, stream_runs


def changed(file: EventFile, **evidence: Any) -> EventFile:
    return replace(file, evidence=replace(file.evidence, **evidence))


def test_the_first_tag_that_any_file_holds_is_the_series() -> None:
    tags = {"loss": ("loss/none", "loss/val", "loss/train"), "nothing": ("x",)}
    (run,) = stream_runs("patchtst", [event_file(T0)], tags)

    assert list(run.curves) == ["loss"]
    assert list(run.curves["loss"].value) == [0.9, 0.8, 0.7]


def test_a_tag_without_a_point_gives_way_to_the_next() -> None:
    file = event_file(T0)
    none = ScalarSeries("loss/none", np.array([], int), np.array([]), np.array([]))
    file = changed(file, series={"loss/none": none, **file.evidence.series})
    (run,) = stream_runs("patchtst", [file], {"loss": ("loss/none", "loss/val")})

    assert list(run.curves["loss"].value) == [0.9, 0.8, 0.7]


def series(steps: Sequence[int], values: Sequence[float] | None = None, **more: Any) -> ScalarSeries:
    """A second a step."""
    step = np.array(steps)
    value = np.arange(len(steps), dtype=float) if values is None else np.array(values)
    return ScalarSeries("loss/val", step, T0 + np.arange(len(steps), dtype=float), value, **more)


def joined(*parts: ScalarSeries) -> Curve:
    """The curve of a run whose files hold these parts."""
    files = [changed(event_file(T0 + 100 * n, first_step=1 + n), series={"loss/val": p}) for n, p in enumerate(parts)]
    (run,) = stream_runs("patchtst", files, {"val_loss": ("loss/val",)})
    return run.curves["val_loss"]


def test_a_step_that_is_written_twice_counts_once_with_its_last_value() -> None:
    found = joined(series([1, 2, 2, 3, 2], [0.1, 0.2, 0.3, 0.4, 0.5]))

    assert list(found.step) == [1, 2, 3]
    assert list(found.value) == [0.1, 0.5, 0.4]
    assert list(found.time - T0) == [0, 4, 3]
    assert np.isnan(found.epoch).all()
    assert len(found) == 3


def test_steps_that_a_resume_repeats_are_joined_and_rise() -> None:
    found = joined(series([1, 2, 3], [0.9, 0.8, 0.7]), series([2, 3, 4], [0.6, 0.5, 0.4]))

    assert list(found.step) == [1, 2, 3, 4]
    assert list(found.value) == [0.9, 0.6, 0.5, 0.4]


def test_two_points_of_one_step_are_one_and_one_point_stays() -> None:
    assert list(joined(series([5, 5], [0.1, 0.2])).value) == [0.2]
    assert list(joined(series([5], [0.1])).value) == [0.1]


def test_a_moment_that_no_training_has_is_unknown() -> None:
    odd = replace(series([1, 2, 3, 4]), time=np.array([-1.0, 0.0, 253_402_300_799.0, 253_402_300_800.0]))

    assert [bool(b) for b in np.isnan(joined(odd).time)] == [True, False, False, True]


def test_a_whole_series_counts_nothing_beforehand() -> None:
    assert joined(series([1, 2])).nonfinite is None
    assert joined(series([1, 2])).recent is None


def test_what_a_reduced_series_stands_for_is_summed_over_its_parts() -> None:
    reduced = series([1, 9], count=900, nonfinite={"nan": 5, "inf": 1, "-inf": 2}, recent=([8, 9], np.array([1.0, -1])))
    whole = series([10, 11, 12], [math.nan, math.inf, -math.inf])

    assert joined(reduced, whole).nonfinite == {"nan": 6, "inf": 2, "-inf": 3}
    before = replace(whole, step=np.array([0, 0, 0]))
    assert joined(before, reduced).nonfinite == {"nan": 6, "inf": 2, "-inf": 3}


def test_the_last_points_are_those_of_the_last_part() -> None:
    reduced = series([1, 9], count=900, recent=(np.array([8, 9]), np.array([1.0, -1.0])))
    steps, times = joined(series([0, 1]), reduced).recent or ((), ())

    assert (list(steps), times[0], math.isnan(times[1])) == ([8, 9], 1.0, True)
    assert joined(reduced, series([10, 11])).recent is None


@pytest.mark.parametrize(
    ("values", "counts"),
    [([1.0, 2.0], (0, 0, 0)), ([math.nan, 1.0, math.nan], (2, 0, 0)), ([math.inf, -math.inf, -math.inf], (0, 1, 2))],
)
def test_values_that_are_not_finite_are_counted_by_kind(values: list[float], counts: tuple[int, ...]) -> None:
    assert count_nonfinite(np.array(values)) == dict(zip(("nan", "inf", "-inf"), counts, strict=True))
