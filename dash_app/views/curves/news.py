"""A curve as a browser holds it, and as it is now -> the rows that are new, and where the others stay. Pure.

A segment is `[first, count]`, rows of the old curve that stay, or the columns of new rows between. A row is new where
any of its places or its value is another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

COLUMNS: Final = ("epoch", "step", "time", "value")
Columns = Mapping[str, list[Any]]


def segments(before: Columns, now: Columns) -> list[Any]:
    """The curve of now in segments of the one before."""
    old, new = _rows(before), _rows(now)
    index = {row: at for at, row in enumerate(old)}
    at = np.array([index.get(row, -1) for row in new], np.int64)
    if not new:
        return []
    breaks = np.flatnonzero(np.diff(at) != np.where(at[1:] < 0, 0, 1)) + 1
    return [_segment(now, at, first, stop) for first, stop in zip([0, *breaks], [*breaks, len(at)], strict=True)]


def _rows(columns: Columns) -> list[tuple[Any, ...]]:
    return list(zip(*(columns[name] for name in COLUMNS), strict=True))


def _segment(now: Columns, at: Any, first: int, stop: int) -> Any:
    if at[first] >= 0:
        return [int(at[first]), int(stop - first)]
    return {name: now[name][first:stop] for name in COLUMNS}
