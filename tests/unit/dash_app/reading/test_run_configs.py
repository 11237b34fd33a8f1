"""Which values of configs differ among runs, and what groups of runs that share one come to."""

from __future__ import annotations

import json
from typing import Any

from support.states import ready_state

from collectors.contract.run_row import RunRow
from collectors.store.rows import damaged_row, row_of
from dash_app.reading.run_configs import LOOKED_AT, config_columns, final_spread, grouped


def a_run(number: int, final: float | None = 0.5, *, diverged: bool = False, **config: Any) -> RunRow:
    """A run of one stream."""
    row = row_of(ready_state(), (1, 1)) | {"run_id": f"run-{number}"}
    told = row["streams"]["patchtst"] | {"config": json.dumps(config), "final_val_loss": final, "diverged": diverged}
    return {**row, "streams": {"patchtst": told}}  # type: ignore[typeddict-item] # still a row


def test_only_what_differs_is_a_column_by_itself_and_the_rest_can_be_chosen() -> None:
    rows = [a_run(1, lr=0.1, seed=1, epochs=8), a_run(2, lr=0.2, seed=1, epochs=8), a_run(3, lr=0.2, epochs=8)]

    found = config_columns([damaged_row("run-x", "cut", (1, 1)), *rows])

    assert found.differing == ("patchtst:config.lr",), "that a run does not tell its seed is no difference"
    assert found.known == tuple(f"patchtst:config.{key}" for key in ("lr", "seed", "epochs"))


def test_no_more_rows_are_looked_at_than_tell_a_sweep() -> None:
    rows = [a_run(n, lr=0.1) for n in range(LOOKED_AT)]

    assert config_columns([*rows, a_run(0, lr=0.2)]).differing == ()
    assert config_columns([*rows[1:], a_run(0, lr=0.2)]).differing == ("patchtst:config.lr",)


def test_groups_have_the_mean_and_the_range_of_what_was_trained_to_its_end() -> None:
    rows = [
        a_run(1, 0.4, lr=0.1, seed=1),
        a_run(2, 0.8, lr=0.1, seed=2),
        a_run(3, None, lr=0.1, seed=3),
        a_run(4, 9.0, diverged=True, lr=0.1, seed=4),
        a_run(5, 0.3, lr=0.01),
        a_run(6, 0.9),
    ]

    groups = grouped(rows, "patchtst:config.lr")

    assert [(group.value, len(group.runs)) for group in groups] == [(0.01, 1), (0.1, 4), (None, 1)]
    spread = final_spread(groups[1].runs, "patchtst")
    assert spread is not None and spread == (2, (0.4 + 0.8) / 2, 0.4, 0.8)
    assert final_spread(groups[1].runs[2:], "patchtst") is None
    assert final_spread(rows, "nobody") is None


def test_flags_texts_and_numbers_are_groups_of_their_own() -> None:
    rows = [a_run(n, way=way) for n, way in enumerate(("b", 1, True, "a", 0.5, 1))]

    values = [group.value for group in grouped(rows, "patchtst:config.way")]

    assert values == [0.5, 1, True, "a", "b"] and [type(v) for v in values[1:3]] == [int, bool]
