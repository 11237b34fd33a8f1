"""State directories side by side, as collectors leave them: whatever standing a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support.states import failing_state, good_state, ready_state, running_state, write_state

from collectors.contract.state import DashboardState
from collectors.store.store import Store


def stalled_state() -> DashboardState:
    """SwinMAE fell silent at epoch 3 of 30."""
    raw = running_state().model_dump(mode="json")
    raw["verdict"] |= {"value": "not_ready", "reason": "SwinMAE silent since epoch 3 of 30."}
    raw["nodes"]["swinmae"] |= {"status": "stalled", "message": "silent at epoch 3 of 30"}
    raw["metrics"]["swinmae"]["completion"] |= {"status": "stalled", "last_record_at": raw["meta"]["timestamp"]}
    return DashboardState.model_validate(raw)


STATES: dict[str, Callable[[], DashboardState]] = {
    "not_ready": failing_state,
    "incomplete": good_state,
    "training": running_state,
    "ready": ready_state,
    "stalled": stalled_state,
}
LONG_AGO = timedelta(days=2)


def with_meta(state: DashboardState, **meta: Any) -> DashboardState:
    """The same state under another head."""
    return state.model_copy(update={"meta": state.meta.model_copy(update=meta)})


def put(root: Path, name: str, standing: str, runs: Iterable[str] = (), **meta: Any) -> Path:
    """A workspace's state directory; `silent` was ready two days ago. `runs` are verdicts of stored runs."""
    home = root / name
    is_silent = standing == "silent"
    state = with_meta(STATES["ready" if is_silent else standing](), **meta)
    stored = Store(home) if runs else None
    for number, verdict in enumerate(runs):
        started = datetime(2026, 11, 1 + number, tzinfo=UTC)
        run = with_meta(STATES[verdict](), run_id=f"run-202611{1 + number:02}-000000", started_at=started)
        assert stored is not None
        stored.write_snapshot(run)
    write_state(home, state, observed_at=datetime.now(UTC) - (LONG_AGO if is_silent else timedelta()))
    return home
