"""What a description may say of metrics, and what is no target."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from collectors.contract.metric_rules import Metric, Target
from collectors.contract.streams import Stream
from collectors.contract.table import USUAL_SERIES
from collectors.readers.tables.columns import DEFAULT_SERIES


def stream(**said: Any) -> Stream:
    """A stream that is described by this."""
    return Stream.model_validate({"id": "a", "label": "A", "checkpoint": "a.pt"} | said)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"metric": "acc"}, "say `at_least`, `at_most` or both"),
        ({"metric": "acc", "at_least": 2, "at_most": 1}, "no value is at least"),
        ({"metric": "acc", "at_least": 0.9, "at": "last"}, "'best' or 'final'"),
        ({"metric": "acc", "at_least": float("nan")}, "finite"),
        ({"metric": "acc", "atleast": 0.9}, "not permitted"),
    ],
)
def test_a_target_that_no_value_can_meet_or_miss_is_refused(said: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Target.model_validate(said)


def test_a_target_means_the_last_value_unless_it_says_best() -> None:
    assert Target(metric="acc", at_least=0.9).at == "final"
    assert Target(metric="acc", at_least=0.5, at_most=0.5).at_most == 0.5


def test_a_unit_and_a_label_are_short() -> None:
    with pytest.raises(ValidationError, match="at most 12"):
        Metric(unit="u" * 13)
    with pytest.raises(ValidationError, match="at least 1"):
        Metric(label="")


def test_the_series_of_a_stream_are_its_tags_and_columns_and_what_is_found_beside_them() -> None:
    events = {"folder": "runs", "tags": {"train_loss": "a", "val_acc": "b"}}
    columns = {"path": "log.csv", "columns": {"epoch": "Epoch", "top1": "eval_top1"}}

    assert stream(events=events).series == ("train_loss", "val_acc", "val_loss")
    assert stream(table=columns).series == ("top1",)
    assert stream(table={"path": "log.csv", "columns": {"step": "n"}}).series == USUAL_SERIES
    assert stream(events=events, table=columns).series == ("train_loss", "val_acc", "top1", "val_loss")


def test_the_usual_series_are_those_that_a_table_is_searched_for() -> None:
    assert tuple(DEFAULT_SERIES) == USUAL_SERIES
