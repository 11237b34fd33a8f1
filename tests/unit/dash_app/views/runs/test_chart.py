"""The scatter of runs: which have a point, what is the best so far, and what they are held against."""

from __future__ import annotations

from typing import Any

from support.metric_states import with_metrics
from support.states import diverged_state, ready_state

from collectors.contract.policy import Policy
from collectors.contract.run_row import RunRow
from collectors.store.rows import row_of
from dash_app.views.runs.chart import runs_chart


def a_run(day: int, final: float | None, **stream: Any) -> RunRow:
    """A run of November with this final validation loss."""
    row = row_of(ready_state(), (1, 1))
    row |= {"run_id": f"run-{day}", "started_at": f"2026-11-{day:02}T00:00:00+00:00"}  # type: ignore[misc] # still a row
    row["streams"] = {"patchtst": row["streams"]["patchtst"] | {"final_val_loss": final} | stream}  # type: ignore[typeddict-item] # a part of a row
    return row


RUNS = [
    a_run(5, 0.3),
    a_run(4, None),
    a_run(3, 0.1, unfinished="stopped at epoch 3 of 30"),
    a_run(2, 0.4),
    a_run(1, 0.6),
]


def drawn(rows: list[RunRow], wished: str = "", baseline: RunRow | None = None) -> dict[str, Any]:
    found = runs_chart(rows, wished, baseline)
    assert found is not None
    return found


def test_runs_with_a_value_are_drawn_oldest_first_and_how_many_have_none_is_said() -> None:
    found = drawn(RUNS)

    assert (found["ids"], found["value"]) == (["run-1", "run-2", "run-3", "run-5"], [0.6, 0.4, 0.1, 0.3])
    assert found["time"][1] - found["time"][0] == 86400
    assert "of 4 of 5 runs" in str(found["head"])
    assert runs_chart([a_run(1, None, best_val_loss=None)], "", None) is None


def test_a_run_that_stopped_early_is_not_the_best_so_far() -> None:
    found = drawn(RUNS)

    assert [value for _, value in found["best"]] == [0.6, 0.4, 0.3]
    assert found["best"][0][0] == found["time"][0]


def test_the_baseline_stands_with_what_the_policy_allows() -> None:
    assert drawn(RUNS, "", RUNS[3])["baseline"] == {"run": "run-2", "value": 0.4, "limit": 0.4 + 0.05 * 0.4}
    assert drawn(RUNS, "", RUNS[1])["baseline"] is None, "it has no such value"
    other = runs_chart(RUNS, "", RUNS[3], Policy(metric="val/acc"))
    assert other is not None and other["baseline"]["limit"] is None, "the policy does not judge it"


def test_targets_of_the_newest_run_are_lines() -> None:
    assert drawn([a_run(5, 0.3, targets='{"val_loss":[null,0.2]}'), *RUNS[1:]])["targets"] == [(0.2, "at most 0.2")]
    assert drawn(RUNS)["targets"] == []


def test_another_measure_is_drawn_where_it_is_wished_and_nonsense_is_the_usual_one() -> None:
    best = drawn([row_of(diverged_state(), (1, 1)), *RUNS], "patchtst:best_val_loss")
    assert best["label"] == "best val loss"
    assert drawn(RUNS, "nobody:knows")["label"] == drawn(RUNS)["label"] == "final val loss"


def test_which_way_a_metric_gets_better_is_told_by_its_name_or_its_values() -> None:
    rows = []
    for day, values in ((1, [0.5, 0.4]), (2, [0.9, 0.3]), (3, [0.7, 0.2])):
        row = row_of(with_metrics({"val/acc": values}), (1, 1)) | {"run_id": str(day)}
        rows.append(row | {"started_at": f"2026-11-{day:02}T00:00:00+00:00"})
    found = drawn(rows[::-1], "patchtst:metric.val/acc")  # type: ignore[arg-type] # still rows

    assert found["value"] == [0.5, 0.9, 0.7] and [value for _, value in found["best"]] == [0.5, 0.9]
