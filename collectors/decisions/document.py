"""A scoring -> the document that the page draws: curves, states, what-if tables, severity, alarms. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np

from collectors.contract.decisions import (
    DecisionDocument,
    DecisionSeries,
    ScoreCurve,
    SeverityCurve,
    Span,
)
from collectors.decisions.alignment import together
from collectors.decisions.analysis import Analysis
from collectors.decisions.listed_alarms import has_times, listed_alarms, places_of
from collectors.decisions.series import FUSED, Codes, Series
from collectors.decisions.summary import digest_of
from collectors.decisions.what_if import what_if
from collectors.decisions.words import Judged, State
from collectors.evidence.downsample import downsample
from collectors.evidence.scores import Floats

POINTS: Final = 2000
MOST_POINTS: Final = 8000
"""Of all series together: a document of twenty streams is not twenty times as large."""
MOST_SPANS: Final = 600
WORST_LAST: Final = (
    State.NORMAL,
    State.NO_LINE,
    State.NOT_JUDGED,
    State.WARN,
    State.NOT_FINITE,
    State.ANOMALY,
)
"""Of several states in one place the last of these is shown."""


def document_of(found: Analysis, run_id: str, labels: Mapping[str, str]) -> DecisionDocument:
    """Everything that is drawn; `labels`: stream -> its name on screen."""
    limit = min(POINTS, MOST_POINTS // (len(found.series) + 1))
    return DecisionDocument(
        schema_version="1",
        run_id=run_id,
        digest=digest_of(found),
        worse=found.rules.worse,
        clock=found.clock,
        fused_by=found.rule if FUSED in found.series else None,
        series=tuple(_series(found, name, labels.get(name, name), limit) for name in found.series),
        severity=_severity(found, limit),
        alarms=listed_alarms(found),
    )


def _series(found: Analysis, name: str, label: str, limit: int) -> DecisionSeries:
    one, lines = found.judged[name], found.lines_of(name)
    return DecisionSeries(
        id=name,
        label="Fused" if name == FUSED else label,
        called=found.rules.fused.called if name == FUSED and found.rules.fused else name,
        decides=name in found.deciding,
        warn=lines.warn if lines else None,
        anomaly=lines.anomaly if lines else None,
        curve=curve_of(one.series, one.series.score, limit),
        spans=spans_of(found, one),
        what_if=what_if(found, name),
    )


def curve_of(series: Series, values: Floats, limit: int) -> ScoreCurve:
    """At most `limit` points: minimum and maximum of each bucket, and what is not finite."""
    shown = np.where(np.isneginf(values), np.nan, values)
    at = places_of(series)
    kept = downsample(at, shown, limit)
    times = at[kept] if has_times(series) else None
    return ScoreCurve(
        index=tuple(kept.tolist()),
        time=tuple(None if times is None else round(float(times[n]), 3) for n in range(len(kept))),
        value=tuple(rounded(v) for v in shown[kept].tolist()),
    )


def rounded(value: float) -> float | None:
    """Six digits, which no screen shows; null for what is not finite."""
    return float(f"{value:.6g}") if np.isfinite(value) else None


def spans_of(found: Analysis, one: Judged) -> tuple[Span, ...]:
    """States in a row; where there are too many, the worst of each place."""
    series, states = one.series, one.states
    at = places_of(series)
    step = (found.stride_seconds(series.id) or 0.0) if has_times(series) else 1.0
    borders = np.concatenate(([0], np.flatnonzero(_changes(at, states, step)) + 1, [len(states)]))
    if len(borders) - 1 > MOST_SPANS:
        borders = np.unique(np.linspace(0, len(states), MOST_SPANS + 1).astype(np.int64))
        states = _worst(states, borders)
    starts, ends = borders[:-1], borders[1:] - 1
    spans = [
        Span(start=round(float(at[a]) - step, 3), end=round(float(at[b]), 3), state=_named(int(states[a])))
        for a, b in zip(starts, ends, strict=True)
    ]
    missing = found.alignment.missing.get(series.id)
    if missing and "to" in missing.windows:
        last = float(at[-1])
        spans.append(Span(start=round(last, 3), end=round(last + missing.count * step, 3), state="not_judged"))
    return tuple(spans)


def _changes(at: Floats, states: Codes, step: float) -> Any:
    """Between which neighbours a span ends: another state, or a hole in time."""
    return (states[1:] != states[:-1]) | ((np.diff(at) > 2.5 * step) if step else False)


def _worst(states: Codes, borders: Any) -> Codes:
    rank = np.zeros(len(State), np.int8)
    rank[[int(s) for s in WORST_LAST]] = np.arange(len(WORST_LAST))
    worst = np.maximum.reduceat(rank[states], borders[:-1])
    return np.repeat(np.array(WORST_LAST, np.int8)[worst], np.diff(borders))


Named = Literal["normal", "warn", "anomaly", "not_judged", "not_finite", "no_line"]
NAMES: Final[tuple[Named, ...]] = ("normal", "warn", "anomaly", "not_judged", "not_finite", "no_line")


def _named(state: int) -> Named:
    return NAMES[state]


def _severity(found: Analysis, limit: int) -> SeverityCurve | None:
    """All streams on one scale: in each row of a fused series, else where their times are the same."""
    scales = {name: scale for name, scale in found.scales.items() if name in found.series}
    if len(scales) < 2:
        return None
    values = {name: scale.severity(found.series[name].score) for name, scale in scales.items()}
    fused = found.series.get(FUSED)
    base = fused if fused is not None and all(len(v) == len(fused) for v in values.values()) else None
    if base is None:
        base = max((found.series[name] for name in scales), key=len)
        if not all(has_times(found.series[name]) for name in scales) or found.clock == "mixed":
            return None
        others = {name: (found.series[name].time, values[name]) for name in scales if name != base.id}
        near = together(places_of(base), {n: (t, v) for n, (t, v) in others.items() if t is not None})
        values = {base.id: values[base.id], **near}
    stacked = np.vstack([np.where(np.isfinite(v), v, -np.inf) for v in values.values()])
    worst = stacked.max(axis=0)
    worst = np.where(np.isfinite(worst), worst, np.nan)
    return SeverityCurve(curve=curve_of(base, worst, limit), streams=tuple(scales))
