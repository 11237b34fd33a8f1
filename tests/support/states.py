"""Real `DashboardState` objects for view tests: ready, good, failing, running and empty.

The losses are those of a recorded run of the reference pipeline; the graph is the shipped default.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.state_parts import CHECKS, PATCHTST, SWINMAE, raw_state, raw_stream

from collectors.contract.state import DashboardState, state_to_json


def ready_state() -> DashboardState:
    """Nine of nine passed."""
    return DashboardState.model_validate(raw_state())


def good_state() -> DashboardState:
    """Everything but the smoke test passed: incomplete."""
    raw = raw_state()
    _set_check(raw, "smoke", "skip", "not run; only --run-smoke executes anything", "Run it.")
    raw["artifacts"]["readiness"]["smoke_ready"] = False
    raw["verdict"] |= {"value": "incomplete", "passed": 8, "skipped": 1}
    raw["verdict"]["reason"] = "6. Scoring smoke test was not checked."
    raw["nodes"]["smoke-check"] |= {"status": "idle", "message": "not run"}
    raw["nodes"]["release-ready"] |= {"status": "idle", "message": "incomplete"}
    raw["nodes"]["validation-gate"] |= {"status": "idle", "message": "cannot be told: scoring smoke test"}
    return DashboardState.model_validate(raw)


def failing_state() -> DashboardState:
    """The backup is of an older run, and the smoke test was not run."""
    raw = raw_state()
    hint = "Make a new bundle after training: zip checkpoints, configs, scaler."
    _set_check(raw, "smoke", "skip", "not run; only --run-smoke executes anything", "Run it.")
    detail = "backup holds an older patchtst checkpoint (5 h before this run)"
    _set_check(raw, "provenance", "fail", detail, hint)
    raw["verdict"] |= {"value": "not_ready", "passed": 7, "failed": 1, "skipped": 1}
    raw["verdict"]["reason"] = "9. Same run: the backup holds an older patchtst checkpoint."
    raw["nodes"]["artifact-save"] |= {"status": "fail", "message": "1 of 2 current"}
    raw["nodes"]["validation-gate"] |= {"status": "fail", "message": "7 of 9"}
    raw["nodes"]["smoke-check"] |= {"status": "idle", "message": "not run"}
    raw["nodes"]["provenance-check"] |= {"status": "fail", "message": "older backup"}
    raw["nodes"]["release-ready"] |= {"status": "fail", "message": "not ready"}
    raw["artifacts"]["backup"][0] |= {"level": "readable", "belongs_to_run": False}
    raw["artifacts"]["readiness"] |= {"backup_ready": False, "smoke_ready": False}
    return DashboardState.model_validate(raw)


def running_state() -> DashboardState:
    """PatchTST is done, SwinMAE is at epoch 3 of 30, there is no backup."""
    raw = raw_state()
    raw["meta"]["finished_at"] = None
    raw["verdict"] |= {"value": "training", "passed": 6, "failed": 1, "skipped": 2}
    raw["verdict"]["reason"] = "swinmae is at epoch 3 of 30; failing already: 5. Backup bundle."
    _set_check(raw, "smoke", "skip", "not run; only --run-smoke executes anything", "Run it.")
    _set_check(raw, "training", "skip", "swinmae is at epoch 3 of 30", "Wait for its end.")
    _set_check(raw, "backup", "fail", "no archive found", "Zip checkpoints and configs.")
    raw["metrics"]["swinmae"] = raw_stream("SwinMAE", SWINMAE, epochs=30, seen=3)
    raw["nodes"]["swinmae"] |= {"status": "running", "message": "epoch 3 of 30"}
    raw["nodes"]["orchestrator"] |= {"status": "running", "message": "1 of 2 streams done"}
    raw["artifacts"]["backup"] = ()
    raw["artifacts"]["readiness"] |= {"backup_ready": False, "smoke_ready": False}
    return DashboardState.model_validate(raw)


def diverged_state() -> DashboardState:
    """SwinMAE's validation loss became NaN at epoch 4."""
    raw = raw_state()
    _set_check(raw, "training", "fail", "swinmae val_loss is NaN from epoch 4", "Lower the lr.")
    stream = raw["metrics"]["swinmae"]
    stream["series"]["val_loss"]["value"][3] = None
    stream["nonfinite"] = [
        {
            "series": "val_loss",
            "kind": "nan",
            "first_epoch": 4,
            "first_step": 4,
            "last_step": 4,
            "count": 1,
        }
    ]
    stream["diverged_at"] = {"value": None, "epoch": 4, "step": 4}
    stream["completion"]["status"] = "fail"
    raw["verdict"] |= {"value": "not_ready", "passed": 8, "failed": 1}
    raw["verdict"]["reason"] = "swinmae diverged: val_loss is NaN from epoch 4."
    raw["nodes"]["swinmae"] |= {"status": "fail", "message": "val_loss NaN at epoch 4"}
    return DashboardState.model_validate(raw)


