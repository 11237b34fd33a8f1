"""Long curve -> which of its points to keep, so that nothing that happened disappears. Pure.

Kept are the first and the last point, minimum and maximum of every bucket, the sharpest one-step
spikes wherever they lie, and points that are not finite. It never invents or averages a value.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from collectors.evidence.order import distinct

Indices: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

NONFINITE_SHARE: Final = 8
"""At most one in so many kept points is one that is not finite."""
SPIKE_SHARE: Final = 8
"""One in so many is a spike chosen for its sharpness: two in one bucket both stay."""
FEW_A_BUCKET: Final = 64
"""With fewer points a bucket, looking at one bucket after the other would take longer than at all at once."""
GROWTH: Final = 1 / 8
"""Doublings by which a curve grows before it is divided anew, at most a twelfth of its buckets empty until then."""
_BLOCK: Final = 1 << 15
"""Points at a time: their arrays stay in the processor's cache."""


def downsample(step_or_x: ArrayLike, value: ArrayLike, limit: int) -> Indices:
    """Indices of at most `limit` points (at least two), rising; all of them where they are few.

    `step_or_x` and `value` have equal length. Buckets divide the x axis and the points alike: half
    of their measure is the distance in x, half the number of points. x that falls or is not
    finite is not used.
    """
    x, y = np.asarray(step_or_x, np.float64), np.asarray(value, np.float64)
    limit = max(limit, 2)
    if len(y) <= limit:
        return np.arange(len(y))
    finite = np.isfinite(y)
    kept = [np.array([0, len(y) - 1])]
    if not finite.all():
        kept.append(_nonfinite(y, min(limit - 2, max(1, limit // NONFINITE_SHARE))))
        chosen = np.flatnonzero(finite)
        kept.append(chosen[_finite(x[finite], y[finite], limit - 2 - len(kept[-1]))])
    else:
        kept.append(_finite(x, y, limit - 2))
    return distinct(np.concatenate(kept))


def _finite(x: Floats, y: Floats, limit: int) -> Indices:
    """Spikes and extremes of finite points, at most `limit` together."""
    spikes = _spikes(y, limit // SPIKE_SHARE)
    if limit - len(spikes) < 2:
        return spikes
    return np.concatenate((spikes, _extremes(y, _borders(x, (limit - len(spikes)) // 2))))


def _nonfinite(y: Floats, most: int) -> Indices:
    """Points that are not finite: the ends of every stretch first, then evenly between."""
    kind = np.where(np.isnan(y), 1, np.where(np.isinf(y), np.where(y > 0, 2, 3), 0))
    changes = np.flatnonzero(kind[1:] != kind[:-1])
    ends = distinct(np.concatenate(([0], changes, changes + 1, [len(y) - 1])))
    ends = ends[kind[ends] > 0]
    others = np.setdiff1d(np.flatnonzero(kind), ends, assume_unique=True)
    if len(ends) >= most:
        return _evenly(ends, most)
    return np.concatenate((ends, _evenly(others, most - len(ends))))


def _evenly(indices: Indices, most: int) -> Indices:
    """At most `most` of them, the first one always and the rest evenly spread."""
    if len(indices) <= most:
        return indices
    return indices[np.linspace(0, len(indices) - 1, most).astype(np.int64)] if most > 0 else indices[:0]


def _spikes(y: Floats, most: int) -> Indices:
    """The points that stand out furthest from both neighbours on the same side."""
    kept, heights = np.empty(0, np.int64), np.empty(0)
    least = 0.0
    for first in range(1, len(y) - 1 if most > 0 else 0, _BLOCK):
        height = _heights(y[first - 1 : first + _BLOCK + 1])
        better = np.flatnonzero(height > least)
        kept, heights = np.concatenate((kept, better + first)), np.concatenate((heights, height[better]))
        if len(kept) > most:
            best = np.argpartition(heights, len(heights) - most)[-most:]
            kept, heights = kept[best], heights[best]
            least = float(heights.min())
    return kept


def _heights(y: Floats) -> Floats:
    """How far each inner point lies above both neighbours or below both; 0 or less: between them."""
    before, here, after = y[:-2], y[1:-1], y[2:]
    with np.errstate(over="ignore"):  # neighbours at both ends of the float range
        above = here - np.maximum(before, after)
        below = np.minimum(before, after) - here
    return np.maximum(above, below, out=above)


def _borders(x: Floats, buckets: int) -> Indices:
    """First index of each bucket, found by bisection; fewer where buckets would be empty.

    A curve that grows keeps its borders until it reaches the next of the lengths that are divided.
    """
    wanted = np.arange(max(buckets, 1)) / max(buckets, 1)
    low, high = np.zeros(len(wanted), np.int64), np.full(len(wanted), max(len(x) - 1, 0))
    span, last = _rising_span(x), _next_length(max(len(x) - 1, 1))
    width = _next_length(span)
    for _ in range(len(x).bit_length()):
        middle = (low + high) // 2
        place = middle / last
        if span:
            place = (place + (x[middle] - x[0]) / width) / 2
        is_left = place < wanted
        low, high = np.where(is_left, middle + 1, low), np.where(is_left, high, middle)
    return distinct(low[low < len(x)])


def _next_length(length: float) -> float:
    """The length or the first above it of those that are `GROWTH` apart; 0 stays 0."""
    with np.errstate(divide="ignore", over="ignore"):
        found = float(np.exp2(np.ceil(np.log2(length) / GROWTH) * GROWTH))
    return found if np.isfinite(found) else length


def _rising_span(x: Floats) -> float:
    """Length of the x axis; 0 where x falls or is not finite, so that it cannot divide the points."""
    with np.errstate(over="ignore", invalid="ignore"):
        span = float(x[-1] - x[0]) if len(x) else 0.0
    return span if 0 < span < np.inf and bool(np.all(x[1:] >= x[:-1])) else 0.0


def _extremes(y: Floats, borders: Indices) -> Indices:
    """Where the minimum and the maximum of each bucket are, the first of equal ones."""
    if not len(y):
        return np.empty(0, np.int64)
    if len(y) < FEW_A_BUCKET * len(borders):
        return np.concatenate([_firsts(y, borders, extreme) for extreme in (np.minimum, np.maximum)])
    ends = [*borders[1:].tolist(), len(y)]
    kept = []
    for first, stop in zip(borders.tolist(), ends, strict=True):
        part = y[first:stop]
        kept += [first + int(part.argmin()), first + int(part.argmax())] if stop > first else []
    return np.array(kept, np.int64)


def _firsts(y: Floats, borders: Indices, extreme: np.ufunc) -> Indices:
    """Where each bucket has its extreme first: all buckets at once, which pays where they are small."""
    sizes = np.diff(borders, append=len(y))
    places = np.flatnonzero(y == np.repeat(extreme.reduceat(y, borders), sizes))
    return places[np.searchsorted(places, borders)]
