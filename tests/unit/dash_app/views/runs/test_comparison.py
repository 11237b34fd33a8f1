"""The comparison panel and what the loss panels say of the baseline: what `compare` judged, in words."""

from __future__ import annotations

from typing import Any

import pytest
from support.components import attribute, of_class, parts, text_of
from support.states import diverged_state, failing_state, good_state, ready_state

from collectors.compare.compare import compare
from collectors.contract.state import DashboardState
from collectors.presentation.regions.stream_delta import stream_delta
from collectors.store.rows import row_of as row_of_run
from dash_app.views.curves.compared import MOST_OVERLAYS, compared_curves
from dash_app.views.runs.comparison import NO_BASELINE, render_comparison


def changed(state: DashboardState, **streams: dict[str, Any]) -> DashboardState:
    """A state with parts of its streams replaced."""
    raw = state.model_dump(mode="json")
    for stream, fields in streams.items():
        raw["metrics"][stream] |= fields
    return DashboardState.model_validate(raw)


def with_val(state: DashboardState, value: float) -> DashboardState:
    """PatchTST ended at another validation loss."""
    point = {"value": value, "epoch": 8, "step": 8}
    final = state.model_dump(mode="json")["metrics"]["patchtst"]["final"] | {"val_loss": point}
    return changed(state, patchtst={"final": final, "best": final})


def panel(run: DashboardState, baseline: DashboardState) -> list[Any]:
    return render_comparison(
        compare(run, baseline), "run-old", is_pinned=True, pin_target=row_of_run(run, (1, 1)) | {"run_id": "run-new"}
    )


def row_of(content: Any, loss: str) -> Any:
    return next(part for part in parts(content) if attribute(part, "data-loss") == loss)


def test_a_loss_has_both_values_the_difference_and_the_direction_in_words() -> None:
    delta = compare(with_val(ready_state(), 0.5), ready_state())

    row = row_of(stream_delta(delta.streams[0]), "val_loss:final")
    assert text_of(row) == "final val 0.5 0.9929 -0.4929 (-49.6 %) better"
    assert attribute(row, "data-direction") == "better"


def test_worse_and_within_tolerance_have_words_of_their_own() -> None:
    worse = compare(with_val(ready_state(), 1.5), ready_state())
    within = compare(with_val(ready_state(), 1.0), ready_state())

    assert text_of(row_of(stream_delta(worse.streams[0]), "val_loss:final")).endswith("worse")
    assert text_of(row_of(stream_delta(within.streams[0]), "val_loss:final")).endswith("within tolerance")


def test_what_was_measured_differently_is_incomparable_and_says_why() -> None:
    config = {"lr": 0.002, "epochs": 8, "mask_ratio": 0.7, "amp": False}
    run = changed(with_val(ready_state(), 0.1), patchtst={"config": config})
    delta = compare(run, ready_state())

    section = stream_delta(delta.streams[0])
    assert "other mask_ratio: 0.7 against 0.4" in text_of(of_class(section, "incomparable"))
    assert text_of(row_of(section, "val_loss:final")).endswith("incomparable")
    assert "better" not in text_of(section)
    assert "mask_ratio 0.7 0.4" in text_of(of_class(section, "config-table")[0])


def test_only_differing_config_stands_open() -> None:
    config = {"lr": 0.004, "epochs": 8, "mask_ratio": 0.4, "amp": False}
    delta = compare(changed(ready_state(), patchtst={"config": config}), ready_state())

    first, rest = of_class(stream_delta(delta.streams[0]), "config-table")
    assert text_of(first) == "Key Run Baseline lr 0.004 0.002"
    assert "mask_ratio" in text_of(rest) and "lr" not in text_of(rest).split()


def test_a_changed_check_stands_with_both_outcomes() -> None:
    told = text_of(panel(failing_state(), ready_state()))

    assert "Same run [ ] FAIL [v] PASS worse backup holds an older patchtst checkpoint" in told
    assert "NOT READY" in told and "READY" in told and "(-2)" in told


