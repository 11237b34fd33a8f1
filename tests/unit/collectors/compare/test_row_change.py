"""The history's rows tell the same of two runs as their whole snapshots do."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from support.state_parts import SWINMAE, raw_state, raw_stream
from support.states import diverged_state, empty_state, ready_state, running_state

from collectors.compare.compare import compare
from collectors.compare.rows import final_val_change
from collectors.contract.delta import LossChange
from collectors.contract.policy import Policy
from collectors.contract.run_row import RunRow, config_of
from collectors.contract.state import DashboardState
from collectors.contract.values import Direction
from collectors.presentation.runs import rows_as_json
from collectors.store.index import RunRows, head_of
from collectors.store.rows import row_of

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> DashboardState:
    """A ready run with one thing changed in its SwinMAE."""
    raw = raw_state()
    change(raw["metrics"])
    return DashboardState.model_validate(raw)


def configured(**values: Any) -> Change:
    return lambda metrics: metrics["swinmae"]["config"].update(values)


def stalled(metrics: dict[str, Any]) -> None:
    metrics["swinmae"] = raw_stream("SwinMAE", SWINMAE, epochs=30, seen=3)
    metrics["swinmae"]["completion"]["status"] = "stalled"


def without_val(metrics: dict[str, Any]) -> None:
    for part in ("series", "final", "best"):
        metrics["swinmae"][part].pop("val_loss", None)


STATES: dict[str, DashboardState] = {
    "ready": ready_state(),
    "running": running_state(),
    "diverged": diverged_state(),
    "untrained": empty_state(),
    "stalled": changed(stalled),
    "other mask ratio": changed(configured(mask_ratio=0.75)),
    "other source": changed(configured(source="synthetic")),
    "other window": changed(configured(window=64)),
    "silent": changed(lambda metrics: metrics["swinmae"]["config"].clear()),
    "no such stream": changed(lambda metrics: metrics.pop("swinmae")),
    "no val": changed(without_val),
    "better": changed(lambda metrics: metrics["swinmae"]["final"]["val_loss"].update(value=0.25)),
    "zero": changed(lambda metrics: metrics["swinmae"]["final"]["val_loss"].update(value=0.0)),
}
POLICIES = (Policy(), Policy(must_match=("lr", "mask_ratio")), Policy(direction="higher"), Policy(metric="train_loss"))


def as_indexed(state: DashboardState) -> RunRow:
    """A state's row, written to a line of the index and read back."""
    return RunRows([head_of(row_of(state, (1, 1)))])[0]


def by_rows(run: DashboardState, baseline: DashboardState, policy: Policy) -> LossChange:
    streams = [as_indexed(state)["streams"].get("swinmae") for state in (run, baseline)]
    return final_val_change(streams[0], streams[1], policy)


@pytest.mark.parametrize("run", STATES)
def test_a_row_tells_what_the_comparison_tells(run: str) -> None:
    """Value, direction and every reason, against each baseline and by each policy."""
    for baseline, policy in itertools.product(STATES, POLICIES):
        told = by_rows(STATES[run], STATES[baseline], policy)

        delta = compare(STATES[run], STATES[baseline], policy)
        streams = [stream for stream in delta.streams if stream.id == "swinmae"]
        wanted = [c for s in streams for c in s.losses if (c.series, c.which) == ("val_loss", "final")]
        if wanted:
            assert told == wanted[0]
        else:
            assert told.direction is Direction.INCOMPARABLE


def test_what_makes_two_runs_incomparable_is_named() -> None:
    change = by_rows(STATES["other mask ratio"], STATES["diverged"], Policy())

    assert change.direction is Direction.INCOMPARABLE
    assert change.reason == "other mask_ratio: 0.75 against 0.4; the baseline diverged at epoch 4"


def test_a_download_holds_the_config_as_an_object() -> None:
    row = as_indexed(STATES["other source"])

    stream = json.loads(rows_as_json([row], None))["runs"][0]["streams"]["swinmae"]

    assert stream["config"] == STATES["other source"].metrics["swinmae"].config
    assert stream["config"]["source"] == "synthetic"


@pytest.mark.parametrize("told", ["", "[]", "{", '"x"', "[" * 5000])
def test_a_config_that_somebody_wrote_by_hand_is_none(told: str) -> None:
    stream = as_indexed(STATES["ready"])["streams"]["swinmae"]
    stream["config"] = told

    assert config_of(stream) == {}
    assert final_val_change(stream, stream, Policy()).value.difference == 0
