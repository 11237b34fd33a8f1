"""Alarms of a scoring -> records: when, how long, how bad, and which stream was worst. Pure."""

from __future__ import annotations

import numpy as np

from collectors.contract.decisions import LISTED, Alarm
from collectors.decisions.analysis import Analysis
from collectors.decisions.series import Series
from collectors.evidence.scores import Floats


def places_of(series: Series) -> Floats:
    """Where each window stands: its time, or its row where times are not all known."""
    if series.time is not None and has_times(series):
        return series.time
    return np.arange(len(series), dtype=np.float64)


def has_times(series: Series) -> bool:
    """Whether windows stand at times."""
    return series.time is not None and bool(np.isfinite(series.time).all())


def listed_alarms(found: Analysis, most: int = LISTED) -> tuple[Alarm, ...]:
    """The worst alarms of all deciding series, the worst first: by how far they are over their line."""
    every: list[tuple[float, Alarm]] = []
    for name, alarms in found.alarms.items():
        one, stretches = found.judged[name], alarms.stretches
        peaks = one.worse[stretches.peak[alarms.fired]]
        excess = peaks - one.sign * one.anomaly[stretches.peak[alarms.fired]]
        for order in np.argsort(-excess, kind="stable")[:most]:
            every.append((float(-excess[order]), _alarm(found, name, int(alarms.fired[order]))))
    every.sort(key=lambda pair: pair[0])
    return tuple(alarm for _, alarm in every[:most])


def _alarm(found: Analysis, name: str, number: int) -> Alarm:
    one, stretches = found.series[name], found.alarms[name].stretches
    at = places_of(one)
    first, last, peak = (int(column[number]) for column in (stretches.first, stretches.last, stretches.peak))
    before = found.window_seconds(name) or found.stride_seconds(name) or 0.0
    return Alarm(
        series=name,
        start=round(float(at[first]) - (before if has_times(one) else 0.0), 6),
        end=round(float(at[last]), 6),
        windows=int(stretches.windows[number]),
        peak=float(one.score[peak]),
        peak_at=round(float(at[peak]), 6),
        dominant=dominant_at(found, one, peak),
    )


def dominant_at(found: Analysis, one: Series, row: int) -> str | None:
    """The stream that is worst in a row of a fused series, on its own scale; else the only stream."""
    if not one.parts:
        return one.id if one.id in found.streams else None
    scales = {stream: scale for stream, scale in found.scales.items() if stream in one.parts}
    if len(scales) < len(one.parts):
        return None
    severity = {stream: float(scale.severity(one.parts[stream][row : row + 1])[0]) for stream, scale in scales.items()}
    known = {stream: value for stream, value in severity.items() if np.isfinite(value)}
    return max(known, key=lambda stream: known[stream]) if known else None


def longest_seconds(found: Analysis) -> float | None:
    """Seconds of the longest alarm, its windows' whole span; None without alarms or times."""
    lengths = []
    for name, alarms in found.alarms.items():
        one = found.series[name]
        if len(alarms.fired) and has_times(one):
            at, s = places_of(one), alarms.stretches
            window = found.window_seconds(name) or found.stride_seconds(name) or 0.0
            lengths.append(float((at[s.last[alarms.fired]] - at[s.first[alarms.fired]]).max()) + window)
    return round(max(lengths), 6) if lengths else None
