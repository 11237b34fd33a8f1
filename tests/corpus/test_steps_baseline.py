"""Every step of check 10 is tried by doing it: most end in another measure, with the command of the words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from step_doing import broken, do, passed
from step_rows_described import section, stream
from support.breakages import CFG, TABLE, Broken, Edit, also, backup, rerun, text, then_backup
from support.workspaces import falling

from collectors.collect import CollectOptions, Collector
from collectors.contract.state import DashboardState
from collectors.judge.checks.baseline import PIN
from collectors.store.store import Store

ASKED = {"baseline": {"enabled": True}}
COUNT = {"path": "artifacts/loss/patchtst_loss_history.csv", "columns": {"train_loss": "train_loss", "odd": "val_loss"}}


def policy(**rules: Any) -> Edit:
    """Check 10 is asked, by these rules."""
    return section(checks=ASKED, baseline=rules)


def again(**changes: Any) -> Edit:
    """PatchTST trained once more, and packed."""
    return also(rerun(pause=100.0, **changes), backup)


def lost(w: Broken) -> None:
    """The snapshot of the first run is gone, though another run was observed since."""
    again()(w)
    for path in (w.root.parent / "state/runs").glob("*.json"):
        path.unlink()


CASES = {
    "worse": (policy(), again(val=falling(8, 2.0)), f"pin another baseline with {PIN} if this one is no longer"),
    "its snapshot is gone": (policy(), lost, f"Pin another baseline: {PIN}."),
    "trained otherwise": (
        policy(),
        then_backup(again(), text(CFG, "mask_ratio: 0.4", "mask_ratio: 0.75")),
        f"Pin a baseline that was trained the same way: {PIN}.",
    ),
    "too short": (
        policy(minimum_epochs=10),
        again(),
        f"Train to the end, or pin another baseline: {PIN}.",
    ),
}


def export(w: Broken) -> DashboardState:
    """Observe, and keep what was seen."""
    with Collector(w.root, Store(w.root.parent / "state"), CollectOptions(announce=lambda _: None)) as collector:
        return collector.export(snapshot=True)


def pin(w: Broken, run_id: str) -> None:
    """The command, with an id in it."""
    state_dir = str(w.root.parent / "state")
    do(PIN.strip("`").replace("RUN_ID", run_id), w.root, TRAINING_DASHBOARD_STATE_DIR=state_dir)


@pytest.mark.parametrize(("rules", "edit", "words"), CASES.values(), ids=CASES)
def test_a_run_may_become_the_measure_itself(rules: Edit, edit: Edit, words: str, tmp_path: Path) -> None:
    """The command of the words, with this run's own id."""
    w = broken(tmp_path)
    rules(w)
    pin(w, export(w).meta.run_id)
    edit(w)
    before = export(w)
    step = next(step for step in before.steps if "baseline" in step.clears)
    assert words in step.action
    pin(w, before.meta.run_id)
    assert "baseline" in passed(export(w))


def test_which_way_is_better_is_said_in_the_description(tmp_path: Path) -> None:
    w = broken(tmp_path)
    table = {"path": TABLE, "columns": {"train_loss": "train_loss", "val_loss": "val_loss", "odd": "train_loss"}}
    also(policy(metrics={"odd": {}}), stream(loss_history=table))(w)
    pin(w, export(w).meta.run_id)
    again()(w)
    step = next(step for step in export(w).steps if "baseline" in step.clears)
    assert step.action == "Say which way odd gets better: `metrics: {odd: {better: higher}}` (or `lower`)."
    stream(metrics={"odd": {"better": "lower"}})(w)
    assert "baseline" in passed(export(w))
