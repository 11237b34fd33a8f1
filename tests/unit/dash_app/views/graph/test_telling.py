"""Which stage is told while nobody has selected one, of a row of three whose statuses a test sets."""

from __future__ import annotations

from typing import Any

import pytest
from support.graph_cases import a_pipeline
from support.states import ready_state

from collectors.contract.state import DashboardState
from dash_app.views.graph.telling import telling_stage


def told(*statuses: str | None, checks: tuple[str, ...] = ("", "", ""), fails: dict[str, bool] | None = None) -> Any:
    """The stage that is told of three in a row, and why; each rests on a check, or on none.

    `fails`: which checks fail, and whether they only follow from another failure.
    """
    raw = ready_state().model_dump(mode="json")
    pipeline = a_pipeline([(0, 0), (1, 0), (2, 0)], [(0, 1), (1, 2)]).model_dump(mode="json")
    raw["pipeline"] |= {name: pipeline[name] for name in ("stages", "edges", "groups", "views")}
    rows = {f"s{n}": (status, check) for n, (status, check) in enumerate(zip(statuses, checks, strict=True)) if status}
    common = {"message": "", "updated_at": "2026-11-23T12:00:00Z", "since": None, "artifacts": []}
    raw["nodes"] = {
        name: {**common, "status": status, "checks": [check] if check else []} for name, (status, check) in rows.items()
    }
    for row in raw["checklist"]:
        if row["id"] in (fails or {}):
            row |= {"outcome": "fail", "passed": False, "follows_from": ["logs"] if (fails or {})[row["id"]] else []}
    found = telling_stage(DashboardState.model_validate(raw), "flow")
    return found and (found.stage.id, found.why)


@pytest.mark.parametrize(
    ("statuses", "which"),
    [
        (("done", "fail", "fail"), ("s1", "First to fail")),
        (("running", "stalled", "fail"), ("s1", "First to stall")),
        (("fail", "stalled", "running"), ("s0", "First to fail")),
        (("running", "running", "done"), ("s1", "Running now")),
        (("done", "done", "idle"), ("s1", "Last done")),
        (("done", None, None), ("s0", "Last done")),
        (("idle", "idle", None), None),
    ],
)
def test_what_went_wrong_first_is_told_else_what_runs_else_what_was_done_last(
    statuses: tuple[str | None, ...], which: tuple[str, str] | None
) -> None:
    assert told(*statuses) == which


def test_a_stage_that_rests_on_a_check_is_told_before_one_that_does_not() -> None:
    assert told("fail", "fail", "done", checks=("", "logs", "scaler")) == ("s1", "First to fail")
    assert told("done", "done", "done", checks=("", "logs", "")) == ("s1", "Last done")


def test_a_cause_is_told_before_what_follows_from_it() -> None:
    """Where all follow from something else, the first of them is told."""
    checks = ("backup", "training", "scaler")

    def first(**fails: bool) -> str:
        return str(told("fail", "fail", "fail", checks=checks, fails=fails)[0])

    assert first(backup=True, training=False, scaler=True) == "s1"
    assert first(backup=True, training=True, scaler=True) == "s0"
    assert first(backup=True, training=True) == "s2"
    assert first(backup=False, training=True, scaler=True) == "s0"
