"""Two scorings -> one sentence of what differs; None where nothing does, or one side has none. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from collectors.contract.decisions import Alarm, DecisionSummary
from collectors.numbers import listed, moment_words, number_words, plural

ONE = {
    "alarms": "alarm",
    "windows over anomaly": "window over anomaly",
    "windows not judged": "window not judged",
    "scores not finite": "score not finite",
}


def decisions_differ(run: DecisionSummary | None, baseline: DecisionSummary | None) -> str | None:
    """Alarms, windows over `anomaly`, windows that nobody judged, and which alarms of the baseline the run has too."""
    if run is None or baseline is None:
        return None
    ours, theirs = _counts(run), _counts(baseline)
    told = [
        f"{number_words(ours[what])} {what if ours[what] != 1 else ONE[what]} against {number_words(theirs[what])}"
        for what in ours
        if ours[what] != theirs[what]
    ]
    differs = [*told, *_moved(run, baseline), *_again(run, baseline)]
    if not differs:
        return None
    of = f"of {plural(_windows(run), 'window')} against {_windows(baseline):,}"
    return f"Decisions {of}: {'; '.join([*differs, *_all_again(run, baseline)])}."


def _all_again(run: DecisionSummary, baseline: DecisionSummary) -> Iterator[str]:
    """That no alarm of the baseline is missing, where something else differs."""
    theirs = baseline.alarms
    if theirs.listed and _on_one_clock(run, baseline) and not _without(theirs.listed, run.alarms.listed):
        count = len(theirs.listed)
        which = "the baseline's alarm" if count == 1 else f"each of the baseline's {plural(count, _worst(baseline))}"
        yield f"{which} found again"


def _again(run: DecisionSummary, baseline: DecisionSummary) -> Iterator[str]:
    """Alarms that one side has at a time at which the other has none; nothing where times are of two clocks."""
    if not _on_one_clock(run, baseline):
        return
    theirs, ours = baseline.alarms, run.alarms
    lost, new = _without(theirs.listed, ours.listed), _without(ours.listed, theirs.listed)
    if lost and ours.total == len(ours.listed):
        asked = len(theirs.listed)
        found = f"{asked - len(lost) or 'none'} of the baseline's {plural(asked, _worst(baseline))} found again"
        yield f"{found}, not {_named(lost, baseline.clock)}"
    if new and theirs.total == len(theirs.listed):
        yield f"new: {plural(len(new), _worst(run))}, {_named(new, run.clock)}"


def _on_one_clock(run: DecisionSummary, baseline: DecisionSummary) -> bool:
    return run.clock == baseline.clock and run.clock != "mixed"


def _worst(side: DecisionSummary) -> str:
    """What an alarm is called where not all of them are looked at."""
    return "worst alarm" if side.alarms.total > len(side.alarms.listed) else "alarm"


def _without(alarms: Iterable[Alarm], others: Sequence[Alarm]) -> list[Alarm]:
    """Alarms during which none of the others is going on in the same series, in the order of time."""
    alone = (
        a for a in alarms if not any(a.series == b.series and a.start <= b.end and b.start <= a.end for b in others)
    )
    return sorted(alone, key=lambda alarm: alarm.start)


def _named(alarms: Iterable[Alarm], clock: str) -> str:
    return listed(f"{alarm.series} at {moment_words(alarm.start, clock)}" for alarm in alarms)


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
