"""A range of one curve -> its points there, in full detail where a side file holds them.

Input: a run's metrics and a range on one axis. Output: at most as many points as the state shows of a whole
curve, minimum and maximum of each bucket kept. Where there is no side file, or more points lie in
the range than are read at once, the state's own points are the answer. It judges and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from collectors.downsample import downsample
from collectors.learnt import POINTS, ROW, read_points, read_points_index
from collectors.state import MAX_POINTS, Series, StreamMetrics

Axis = Literal["epoch", "step", "time"]
MOST_ROWS: Final = 4_000_000
"""Points that are read for one answer, about 100 MB."""
NEWER_STEPS: Final = 1_000_000
"""So many steps may have been written since the state was."""
SIDE_FILE: Final = re.compile(r"[0-9a-f]{20}-[0-9a-f]{20}\.points")
COLUMN: Final = np.dtype([("epoch", "<f8"), ("step", "<f8"), ("time", "<f8"), ("value", "<f8")])
"""One point as it is answered; NaN where unknown."""


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
    points: Any
    """Array of dtype COLUMN, rising; `time` in seconds since the stream's first record."""


def side_files(state_dir: Path, curve: Curve, metrics: StreamMetrics) -> list[Path]:
    """Return the side files of a curve, in their order; none where its points are not those of event files."""
    if metrics.source != "events":
        return []
    found: Any = read_points_index(state_dir)
    for key in (curve.run_id, curve.stream, curve.series):
        found = found.get(key) if isinstance(found, dict) else None
    names = found if isinstance(found, list) else []
    folder = state_dir / "cache" / POINTS
    return [folder / name for name in names if isinstance(name, str) and SIDE_FILE.fullmatch(name)]


def detail(files: Sequence[Path], metrics: StreamMetrics, series: str, wanted: Range) -> Detail:
    """Return the points of a series in a range. Raises KeyError for a series that the metrics do not hold."""
    zero = first_time(metrics)
    shown = _shown(metrics.series[series], zero)
    found = _rows(files, _steps(shown, wanted), zero)
    known = shown if found is None else _joined(shown, found)
    kept, total = _within(known, wanted)
    reduced = kept[downsample(kept[wanted.axis], kept["value"], MAX_POINTS)]
    return Detail("state" if found is None else "side_files", total, reduced)


def first_time(metrics: StreamMetrics) -> float:
    """Return when a stream's first known record was written, in Unix seconds; 0 where no time is known."""
    return min((t for s in metrics.series.values() for t in s.time if t is not None), default=0.0)


def _shown(series: Series, zero: float) -> Any:
    """The state's own points."""
    points = np.empty(len(series.value), COLUMN)
    for name in COLUMN.names or ():
        points[name] = np.array(getattr(series, name), dtype=np.float64)
    points["time"] -= zero
    return points


def _steps(shown: Any, wanted: Range) -> tuple[float, float]:
    """Steps between which all of a range lies: its neighbours among the points that are shown."""
    if wanted.axis != "time":
        return wanted.first, wanted.last
    time, step = shown["time"], shown["step"]
    before, after = step[time <= wanted.first], step[time >= wanted.last]
    newest = step.max(initial=0) + NEWER_STEPS
    return before.max(initial=-1), after.min(initial=newest)


def _rows(files: Sequence[Path], steps: tuple[float, float], zero: float) -> Any:
    """Points of all side files between two steps; None where there are none, or too many to read."""
    try:
        if not files or sum(_most_rows(file, steps) for file in files) > MOST_ROWS:
            return None
        rows = np.concatenate([read_points(file.parents[2], file.name, "step", steps) for file in files])
    except OSError:
        return None
    points = np.empty(rows.size, COLUMN)
    points["epoch"] = points["step"] = rows["step"]
    points["time"], points["value"] = rows["time"] - zero, rows["value"]
    return points


def _most_rows(file: Path, steps: tuple[float, float]) -> float:
    """How many rows can lie between two steps: never more than the file has, nor than there are steps."""
    return min(file.stat().st_size // ROW.itemsize, max(steps[1] - steps[0], 0) + 3)


def _joined(shown: Any, found: Any) -> Any:
    """All points that are known, by step, each step once: the state's own, then the last that was written.

    A resumed run's first file may have been too short for a side file: those points only the state has.
    """
    if not _rises(found["step"]):
        found = _once(found)
    at = np.searchsorted(found["step"], shown["step"])
    at[at == found.size] -= 1
    missing = shown if not found.size else shown[found["step"][at] != shown["step"]]
    missing = missing[~np.isnan(missing["step"])]
    return _once(np.concatenate((found, missing))) if missing.size else found


def _rises(step: Any) -> bool:
    return bool(np.all(step[1:] > step[:-1]))


def _once(points: Any) -> Any:
    """By step, the last of equal ones."""
    points = points[np.argsort(points["step"], kind="stable")]
    return points[np.append(points["step"][1:] != points["step"][:-1], [True] * bool(points.size))]


def _within(points: Any, wanted: Range) -> tuple[Any, int]:
    """Points of the range with their neighbours, and how many lie inside."""
    at = points[wanted.axis]
    inside = (at >= wanted.first) & (at <= wanted.last)
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    return points[near], int(inside.sum())