def test_a_diverged_run_is_a_regression_and_the_policy_says_so_first() -> None:
    content = panel(diverged_state(), ready_state())

    assert text_of(of_class(content, "judgement")).strip() == "Worse than baseline"
    assert "the run diverged at epoch 4" in text_of(of_class(content, "policy-found"))


def test_every_table_has_the_run_before_its_baseline() -> None:
    """Losses, configs, checks and artifacts alike, so that nobody reads one of them the wrong way round."""
    run = changed(failing_state(), patchtst={"config": {"lr": 0.1}})
    content = panel(run, ready_state())

    tables = [part for part in parts(content) if type(part).__name__ == "Table"]
    heads = [
        [text_of(cell).strip() for cell in parts(table) if getattr(cell, "scope", None) == "col"] for table in tables
    ]
    assert len(heads) >= 5
    assert all(head.index("Run") + 1 == head.index("Baseline") for head in heads)
    backup = next(row for row in parts(content) if type(row).__name__ == "Tr" and "run_bundle.zip" in text_of(row))
    run_cell, baseline_cell = [text_of(cell) for cell in parts(backup) if type(cell).__name__ == "Td"][:2]
    assert (run_cell.split(",")[0], baseline_cell.split(",")[0]) == ("readable", "verified")


def test_without_a_baseline_it_says_how_to_get_one() -> None:
    assert NO_BASELINE in text_of(render_comparison(None, None, is_pinned=False, pin_target=None))
    gone = render_comparison(None, "run-gone", is_pinned=True, pin_target=None)
    assert "The baseline run-gone cannot be compared" in text_of(gone)


def test_buttons_pin_what_is_shown_and_unpin_what_is_pinned() -> None:
    pins = [getattr(part, "data-pin", None) for part in parts(panel(good_state(), ready_state()))]

    assert [pin for pin in pins if pin is not None] == ["run-new", ""]
    verdicts = [getattr(part, "data-verdict", None) for part in parts(panel(good_state(), ready_state()))]
    assert [verdict for verdict in verdicts if verdict is not None] == ["INCOMPLETE"], "the dialog warns"


def test_the_loss_panel_tells_arrow_share_value_and_word() -> None:
    run, baseline = with_val(ready_state(), 0.5), ready_state()

    entry = compared_curves(baseline, [], compare(run, baseline))["patchtst"]
    assert text_of(entry["delta"]) == "▼ 49.6 % vs baseline 0.9929, better"
    (other,) = entry["others"]
    assert (other["run"], other["kind"], other["place"]) == (baseline.meta.run_id, "baseline", None)


def test_what_the_policy_allows_is_a_band_and_of_what_cannot_be_compared_there_is_none() -> None:
    baseline, config = ready_state(), {"lr": 0.002, "epochs": 8, "mask_ratio": 0.7, "amp": False}
    last = baseline.metrics["patchtst"].series["val_loss"].value[-1]
    assert last is not None

    same, other = (
        compared_curves(baseline, [], compare(run, baseline))["patchtst"]["bands"]
        for run in (ready_state(), changed(ready_state(), patchtst={"config": config}))
    )

    (band,) = same
    assert (band["series"], band["side"], other) == ("val_loss", "below", [])
    assert band["limit"] == pytest.approx(last * 1.05)


def test_eight_runs_at_most_are_drawn_too_each_with_a_place_of_its_own() -> None:
    entry = compared_curves(None, [ready_state()] * 10, None)["swinmae"]

    assert [other["place"] for other in entry["others"]] == list(range(MOST_OVERLAYS)) == list(range(8))
    assert len(entry["keys"]) == 8 and entry["delta"] == []


def test_only_a_baseline_that_is_pinned_is_marked_so() -> None:
    def marks(*, is_pinned: bool) -> int:
        delta = compare(ready_state(), ready_state())
        return len(of_class(render_comparison(delta, "run-old", is_pinned=is_pinned, pin_target=None), "pin-mark"))

    assert (marks(is_pinned=True), marks(is_pinned=False)) == (1, 0)
