"""Loss panels: every point, every gap, the configured end, and the same in words."""

from __future__ import annotations

import json
from typing import Any

from support.components import of_class, text_of
from support.metric_states import FEW, with_metrics
from support.state_parts import PATCHTST, SWINMAE
from support.states import diverged_state, empty_state, ready_state, running_state
from support.two_runs import changed as changed_run
from support.two_runs import losses

from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState
from collectors.presentation.metric_groups import main_part, only
from collectors.presentation.regions.loss_table import loss_table
from collectors.presentation.regions.losses import chart_sentence
from dash_app.views.curves.data import loss_data
from dash_app.views.curves.losses import NOTHING_YET, losses_now, render_losses
from dash_app.views.tree import component


def curves_of(state: DashboardState, stream: str) -> dict[str, dict[str, Any]]:
    return {curve["role"]: curve for curve in loss_data(state.metrics[stream])["curves"]}


def changed(state: DashboardState, stream: str, **fields: Any) -> StreamMetrics:
    """One stream's losses with fields replaced."""
    return StreamMetrics.model_validate(state.metrics[stream].model_dump(mode="json") | fields)


def look_of(content: Any) -> str:
    return json.dumps(content, default=lambda part: part.to_plotly_json())


def long_series(count: int) -> dict[str, Any]:
    return {
        "epoch": [None] * count,
        "step": list(range(count)),
        "time": [None] * count,
        "value": [1.0] * count,
    }


def test_there_is_one_frame_a_stream_in_training_order() -> None:
    frames = render_losses(ready_state())

    assert [text_of(frame).split(" data table")[0] for frame in frames] == ["PatchTST", "SwinMAE"]


def test_a_frame_says_nothing_that_changes_while_training() -> None:
    """Only then does a chart keep its zoom: the frame is drawn once."""
    first, later = render_losses(running_state()), render_losses(ready_state())

    assert look_of(first) == look_of(later)


def test_every_recorded_loss_is_a_point() -> None:
    curves = curves_of(ready_state(), "patchtst")

    assert curves["train"]["value"] == PATCHTST[0]
    assert curves["val"]["value"] == PATCHTST[1]
    assert curves["val"]["epoch"] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert curves["val"]["time"] == [0, 4, 8, 12, 16, 20, 24, 28]


def test_the_axis_reaches_to_the_configured_end_while_training() -> None:
    assert loss_data(running_state().metrics["swinmae"])["ends"]["epoch"] == 30


def test_a_value_that_is_no_number_is_marked_where_it_stood_and_said_in_words() -> None:
    state = diverged_state()

    broken = loss_data(state.metrics["swinmae"])["broken"]
    curves = curves_of(state, "swinmae")
    assert [(mark["epoch"], mark["text"]) for mark in broken] == [(4, "val_loss NaN since epoch 4 (1 value)")]
    assert curves["val"]["value"] == [*SWINMAE[1][:3], None, SWINMAE[1][4]]
    assert "val_loss NaN since epoch 4 (1 value)" in chart_sentence(state.metrics["swinmae"])


def test_a_told_gap_without_a_point_is_marked_too() -> None:
    """Thinning may have dropped the point; the gap is still shown."""
    gap = {"series": "val_loss", "kind": "inf", "first_epoch": 99, "first_step": None, "last_step": None, "count": 3}
    metrics = changed(ready_state(), "patchtst", nonfinite=[gap])

    marks = loss_data(metrics)["broken"]
    assert [(mark["epoch"], mark["text"]) for mark in marks] == [(99, "val_loss Inf since epoch 99 (3 values)")]


def test_names_from_files_cannot_become_markup_in_a_chart() -> None:
    metrics = changed(ready_state(), "patchtst", series={"<b>x</b>_loss": long_series(3)})

    assert loss_data(metrics)["curves"][0]["name"] == "&lt;b&gt;x&lt;/b&gt;"


def test_the_heading_tells_the_last_and_the_best_validation_loss() -> None:
    best = {"val_loss": {"value": 0.9, "epoch": 6, "step": 6}}
    state = ready_state()
    raw = state.model_dump(mode="json")
    raw["metrics"]["patchtst"]["best"] = best

    heads = losses_now(DashboardState.model_validate(raw))
    assert text_of(heads["patchtst"]["head"]) == "val 0.9929 best 0.9 at epoch 6"
    assert text_of(heads["swinmae"]["head"]) == "val 0.5162"


def test_the_chart_is_one_sentence_for_those_who_cannot_see_it() -> None:
    sentence = chart_sentence(ready_state().metrics["patchtst"])

    assert sentence.startswith("PatchTST, epoch 8 of 8: ")
    assert "val loss ends at 0.9929 at epoch 8, best 0.9929 at epoch 8" in sentence


def test_a_metric_is_told_by_its_name_with_the_best_value_of_its_own_direction() -> None:
    def change(raw: dict[str, Any]) -> None:
        raw["metrics"]["patchtst"] |= {"series": {}, "final": {}, "best": {}}
        losses([0.5, 0.75], series="val_acc")(raw)
        losses([3.0, 2.0], series="reward")(raw)
        raw["metrics"]["patchtst"]["best"] = {"val_acc": {"value": 0.75, "epoch": 2, "step": 1}}

    sentence = chart_sentence(changed_run(change).metrics["patchtst"])

    assert "val_acc ends at 0.75 at epoch 2, best 0.75 at epoch 2; reward ends at 2 at epoch 2." in sentence
    assert "loss" not in sentence


def test_without_losses_everything_says_so_and_nothing_breaks() -> None:
    state = empty_state()

    told = losses_now(state)["patchtst"]
    assert loss_data(state.metrics["patchtst"])["curves"] == []
    assert told["head"] == [] and told["sentence"] == "PatchTST: no losses yet."
    assert text_of(component(loss_table(state.metrics["patchtst"]))) == "No losses yet."
    assert chart_sentence(state.metrics["patchtst"]) == "PatchTST: no losses yet."
    (sentence,) = render_losses(None)
    assert (sentence.children, losses_now(None)) == (NOTHING_YET, {})


def test_the_legend_names_the_curves_that_are_there() -> None:
    foot = losses_now(ready_state())["patchtst"]["foot"]

    assert [text_of(key) for key in of_class(foot, "loss-key")] == ["val", "train"]


def test_a_target_is_a_line_of_the_chart_that_draws_its_series_and_of_no_other() -> None:
    run = with_metrics(FEW, val_loss={"at_most": 0.2}, **{"val/acc": {"at_least": 0.9, "unit": "%"}}).metrics[
        "patchtst"
    ]

    assert loss_data(main_part(run))["targets"] == [{"value": 0.2, "text": "val loss at most 0.2", "side": "below"}]
    assert loss_data(only(run, "val/acc"))["targets"] == [{"value": 0.9, "text": "at least 0.9 %", "side": "above"}]
    assert loss_data(only(run, "train/acc"))["targets"] == []
