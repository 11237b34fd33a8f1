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
    CurveDocument,
    MetricFacts,
    Point,
    StreamMetrics,
)
from collectors.contract.streams import Stream
from collectors.training.curves import Losses
from collectors.training.divergence import all_divergences
from collectors.training.metrics import build_metrics
from collectors.training.stream_runs import Curve
from collectors.training.summary import document_of, summarise


def by_epoch(values: Any) -> Curve:
    """A curve of these values, an epoch each."""
    value = np.array(values, float)
    at = np.arange(1, value.size + 1)
    return Curve(at.astype(np.int64), at * 10.0, value, at.astype(float))


def told(curves: Mapping[str, Any], **metrics: Any) -> StreamMetrics:
    """The metrics of a stream that recorded these values."""
    columns = {"path": "log.csv", "columns": dict.fromkeys(curves, "c")}
    stream = Stream.model_validate(
        {"id": "a", "label": "A", "checkpoint": "a.pt", "table": columns, "metrics": metrics}
    )
    losses = Losses("events", {name: by_epoch(values) for name, values in curves.items()})
    divergences, odd = all_divergences(losses)
    found = progress(divergences=divergences, odd=odd)
    summary = summarise(losses.told, SPARK_POINTS)
    return build_metrics(stream, (losses, summary), found, config=None, in_current_run=True)


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

    found, document = told(curves), document_of("a", {n: by_epoch(v) for n, v in curves.items()}, SPARK_POINTS)

    kept = {n: len(series.value) for n, series in CurveDocument.model_validate_json(document).series.items()}
    assert MAX_POINTS / 2 < kept.pop("val_loss") <= MAX_POINTS
    assert max(kept.values()) <= SHARED_POINTS // 400
    assert SHARED_POINTS / 2 < sum(kept.values()) <= SHARED_POINTS
    assert all(one.reduced for one in found.about.values())
    assert not told({"val_loss": [1.0], "val_acc": long[:2000]}).about["val_acc"].reduced
