"""What a collector that watches for weeks leaves in its store: so much a run, however often that changes."""

from __future__ import annotations

from pathlib import Path

from support.states import ready_state

from collectors.contract.remembered import SmokeResult
from collectors.contract.state import DashboardState
from collectors.observe.load_pipeline import default_config
from collectors.store.runs import SPARE_LINES, RunStore
from collectors.store.snapshots import History
from collectors.store.store import MOST_SMOKE_RESULTS, Store, nobody

CHANGES = 4 * SPARE_LINES


def at(number: int) -> DashboardState:
    """The same ended run, whose outputs were touched once more."""
    return ready_state().model_copy(update={"notices": (f"change {number}",)})


def size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_an_ended_run_that_goes_on_changing_takes_no_more_room(tmp_path: Path) -> None:
    """Every change appends to the index; it is written anew before there are many."""
    store = Store(tmp_path)
    history = History(store, default_config())
    sizes = []
    for number in range(CHANGES):
        history.store(at(number), nobody)
        sizes.append(size_bytes(tmp_path))

    lines = (tmp_path / "runs/index.jsonl").read_bytes().count(b"\n")
    assert lines <= 2 * SPARE_LINES + 1
    assert max(sizes[CHANGES // 2 :]) <= max(sizes[: CHANGES // 2]) * 1.1
    (row,) = RunStore(tmp_path).rows()
    assert row["run_id"] == ready_state().meta.run_id and row["problem"] is None


def test_collectors_that_are_started_again_and_again_leave_no_long_index(tmp_path: Path) -> None:
    """Each changes the run a few times only, and knows nothing of the lines of the others."""
    for number in range(CHANGES):
        History(Store(tmp_path), default_config()).store(at(number), nobody)

    assert (tmp_path / "runs/index.jsonl").read_bytes().count(b"\n") <= 2 * SPARE_LINES + 1


def test_smoke_runs_of_checkpoints_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    store, result = Store(tmp_path), SmokeResult(0, "", 1.0)
    for number in range(MOST_SMOKE_RESULTS + 50):
        store.remember_smoke("patchtst", (f"{number}", "b"), result)

    assert store.smoke_result("patchtst", "49", "b") is None
    assert store.smoke_result("patchtst", "50", "b") == store.smoke_result("patchtst", "249", "b") == result
