"""Counts of normal windows over a line -> how large their share may be, exactly (Clopper-Pearson). Pure."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from collectors.evidence.scores import Floats

LEVEL: Final = 0.95
_STEPS: Final = 60


@lru_cache(maxsize=4096)
def upper_bound(count: int, of: int, level: float = LEVEL) -> float:
    """Largest share with which `count` or fewer of `of` independent windows still come about in 1 - level of cases."""
    if count >= of:
        return 1.0
    k = np.arange(count + 1)
    log_ways = math.lgamma(of + 1) - np.array([math.lgamma(i + 1) + math.lgamma(of - i + 1) for i in k])
    low, high = count / of, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        terms = log_ways + k * math.log(middle) + (of - k) * math.log1p(-middle)
        low, high = (middle, high) if np.exp(terms).sum() > 1 - level else (low, middle)
    return high


def needed(target: float, level: float = LEVEL) -> int:
    """Independent windows, none of them over the line, that prove a share of at most `target`."""
    return math.ceil(math.log(1 - level) / math.log(1 - target) - 1e-9)


def independent(time: Floats | None, window_seconds: float | None) -> Floats | None:
    """Which stretch of one window's length each window ends in; windows of one stretch count once.

    None without times or length: nothing says how far windows overlap.
    """
    if time is None or window_seconds is None or not np.isfinite(time).all() or not len(time):
        return None
    return np.asarray(np.floor((time - time.min()) / window_seconds + 1e-9))
