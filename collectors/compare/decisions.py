"""Two scorings -> one sentence of what differs; None where nothing does, or one side has none. Pure."""

from __future__ import annotations

from collectors.contract.decisions import DecisionSummary
from collectors.numbers import number_words, plural


def decisions_differ(run: DecisionSummary | None, baseline: DecisionSummary | None) -> str | None:
    """Alarms, windows over `anomaly` and windows that nobody judged, of both sides."""
    if run is None or baseline is None:
        return None
    ours, theirs = _counts(run), _counts(baseline)
    told = [
        f"{number_words(ours[what])} {what} against {number_words(theirs[what])}"
        for what in ours
        if ours[what] != theirs[what]
    ]
    moved = _moved(run, baseline)
    if not told and not moved:
        return None
    of = f"of {plural(_windows(run), 'window')} against {_windows(baseline):,}"
    return f"Decisions {of}: {'; '.join([*told, *moved])}."


def _windows(side: DecisionSummary) -> int:
    return sum(sum(dict(side.counts[name]).values()) for name in side.deciding if name in side.counts)


def _counts(side: DecisionSummary) -> dict[str, int]:
    decided = [side.counts[name] for name in side.deciding if name in side.counts]
    return {
        "alarms": side.alarms.total,
        "windows over anomaly": sum(c.anomaly for c in decided),
        "windows not judged": sum(c.not_judged for c in side.counts.values()),
        "scores not finite": sum(c.not_finite for c in side.counts.values()),
    }


def _moved(run: DecisionSummary, baseline: DecisionSummary) -> list[str]:
    """Thresholds that are others."""
    both = [name for name in run.thresholds if name in baseline.thresholds]
    return [
        f"anomaly of {name} at {number_words(run.thresholds[name].anomaly)}"
        f" against {number_words(baseline.thresholds[name].anomaly)}"
        for name in both
        if run.thresholds[name].anomaly != baseline.thresholds[name].anomaly
    ]
