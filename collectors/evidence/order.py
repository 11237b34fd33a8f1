"""Columns of numbers -> what their order tells. Pure.

numpy's own `unique` and `median` load its masked arrays, which takes longer than a short command reads; these refuse
nothing, and know no mask.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def distinct(values: Any) -> NDArray[Any]:
    """Every number once, rising."""
    ordered: NDArray[Any] = np.sort(values, axis=None)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if ordered.size else ordered


def median(values: Any) -> float:
    """The middle one of at least one number, or half way between the two in the middle."""
    ordered = np.sort(values)
    middle = (len(ordered) - 1) / 2
    return float((ordered[int(middle)] + ordered[int(middle + 0.5)]) / 2)
