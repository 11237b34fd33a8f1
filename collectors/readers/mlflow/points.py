"""What both of MLflow's stores share, the database and the files: marks, bounds, times, points -> a curve. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from collectors.evidence.downsample import downsample
from collectors.evidence.mlflow import MlflowCurve

MAGIC: Final = b"SQLite format 3\0"
MOST_POINTS: Final = 8_192
"""Points of one curve; longer ones are reduced, minima and maxima kept."""
MOST_PARAMS: Final = 1_000
MOST_NAMES: Final = 20
"""Names of metrics that are told of a run."""
LONGEST_TEXT: Final = 500
Point = tuple[int, float | None, float]
"""Step, seconds since the Unix epoch, value."""


def seconds(milliseconds: object) -> float | None:
    """Seconds since the Unix epoch; None for what can be no moment of a training."""
    if isinstance(milliseconds, int) and 0 < milliseconds < 253_402_300_800_000:
        return milliseconds / 1000
    return None


def reduced(name: str, points: list[Point]) -> MlflowCurve:
    """A metric's points, by step, as a curve of at most `MOST_POINTS`; at least one."""
    step, time, value = zip(*points, strict=True)
    kept = downsample(np.array(step, np.float64), np.array(value), MOST_POINTS).tolist()
    return MlflowCurve(
        name, len(points), tuple(step[n] for n in kept), tuple(time[n] for n in kept), tuple(value[n] for n in kept)
    )
