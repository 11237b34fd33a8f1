"""NaN that stands for "not measured here" -> no value. Pure.

A trainer that validates at every fifth epoch, or writes training and validation on lines of their own, may fill the
cells between with `nan`. It is taken for that only where the rows themselves show it: the values stand on a grid of
their own while the training goes on, or each row holds exactly one of the two. Any other NaN is a diverged loss.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import LossRows
from collectors.readers.common.finding_list import FindingList
from collectors.training.series import is_validation

Mask = NDArray[np.bool_]
FEWEST: Final = 3
"""Cells without a value that make a pattern; one or two may be a loss that was NaN."""


def without_placeholders(rows: LossRows, findings: FindingList) -> LossRows:
    """The rows in which such cells hold nothing; which series have them is told."""
    trained = _finite(rows, [name for name in rows.present if not is_validation(name)])
    measured = _finite(rows, [name for name in rows.present if is_validation(name)])
    is_apart = not bool((trained & measured).any()) and bool((trained | measured).all() and measured.any())
    present = dict(rows.present)
    for name, held in rows.present.items():
        empty = held & np.isnan(rows.values[name])
        other = trained if is_validation(name) else measured
        is_one = int(empty.sum()) >= FEWEST and bool((other | ~empty).all())
        if is_one and (is_apart or (is_validation(name) and _is_grid(np.flatnonzero(held & ~empty), len(rows)))):
            present[name] = held & ~empty
            findings.warning(f"{name} is NaN in {int(empty.sum()):,} rows between its values: not measured there")
    return LossRows((rows.epoch, rows.step, rows.time), rows.values, present)


def _finite(rows: LossRows, names: list[str]) -> Mask:
    """Rows in which one of these series has a number."""
    found = np.zeros(len(rows), np.bool_)
    for name in names:
        found |= rows.present[name] & np.isfinite(rows.values[name])
    return found


def _is_grid(at: NDArray[np.int64], count: int) -> bool:
    """Whether values stand at every so many rows, from the first or the first due on; the last row may have one too."""
    if not at.size:
        return False
    due = at[:-1] if at.size > 1 and at[-1] == count - 1 else at
    strides = {int(at[0]) + 1, *np.diff(at)[:1].tolist()} - {1}
    grids = (np.arange(first, count, stride) for stride in strides for first in (0, stride - 1))
    return any(np.array_equal(grid, at) or np.array_equal(grid, due) for grid in grids)
