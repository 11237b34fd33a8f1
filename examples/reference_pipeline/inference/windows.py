"""Recordings -> parts (train, validation, calibration) -> windows; and the scaler over them.

A window never crosses the edge of a recording or of a part: parts are made first, from whole
recordings (or, where there are too few, from stretches of time), and windows cut afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problems import PipelineProblem
from .series import Array

PARTS = ("train", "validation", "calibration")
SHARES = (5, 1, 1)


def split(recordings: Sequence[Array]) -> dict[str, list[Array]]:
    """Divide the recordings of one file 5 : 1 : 1 into train, validation and calibration.

    Of every seven recordings in file order the first five train, the sixth validates and the
    seventh calibrates. With fewer than seven, each one is cut in time order in the same shares.
    """
    parts: dict[str, list[Array]] = {name: [] for name in PARTS}
    total = sum(SHARES)
    owners = [name for name, share in zip(PARTS, SHARES, strict=True) for _ in range(share)]
    if len(recordings) >= total:
        for number, recording in enumerate(recordings):
            parts[owners[number % total]].append(recording)
        return parts
    edges = np.cumsum(SHARES)[:-1] / total
    for recording in recordings:
        pieces = np.split(recording, (edges * len(recording)).astype(int))
        for name, piece in zip(PARTS, pieces, strict=True):
            parts[name].append(piece)
    return parts


def cut(recordings: Sequence[Array], length: int, stride: int, *, limit: int | None = None) -> Array:
    """Cut windows of ``length`` rows every ``stride`` rows out of each recording.

    Args:
        recordings: Arrays (rows, channels).
        length: Rows in a window.
        stride: Rows from one window's start to the next.
        limit: Keep at most so many windows, spread evenly over all of them.

    Returns:
        Array (windows, channels, length), float32.
    """
    starts = [
        (number, start)
        for number, recording in enumerate(recordings)
        for start in range(0, len(recording) - length + 1, stride)
    ]
    if limit is not None and len(starts) > limit:
        starts = [starts[i] for i in np.linspace(0, len(starts) - 1, limit).astype(int)]
    if not starts:
        raise PipelineProblem(
            "the recordings",
            expected=f"at least one stretch of {length} rows in every part",
            found=f"a longest one of {max((len(r) for r in recordings), default=0)} rows",
            next_step="give longer recordings",
        )
    windows = np.stack([recordings[number][start : start + length] for number, start in starts])
    return np.ascontiguousarray(windows.transpose(0, 2, 1), dtype=np.float32)


@dataclass(frozen=True)
class Scaler:
    """Centre and scale of each channel, learnt from the training part only."""

    center: tuple[float, ...]
    scale: tuple[float, ...]
    eps: float = 1e-6

    @classmethod
    def fit(cls, windows: Array) -> Scaler:
        """Measure mean and standard deviation over all axes of (n, channels, ...) but channels."""
        axes = tuple(axis for axis in range(windows.ndim) if axis != 1)
        center = windows.mean(axes, dtype=np.float64)
        scale = np.maximum(windows.std(axes, dtype=np.float64), cls.eps)
        return cls(tuple(map(float, center)), tuple(map(float, scale)))

    def apply(self, windows: Array) -> Array:
        """Give (windows - center) / scale, channel by channel, as float32."""
        if windows.shape[1] != len(self.center):
            raise PipelineProblem(
                "the scaler",
                expected=f"{windows.shape[1]} channels, as in the data",
                found=f"{len(self.center)}",
                next_step="use the scaler written by the training on this data",
            )
        shape = (1, -1, *[1] * (windows.ndim - 2))
        center, scale = np.array(self.center).reshape(shape), np.array(self.scale).reshape(shape)
        return np.asarray((windows - center) / scale, dtype=np.float32)

    def as_dict(self) -> dict[str, Any]:
        """Give the scaler as the JSON object that is left on disk."""
        return {
            "method": "zscore",
            "eps": self.eps,
            "center": list(self.center),
            "scale": list(self.scale),
        }


def load_scaler(path: Path) -> Scaler:
    """Read a scaler JSON.

    Raises:
        PipelineProblem: When it is missing, unreadable, or not finite and positive.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        center, scale = _numbers(data["center"]), _numbers(data["scale"])
        if center.shape != scale.shape or not center.size or not (scale > 0).all():
            raise ValueError("center and scale do not fit together")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineProblem(
            str(path),
            expected="a JSON object with center[] and scale[], finite, every scale above 0",
            found=f"{type(error).__name__}: {error}",
            next_step="train again, or restore it from the backup bundle",
        ) from error
    return Scaler(tuple(map(float, center)), tuple(map(float, scale)))


def _numbers(value: Any) -> NDArray[np.float64]:
    array = np.asarray(value, dtype=np.float64).reshape(-1)
    if not np.isfinite(array).all():
        raise ValueError("a value is not finite")
    return array
