"""Plain values of a ready run, from which `states` builds its states.

The losses are those of a recorded run of the reference pipeline; the graph is the shipped default.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
END = START + timedelta(seconds=52)

PATCHTST = (
    [0.95666, 0.90959, 0.89715, 0.88213, 0.88682, 0.88091, 0.85800, 0.82380],
    [1.02659, 1.03664, 1.04931, 0.99790, 1.01840, 0.98755, 1.00517, 0.99295],
)
SWINMAE = (
    [0.71840, 0.57357, 0.58651, 0.52435, 0.52304],
    [0.56871, 0.59753, 0.55013, 0.56193, 0.51618],
)

CHECKS = (
    (
        "checkpoints",
        "Trained checkpoints",
        "patchtst 503 kB, 61 tensors; swinmae 662 kB, 88 tensors",
    ),
    ("scaler", "Scaler", "zscore, 6 channels, finite, every scale > 0"),
    ("logs", "Training logs", "patchtst 8 epochs, swinmae 5 epochs, no damaged record"),
    ("configs", "Final configs", "lr 0.002 / 0.001, 8 / 5 epochs, mask 0.4"),
    ("backup", "Backup bundle", "run_bundle.zip, 7 members, all sound"),
    ("smoke", "Scoring smoke test", "both streams exited 0"),
    ("split_policy", "Split policy", "train, calibration and normal are covered"),
    ("training", "Training finished", "both streams reached the last epoch, all losses finite"),
    ("provenance", "Same run", "all outputs belong to this run"),
)


def raw_state() -> dict[str, Any]:
    """A ready run, as plain values that a test may change before it validates them."""
    pipeline = _pipeline()
    checklist = [
        {
            "index": index,
            "id": check,
            "title": title,
            "outcome": "pass",
            "passed": True,
            "blocking": True,
            "detail": detail,
            "hint": None,
            "evidence": (),
        }
        for index, (check, title, detail) in enumerate(CHECKS, start=1)
    ]
    return {
        "schema_version": "2",
        "meta": {
            "run_id": "run-20261123-120000",
            "timestamp": END,
            "started_at": START,
            "finished_at": END,
            "workspace": "workspace",
            "title": pipeline.pop("title"),
            "collector_version": "0.0.0",
            "checklist_source": "builtin",
        },
        "verdict": {
            "value": "ready",
            "reason": "All 9 checks passed.",
            "passed": 9,
            "failed": 0,
            "skipped": 0,
            "total": 9,
        },
        "nodes": pipeline.pop("nodes"),
        "pipeline": pipeline,
        "checklist": checklist,
        "configs": {stream: raw_config(epochs) for stream, epochs in (("patchtst", 8), ("swinmae", 5))},
        "metrics": {
            "patchtst": raw_stream("PatchTST", PATCHTST, epochs=8, seen=8),
            "swinmae": raw_stream("SwinMAE", SWINMAE, epochs=5, seen=5),
        },
        "artifacts": _artifacts(),
        "notices": (),
    }


@cache
def _drawn() -> str:
    """As JSON, which is read again in a hundredth of the time, for callers that change what they get."""
    return json.dumps(yaml.safe_load(Path(__file__).with_name("drawn_pipeline.yaml").read_text()))


def _pipeline() -> dict[str, Any]:
    raw = json.loads(_drawn())
    stages = [_stage(stage) for stage in raw["stages"]]
    return {
        "title": raw["title"],
        "streams": [{"id": s["id"], "label": s["label"]} for s in raw["streams"]],
        "stages": stages,
        "edges": [{"source": a, "target": b} for a, b in raw["edges"]],
        "groups": [{"view": "flow"} | group for group in raw["groups"]],
        "views": raw["views"],
        "nodes": {stage["id"]: _node(stage) for stage in raw["stages"]},
    }


def _stage(stage: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": stage["id"],
        "label": stage["label"],
        "group": stage.get("group"),
        "view": stage.get("view", "flow"),
        "position": {"column": stage["column"], "row": stage["row"]},
    }


def _node(stage: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": "done",
        "message": "done",
        "updated_at": END,
        "since": END,
        "checks": stage.get("checks", ()),
        "artifacts": ["checkpoints/patchtst_ssl.pt"] if stage["id"] == "patchtst" else (),
    }


def raw_config(epochs: int) -> dict[str, Any]:
    """The whole config behind the highlights of `raw_stream`."""
    values = {"lr": 0.002, "epochs": epochs, "mask_ratio": 0.4, "amp": False}
    return {
        "values": {f"training.{name}": value for name, value in values.items()},
        "left_out": 0,
        "highlighted": {name: f"training.{name}" for name in values},
    }


def raw_stream(label: str, losses: tuple[list[float], list[float]], *, epochs: int | None, seen: int) -> dict[str, Any]:
    """One stream that wrote `seen` of `epochs` epochs."""
    train, val = (_series(values[:seen]) for values in losses)
    last = {"epoch": seen or None, "step": seen or None}
    done = epochs is not None and seen == epochs
    points = {
        name: {"value": series["value"][-1], "epoch": seen, "step": seen}
        for name, series in (("train_loss", train), ("val_loss", val))
        if seen
    }
    return {
        "label": label,
        "config": {"lr": 0.002, "epochs": epochs, "mask_ratio": 0.4, "amp": False},
        "source": "loss_history" if done else ("events" if seen else None),
        "completion": _completion(epochs, last, "done" if done else "running" if seen else "idle"),
        "series": {"train_loss": train, "val_loss": val} if seen else {},
        "nonfinite": (),
        "final": points,
        "best": points,
        "diverged_at": None,
    }


def _series(values: list[float]) -> dict[str, Any]:
    count = len(values)
    return {
        "epoch": [float(n) for n in range(1, count + 1)],
        "step": list(range(1, count + 1)),
        "time": [START.timestamp() + 4 * n for n in range(count)],
        "value": list(values),
    }


def _completion(epochs: int | None, last: dict[str, Any], status: str) -> dict[str, Any]:
    started = status != "idle"
    return {
        "status": status,
        **last,
        "epochs": epochs,
        "steps": None,
        "unit": "epoch",
        "early_stop": False,
        "quiet": False,
        "started_at": START if started else None,
        "last_record_at": END if started else None,
        "gap_seconds": 4.0 if started else None,
        "quiet_at": None,
        "stalled_at": None,
        "expected_end_at": None,
        "writer": None,
        "from_previous_run": False,
    }


def _artifacts() -> dict[str, Any]:
    names = "checkpoints scaler logs configs backup smoke split_policy"
    return {
        "readiness": {f"{name}_ready": True for name in names.split()},
        "checkpoints": [
            _file("checkpoints/patchtst_ssl.pt", 514764, "patchtst"),
            _file("checkpoints/swinmae_ssl.pt", 678102, "swinmae"),
        ],
        "scaler": [_file("artifacts/scaler_fdc.json", 512, "patchtst")],
        "logs": [
            _file("runs/patchtst_ssl/events.out.tfevents.1795435105.vm.17791.0", 840, "patchtst"),
            _file("runs/swinmae_ssl/events.out.tfevents.1795435137.vm.18089.0", 558, "swinmae"),
        ],
        "configs": [
            _file("configs/patchtst_ssl_real.yaml", 901, "patchtst"),
            _file("configs/swinmae_ssl_real.yaml", 1102, "swinmae"),
        ],
        "backup": [_file("artifacts/bundles/run_bundle.zip", 1038336, None)],
        "loss_files": [_file("artifacts/loss/patchtst_loss_history.csv", 420, "patchtst")],
        "documents": [_file("docs/calibration_split_policy.md", 1200, None)],
    }


def _file(path: str, size: int, stream: str | None) -> dict[str, Any]:
    return {
        "path": path,
        "stream": stream,
        "level": "verified",
        "size_bytes": size,
        "modified_at": END,
        "sha256": None,
        "detail": "sound",
        "belongs_to_run": True,
    }
