"""A whole workspace with a calibrated, fused scoring that has known faults: what the reference trainers write."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from support.decisions import EVENTS, REPORT, SCORED, START, THRESHOLDS, table
from support.workspaces import write, write_good

from collectors.evidence.scores import Floats

FAULTS = ((200, 215, "patchtst"), (520, 532, "swinmae"), (700, 703, "patchtst"))
"""First and last window of each fault, and the stream that sees it."""
COUNT = 1000
STRIDE = 0.64
BEGIN = 1_790_000_040.0
HELD_OUT = "artifacts/calibration/held_out_scores.csv"
CALIBRATION = "artifacts/calibration/scores.csv"
LINES = {"patchtst": (0.30, 0.50, 0.70), "swinmae": (0.60, 0.90, 1.10)}
"""Median, warn, anomaly of each stream."""
HEADS = (
    *("event_id", "stream", "timestamp", "window_index", "decision", "fused_score", "warn_threshold"),
    *("anomaly_threshold", "patchtst_score", "swinmae_score", "patchtst_timestamp", "swinmae_timestamp"),
)


def usual(stream: str, count: int, seed: int) -> Floats:
    """Scores of normal windows: no one reaches warn."""
    median, warn, _ = LINES[stream]
    noise = np.clip(np.random.default_rng(seed).standard_normal(count), -2.5, 2.5)
    return np.round(median + (warn - median) * noise / 3, 10)


def severity(stream: str, score: Floats) -> Floats:
    """Where a score stands on the scale of its stream."""
    median, warn, anomaly = LINES[stream]
    return np.where(score < warn, (score - median) / (warn - median), 1 + (score - warn) / (anomaly - warn))


def moment(seconds: float) -> str:
    """A time in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def rows(count: int, seed: int, faults: tuple[tuple[int, int, str], ...] = ()) -> list[list[str]]:
    """Rows of a fused table."""
    scores = {stream: usual(stream, count, seed + n) for n, stream in enumerate(LINES)}
    for first, last, stream in faults:
        median, _, anomaly = LINES[stream]
        scores[stream][first : last + 1] = anomaly + 0.5 * (anomaly - median)
    fused = np.maximum(severity("patchtst", scores["patchtst"]), severity("swinmae", scores["swinmae"]))
    out = []
    for n in range(count):
        at = BEGIN + STRIDE * n
        word = "anomaly" if fused[n] >= 2 else "warn" if fused[n] >= 1 else "normal"
        numbers = [f"{fused[n]:.10f}", "1.0000000000", "2.0000000000", *(f"{s[n]:.10f}" for s in scores.values())]
        times = [moment(at), moment(at + 0.3)]
        out.append([f"dual:{n:06d}", "dual", moment(at), str(n), word, *numbers, *times])
    return out


def write_fused(root: Path) -> None:
    """A good training, its thresholds, held-out scores, and a scoring with the faults."""
    write_good(root, START)
    write(root / CALIBRATION, table(HEADS, rows(300, 5)), SCORED - 20)
    write(root / HELD_OUT, table(HEADS, rows(3000, 9)), SCORED - 20)
    names = {s: hashlib.sha256((root / f"checkpoints/{s}_ssl.pt").read_bytes()).hexdigest() for s in LINES}
    sections = {stream: {"warn": warn, "anomaly": anomaly} for stream, (_, warn, anomaly) in LINES.items()}
    block = {
        "split": "calibration",
        "normal_only": True,
        "windows": 300,
        "draws": 8,
        "quantiles": {"warn": 0.95, "anomaly": 0.99},
        "medians": {stream: median for stream, (median, _, _) in LINES.items()},
        "checkpoint_sha256": names,
        "scores": CALIBRATION,
    }
    thresholds = {**sections, "dual": {"warn": 1.0, "anomaly": 2.0}, "calibration": block}
    write(root / THRESHOLDS, json.dumps(thresholds), SCORED - 10)
    scored = rows(COUNT, 2, FAULTS)
    write(root / EVENTS, table(HEADS, scored), SCORED)
    words = {word: sum(row[4] == word for row in scored) for word in ("normal", "warn", "anomaly")}
    about = {stream: {"scored_windows": COUNT, "missing_keys": 0} for stream in LINES}
    fusion = {"paired_events": COUNT, "unpaired_patchtst": 0, "unpaired_swinmae": 0, "fusion_rule": "severity"}
    report = {"run_id": "watch", "summary": {"total_events": COUNT, "decision_counts": words}}
    write(root / REPORT, json.dumps({**report, "metadata": {**about, "dual_alignment": fusion}}), SCORED)
