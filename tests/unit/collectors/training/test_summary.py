"""Which curves are kept beside the state, and how many points each of them had."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from support.odd_losses import curve
from support.states import ready_state

from collectors.contract.metrics import (
    FEW_SPARK_POINTS,
    MANY_SERIES,
    MAX_POINTS,
    SHARED_POINTS,
    SPARK_POINTS,
    CurveDocument,
    Series,
)
from collectors.contract.state import SCHEMA_VERSION, DashboardState
from collectors.training.stream_runs import Curve
from collectors.training.summary import (
    as_series,
    counting_of,
    course_from,
    curve_from,
    leaned,
    longer_curves,
    most_points,
    reduced,
    spark_points,
    summarise,
)

LONG = curve([0.5] * 61)


def test_only_curves_that_do_not_fit_into_the_state_are_kept_beside_it() -> None:
    assert list(longer_curves({"short": curve([0.5] * 60), "long": LONG}, 60)) == ["long"]


def test_a_curve_says_how_many_points_it_stands_for_or_that_nobody_can_tell() -> None:
    last = (LONG.step[-1:], LONG.time[-1:])

    assert [course_from(one).count for one in (LONG, replace(LONG, count=900), replace(LONG, recent=last))] == [
        61, 900, None,
    ]  # fmt: skip


def test_losses_are_kept_whole_and_other_metrics_share_what_is_left() -> None:
    def share(others: int) -> set[int]:
        kept = most_points(["train_loss", *(f"m{n}" for n in range(others))])
        assert kept.pop("train_loss") == MAX_POINTS
        return set(kept.values())

    assert share(1) == {min(MAX_POINTS, SHARED_POINTS)}
    assert share(40) == {min(MAX_POINTS, SHARED_POINTS // 40)}
    assert share(SHARED_POINTS) == {20}
    assert most_points(["train_loss"]) == {"train_loss": MAX_POINTS}
    assert (spark_points(MANY_SERIES), spark_points(MANY_SERIES + 1)) == (SPARK_POINTS, FEW_SPARK_POINTS)


def test_a_curve_that_fits_is_whole_and_a_longer_one_is_a_spark_of_four_digits() -> None:
    told = summarise({"short": curve({1.0: 0.123456, 2.0: math.nan}), "long": curve([0.123456] * 61)}, 60)

    assert told.series["short"] == Series(epoch=(1, 2), step=(None, None), time=(None, None), value=(0.123456, None))
    long = told.series["long"]
    assert (long.epoch, long.step, set(long.value)) == ((), (), {0.1235}) and len(long.value) <= 60
    assert told.digest is not None and len(told.digest) == 20
    assert summarise({"short": curve([0.5])}, 60).digest is None


def test_a_curve_is_reduced_only_where_it_is_longer() -> None:
    assert reduced(LONG, 61) is LONG
    assert len(reduced(LONG, 60)) <= 60


def test_places_that_are_unknown_stay_so_on_the_way_through_a_state() -> None:
    known = Series(epoch=(1.0, None), step=(7, None), time=(None, 5.0), value=(0.5, None))
    spark = curve_from(Series(epoch=(), step=(), time=(), value=(0.5, 0.4)))

    assert as_series(curve_from(known)) == known
    assert (spark.step.tolist(), spark.value.tolist()) == ([-1, -1], [0.5, 0.4])
    assert np.isnan(spark.epoch).all() and np.isnan(spark.time).all()
    assert as_series(curve([0.5, 0.4], unit="step")).step == (1, 2)


@pytest.mark.parametrize(
    ("places", "counting"),
    [
        ([], None),
        ([0, 1, 2], "from_0"),
        ([1, 2, 3], "from_1"),
        ([2, 3, 4], "from_1"),
        ([0.5, 1], "between"),
        ([9, 19, 29], "from_0"),
        ([10, 20, 30], "from_1"),
        ([1, 3, 5], "from_0"),
        ([9], "from_1"),
        ([1], "from_1"),
    ],
)
def test_how_places_are_counted(places: list[float], counting: str | None) -> None:
    """From 0 also where a value stands at the last place of each stride."""
    assert counting_of(np.array(places, float)) == counting


def test_a_course_tells_of_finite_values_and_known_places_alone() -> None:
    odd = Curve(np.array([-1, 3, 4]), np.full(3, math.nan), np.array([2.0, math.inf, 0.5]), np.array([math.nan, 2, 1]))
    told = course_from(odd)

    assert (told.lowest, told.highest, told.last, told.first_epoch, told.last_epoch) == (0.5, 2.0, 0.5, 1.0, 2.0)
    assert (told.epochs, told.steps) == ("from_1", "from_1")
    nothing = course_from(curve([math.nan, math.nan], unit="step"))
    assert (nothing.lowest, nothing.last, nothing.first_epoch, nothing.epochs) == (None, None, None, None)


def test_only_states_with_longer_curves_or_of_the_first_version_become_leaner() -> None:
    ready = ready_state()
    whole = ready.model_copy(update={"metrics": {}})
    stream = ready.metrics["patchtst"]
    long = curve([0.123456] * 61)

    def with_losses(values: Curve) -> DashboardState:
        return ready.model_copy(
            update={
                "metrics": {
                    "s": stream.model_copy(update={"series": {"x": as_series(values), "y": as_series(curve([]))}})
                }
            }
        )

    assert leaned(whole) == (whole, {})
    assert leaned(whole.model_copy(update={"schema_version": "1"}))[0].schema_version == SCHEMA_VERSION
    assert leaned(with_losses(curve([0.5] * 60))) == (with_losses(curve([0.5] * 60)), {})
    state, documents = leaned(with_losses(long))
    run = state.metrics["s"]
    assert list(documents) == ["s"] and len(run.series["x"].value) <= 60 and len(run.series["y"].value) == 0
    assert CurveDocument.model_validate_json(documents["s"]).series["x"] == as_series(long)
    assert run.curves is not None and set(run.courses) == {"x"}
