"""Values of curves -> how they are drawn, on the page and in a report: smoothed or not, from where to where.

Drawn is measured: a curve of few points is never smoothed. One spike does not flatten a curve: what stands far off is
left off the scale, and told, where all else would lie in a small part of it. Pure numbers; nothing is dropped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from collectors.presentation.charts.axes import Kind

SMOOTHED_FROM: Final = 200
"""Finite points of a curve below which it is drawn as it was measured."""
SMOOTHING: Final = 0.6
"""The weight where nobody chose another, as TensorBoard has it."""
MOST_SMOOTHING: Final = 0.99
ENOUGH: Final = 8
"""Points of a curve below which none of them is far off."""
FAR_SHARE: Final = 50
"""One point in so many may be far off at either end, and at least one."""
FLATTENED: Final = 7
"""Times the length of all else beyond its ends: then what lies there is left off the scale."""
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """How a reader wishes the charts."""

    kind: Kind = "linear"
    """How the value axis is divided; on a logarithmic one nothing is off the scale."""
    smoothing: float = SMOOTHING
    """Weight of what came before, from 0 to below 1."""
    is_whole: bool = False
    """Whether every value must be on the scale."""


USUAL: Final = Look()


def is_smoothed(values: Iterable[float | None]) -> bool:
    """Whether a curve has so many points that it may be smoothed."""
    return sum(value is not None for value in values) >= SMOOTHED_FROM


def smoothed(values: Sequence[float | None], weight: float) -> tuple[float | None, ...]:
    """Return the exponential moving average with the start's bias taken out; gaps stay gaps."""
    total, count, found = 0.0, 0, list[float | None]()
    for value in values:
        if value is None:
            found.append(None)
            continue
        total, count = total * weight + (1 - weight) * value, count + 1
        found.append(total / (1 - weight**count))
    return tuple(found)


def usual_range(values: Iterable[float | None]) -> Range | None:
    """Return from where to where a curve lies without its farthest points; its last value always counts in."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    far = max(1, len(known) // FAR_SHARE) if len(known) >= ENOUGH else 0
    inner = sorted(known)[far : len(known) - far]
    return min(*inner, known[-1]), max(*inner, known[-1])


def drawn_range(values: Sequence[float], usual: Iterable[Range | None]) -> Range:
    """Return the ends of the scale: of all values, or without those that would flatten the others.

    What is no farther off than the usual values are long stays on the scale.
    """
    known = [one for one in usual if one is not None]
    full = min(values, default=0.0), max(values, default=1.0)
    low, high = min((one[0] for one in known), default=full[0]), max((one[1] for one in known), default=full[1])
    length = high - low
    if not 0 < length * FLATTENED < math.inf:
        return full
    near = [value for value in values if low - length <= value <= high + length]
    is_cut = low - full[0] > length * FLATTENED, full[1] - high > length * FLATTENED
    return min(near) if is_cut[0] else full[0], max(near) if is_cut[1] else full[1]
