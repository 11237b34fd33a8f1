"""What the state says of a stream's curves: the best value is the best by the direction of its name."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from support.progress_parts import found

from collectors.contract.metrics import StreamMetrics
from collectors.contract.streams import Stream
from collectors.training.curves import Losses
from collectors.training.metrics import build_metrics
from collectors.training.stream_runs import Curve

NAN = math.nan
STREAM = Stream.model_validate({"id": "net", "label": "Net", "checkpoint": "best.pt", "table": {"path": "log.csv"}})


def metrics_of(name: str, values: Sequence[float]) -> StreamMetrics:
    step = np.arange(1, len(values) + 1)
    curve = Curve(step, step.astype(float), np.array(values), step.astype(float))
    losses = Losses("events", {name: curve})
    return build_metrics(STREAM, losses, found(losses=losses), config=None, in_current_run=True)


@pytest.mark.parametrize(
    ("name", "values", "best", "epoch"),
    [
        ("val_loss", [0.5, 0.25, 0.25, 0.75], 0.25, 2),
        ("val_acc", [0.5, 0.75, 0.75, 0.25], 0.75, 2),
        ("val_loss", [NAN, 0.5, NAN], 0.5, 2),
        ("metrics/mAP50-95(B)", [NAN, 0.5, 0.25], 0.5, 2),
    ],
)
def test_the_best_value_is_the_first_of_the_best_by_its_direction(
    name: str, values: list[float], best: float, epoch: int
) -> None:
    found = metrics_of(name, values).best[name]

    assert (found.value, found.epoch) == (best, epoch)


@pytest.mark.parametrize("name", ["d_loss", "g_loss", "entropy", "lr", "train/epoch", "grad_norm", "reward"])
def test_a_series_without_a_better_way_has_no_best_value(name: str) -> None:
    found = metrics_of(name, [0.5, 0.25, 0.75])

    assert (found.best, found.final[name].value) == ({}, 0.75)


def test_a_series_that_was_never_finite_has_no_best_value() -> None:
    assert metrics_of("val_acc", [NAN, math.inf]).best == {}
