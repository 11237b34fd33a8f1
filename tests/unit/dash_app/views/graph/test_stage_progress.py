"""How far a stream is: only while it is under way, never more than all, and in its own unit."""

from __future__ import annotations

from typing import Any

import pytest
from support.components import of_class, text_of
from support.states import running_state

from collectors.contract.state import DashboardState
from dash_app.views.graph.stage_progress import NOTHING, Progress, render_progress, stage_progress


def progress(status: str = "running", **completion: Any) -> Progress:
    """Of the stream at epoch 3 of 30, with other values where a test says so."""
    raw = running_state().model_dump(mode="json")
    raw["nodes"]["swinmae"]["status"] = status
    raw["metrics"]["swinmae"]["completion"] |= {"expected_end_at": "2026-11-23T12:05:00Z", **completion}
    return stage_progress(DashboardState.model_validate(raw), "swinmae")


@pytest.mark.parametrize(
    ("completion", "share"),
    [
        ({}, 0.1),
        ({"epoch": 0}, 0.0),
        ({"epoch": 33}, 1.0),
        ({"epoch": 1, "epochs": 3}, 0.3333),
        ({"epoch": None}, None),
        ({"epochs": None}, None),
        ({"unit": "step", "step": 50, "steps": 200}, 0.25),
        ({"unit": "step", "step": 50}, None),
    ],
)
def test_the_share_is_what_was_done_of_all_that_is_configured(completion: dict[str, Any], share: float | None) -> None:
    assert progress(**completion).share == share


def test_a_silent_stream_tells_since_when_and_no_end_and_one_that_is_not_under_way_tells_nothing() -> None:
    def told(status: str, *, quiet: bool = False) -> tuple[bool, bool]:
        so_far = progress(status, quiet=quiet)
        return so_far.ends_at is not None, so_far.silent_since is not None

    assert (told("running"), told("running", quiet=True), told("stalled")) == (
        (True, False),
        (False, True),
        (False, True),
    )
    assert [progress(status) for status in ("done", "fail", "idle")] == [NOTHING] * 3
    assert stage_progress(running_state(), "dqvl") == stage_progress(running_state(), "no-such") == NOTHING


def test_a_row_has_a_duration_that_ticks_and_a_bar_where_they_are_known() -> None:
    left, silent = progress(), progress("stalled")

    assert [text_of(one) for one in of_class(render_progress(left), "stage-time")] == ["2026-11-23 12:05:00 UTC"]
    assert [hasattr(one, "data-left") for one in of_class(render_progress(left), "stage-time")] == [True]
    assert [hasattr(one, "data-silent") for one in of_class(render_progress(silent), "stage-time")] == [True]
    assert [bar.style for bar in of_class(render_progress(left), "stage-bar")] == [{"width": "10.00%"}]
    assert of_class(render_progress(progress(epoch=0)), "stage-bar")[0].style == {"width": "0.00%"}
    assert render_progress(NOTHING) == []
