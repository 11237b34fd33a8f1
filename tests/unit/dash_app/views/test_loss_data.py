"""What a chart draws: three axes, every break once, and where each axis ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from support.state_parts import START
from support.states import ready_state

from collectors.contract.metrics import StreamMetrics
from collectors.presentation.words import series_label
from dash_app.views.curves.data import loss_data


def metrics(**fields: Any) -> StreamMetrics:
    """One stream's losses with fields replaced."""
    return StreamMetrics.model_validate(ready_state().metrics["patchtst"].model_dump(mode="json") | fields)


def series(**fields: Any) -> dict[str, Any]:
    """Three points with every axis."""
    usual = {"epoch": [1, 2, 3], "step": [10, 20, 30], "time": [100.0, 101.5, None], "value": [3.0, 2.0, 1.0]}
    return usual | fields


def gap(**fields: Any) -> dict[str, Any]:
    """One value that is no number, at epoch 2 and step 20."""
    usual = {"series": "val_loss", "kind": "nan", "first_epoch": 2, "first_step": 20, "last_step": 20, "count": 1}
    return usual | fields


def test_a_curve_has_its_name_part_and_three_axes() -> None:
    [curve] = loss_data(metrics(series={"val_loss": series()}))["curves"]

    assert curve == {
        "series": "val_loss",
        "name": "val",
        "role": "val",
        "epoch": [1, 2, 3],
        "step": [10, 20, 30],
        "time": [0, 1.5, None],
        "value": [3.0, 2.0, 1.0],
        "smooth": False,
        "usual": (1.0, 3.0),
    }


def test_seconds_count_from_the_first_record_of_any_series() -> None:
    later = series(time=[200.0, 201.0, 202.0])

    first, second = loss_data(metrics(series={"train_loss": series(), "val_loss": later}))["curves"]

    assert (first["time"], second["time"]) == ([0, 1.5, None], [100, 101, 102])
    assert [curve["role"] for curve in (first, second)] == ["train", "val"]


def test_another_series_plays_another_part_and_one_without_points_none() -> None:
    empty = {"epoch": [], "step": [], "time": [], "value": []}

    curves = loss_data(metrics(series={"grad": series(), "lr": empty}))["curves"]

    assert [(curve["name"], curve["role"]) for curve in curves] == [("grad", "other")]


@pytest.mark.parametrize(
    "told",
    [
        gap(),
        gap(first_epoch=None),
        gap(first_step=None),
    ],
)
def test_a_break_that_stands_in_the_curve_is_marked_once(told: dict[str, Any]) -> None:
    """Whether its epoch, its step or both are known."""
    broken = {"val_loss": series(value=[3.0, None, 1.0])}

    marks = loss_data(metrics(series=broken, nonfinite=[told]))["broken"]

    assert [(mark["epoch"], mark["step"], mark["time"]) for mark in marks] == [(2, 20, 1.5)]
    assert marks[0]["text"].startswith("val_loss NaN since ")


def test_a_break_that_fell_out_of_the_curve_is_added() -> None:
    broken = {"val_loss": series(value=[3.0, None, 1.0])}
    lost = gap(kind="inf", first_epoch=7, first_step=70, count=3)

    marks = loss_data(metrics(series=broken, nonfinite=[gap(), lost]))["broken"]

    assert [(mark["epoch"], mark["step"], mark["time"]) for mark in marks] == [(2, 20, 1.5), (7, 70, None)]
    assert marks[1]["text"] == "val_loss Inf since epoch 7 (3 values)"


def test_each_series_is_marked_with_its_own_sentence() -> None:
    both = {"train_loss": series(value=[None, 2.0, 1.0]), "val_loss": series(value=[3.0, None, 1.0])}

    marks = loss_data(metrics(series=both, nonfinite=[gap()]))["broken"]

    assert [mark["text"] for mark in marks] == ["train_loss is not finite", "val_loss NaN since epoch 2 (1 value)"]


def test_axes_end_where_training_is_to_end() -> None:
    done = ready_state().metrics["patchtst"].completion.model_dump(mode="json")
    expected = datetime.fromtimestamp(START.timestamp() + 40, UTC)
    ends = {"epochs": 8, "steps": 800, "expected_end_at": expected}

    assert loss_data(metrics(completion=done | ends))["ends"] == {"epoch": 8, "step": 800, "time": 40}
    assert loss_data(metrics(completion=done | {"epochs": None}))["ends"] == {"epoch": None, "step": None, "time": None}
    assert loss_data(metrics(completion=done | ends, series={}))["ends"]["time"] is None


@pytest.mark.parametrize(
    ("name", "label"), [("val_loss", "val"), ("grad", "grad"), ("_loss", "_loss"), ("loss", "loss")]
)
def test_a_series_is_called_by_its_short_name(name: str, label: str) -> None:
    assert series_label(name) == label