def empty_state() -> DashboardState:
    """A workspace in which nothing has been trained."""
    raw = raw_state()
    for index, (check, title, _) in enumerate(CHECKS, start=1):
        _set_check(raw, check, "fail", f"{title}: nothing found (item {index})", "Train first.")
    raw["meta"] |= {"started_at": None, "finished_at": None}
    raw["verdict"] |= {"value": "not_ready", "passed": 0, "failed": 9}
    raw["verdict"]["reason"] = "nothing has been trained here yet"
    for node in raw["nodes"].values():
        node |= {"status": "idle", "message": "no evidence", "since": None}
    raw["metrics"] = {
        "patchtst": raw_stream("PatchTST", PATCHTST, epochs=None, seen=0),
        "swinmae": raw_stream("SwinMAE", SWINMAE, epochs=None, seen=0),
    }
    _empty_artifacts(raw["artifacts"])
    return DashboardState.model_validate(raw)


def with_text(state: DashboardState, text: str) -> DashboardState:
    """The same state with `text` wherever a file could have put words."""
    raw = state.model_dump(mode="json")
    raw["meta"] |= {"title": text, "workspace": text}
    raw["verdict"]["reason"] = text
    for check in raw["checklist"]:
        check |= {"title": text, "detail": text}
    for stream in raw["metrics"].values():
        stream["label"] = text
    for node in raw["nodes"].values():
        node["message"] = text
    for artifact in raw["artifacts"]["checkpoints"]:
        artifact |= {"path": text, "detail": text}
    return DashboardState.model_validate(raw)


def _set_check(raw: dict[str, Any], check: str, outcome: str, *texts: str) -> None:
    row = next(c for c in raw["checklist"] if c["id"] == check)
    row |= {"outcome": outcome, "passed": False, "detail": texts[0], "hint": texts[1]}


def _empty_artifacts(artifacts: dict[str, Any]) -> None:
    artifacts["readiness"] = dict.fromkeys(artifacts["readiness"], False)
    missing = {"level": "missing", "size_bytes": None, "modified_at": None, "belongs_to_run": None}
    for name in ("checkpoints", "scaler"):
        artifacts[name] = [file | missing | {"detail": "not found"} for file in artifacts[name]]
    for name in ("logs", "configs", "backup", "loss_files", "documents"):
        artifacts[name] = []


def write_state(state_dir: Path, state: DashboardState, *, observed_at: datetime | None = None) -> None:
    """Write a state and its observer's heartbeat into a state folder, as the collectors do."""
    state_dir.mkdir(parents=True, exist_ok=True)
    beat = {"observed_at": (observed_at or datetime.now(UTC)).isoformat(), "interval_seconds": 2.0, "pid": None}
    for name, content in (
        ("heartbeat.json", json.dumps(beat).encode()),
        ("dashboard-state.json", state_to_json(state)),
    ):
        fresh = state_dir / f"{name}.new"
        fresh.write_bytes(content)
        fresh.replace(state_dir / name)
