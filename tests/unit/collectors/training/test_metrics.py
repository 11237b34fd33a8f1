"""What the state tells of a stream's metrics: direction, best, last value, and how many points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from support.evidence_parts import progress

from collectors.contract.metrics import (
    MAX_POINTS,
    SHARED_POINTS,
    SPARK_POINTS,
    Completion,
    CurveDocument,
    MetricFacts,
    Point,
    StreamMetrics,
)
from collectors.contract.streams import Stream
from collectors.training.completion import Target
from collectors.training.curves import Losses
from collectors.training.divergence import Divergence, all_divergences
from collectors.training.metrics import build_metrics, highlights_of
from collectors.training.stream_runs import Curve
from collectors.training.summary import as_series, curve_document, reduced, summarise

NOTHING = (Losses(None), summarise({}, SPARK_POINTS))


def by_epoch(values: Any) -> Curve:
    """A curve of these values, an epoch each."""
    value = np.array(values, float)
    at = np.arange(1, value.size + 1)
    return Curve(at.astype(np.int64), at * 10.0, value, at.astype(float))


def told(curves: Mapping[str, Any], *targets: Any, **metrics: Any) -> StreamMetrics:
    """The metrics of a stream that recorded these values."""
    columns = {"path": "log.csv", "columns": dict.fromkeys(curves, "c")}
    stream = Stream.model_validate(
        {"id": "a", "label": "A", "checkpoint": "a.pt", "table": columns, "metrics": metrics, "targets": targets}
    )
    losses = Losses("events", {name: by_epoch(values) for name, values in curves.items()})
    divergences, odd = all_divergences(losses)
    found = progress(divergences=divergences, odd=odd)
    summary = summarise(losses.told, SPARK_POINTS)
    return build_metrics(stream, (losses, summary), found, config=None, in_current_run=True)


def test_of_several_targets_the_strictest_bounds_are_told() -> None:
    asked = [{"metric": "val_acc", "at_least": least, "at": at} for least, at in ((0.7, "final"), (0.9, "best"))]
    found = told({"val_loss": [0.5], "val_acc": [0.8]}, *asked, {"metric": "val_acc", "at_most": 0.99})

    assert (found.about["val_acc"].at_least, found.about["val_acc"].at_most) == (0.9, 0.99)
    assert (found.about["val_loss"].at_least, found.about["val_loss"].at_most) == (None, None)


def test_each_metric_has_its_last_value_its_best_with_its_place_and_what_the_description_says() -> None:
    found = told(
        {"val_loss": [0.5, 0.2, 0.3], "val_acc": [0.1, 0.8, 0.8], "rmse": [3.0, 1.0, 2.0], "lr": [1.0, 2.0, 3.0]},
        rmse={"better": "lower", "unit": "mm", "label": "Error"},
    )

    assert {name: (p.value, p.epoch, p.step) for name, p in found.best.items()} == {
        "val_loss": (0.2, 2, 2), "val_acc": (0.8, 2, 2), "rmse": (1.0, 2, 2),
    }  # fmt: skip
    assert {name: p.value for name, p in found.final.items()} == {"val_loss": 0.3, "val_acc": 0.8, "rmse": 2, "lr": 3}
    assert found.about["rmse"] == MetricFacts(better="lower", unit="mm", label="Error", reduced=False)
    assert found.about["lr"] == MetricFacts(better=None, unit=None, label=None, reduced=False)


@pytest.mark.parametrize(
    ("name", "values", "best", "epoch"),
    [
        ("val_loss", [0.5, 0.25, 0.25, 0.75], 0.25, 2),
        ("val_acc", [0.5, 0.75, 0.75, 0.25], 0.75, 2),
        ("val_loss", [math.nan, 0.5, math.nan], 0.5, 2),
        ("metrics/mAP50-95(B)", [math.nan, 0.5, 0.25], 0.5, 2),
    ],
)
def test_the_best_value_is_the_first_of_the_best_by_its_direction(
    name: str, values: list[float], best: float, epoch: int
) -> None:
    found = told({name: values}).best[name]

    assert (found.value, found.epoch) == (best, epoch)


@pytest.mark.parametrize("name", ["d_loss", "g_loss", "entropy", "lr", "train/epoch", "grad_norm", "reward"])
def test_a_series_without_a_better_way_has_no_best_value(name: str) -> None:
    found = told({name: [0.5, 0.25, 0.75]})

    assert (found.best, found.final[name].value) == ({}, 0.75)


def test_a_series_that_was_never_finite_has_no_best_value() -> None:
    assert told({"val_acc": [math.nan, math.inf]}).best == {}


def test_what_the_description_says_of_a_direction_counts_before_the_name() -> None:
    found = told(
        {"val_acc": [0.1, 0.8], "val_loss": [1.0, 2.0]}, val_acc={"better": "none"}, val_loss={"better": "higher"}
    )

    assert {name: p.value for name, p in found.best.items()} == {"val_loss": 2.0}


def test_a_metric_that_is_not_finite_is_told_and_no_divergence() -> None:
    found = told({"val_loss": [0.5, 0.4], "grad_norm": [math.nan, 1.0], "val_acc": [0.5, math.inf]})

    assert [(gap.series, gap.kind) for gap in found.nonfinite] == [("grad_norm", "nan"), ("val_acc", "inf")]
    assert found.diverged_at is None
    assert (found.final["val_acc"].value, found.best["val_acc"].value) == (None, 0.5)
    assert told({"val_loss": [0.5, math.nan], "val_acc": [math.nan, 1.0]}).diverged_at == Point(
        value=None, epoch=2, step=2
    )


def test_losses_keep_all_their_points_and_many_metrics_share_what_there_is() -> None:
    long = np.sin(np.arange(5000.0))
    curves = {"val_loss": long, **{f"layer{n}/norm": long for n in range(400)}}

    found, document = told(curves), curve_document("a", {n: by_epoch(v) for n, v in curves.items()}, SPARK_POINTS)

    kept = {n: len(series.value) for n, series in CurveDocument.model_validate_json(document).series.items()}
    assert MAX_POINTS / 2 < kept.pop("val_loss") <= MAX_POINTS
    assert max(kept.values()) <= SHARED_POINTS // 400
    assert SHARED_POINTS / 2 < sum(kept.values()) <= SHARED_POINTS
    assert all(one.reduced for one in found.about.values())
    assert not told({"val_loss": [1.0], "val_acc": long[:2000]}).about["val_acc"].reduced


def test_a_curve_of_just_as_many_points_as_are_kept_is_whole() -> None:
    whole, fewer = (as_series(reduced(by_epoch(np.sin(np.arange(count) / 3)), 20)) for count in (20, 21))

    assert len(whole.value) == 20
    assert len(fewer.value) < 20
    assert as_series(reduced(by_epoch([0.5, 0.25]), 20)).value == (0.5, 0.25)


def test_step_0_is_a_step_and_what_is_not_finite_is_null() -> None:
    curve = Curve(
        np.array([-1, 0, 1]), np.array([1.0, math.nan, math.inf]), np.array([1.0, -math.inf, 2.0]), np.ones(3)
    )
    series = as_series(curve)

    assert (series.step, series.time, series.value) == ((None, 0, 1), (1.0, None, None), (1.0, None, 2.0))


def test_completion_counts_in_its_own_unit_and_says_whose_run_it_is() -> None:
    def of(target: Target, *, current: bool) -> Completion:
        found = build_metrics(STREAM, NOTHING, progress(target=target), config=None, in_current_run=current)
        return found.completion

    by_epoch_, by_step = of(Target("epoch", 8), current=True), of(Target("step", 900), current=False)
    assert (by_epoch_.epochs, by_epoch_.steps, by_epoch_.unit, by_epoch_.from_previous_run) == (8, None, "epoch", False)
    assert (by_step.epochs, by_step.steps, by_step.unit, by_step.from_previous_run) == (None, 900, "step", True)


def test_the_first_divergence_is_the_earliest_with_a_known_epoch() -> None:
    unknown, late, early = (Divergence("val_loss", "nan", epoch, 3, None, 3, 1) for epoch in (None, 7.0, 2.0))

    def first(*found: Divergence) -> Point | None:
        return build_metrics(STREAM, NOTHING, progress(divergences=found), config=None, in_current_run=True).diverged_at

    assert first(unknown, late, early) == Point(value=None, epoch=2.0, step=3)
    assert first(unknown) == Point(value=None, epoch=None, step=3)
    assert first() is None


def test_highlights_are_plain_values_of_the_config() -> None:
    highlights = {name: name for name in "abcdefghi"}
    stream = a_stream(config={"candidates": ["c.yaml"], "highlights": highlights})
    config = {
        "a": 1, "b": 0.5, "c": "text", "d": True, "e": [1], "f": math.inf, "g": 2**53, "h": 2**53 + 1, "i": -(2**60),
    }  # fmt: skip

    assert highlights_of(stream, config) == {
        "a": 1, "b": 0.5, "c": "text", "d": True, "e": None, "f": "inf", "g": 2**53, "h": str(2**53 + 1),
        "i": str(-(2**60)),
    }  # fmt: skip
    assert highlights_of(stream, None) == dict.fromkeys("abcdefghi")
    assert highlights_of(STREAM, config) == {}


TABLE = {"path": "log.csv", "columns": {"val_loss": "c"}}


def a_stream(**more: Any) -> Stream:
    return Stream.model_validate({"id": "a", "label": "A", "checkpoint": "a.pt", "table": TABLE, **more})


STREAM = a_stream()
