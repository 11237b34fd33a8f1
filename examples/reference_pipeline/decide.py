"""Scores of both streams -> thresholds, pairs in time, one severity, words; and the files that say all this.

Thresholds come from calibration windows alone. Streams are put on one scale before they are fused: 0 is the median of
calibration, 1 warn, 2 anomaly, so that none drowns the other.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from .heartbeat import now
from .layout import Layout, write_whole
from .window_scores import DRAWS, Floats, Scored

STREAMS = ("patchtst", "swinmae")
QUANTILES = {"warn": 0.95, "anomaly": 0.99}
MARGIN = 2.0
"""How far beyond the calibration's q99 `anomaly` lies, from the median on: 75 overlapping windows know little of it."""
HEADS = (
    *("event_id", "stream", "timestamp", "window_index", "decision", "reason", "fused_score", "warn_threshold"),
    *("anomaly_threshold", "patchtst_score", "swinmae_score", "patchtst_timestamp", "swinmae_timestamp"),
)
FIXED = {
    "patchtst": {"warn": 0.65, "anomaly": 0.85},
    "swinmae": {"warn": 0.60, "anomaly": 0.82},
    "dual": {"warn": 0.68, "anomaly": 0.88},
}
"""The thresholds of the pipeline that this one stands for, which nobody calibrated."""


@dataclass(frozen=True)
class Pairs:
    """Windows of both streams that belong together; equally long."""

    patchtst: Scored
    swinmae: Scored


def paired(patchtst: Sequence[Scored], swinmae: Sequence[Scored]) -> Pairs:
    """Pair each PatchTST window with the nearest SwinMAE window of its stretch; ends without a partner are left out."""
    ours, theirs = [], []
    for one, other in zip(patchtst, swinmae, strict=True):
        first, last = max(one.end[0], other.end[0]) - 1, min(one.end[-1], other.end[-1]) + 1
        inside = np.flatnonzero((one.end >= first) & (one.end <= last))
        nearest = np.abs(other.end[None, :] - one.end[inside, None]).argmin(axis=1)
        ours.append(one.at(inside))
        theirs.append(other.at(nearest))
    return Pairs(_joined(ours), _joined(theirs))


def paired_by_position(patchtst: Sequence[Scored], swinmae: Sequence[Scored]) -> Pairs:
    """Pair the n-th window with the n-th, as the recorded pipeline does; the longer stream's rest is dropped."""
    one, other = _joined(patchtst), _joined(swinmae)
    places = np.arange(min(len(one.end), len(other.end)))
    return Pairs(one.at(places), other.at(places))


def _joined(parts: Sequence[Scored]) -> Scored:
    if not parts:
        return Scored(np.empty(0), np.empty(0))
    return Scored(np.concatenate([p.end for p in parts]), np.concatenate([p.score for p in parts]))


@dataclass(frozen=True)
class Lines:
    """Median of calibration and two thresholds of one series."""

    median: float
    warn: float
    anomaly: float

    @classmethod
    def calibrated(cls, scores: Floats) -> Lines:
        """Take them from normal scores."""
        median, warn, high = np.quantile(scores, [0.5, QUANTILES["warn"], QUANTILES["anomaly"]])
        return cls(float(median), float(warn), float(median + MARGIN * (high - median)))

    @property
    def is_sound(self) -> bool:
        """Whether they lie apart; those of a window or two do not."""
        return self.median < self.warn < self.anomaly

    def severity(self, scores: Floats) -> Floats:
        """Put scores on the common scale."""
        below = (scores - self.median) / (self.warn - self.median)
        above = 1 + (scores - self.warn) / (self.anomaly - self.warn)
        return np.where(scores < self.warn, below, above)

    def words(self, scores: Floats) -> list[str]:
        """Say what each score is."""
        return ["anomaly" if s >= self.anomaly else "warn" if s >= self.warn else "normal" for s in scores]


