"""A cell that is empty in a column of losses which is full elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from support.odd_losses import CSV, Values, odd, texts

from collectors.contract.values import Outcome
from collectors.judge.checklist import judge
from collectors.judge.findings.empty_cell import find_empty_cell

FULL = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]


def told(table: Mapping[str, Values]) -> list[str]:
    return texts(find_empty_cell(odd(table)))


def test_the_row_is_named_with_how_many_are_full() -> None:
    table = {"train_loss": FULL, "val_loss": [0.9, 0.8, None, 0.6, 0.5, 0.4]}

    assert told(table) == [f"{CSV}: val_loss is empty at epoch 3, and full in 5 other rows"]
    check = next(c for c in judge(odd(table)).checks if c.id == "training")
    assert check.outcome is Outcome.SKIP and "(empty_cell)" in check.detail


@pytest.mark.parametrize(
    ("val", "empty"),
    [
        ([0.9, 0.8, 0.7, 0.6, 0.5, None], True),
        ([0.9, 0.8, None, None, 0.5, 0.4], True),
        ([None, 0.8, None, 0.6, 0.5, None], False),
        ([None, 0.8, 0.7, 0.6, 0.5, 0.4], False),
        ([0.9, 0.8, 0.7, 0.6, None, None], False),
        ([None, 0.8, None, 0.6, None, 0.4], False),
        ([None, None, 0.7, None, None, 0.4], False),
        ([0.9, None, None, None, None, None], False),
    ],
    ids=[
        "the last",
        "two",
        "every second and once more",
        "before the first",
        "it stopped",
        "every second",
        "every third",
        "once",
    ],
)
def test_a_hole_in_its_own_grid_is_empty(val: Values, empty: bool) -> None:
    assert bool(told({"train_loss": FULL, "val_loss": val})) is empty


def test_an_evaluation_behind_the_last_row_is_no_hole_in_the_training() -> None:
    assert told({"train_loss": FULL, "val_loss": [*FULL, 0.3]}) == []


def test_a_row_that_is_not_there_at_all_is_no_empty_cell() -> None:
    holed: Values = {1: 0.9, 2: 0.8, 4: 0.6, 5: 0.5}

    assert told({"train_loss": holed, "val_loss": holed}) == []


def test_event_files_have_no_cells() -> None:
    assert list(find_empty_cell(odd(None, {"train_loss": FULL, "val_loss": [0.9, 0.8, None, 0.6, 0.5]}))) == []


def seconds_of(rows: int) -> float:
    """What it takes to find two empty cells in every seven rows."""
    cells = [None if row % 7 < 2 else 0.5 for row in range(rows)]
    seen = odd({"train_loss": [0.5] * rows, "val_loss": cells})
    began = time.process_time()
    (text,) = texts(find_empty_cell(seen))
    taken = time.process_time() - began
    assert f"full in {rows - cells.count(None):,} other rows" in text
    return taken


def test_many_empty_cells_take_the_time_that_their_rows_take() -> None:
    """Four times as many take four times as long; sixteen times where each looked through the whole table."""
    assert seconds_of(140_000) < 8 * seconds_of(35_000)
