"""Series and their report -> which windows belong together, and which nobody judged. Pure.

Windows of one scoring are counted by its report, by their numbers, and in time. Refuses to call windows paired in time
where rows hold one time only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from collectors.contract.decision_rules import Decisions as Rules
from collectors.decisions.alarms import stride_of
from collectors.decisions.series import FUSED, Series
from collectors.decisions.windows import worked_out
from collectors.evidence.documents import value_at
from collectors.evidence.order import distinct
from collectors.evidence.scores import Floats

Method = Literal["position", "time", "unknown"]


@dataclass(frozen=True, slots=True)
class Missing:
    """Windows of one stream that were scored, or should have been, and not judged."""

    count: int
    windows: str
    """Which, in words."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How windows of several streams became pairs."""

    method: Method
    pairs: int
    missing: Mapping[str, Missing] = field(default_factory=dict)
    """Stream -> its windows that nobody judged."""
    largest_gap_seconds: float | None = None
    """Between the two windows of a pair."""
    farthest_row: int | None = None
    allowed_gap_seconds: float | None = None
    """Half the longest window."""


def align(rules: Rules, series: Mapping[str, Series], report: Any) -> Alignment:
    """What the rows, their times and the report say."""
    fused = series.get(FUSED)
    missing = {name: found for name, one in series.items() if (found := _missing(rules, one, series, report))}
    if fused is None:
        return Alignment("unknown", 0, missing)
    if len(fused.part_times) < 2:
        return Alignment("position", len(fused), missing)
    times = np.vstack(list(fused.part_times.values()))
    gaps = times.max(axis=0) - times.min(axis=0)
    known = np.isfinite(gaps)
    if not known.any():
        return Alignment("position", len(fused), missing)
    gaps = np.where(known, gaps, -np.inf)
    row = int(gaps.argmax())
    told = [worked_out(window.seconds, None) for name, window in rules.windows.items() if name in fused.part_times]
    lengths = [length for length in told if length is not None]
    allowed = max(lengths) / 2 if lengths else None
    return Alignment("time", len(fused), missing, float(gaps[row]), row, allowed)


def _missing(rules: Rules, one: Series, series: Mapping[str, Series], report: Any) -> Missing | None:
    """Windows of a stream beyond those that rows hold: those the report counts, and holes in their numbers."""
    if one.id == FUSED:
        return None
    fused = series.get(FUSED)
    held = _held(one, fused)
    scored = _scored(rules, one.id, report)
    unpaired = value_at(report, f"{rules.report.fusion}.unpaired_{one.id}") if rules.report else None
    beyond = scored - held if scored is not None else unpaired if isinstance(unpaired, int) else 0
    if beyond > 0 and not isinstance(beyond, bool):
        positional = fused is not None and one.id not in fused.part_times
        which = (
            f"windows {held:,} to {held + beyond - 1:,}" if positional else f"{beyond:,} of {held + beyond:,} windows"
        )
        return Missing(int(beyond), which)
    return _holes(one)


def _held(one: Series, fused: Series | None) -> int:
    """How many different windows of a stream rows hold: a window may be in several pairs."""
    if fused is not None and one.id in fused.part_times and one.time is not None:
        times = one.time[np.isfinite(one.time)]
        return len(distinct(times))
    return len(one)


def _scored(rules: Rules, stream: str, report: Any) -> int | None:
    found = value_at(report, f"{rules.report.streams}.{stream}.scored_windows") if rules.report else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _holes(one: Series) -> Missing | None:
    """Numbers that are left out between the first row and the last."""
    if one.index is None or not np.isfinite(one.index).all():
        return None
    numbers = distinct(one.index)
    steps = np.diff(numbers)
    count = int((steps - 1).sum())
    if not count or (numbers % 1).any():
        return None
    first = int(np.argmax(steps))
    named = f"windows {numbers[first] + 1:,.0f} to {numbers[first + 1] - 1:,.0f}"
    more = count - int(steps[first] - 1)
    return Missing(count, named + (f" and {more:,} more" if more else ""))


def together(time: Floats, others: Mapping[str, tuple[Floats, Floats]]) -> dict[str, Floats]:
    """For each time the value of every other series at its nearest window, NaN where none lies within its stride.

    `others`: stream -> its times and values. Times of one clock, in seconds.
    """
    import pandas as pd

    order = np.argsort(time, kind="stable")
    left = pd.DataFrame({"time": time[order], "place": order}).dropna()
    found = {}
    for stream, (at, value) in others.items():
        right = pd.DataFrame({"time": at, "value": value}).dropna().sort_values("time", kind="stable")
        reach = stride_of(np.sort(at)) or 0.0
        merged = pd.merge_asof(left, right, on="time", direction="nearest", tolerance=reach)
        values = np.full(len(time), np.nan)
        values[merged["place"].to_numpy(np.int64)] = merged["value"].to_numpy(np.float64)
        found[stream] = values
    return found
