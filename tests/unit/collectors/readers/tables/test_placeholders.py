"""Cells that hold NaN: those that stand for no value, and those that are a diverged loss."""

from __future__ import annotations

import math

import numpy as np
import pytest

from collectors.evidence.table_rows import LossRows
from collectors.readers.common.finding_list import FindingList
from collectors.readers.tables.placeholders import without_placeholders

NAN = math.nan


def rows_of(val: list[float | None], train: list[float | None] | None = None) -> LossRows:
    """A row an epoch; None where a cell is empty."""
    count = len(val)
    values = {"train_loss": train or [0.5] * count, "val_loss": val}
    return LossRows.from_columns([float(n) for n in range(1, count + 1)], [None] * count, [None] * count, values)


def every(stride: int, count: int, first: int) -> list[float | None]:
    return [0.5 if n % stride == first else NAN for n in range(count)]


@pytest.mark.parametrize("stride", range(2, 8))
@pytest.mark.parametrize("count", range(7, 40, 3))
def test_validations_on_a_grid_of_their_own_are_kept_and_nothing_stands_between_them(stride: int, count: int) -> None:
    for first in (0, stride - 1):
        val = every(stride, count, first)
        if first == 0 and count <= stride:
            continue
        for last in (val[-1], 0.25):
            findings = FindingList()

            found = without_placeholders(rows_of([*val[:-1], last]), findings)

            held = np.isfinite(np.array([*val[:-1], last], float))
            told = [str(f) for f in findings.all()]
            assert found.present["val_loss"].tolist() == held.tolist()
            assert len(told) == 1
            assert f"val_loss is NaN in {np.count_nonzero(~held)} rows between its values" in told[0]
            assert found.present["train_loss"].all()


@pytest.mark.parametrize("gone", range(1, 12))
def test_a_grid_that_lacks_one_of_its_values_is_a_diverged_loss(gone: int) -> None:
    val = every(3, 36, 2)
    val[3 * gone + 2] = NAN
    findings = FindingList()

    assert without_placeholders(rows_of(val), findings).present["val_loss"].all()
    assert findings.all() == ()


@pytest.mark.parametrize(
    ("val", "train"),
    [
        ([0.5, NAN, 0.4, NAN, 0.3], [0.5] * 5),
        ([NAN] * 6, [0.5] * 6),
        ([0.5, *[NAN] * 5], [0.5] * 6),
        ([0.5, NAN, NAN, NAN, NAN, 0.4, 0.3, 0.3], [0.5] * 8),
        ([0.5] * 6, every(2, 6, 1)),
    ],
    ids=["two cells", "all cells", "after the first", "in the middle", "of the training alone"],
)
def test_any_other_nan_is_a_value(val: list[float | None], train: list[float | None]) -> None:
    findings = FindingList()

    found = without_placeholders(rows_of(val, train), findings)

    assert found.present["train_loss"].all()
    assert found.present["val_loss"].all()
    assert findings.all() == ()


def test_a_training_that_diverged_between_validations_is_told_as_that() -> None:
    found = without_placeholders(rows_of(every(3, 9, 2), [*[0.5] * 8, NAN]), FindingList())

    assert found.present["train_loss"].all()


def test_rows_that_hold_one_of_the_two_lack_the_other() -> None:
    val = [NAN, 0.5] * 4
    train = [0.5, NAN] * 4

    found = without_placeholders(rows_of(val, train), FindingList())

    assert found.present["val_loss"].tolist() == [False, True] * 4
    assert found.present["train_loss"].tolist() == [True, False] * 4
    whole = without_placeholders(rows_of([*val[:-1], 0.5], [*train[:-1], 0.5]), FindingList())
    assert whole.present["train_loss"].all(), "one row holds both: then its NaN is one"


def test_an_empty_cell_stays_empty_and_infinity_a_value() -> None:
    found = without_placeholders(rows_of([None, 0.5, math.inf, 0.4, math.inf, 0.3, math.inf]), FindingList())

    assert found.present["val_loss"].tolist() == [False, *[True] * 6]
