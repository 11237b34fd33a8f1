"""Metrics beside the losses: a closed group costs its name, an open one brings figures, a near one curves."""

from __future__ import annotations

from typing import Any

import pytest
from support.components import text_of
from support.metric_states import ACC, FEW, many, with_metrics
from support.states import ready_state

from collectors.contract.state import DashboardState
from collectors.presentation.metric_groups import main_part
from collectors.presentation.regions.loss_table import loss_table
from dash_app.views.curves.data import loss_data
from dash_app.views.curves.losses import losses_now
from dash_app.views.curves.metrics import MOST_DRAWN, may_stand_open, metric_data, metric_part, wish_from
from dash_app.views.tree import component

FEW_STATE = with_metrics(FEW, **{"val/acc": {"unit": "%", "label": "<Accuracy>"}})


def groups(state: DashboardState) -> list[dict[str, Any]]:
    """The groups of the first stream, as its panel lists them."""
    return list(losses_now(state)["patchtst"]["groups"])


def test_the_loss_chart_draws_losses_and_the_groups_name_the_rest() -> None:
    told = losses_now(FEW_STATE)["patchtst"]

    assert [curve["series"] for curve in loss_data(main_part(FEW_STATE.metrics["patchtst"]))["curves"]] == [
        "train_loss",
        "val_loss",
    ]
    assert told["groups"] == [
        {"key": "train", "title": "train · 1 metric", "names": "train/acc", "open": True},
        {"key": "val", "title": "val · 1 metric", "names": "<Accuracy>", "open": True},
        {"key": "other", "title": "other · 1 metric", "names": "grad_norm", "open": True},
    ]
    assert losses_now(FEW_STATE)["swinmae"]["groups"] == []


def test_many_metrics_stand_closed_and_cost_nothing_but_a_few_names() -> None:
    state = with_metrics(many(300))

    assert not may_stand_open(state)
    assert {group["open"] for group in groups(state)} == {False}
    assert groups(state)[0]["names"].endswith("train/metric012 and 95 more")
    told, few = (loss_data(main_part(one.metrics["patchtst"])) for one in (state, ready_state()))
    assert told == few


def test_an_open_group_brings_so_many_metrics_as_are_wished() -> None:
    state = with_metrics(many(300))

    found = metric_data(state, None, {"patchtst": {"val": 24, "nowhere": 3}, "gone": {"val": 1}})

    assert set(found) == {"patchtst"}
    assert set(found["patchtst"]) == {"val"}
    assert (found["patchtst"]["val"]["count"], len(found["patchtst"]["val"]["members"])) == (100, 24)


def test_metrics_wished_by_name_come_with_the_names_of_their_group_and_pinned_ones_alone() -> None:
    found = metric_data(FEW_STATE, None, {"patchtst": {"val": ("val/acc", "grad_norm"), "": ("grad_norm", "gone")}})

    val, pinned = (found["patchtst"][key] for key in ("val", ""))
    assert (val["names"], [one["series"] for one in val["members"]]) == ([["val/acc", "<Accuracy>"]], ["val/acc"])
    assert ("names" in pinned, [one["series"] for one in pinned["members"]]) == (False, ["grad_norm"])


def test_a_metric_has_its_figures_in_words_and_its_own_curve() -> None:
    (member,) = metric_data(FEW_STATE, None, {"patchtst": {"val": 9}})["patchtst"]["val"]["members"]

    assert member == {
        "series": "val/acc", "label": "<Accuracy>", "last": "0.82 %", "best": "best 0.83 % at epoch 6", "odd": "",
        "reduced": False, "ghost": False, "others": [],
    }  # fmt: skip
    part = metric_part(FEW_STATE.metrics["patchtst"], "val/acc")
    (curve,) = part["curves"]
    assert (curve["value"], curve["role"], curve["name"]) == (ACC, "val", "&lt;Accuracy&gt;")
    assert (part["broken"], part["ends"]["epoch"]) == ([], 8)


def test_a_metric_that_was_not_finite_is_marked_there() -> None:
    (member,) = metric_data(FEW_STATE, None, {"patchtst": {"other": 9}})["patchtst"]["other"]["members"]

    assert (member["odd"], member["best"]) == ("NaN since epoch 3 (1 value)", "")
    part = metric_part(FEW_STATE.metrics["patchtst"], "grad_norm")
    assert [mark["epoch"] for mark in part["broken"]] == [3]


def test_the_baseline_stands_behind_a_metric_that_it_has_too() -> None:
    wish = {"patchtst": {"val": 9}}

    (with_it,) = metric_data(FEW_STATE, FEW_STATE, wish)["patchtst"]["val"]["members"]
    (without,) = metric_data(FEW_STATE, ready_state(), wish)["patchtst"]["val"]["members"]

    assert (with_it["ghost"], without["ghost"]) == (True, False)
    assert metric_data(None, None, wish) == {}


def test_of_the_runs_drawn_over_a_metric_those_are_named_that_have_it() -> None:
    over = [state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": run_id})})
            for run_id, state in (("with", FEW_STATE), ("without", ready_state()))]  # fmt: skip

    (member,) = metric_data(FEW_STATE, None, {"patchtst": {"val": 9}}, over)["patchtst"]["val"]["members"]

    assert member["others"] == ["with"]


@pytest.mark.parametrize(
    ("sent", "wish"),
    [
        ({"a": {"val": 24}}, {"a": {"val": 24}}),
        ({"a": {"val": 10**9}}, {"a": {"val": MOST_DRAWN}}),
        ({"a": {"val": -1, "b": True, "c": "9", "d": 1.5}}, {"a": {}}),
        ({"a": {"val": ["acc", 3, "f1"], "": []}}, {"a": {"val": ("acc", "f1"), "": ()}}),
        ({"a": {"val": ["acc"] * 10**4}}, {"a": {"val": ("acc",) * MOST_DRAWN}}),
        ({"a": ["val"], "b": None}, {}),
        (None, {}),
        ("val", {}),
        ([1], {}),
    ],
)
def test_only_a_wish_is_taken_from_a_browser(sent: Any, wish: Any) -> None:
    assert wish_from(sent) == wish


def test_a_loss_is_called_and_measured_as_the_description_says() -> None:
    said = {"val_loss": {"unit": "nats", "label": "Validation <loss>"}}

    state = with_metrics({}, **said)
    told = losses_now(state)["patchtst"]

    assert text_of(told["head"]).split("·")[0].startswith("Validation <loss> 0.9929 nats")
    assert "Validation <loss> ends at 0.9929 nats at epoch 8" in told["sentence"]
    assert [curve["name"] for curve in loss_data(state.metrics["patchtst"])["curves"]] == [
        "train",
        "Validation &lt;loss&gt;",
    ]
    assert "Validation <loss>" in text_of(told["foot"])
    assert "Validation <loss>" in text_of(component(loss_table(state.metrics["patchtst"])))