def fused(pairs: Pairs, lines: Mapping[str, Lines]) -> Floats:
    """The worse of both streams, each on its own scale."""
    severities = [lines[stream].severity(getattr(pairs, stream).score) for stream in STREAMS]
    return np.asarray(np.maximum(*severities))


def calibrated(pairs: Pairs) -> dict[str, Lines] | None:
    """Thresholds of both streams and of the fused series from their calibration windows; None of too few."""
    if not len(pairs.patchtst.end):
        return None
    lines = {stream: Lines.calibrated(getattr(pairs, stream).score) for stream in STREAMS}
    if not all(one.is_sound for one in lines.values()):
        return None
    dual = Lines.calibrated(fused(pairs, lines))
    return {**lines, "dual": dual} if dual.is_sound else None


def table(pairs: Pairs, scores: Floats, lines: Lines, *, recorded_style: bool = False) -> str:
    """Rows of the table of scores, as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADS[:-2] if recorded_style else HEADS)
    for n, (score, word) in enumerate(zip(scores, lines.words(scores), strict=True)):
        both = [getattr(pairs, stream) for stream in STREAMS]
        ends = [_moment(one.end[n], recorded_style=recorded_style) for one in both]
        reason = f"{word}: fused {score:.6f}, warn {lines.warn:.6f}, anomaly {lines.anomaly:.6f}"
        numbers = [f"{value:.10f}" for value in (score, lines.warn, lines.anomaly, *(one.score[n] for one in both))]
        row = [f"dual:{n:06d}", "dual", ends[0], n, word, reason, *numbers]
        writer.writerow(row if recorded_style else [*row, *ends])
    return out.getvalue()


def _moment(seconds: float, *, recorded_style: bool) -> str:
    """A time with its zone; the recorded pipeline writes none."""
    when = datetime.fromtimestamp(round(seconds, 3), UTC)
    return str(when.replace(tzinfo=None)) if recorded_style else when.isoformat(timespec="milliseconds")


def thresholds(lines: Mapping[str, Lines], windows: int, scores: str, layout: Layout) -> str:
    """The file of thresholds, with what they were calibrated on."""
    sections = {name: {"warn": one.warn, "anomaly": one.anomaly} for name, one in lines.items()}
    block = {
        "split": "calibration",
        "normal_only": True,
        "windows": windows,
        "draws": DRAWS,
        "quantiles": QUANTILES,
        "margin": MARGIN,
        "medians": {stream: lines[stream].median for stream in STREAMS},
        "checkpoint_sha256": {s: hashlib.sha256(layout.checkpoint(s).read_bytes()).hexdigest() for s in STREAMS},
        "scores": scores,
        "created_at": now(),
    }
    return json.dumps({**sections, "calibration": block}, indent=2) + "\n"


def report(pairs: Pairs, words: Sequence[str], scored: Mapping[str, int], rule: str) -> str:
    """The report that is written with the table."""
    counts = dict.fromkeys(("normal", "warn", "anomaly"), 0) | Counter(words)
    judged = {stream: len(np.unique(getattr(pairs, stream).end)) for stream in STREAMS}
    streams: dict[str, Any] = {stream: {"scored_windows": scored[stream], "missing_keys": 0} for stream in STREAMS}
    unpaired = {f"unpaired_{stream}": scored[stream] - judged[stream] for stream in STREAMS}
    fusion = {"paired_events": len(words), **unpaired, "fusion_rule": rule}
    content = {
        "run_id": "batch_watch",
        "stream": "dual",
        "summary": {"stream": "dual", "total_events": len(words), "decision_counts": counts},
        "metadata": {**streams, "dual_alignment": fusion},
    }
    return json.dumps(content, indent=2) + "\n"


def write_fixed(layout: Layout) -> Lines:
    """Leave the thresholds that nobody calibrated, and give those of the fused series."""
    write_whole(layout.thresholds, json.dumps(FIXED, indent=2) + "\n")
    return Lines(0.0, FIXED["dual"]["warn"], FIXED["dual"]["anomaly"])
