"""Rows that say what they were measured on: a validation is never drawn as training."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence

import pytest

from collectors.evidence.tables import LossTableEvidence
from collectors.readers.tables.columns import LossColumns
from collectors.readers.tables.read import read_loss_table
from collectors.readers.tables.row_rules import as_said

MMCV = [
    {"env_info": "Python: 3.8", "seed": 0},
    {"mode": "train", "epoch": 1, "iter": 10, "loss": 0.4},
    {"mode": "train", "epoch": 1, "iter": 20, "loss": 0.35},
    {"mode": "val", "epoch": 1, "iter": 19, "accuracy": 81.0},
    {"mode": "val", "epoch": 1, "iter": 19, "loss": 1.0},
    {"mode": "train", "epoch": 2, "iter": 10, "loss": 0.25},
    {"mode": "val", "epoch": 2, "iter": 19, "loss": 1.1},
    {"mode": "test", "epoch": 2, "iter": 7, "loss": 9.0},
]
"""As mmcv's own logger writes them."""


def as_lines(rows: Sequence[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names), *(",".join(str(row.get(name, "")) for name in names) for row in rows)]
    return "\n".join([*lines, ""]).encode()


def as_list(rows: Sequence[Mapping[str, object]]) -> bytes:
    return json.dumps(rows).encode()


def columns(**series: str) -> LossColumns:
    return LossColumns(step=("iter",), series={name: (column,) for name, column in series.items()})


def held(found: LossTableEvidence, series: str) -> list[float]:
    return [row.values[series] for row in found.rows if series in row.values]


@pytest.mark.parametrize("write", [as_lines, as_csv, as_list])
@pytest.mark.parametrize("asked", [columns(train_loss="loss"), None])
def test_a_row_whose_mode_says_validation_is_never_training(
    write: Callable[..., bytes], asked: LossColumns | None
) -> None:
    found = read_loss_table(write(MMCV), columns=asked)

    assert held(found, "train_loss") == [0.4, 0.35, 0.25]
    assert held(found, "val_loss") == [1.0, 1.1], "and a test is neither"
    assert found.findings == ()


def test_a_validation_with_a_column_of_its_own_keeps_it() -> None:
    rows = [
        {"mode": "train", "epoch": 1, "loss": 0.5, "val": 7.0},
        {"mode": "val", "epoch": 1, "loss": 0.9, "val": 0.8},
    ]
    found = read_loss_table(as_csv(rows), columns=columns(train_loss="loss", val_loss="val"))

    assert (held(found, "train_loss"), held(found, "val_loss")) == ([0.5], [0.8])


def test_two_names_of_one_column_are_told_apart_by_its_mode() -> None:
    found = read_loss_table(as_lines(MMCV), columns=columns(train_loss="loss", val_loss="loss", acc="accuracy"))

    assert (held(found, "train_loss"), held(found, "val_loss")) == ([0.4, 0.35, 0.25], [1.0, 1.1])
    assert held(found, "acc") == [81.0], "a metric that only validations have stays"


@pytest.mark.parametrize("mode", ["min", "train", "0", ""])
def test_a_mode_that_says_nothing_of_validation_changes_nothing(mode: str) -> None:
    found = read_loss_table(
        f"epoch,mode,loss\n1,{mode},0.5\n2,{mode},0.25\n".encode(), columns=columns(train_loss="loss")
    )

    assert [(row.epoch, row.values) for row in found.rows] == [(1, {"train_loss": 0.5}), (2, {"train_loss": 0.25})]


WHERE = LossColumns(
    series={"train_loss": ("loss",), "val_loss": ("loss",)},
    where={"train_loss": {"is_eval": ("0",), "task": ("a",)}, "val_loss": {"is_eval": ("1", "yes")}},
)


@pytest.mark.parametrize("write", [as_lines, as_csv])
def test_rows_are_chosen_by_what_their_columns_say(write: Callable[..., bytes]) -> None:
    rows = [
        {"epoch": 1, "is_eval": 0, "task": "a", "loss": 0.5},
        {"epoch": 1, "is_eval": 0.0, "task": "b", "loss": 5.0},
        {"epoch": 1, "is_eval": "yes", "task": "a", "loss": 0.75},
        {"epoch": 2, "is_eval": "0", "task": " A ", "loss": 0.25},
        {"epoch": 2, "is_eval": 1, "task": "b", "loss": 0.5},
    ]
    found = read_loss_table(write(rows), columns=WHERE)

    assert (held(found, "train_loss"), held(found, "val_loss")) == ([0.5, 0.25], [0.75, 0.5])
    assert found.findings == ()


def test_a_column_that_is_not_there_to_tell_rows_by_is_named() -> None:
    found = read_loss_table(b"epoch,is_val,loss\n1,0,0.5\n", columns=WHERE)

    assert [f.severity for f in found.findings] == ["error", "error"]
    assert "no column by which rows of `train_loss` are told" in found.findings[0].text
    assert "nearest is `is_val`" in found.findings[1].text
    assert not len(found.rows) or not any(row.values for row in found.rows)


def test_values_are_compared_without_case_blanks_and_kinds_of_numbers() -> None:
    assert [as_said(cell) for cell in (" Train ", True, 1, 1.0, "1.00", "nan")] == [
        "train",
        "true",
        "1",
        "1",
        "1",
        "nan",
    ]


def test_a_million_rows_are_told_apart_in_seconds() -> None:
    rows = "".join(f"{n},{'val' if n % 10 == 0 else 'train'},0.5\n" for n in range(1_000_000))
    began = time.process_time()

    found = read_loss_table(f"step,mode,loss\n{rows}".encode(), columns=columns(train_loss="loss"))

    assert time.process_time() - began < 120  # ten times what it needs
    assert len(found.rows) == 1_000_000
    assert int(found.rows.present["val_loss"].sum()) == 100_000
