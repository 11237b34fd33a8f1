"""Judged windows -> alarms: stretches over their lines, with hysteresis, least length and gap. Pure.

An alarm goes on while the score stays over `warn`, bridges a few windows below it, and fires only after some windows
in a row over `anomaly`; one that has not fired at the end of the data is pending. Windows that are no score bridge like
windows below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.contract.decision_rules import AlarmRules
from collectors.decisions.words import Judged
from collectors.evidence.order import median
from collectors.evidence.scores import Floats

MEASURED: Final = 10_000
"""Steps that are looked at, evenly over all."""
LATE: Final = 1.5
"""Strides after which the next window is late: something between was not scored."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Stretches over `warn`, as places in the series; each array has one item a stretch."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    windows: NDArray[np.int64]
    """Windows over `warn` in it."""
    peak: NDArray[np.int64]
    """Place of its worst score."""
    reach: Floats
    """The largest line that so many windows in a row still reach, signed so that higher is worse; -inf: too few."""

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True)
class Alarms:
    """Places of the alarms that fired, and whether one is pending at the end."""

    stretches: Stretches
    fired: NDArray[np.int64]
    """Which stretches are alarms, in time order."""
    pending: bool


def stride_of(time: Floats | None) -> float | None:
    """Seconds from one window to the next, usually."""
    if time is None:
        return None
    steps = np.diff(time)
    steps = steps[:: max(1, len(steps) // MEASURED)]
    steps = steps[np.isfinite(steps) & (steps > 0)]
    return round(median(steps), 6) if len(steps) else None


def stretches_of(one: Judged, rules: AlarmRules) -> Stretches:
    """Every stretch over `warn` (over `anomaly` where there is no `warn`)."""
    worse = one.worse
    line = one.sign * np.where(np.isnan(one.warn), one.anomaly, one.warn)
    places = np.flatnonzero(worse >= line)
    if not len(places):
        none = np.empty(0, np.int64)
        return Stretches(none, none, none, none, np.empty(0))
    starts = np.concatenate(([0], np.flatnonzero(_apart(places, one.series.time, rules)) + 1))
    ends = np.concatenate((starts[1:], [len(places)]))
    of = np.repeat(np.arange(len(starts)), ends - starts)
    tops = np.maximum.reduceat(worse[places], starts)
    at_top = np.flatnonzero(worse[places] == tops[of])
    first_top = at_top[np.searchsorted(of[at_top], np.arange(len(starts)))]
    reach = np.maximum.reduceat(_in_a_row(worse, rules.least_windows)[places], starts)
    return Stretches(places[starts], places[ends - 1], ends - starts, places[first_top], reach)


def _apart(places: NDArray[np.int64], time: Floats | None, rules: AlarmRules) -> NDArray[np.bool_]:
    """Between which neighbours of `places` a stretch ends."""
    apart = np.diff(places) > rules.gap_windows + 1
    stride = stride_of(time)
    if time is not None and stride is not None:
        apart |= np.diff(time[places]) > (rules.gap_windows + LATE) * stride
    return np.asarray(apart)


def _in_a_row(worse: Floats, count: int) -> Floats:
    """For each window the least of itself and the `count - 1` before it; -inf where one of them is no score."""
    known = np.where(np.isnan(worse), -np.inf, worse)
    least = known.copy()
    for back in range(1, count):
        least[back:] = np.minimum(least[back:], known[:-back])
        least[:back] = -np.inf
    return least


def alarms_of(one: Judged, rules: AlarmRules) -> Alarms:
    """The stretches that reach `anomaly` for long enough."""
    found = stretches_of(one, rules)
    if not len(found):
        return Alarms(found, np.empty(0, np.int64), pending=False)
    line = one.sign * one.anomaly[found.peak]
    has_fired = found.reach >= line
    at_end = found.last[-1] == len(one.series) - 1
    pending = bool(at_end and not has_fired[-1] and one.worse[found.last[-1]] >= line[-1])
    return Alarms(found, np.flatnonzero(has_fired), pending)
