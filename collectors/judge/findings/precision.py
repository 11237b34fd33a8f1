"""Whether two numbers are the same as far as they were printed. Pure.

A table may be rounded, an event is a 32-bit float, and what a checkpoint keeps may have been rounded before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from collectors.training.agreement import FLOAT32, printed_digits

LARGEST: Final = (2.0 - 2.0**-23) * 2.0**127
"""Largest number that a 32-bit float holds."""
SMALLEST: Final = 1e-37
"""Below this a 32-bit float has fewer digits."""
COARSEST: Final = 0.01
"""A single number that happens to be short was hardly rounded by more than this share of it."""
MOST: Final = 1_000
"""Values of a column that are looked at."""


@dataclass(frozen=True, slots=True)
class Printed:
    """How finely the numbers of a column were printed."""

    decimals: int
    """Digits behind the point, at most."""
    digits: int
    """Digits that count, at most."""

    def unit(self, value: float) -> float:
        """The last digit's worth: columns have a fixed number of decimals, or a fixed number of digits."""
        size = math.floor(math.log10(abs(value))) + 1 if value else 0
        return max(10.0**-self.decimals, 10.0 ** (size - self.digits))


def printed(values: Iterable[float]) -> Printed:
    """How finely these numbers were printed, as the finest of them tells."""
    found = [printed_digits(repr(float(value))) for value in islice(values, MOST) if math.isfinite(value)]
    return Printed(max((d for d, _ in found), default=0), max((n for _, n in found), default=1))


def same_number(one: float, other: float, column: Printed) -> bool:
    """Whether a single number is the same as one of a column."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return one == other or (math.isnan(one) and math.isnan(other))
    own = min(printed([one]).unit(one), COARSEST * abs(other))
    rounding = max(column.unit(other), own) / 2
    return abs(one - other) <= max(rounding * (1 + FLOAT32), FLOAT32 * abs(other), SMALLEST)


def as_number(value: Any) -> float | None:
    """The number that a plain value is, or that a text spells; None for all else, a truth value too."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
