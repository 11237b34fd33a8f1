"""A JSON object of lists is a table with one list a series, as Keras and the boosters keep their history."""

from __future__ import annotations

import json
import time

import pytest

from collectors.evidence.tables import LossTableEvidence
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.read import read_loss_table


def read(document: object, indent: int | None = None, **series: str) -> LossTableEvidence:
    columns = LossColumns(series={name: (column,) for name, column in series.items()}) if series else None
    return read_loss_table(json.dumps(document, indent=indent).encode(), columns=columns)


def curve(found: LossTableEvidence, series: str) -> list[tuple[int | None, float]]:
    return [(row.step, row.values[series]) for row in found.rows if series in row.values]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_keras_history_is_read_from_0(indent: int | None) -> None:
    found = read({"loss": [0.5, 0.25, 0.125], "accuracy": [0.1, 0.2, 0.3], "val_loss": [0.75, 0.5, 0.25]}, indent)

    assert curve(found, "train_loss") == [(0, 0.5), (1, 0.25), (2, 0.125)]
    assert curve(found, "val_loss") == [(0, 0.75), (1, 0.5), (2, 0.25)]
    assert (found.format, found.findings, found.columns) == ("lists", (), ("loss", "accuracy", "val_loss"))


@pytest.mark.parametrize("indent", [None, 2])
def test_names_of_nested_lists_are_joined(indent: int | None) -> None:
    boosted = {"validation_0": {"logloss": [0.5, 0.4], "auc": [0.7, 0.8]}, "validation_1": {"logloss": [0.6, 0.5]}}
    found = read(boosted, indent, train_loss="validation_0/logloss", val_loss="validation_1/logloss")

    assert (curve(found, "train_loss"), curve(found, "val_loss")) == ([(0, 0.5), (1, 0.4)], [(0, 0.6), (1, 0.5)])
    assert found.findings == ()


def test_without_a_description_the_joined_names_are_shown() -> None:
    found = read({"train": {"logloss": [0.5]}, "validation": {"logloss": [0.6]}})

    assert [f.severity for f in found.findings] == ["error", "error"]
    assert "found `train/logloss`, `validation/logloss`" in found.findings[0].text


def test_a_shorter_list_is_not_read_since_its_iterations_cannot_be_told() -> None:
    found = read({"loss": [0.5, 0.4, 0.3, 0.2], "val_loss": [0.6, 0.5]})

    assert [sorted(row.values) for row in found.rows] == [["train_loss"]] * 4
    (finding,) = found.findings
    assert (finding.severity, finding.text) == (
        "warning",
        "`val_loss` has 2 values where others have 4: which iterations it lacks cannot be told, so it is not read",
    )


def test_lists_of_epochs_and_steps_place_the_rows() -> None:
    found = read({"epoch": [1, 2], "step": [100, 200], "loss": [0.5, 0.25]}, train_loss="loss")

    assert [(row.epoch, row.step) for row in found.rows] == [(1, 100), (2, 200)]


def test_a_row_whose_epoch_is_null_is_at_no_epoch_and_costs_none_before_it() -> None:
    found = read({"epoch": [1, None, 3], "loss": [0.5, 0.375, 0.25]}, train_loss="loss")

    assert [(row.epoch, row.values["train_loss"]) for row in found.rows] == [(1, 0.5), (None, 0.375), (3, 0.25)]
    assert found.findings == ()


def test_values_that_are_missing_odd_or_not_finite() -> None:
    found = read({"loss": [0.5, None, "0.25", float("nan"), "low", True]}, train_loss="loss")

    assert [step for step, _ in curve(found, "train_loss")] == [0, 2, 3]
    assert [f.text for f in found.findings] == ["`loss` holds 2 values that are no numbers: they are skipped"]


def test_a_row_that_holds_a_list_beside_numbers_stays_a_row() -> None:
    found = read({"epoch": 1, "loss": 0.5, "size": [3, 4]}, train_loss="loss")

    assert (found.format, [row.values for row in found.rows]) == ("jsonl", [{"train_loss": 0.5}])


def test_a_gradient_norm_among_the_lists_is_looked_at() -> None:
    found = read({"loss": [0.5, 0.0], "grad_norm": [1.0, float("nan")]}, train_loss="loss")

    assert [f.text for f in found.findings] == ["the gradient norm is NaN at step 1 (1 of 2 rows)"]


def test_a_million_iterations_are_read_in_seconds() -> None:
    data = json.dumps({"loss": [0.5] * 1_000_000, "val_loss": [0.25] * 1_000_000}).encode()
    began = time.process_time()

    assert len(read_loss_table(data).rows) == 1_000_000
    assert time.process_time() - began < 100  # ten times what it needs: seconds of work, however busy the machine is
