"""Kept recordings of both streams -> stretches on one clock, for calibration, for holding out, and for operation.

The recordings of the two streams are of different people: that they happened at one time is staged, and only that.
Faults are put into the operation stretches alone, into the raw values, before anything is scaled; what was put in is
written down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np

from .inference.series import Array
from .prepare import Data

BEGIN = datetime(2026, 1, 1, 8, tzinfo=UTC).timestamp()
PAUSE_SECONDS = 30.0
FAULT_SECONDS = 6.0
"""As long as a window; a stretch that is no longer than that has one in its middle third."""
FAULT_SEED = 2_026
FAULTED = ("patchtst", "swinmae", "both")
"""Which stream's sensors a fault is put into, stretch by stretch; the stretches behind them have none."""


@dataclass(frozen=True)
class Stretch:
    """One recording of each stream, from one start on.

    Attributes:
        start: Seconds since 1970.
        values: Stream -> (rows, channels).
    """

    start: float
    values: Mapping[str, Array]


@dataclass(frozen=True)
class Fault:
    """What was put into a stretch: the stream, or both, and from when to when in seconds since 1970."""

    stream: str
    start: float
    end: float

    def as_dict(self) -> dict[str, Any]:
        """Give it as it is left on disk."""
        return {"stream": self.stream, "start": self.start, "end": self.end}


def stretches(
    data: Mapping[str, Data], parts: Sequence[str], half: Literal["first", "second"], shortest: Mapping[str, int]
) -> list[Stretch]:
    """Put that half of each recording of these parts one behind the other on one clock; both streams begin together.

    Args:
        data: Stream -> its recordings.
        parts: Which of them.
        half: Which half of each.
        shortest: Stream -> rows of a window; a half that holds none is left out.
    """
    fs = {stream: one.series[0].fs for stream, one in data.items()}
    halves = {stream: [_half(rows, half) for part in parts for rows in one.parts[part]] for stream, one in data.items()}
    chosen = [[rows for rows in found if len(rows) >= shortest[stream]] for stream, found in halves.items()]
    found, at = [], BEGIN
    for recordings in zip(*chosen, strict=False):
        values = dict(zip(data, recordings, strict=True))
        found.append(Stretch(at, values))
        at += max(len(rows) / fs[stream] for stream, rows in values.items()) + PAUSE_SECONDS
    return found


def _half(rows: Array, half: Literal["first", "second"]) -> Array:
    middle = len(rows) // 2
    return rows[:middle] if half == "first" else rows[middle:]


def with_faults(found: Sequence[Stretch], data: Mapping[str, Data]) -> tuple[list[Stretch], list[Fault]]:
    """Put a fault into the middle of the first stretches; those behind them stay as they were recorded."""
    rng = np.random.default_rng(FAULT_SEED)
    spread = {s: np.concatenate(one.parts["train"]).std(axis=0) for s, one in data.items()}
    spoilt, faults = [], []
    for number, stretch in enumerate(found):
        kind = FAULTED[number] if number < len(FAULTED) else None
        if kind is None:
            spoilt.append(stretch)
            continue
        seconds = min(len(rows) / data[stream].series[0].fs for stream, rows in stretch.values.items())
        long = FAULT_SECONDS if seconds > FAULT_SECONDS else seconds / 3
        first = round(seconds / 2 - long / 2, 2)
        values = {
            stream: _rattled(rows, _rows_of(first, long, data[stream].series[0].fs), spread[stream], rng)
            if kind in (stream, "both")
            else rows
            for stream, rows in stretch.values.items()
        }
        spoilt.append(Stretch(stretch.start, values))
        faults.append(Fault(kind, stretch.start + first, stretch.start + first + long))
    return spoilt, faults


def _rows_of(first: float, long: float, fs: float) -> slice:
    return slice(round(first * fs), round((first + long) * fs))


def _rattled(rows: Array, place: slice, spread: Array, rng: np.random.Generator) -> Array:
    """A loose sensor: noise as large as the signal itself, for a while, on every channel."""
    out = rows.copy()
    out[place] += (2 * spread * rng.standard_normal(out[place].shape)).astype(rows.dtype)
    return out
