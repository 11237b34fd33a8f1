"""The data table of a stream: the points of its chart, in words."""

from __future__ import annotations

from typing import Any

from support.components import text_of
from support.states import diverged_state, ready_state

from collectors.contract.metrics import StreamMetrics
from collectors.presentation.regions.loss_table import MOST_ROWS, loss_table


def long_series(count: int) -> dict[str, Any]:
    return {
        "epoch": [None] * count,
        "step": list(range(count)),
        "time": [None] * count,
        "value": [1.0] * count,
    }


def test_the_data_table_holds_the_points_of_the_chart() -> None:
    table = loss_table(diverged_state().metrics["swinmae"])

    words = text_of(table)
    assert words.startswith("SwinMAE: 5 points Epoch train loss val loss 1 0.7184 0.5687")
    assert "4 0.5243 not finite" in words


def test_a_metric_keeps_its_name_and_is_called_no_loss() -> None:
    raw = ready_state().metrics["patchtst"].model_dump(mode="json")
    raw["series"] = {"val_acc": long_series(2), "d_loss": long_series(2)}

    assert text_of(loss_table(StreamMetrics.model_validate(raw))).startswith("PatchTST: 2 points Step val_acc d loss")


def test_a_long_table_is_thinned_evenly_keeps_both_ends_and_says_so() -> None:
    raw = ready_state().metrics["patchtst"].model_dump(mode="json")
    raw["series"] = {"val_loss": long_series(2000)}

    table = loss_table(StreamMetrics.model_validate(raw))

    rows = table.children[2].children
    assert len(rows) == MOST_ROWS
    assert (text_of(rows[0]), text_of(rows[-1])) == ("0 1", "1,999 1")
    assert "60 of 2,000 points" in text_of(table)
