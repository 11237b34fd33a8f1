"""Ends of an axis -> places on it and its ticks. Pure numbers, no text of the state.

A place is a share of the axis, 0 at the low end and 1 at the high one. Values of any finite size are
allowed: nothing overflows, and an axis of one single value still has a length.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["linear", "log"]
ROOM_BELOW, ROOM_ABOVE = 0.16, 0.08
"""Share of the drawn values' span that stays free: below stands the name of the lowest point."""
CALM: Final = 1e-4
"""Steps smaller than this part of the values are all the same to the eye and to arithmetic."""
HUGE: Final = 1e300
"""Beyond, sums of two values may overflow: everything is divided first."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis; `low` and `high` are logarithms on a logarithmic one."""

    low: float
    high: float
    kind: Kind = "linear"
    shrink: float = 1.0
    """What values are multiplied with before they are placed."""
    positive: bool = False
    """Nothing that is placed is below 0, so no tick is either."""

    def place(self, value: float) -> float | None:
        """Return where a value stands; None where it cannot stand on this axis."""
        if self.kind == "log":
            return None if value <= 0 else self._share(math.log10(value))
        return self._share(value * self.shrink)

    def _share(self, at: float) -> float:
        return (at - self.low) / (self.high - self.low)

    def ticks(self, most: int = 5, least_step: float = 0.0) -> list[float]:
        """Return round values that lie on the axis, few and rising; about `most`."""
        powers = _powers(self.low, self.high, most) if self.kind == "log" else []
        if len(powers) > 2:
            return powers
        low, high = (10**self.low, 10**self.high) if self.kind == "log" else (self.low, self.high)
        step = max(_round_step((high - low) / most), least_step)
        first = math.ceil(low / step - 1e-9)
        found = [(first + n) * step for n in range(most + 2) if (first + n) * step <= high + step * 1e-9]
        told = (value / self.shrink for value in found if value >= 0 or not self.positive)
        return [value for value in told if math.isfinite(value)]


def value_axis(values: list[float], kind: Kind) -> Axis:
    """Return the axis that holds all values with some room; on a logarithmic one only those above 0."""
    shrink = 2.0**-8 if max(map(abs, values), default=0.0) > HUGE else 1.0
    told = [math.log10(v) for v in values if v > 0] if kind == "log" else [v * shrink for v in values]
    low, high = (min(told), max(told)) if told else (0.0, 1.0)
    span = high - low
    if span <= CALM * max(abs(low), abs(high)):
        span = max(abs(high), abs(low)) * 0.2 or 1.0
        low, high = low - span / 2, high + span / 2
    positive = all(value >= 0 for value in values)
    shrink = shrink if kind == "linear" else 1.0
    return Axis(low - span * ROOM_BELOW, high + span * ROOM_ABOVE, kind, shrink, positive)


def place_axis(first: float, last: float) -> Axis:
    """Return the axis of epochs, steps or seconds, from end to end."""
    shrink = 2.0**-8 if max(abs(first), abs(last)) > HUGE else 1.0
    low, high = first * shrink, last * shrink
    if high - low <= CALM * 1e-4 * max(abs(low), abs(high)):
        half = max(abs(high), 1.0) * 0.5 if abs(high) > 1e6 else 0.5
        low, high = low - half, high + half
    return Axis(low, high, shrink=shrink)


def _powers(low: float, high: float, most: int) -> list[float]:
    """Powers of ten, every so many that they are few; where they are two at most, 1, 2 and 5 of each."""
    first, last = max(math.ceil(low), -307), min(math.floor(high), 307)
    if last - first > 1:
        return [float(f"1e{n}") for n in range(first, last + 1, math.ceil((last - first + 1) / most))]
    found = [float(f"{n}e{power}") for power in range(first - 1, last + 1) for n in (1, 2, 5)]
    return [value for value in found if low <= math.log10(value) <= high]


def _round_step(rough: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below."""
    if rough <= 0 or not math.isfinite(rough):
        return 1.0
    size = 10.0 ** math.floor(math.log10(rough))
    if size == 0.0:
        return rough
    return next((n * size for n in (1, 2, 5) if n * size >= rough * (1 - 1e-9)), 10 * size)


def tick_text(value: float) -> str:
    """Return a tick's label, short: `0.4`, `250`, `20k`, `1e-05`."""
    size = abs(value)
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if unit <= size < 1e12:
            return f"{value / (1e3 if name == 'k' else unit):.4g}{name}"
    return f"{value:.4g}"
