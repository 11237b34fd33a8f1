"""A judged series -> what other thresholds would give: windows over, alarms, false alarms. Pure.

An alarm still ends below the `warn` that was used, so lines between `warn` and the worst score need no second pass:
each stretch over `warn` is an alarm up to the line that it reaches.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.contract.decisions import WhatIf
from collectors.decisions.alarms import stretches_of
from collectors.decisions.analysis import Analysis
from collectors.decisions.bounds import independent, upper_bound
from collectors.decisions.series import Series
from collectors.evidence.scores import Floats

LINES: Final = 320
SAMPLE: Final = 20_000
"""Scores from which lines are chosen; every score is counted."""


def what_if(found: Analysis, name: str) -> WhatIf | None:
    """The table of one series; None where it has no score or no line."""
    one, lines = found.judged[name], found.lines_of(name)
    worse = one.worse[np.isfinite(one.worse)]
    if lines is None or not len(worse):
        return None
    sign = one.sign
    low = sign * (lines.anomaly if lines.warn is None else lines.warn)
    grid = _grid(worse, sorted((low, sign * lines.anomaly)))
    stretches = found.alarms[name].stretches if name in found.alarms else stretches_of(one, found.rules.alarms)
    alarms = [None if line < low else int(n) for line, n in zip(grid, over(stretches.reach, grid), strict=True)]
    calibration = _worse(found.reference.get(name), sign) if found.files.calibration else None
    normal = found.normal.get(name)
    normal_worse = _worse(normal, sign)
    bounds = None if normal is None else _bounds(normal, sign, grid, found.window_seconds(name))
    turned = slice(None, None, sign)  # lines rise in the table whichever way is worse

    def counted(values: Floats) -> tuple[int, ...]:
        return tuple(over(values, grid)[turned].tolist())

    return WhatIf(
        line=tuple((sign * grid)[turned].tolist()),
        over=counted(worse),
        alarms=tuple(alarms[turned]),
        calibration_over=None if calibration is None else counted(calibration),
        normal_over=None if normal is None else counted(normal_worse),
        normal_bound=None if bounds is None else tuple(bounds[turned]),
        windows=len(worse),
        calibration_windows=0 if calibration is None else len(calibration),
        normal_windows=len(normal_worse),
    )


def _worse(series: Series | None, sign: int) -> Floats:
    values = np.empty(0) if series is None else sign * series.score
    return values[np.isfinite(values)]


def _grid(worse: Floats, kept: list[float]) -> Floats:
    """Lines from the best score to beyond the worst: evenly, at quantiles, and those that are used."""
    sample = worse[:: max(1, len(worse) // SAMPLE)]
    low, high = float(worse.min()), float(max(worse.max(), kept[-1]))
    spread = (high - low) or abs(high) or 1.0
    even = np.linspace(kept[0], high + spread / 100, LINES // 2)
    below = np.linspace(low, kept[0], LINES // 8) if low < kept[0] else np.empty(0)
    quantiles = np.quantile(sample, np.linspace(0, 1, LINES // 3))
    digits = 6 - int(np.ceil(np.log10(spread)))  # a person reads and copies them
    every = np.concatenate((np.round(np.concatenate((even, below, quantiles)), max(0, digits)), kept))
    return np.unique(every)


def over(values: Floats, grid: Floats) -> NDArray[np.int64]:
    """How many values lie at each line or beyond it."""
    return np.asarray(len(values) - np.searchsorted(np.sort(values), grid), np.int64)


def _bounds(normal: Series, sign: int, grid: Floats, window: float | None) -> list[float | None]:
    """Upper bound of the share of normal windows over each line, counted without overlap."""
    apart = independent(normal.time, window)
    if apart is None:
        return [None] * len(grid)
    stretches, place = np.unique(apart, return_inverse=True)
    worst = np.full(len(stretches), -np.inf)
    np.maximum.at(worst, place, np.nan_to_num(sign * normal.score, nan=-np.inf, posinf=np.inf, neginf=np.inf))
    counts = over(worst, grid)
    return [round(upper_bound(int(n), len(stretches)), 6) for n in counts]
