"""Trained streams and kept recordings -> thresholds, held-out scores, and an operation set that was decided on.

Each calibration recording is divided in time: its first half sets thresholds, its second half is the operation, with
faults put in. The second halves of validation recordings say how often normal windows are called an anomaly. Where the
recordings are too short for that, nothing is decided, and the line says which ones are. With `recorded_style`
everything is as the pipeline does it that this one stands for: fixed thresholds, masks by chance, pairs by position,
the larger raw score.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from .decide import (
    STREAMS,
    Pairs,
    calibrated,
    fused,
    paired,
    paired_by_position,
    report,
    table,
    thresholds,
    write_fixed,
)
from .layout import Layout, write_whole
from .operation import Fault, Stretch, stretches, with_faults
from .prepare import Data, Task
from .window_scores import Scored, Scorer

DESCRIPTION = """\
# What is judged of this workspace. Its normal windows are few: no more than a share of a fifth can be proven of them.
trainer: reference
decisions:
  enabled: true
  alarm_rate: {target: 0.2}
"""


def decide(tasks: Mapping[str, Task], data: Mapping[str, Data], layout: Layout, *, recorded_style: bool) -> str:
    """Score, calibrate, decide and write; what was decided in one line."""
    scorers = {
        stream: Scorer.of(task, layout, data[stream].series[0].fs, recorded_style=recorded_style)
        for stream, task in tasks.items()
    }
    shortest = {stream: scorer.shape()[0] for stream, scorer in scorers.items()}
    operated, faults = with_faults(stretches(data, ["calibration"], "second", shortest), data)
    if not operated:
        return _nothing("the second halves of the calibration recordings", shortest)
    scored = _scored(scorers, operated)
    if recorded_style:
        _write_faults(faults, layout)
        return _as_recorded(scored, layout)
    pairs = paired(*scored.values())
    fitted = paired(*_scored(scorers, stretches(data, ["calibration"], "first", shortest)).values())
    held_out = paired(*_scored(scorers, stretches(data, ["validation"], "second", shortest)).values())
    lines = calibrated(fitted)
    if lines is None:
        return _nothing("the first halves of the calibration recordings", shortest)
    for kept, part in ((pairs, "calibration"), (held_out, "validation")):
        if not len(kept.patchtst.end):
            return _nothing(f"the second halves of the {part} recordings", shortest)
    _write_faults(faults, layout)
    write_whole(layout.calibration_scores, table(fitted, fused(fitted, lines), lines["dual"]))
    write_whole(layout.held_out_scores, table(held_out, fused(held_out, lines), lines["dual"]))
    used_on = layout.relative(layout.calibration_scores)
    write_whole(layout.thresholds, thresholds(lines, len(fitted.patchtst.end), used_on, layout))
    scores = fused(pairs, lines)
    counted = {stream: len(np.unique(getattr(pairs, stream).end)) for stream in STREAMS}
    words = lines["dual"].words(scores)
    write_whole(layout.decisions, table(pairs, scores, lines["dual"]))
    write_whole(layout.decision_report, report(pairs, words, counted, "severity"))
    return _told(words, len(faults))


def _nothing(halves: str, shortest: Mapping[str, int]) -> str:
    rows = ", ".join(f"{rows} rows of {stream}" for stream, rows in shortest.items())
    return f"no operation set: {halves} hold too few windows of both streams ({rows} each); give longer recordings"


def _write_faults(faults: Sequence[Fault], layout: Layout) -> None:
    write_whole(layout.faults, json.dumps([fault.as_dict() for fault in faults], indent=2) + "\n")


def _scored(scorers: Mapping[str, Scorer], found: Sequence[Stretch]) -> dict[str, list[Scored]]:
    return {stream: scorers[stream].scored(found) for stream in STREAMS}


def _as_recorded(scored: Mapping[str, Sequence[Scored]], layout: Layout) -> str:
    lines = write_fixed(layout)
    pairs: Pairs = paired_by_position(*scored.values())
    scores = np.maximum(pairs.patchtst.score, pairs.swinmae.score)
    counted = {stream: sum(len(one.end) for one in parts) for stream, parts in scored.items()}
    words = lines.words(scores)
    write_whole(layout.decisions, table(pairs, scores, lines, recorded_style=True))
    write_whole(layout.decision_report, report(pairs, words, counted, "max"))
    return _told(words, 3)


def describe(path: Path) -> None:
    """Say what is judged, before anything is trained; a description that is there already is somebody's own."""
    if not path.exists():
        write_whole(path, DESCRIPTION)


def _told(words: Sequence[str], faults: int) -> str:
    counts = ", ".join(f"{words.count(word)} {word}" for word in ("normal", "warn", "anomaly"))
    return f"{len(words)} windows of the operation set, {faults} faults put in: {counts}"
