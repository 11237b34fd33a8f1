"""What the page asks about runs: what is shown, which baseline stands beside it, and what a frame may see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.states import failing_state, good_state, ready_state

from collectors.contract.access import Role
from collectors.contract.policy import Policy
from collectors.contract.state import DashboardState
from collectors.store.runs import RunStore
from collectors.store.store import Store
from dash_app.auth.identity import ANYBODY, Identity, Scope, answer_for
from dash_app.reading.history import RunHistory, is_live, known_ids
from dash_app.reading.reader import StateReader


def named(state: DashboardState, run_id: str) -> DashboardState:
    return state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": run_id})})


@pytest.fixture
def history(tmp_path: Path) -> Iterator[RunHistory]:
    """A current state, two stored runs of which the first is pinned, and a damaged one."""
    store = Store(tmp_path)
    for state in (named(ready_state(), "run-1"), named(failing_state(), "run-2")):
        store.write_snapshot(state)
    store.write_state(named(good_state(), "run-3"))
    (tmp_path / "runs/run-bad.json").write_text("{")
    RunStore(tmp_path).pin("run-1")
    yield RunHistory(StateReader(tmp_path), RunStore(tmp_path))
    answer_for(ANYBODY)


def in_frame(run: str | None) -> None:
    """Let what follows be asked by a frame."""
    answer_for(Identity("link wiki", Role.VIEWER, "link", scope=Scope("1", run, "")))


def run_of(history: RunHistory, wish: str | None) -> str | None:
    state = history.shown(wish).state
    return state.meta.run_id if state else None


def test_nothing_and_live_are_the_current_state_and_anything_else_is_a_stored_run(history: RunHistory) -> None:
    assert [run_of(history, wish) for wish in (None, "", "live", "run-2", "run-x", "../x")] == [
        "run-3", "run-3", "run-3", "run-2", None, None,
    ]  # fmt: skip
    assert [is_live(wish) for wish in (None, "", "live", "Live", "run-2")] == [True, True, True, False, False]


def test_the_baseline_is_the_pinned_one_unless_another_or_none_is_wished(history: RunHistory) -> None:
    found = {wish: history.compared(None, wish) for wish in (None, "", "-", "run-1", "run-2", "run-x", "run-bad")}

    told = {wish: (one.baseline_id, one.is_pinned, one.delta is not None) for wish, one in found.items()}
    assert told == {
        None: ("run-1", True, True),
        "": ("run-1", True, True),
        "-": (None, False, False),
        "run-1": ("run-1", True, True),
        "run-2": ("run-2", False, True),
        "run-x": ("run-x", False, False),
        "run-bad": ("run-bad", False, False),
    }
    assert found["-"].baseline is None and found["run-bad"].baseline is not None
    assert history.compared("run-bad", "run-1").delta is None
    history.pin(None)
    assert history.compared(None, None).baseline_id is None and not history.compared(None, "-").is_pinned
    history.pin("run-2", "ann")
    assert (history.pinned(), history.pinned_by()) == ("run-2", "ann") and history.pinned_at() is not None


def test_a_comparison_is_made_once_and_anew_for_another_side_or_policy(history: RunHistory, tmp_path: Path) -> None:
    first = history.compared(None, None).delta

    assert history.compared(None, None).delta is first
    assert history.compared("run-2", None).delta != first
    RunStore(tmp_path).write_policy(Policy(window=3))
    again = history.compared(None, None).delta
    assert again is not first and again is not None and history.compared(None, None).delta is again


def test_a_frame_sees_the_run_of_its_link_and_learns_of_no_other(history: RunHistory) -> None:
    assert [row["run_id"] for row in history.rows() if row["run_id"] != "run-bad"] == ["run-2", "run-1"]
    in_frame("run-1")
    assert [run_of(history, wish) for wish in (None, "run-2", "live")] == ["run-1"] * 3
    assert (history.rows(), history.baseline_id("run-2"), history.compared("run-2", None).baseline_id) == (
        (),
        None,
        None,
    )
    in_frame(None)
    assert [run_of(history, wish) for wish in (None, "run-2")] == ["run-3"] * 2
    reader = history.reader
    assert [reader.run(run).condition for run in ("run-3", "run-1")] == ["absent", "absent"]
    assert reader.decisions("run-1") is reader.decisions_version("run-1") is None


def test_one_runs_row_is_found_by_its_id(history: RunHistory) -> None:
    found = history.row("run-2")

    assert found is not None and found["run_id"] == "run-2"
    assert history.row(None) is history.row("run-x") is None


def test_of_what_somebody_sent_only_runs_ids_count_each_once_and_so_many() -> None:
    sent = ["run-1", 7, "../x", "run-1", None, "run-2", "run-3"]

    assert known_ids(sent, 3) == ("run-1", "run-2", "run-3")
    assert (known_ids(sent, 2), known_ids("run-1", 9), known_ids(None, 9)) == (("run-1", "run-2"), (), ())
