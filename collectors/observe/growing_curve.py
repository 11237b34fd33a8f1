"""A curve that grows for weeks -> what is kept of it in memory: bounded, with every extreme. Pure.

Old points are reduced again and again (minimum and maximum of each bucket, spikes, points that are
not finite stay), the newest ones are kept as they are. The cost of an append does not depend on how
long the history is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from collectors.evidence.downsample import downsample
from collectors.evidence.events import ScalarSeries
from collectors.training.stream_runs import count_nonfinite

KEPT: Final = 8_192
"""Points that a reduced history has: four times what the state shows."""
TAIL: Final = 4_096
"""Points behind the reduced history that are kept as they are before they are reduced too."""
_LOOKED_AT: Final = 4
"""Columns of the tags before that are compared: those that are logged together stand side by side."""
RECENT: Final = 512
"""Last points from which the pace is told."""

Columns = tuple[Any, Any, Any]
"""Step (int64), time (float64, Unix seconds), value (float64)."""


def no_columns() -> Columns:
    """Columns without a row."""
    return np.empty(0, np.int64), np.empty(0), np.empty(0)


@dataclass(slots=True)
class GrowingCurve:
    """One tag of one event file."""

    tag: str
    columns: Columns = field(default_factory=no_columns)
    count: int = 0
    nonfinite: dict[str, int] = field(default_factory=lambda: {"nan": 0, "inf": 0, "-inf": 0})
    recent: tuple[Any, Any] = field(default_factory=lambda: (np.empty(0, np.int64), np.empty(0)))

    def extend(self, part: ScalarSeries) -> None:
        """Add the points of the next part."""
        self.count += part.points
        for kind, more in count_nonfinite(part.value).items():
            self.nonfinite[kind] += more
        self.recent = (
            np.concatenate((self.recent[0], part.step[-RECENT:]))[-RECENT:],
            np.concatenate((self.recent[1], part.time[-RECENT:]))[-RECENT:],
        )
        step, time, value = (
            np.concatenate((mine, new))
            for mine, new in zip(self.columns, (part.step, part.time, part.value), strict=True)
        )
        if value.size > KEPT + TAIL:
            kept = downsample(step, value, KEPT)
            step, time, value = step[kept], time[kept], value[kept]
        self.columns = (step, time, value)

    def series(self) -> ScalarSeries:
        """The curve as evidence, with what its reduced points cannot tell."""
        step, time, value = self.columns
        if self.count == value.size:
            return ScalarSeries(self.tag, step, time, value)
        return ScalarSeries(self.tag, step, time, value, self.count, dict(self.nonfinite), self.recent)


def share_columns(curves: Iterable[GrowingCurve]) -> None:
    """Let tags that were logged together hold their steps, and times, once."""
    known: tuple[Any, ...] = ()
    for curve in curves:
        step, time, value = curve.columns
        step, time = (_known(column, known) for column in (step, time))
        curve.columns, known = (step, time, value), (*known, step, time)[-_LOOKED_AT:]


def _known(column: Any, known: tuple[Any, ...]) -> Any:
    return next((one for one in known if one.dtype == column.dtype and np.array_equal(one, column)), column)
