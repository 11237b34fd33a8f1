"""A range of one curve -> its points there, in full detail where a side file holds them.

Input: a run's metrics and a range on one axis. Output: at most as many points as the state shows of a whole
curve, minimum and maximum of each bucket kept. Where there is no side file, or more points lie in
the range than are read at once, the state's own points are the answer. It judges and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from collectors.contract.metrics import MAX_POINTS, StreamMetrics
from collectors.evidence.downsample import downsample
from collectors.store.place import Place
from collectors.store.points import SideFile, side_files_of

Axis = Literal["epoch", "step", "time"]
MOST_ROWS: Final = 4_000_000
"""Points that are read for one answer, about 100 MB."""
NEWER_STEPS: Final = 1_000_000
"""So many steps may have been written since the state was."""
SAME_SECONDS: Final = 1e-3
"""Times of one record differ by rounding only."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One series of one stream of one run."""

    run_id: str
    stream: str
    series: str


@dataclass(frozen=True, slots=True)
class Range:
    """Where to look: on `time` in seconds since the stream's first record."""

    axis: Axis
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Detail:
    """The points of a range, and one beyond each end where there is one."""

    source: Literal["side_files", "state"]
    """Where they come from: only side files hold more than the state."""
    total: int
    """Points in the range before they were reduced."""
    epoch: Any
    """Parallel arrays of float64, rising by step; NaN where unknown."""
    step: Any
    time: Any
    """Seconds since the stream's first record."""
    value: Any


def side_files(place: Place, curve: Curve, metrics: StreamMetrics) -> list[SideFile]:
    """Return the side files of a curve, in their order; none where its points are not those of event files."""
    return side_files_of(place, curve.run_id, curve.stream, curve.series) if metrics.source == "events" else []


def detail(files: Sequence[SideFile], metrics: StreamMetrics, series: str, wanted: Range) -> Detail:
    """Return the points of a series in a range. Raises KeyError for a series that the metrics do not hold."""
    zero = first_time(metrics)
    shown = _Columns(*(_floats(getattr(metrics.series[series], name)) for name in ("epoch", "step", "time", "value")))
    shown = replace(shown, time=shown.time - zero)
    rows = _rows(files, _steps(shown, wanted))
    found = None if rows is None else _by_step(_columns(rows, zero))
    if found is None or not _are_of(found, shown):
        return _reduced("state", shown, wanted)
    return _reduced("side_files", _joined(found, shown), wanted)


def first_time(metrics: StreamMetrics) -> float:
    """Return when a stream's first known record was written, in Unix seconds; 0 where no time is known."""
    return min((t for s in metrics.series.values() for t in s.time if t is not None), default=0.0)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Points as parallel arrays of float64, NaN where unknown; times since the first record."""

    epoch: Any
    step: Any
    time: Any
    value: Any

    def __getitem__(self, chosen: Any) -> _Columns:
        return _Columns(self.epoch[chosen], self.step[chosen], self.time[chosen], self.value[chosen])


def _floats(column: Sequence[float | None]) -> Any:
    return np.array(column, dtype=np.float64)


def _columns(rows: Any, zero: float) -> _Columns:
    """Points of event files, where a step is an epoch."""
    step = rows["step"].astype(np.float64)
    return _Columns(step, step, rows["time"] - zero, np.ascontiguousarray(rows["value"]))


def _steps(shown: _Columns, wanted: Range) -> tuple[float, float]:
    """Steps between which all of a range lies: its neighbours among the points that are shown."""
    if wanted.axis != "time":
        return wanted.first, wanted.last
    before, after = shown.step[shown.time <= wanted.first], shown.step[shown.time >= wanted.last]
    newest = shown.step.max(initial=0) + NEWER_STEPS
    return before.max(initial=-1), after.min(initial=newest)


def _rows(files: Sequence[SideFile], steps: tuple[float, float]) -> Any:
    """Rows of all side files between two steps; None where there are none, or too many to read."""
    try:
        if not files or sum(_most_rows(file, steps) for file in files) > MOST_ROWS:
            return None
        return np.concatenate([file.rows("step", steps) for file in files])
    except OSError:
        return None


def _most_rows(file: SideFile, steps: tuple[float, float]) -> float:
    """How many rows can lie between two steps: never more than the file has, nor than there are steps."""
    return min(file.count(), max(steps[1] - steps[0], 0) + 3)


def _by_step(found: _Columns) -> _Columns:
    return found if np.all(found.step[1:] > found.step[:-1]) else _once(found)


def _are_of(found: _Columns, shown: _Columns) -> bool:
    """Whether these are the points of the curve that is shown: a later run may have written the same file anew.

    Each shown point is one of them, recorded at the same time; half of those between their ends are enough.
    """
    if not found.step.size:
        return True
    between = shown[(shown.step >= found.step[0]) & (shown.step <= found.step[-1]) & ~np.isnan(shown.time)]
    at = np.searchsorted(found.step, between.step)
    return between.step.size == 0 or bool(np.mean(np.abs(found.time[at] - between.time) < SAME_SECONDS) >= 0.5)


def _joined(found: _Columns, shown: _Columns) -> _Columns:
    """All points that are known, by step, each step once: the state's own, then the last that was written.

    A resumed run's first file may have been too short for a side file: those points only the state has.
    """
    missing = shown[~np.isin(shown.step, _near(found.step, shown.step)) & ~np.isnan(shown.step)]
    if not missing.step.size:
        return found
    pairs = ((getattr(found, name), getattr(missing, name)) for name in ("epoch", "step", "time", "value"))
    return _once(_Columns(*map(np.concatenate, pairs)))


def _near(steps: Any, wanted: Any) -> Any:
    """For each wanted step the first of the rising `steps` that is not below it."""
    at = np.searchsorted(steps, wanted)
    return steps[at[at < steps.size]]


def _once(points: _Columns) -> _Columns:
    """By step, the last of equal ones."""
    points = points[np.argsort(points.step, kind="stable")]
    return points[np.append(points.step[1:] != points.step[:-1], [True] * bool(points.step.size))]


def _reduced(source: Literal["side_files", "state"], points: _Columns, wanted: Range) -> Detail:
    """The points of the range with their neighbours, at most as many as are shown of a whole curve."""
    at = getattr(points, wanted.axis)
    inside = np.flatnonzero((at >= wanted.first) & (at <= wanted.last))
    near = points[inside[0] - 1 if inside[0] else 0 : inside[-1] + 2] if inside.size else points[:0]
    kept = near[downsample(getattr(near, wanted.axis), near.value, MAX_POINTS)]
    return Detail(source, inside.size, kept.epoch, kept.step, kept.time, kept.value)
