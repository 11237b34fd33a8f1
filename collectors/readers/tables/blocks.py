"""Rows in file order -> without those that a later beginning made void. Pure.

A table that begins again (header repeated, appended, pasted twice) counts from its last beginning; one that
goes back in between was resumed there. A single row that goes back is out of order and makes nothing void.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import LossRows
from collectors.readers.common.finding_list import FindingList
from collectors.readers.tables.parts import MAX_TOLD
from collectors.training.series import is_validation

MOST_BEGINNINGS = 4
"""One row in so many may go back before a table counts as unordered, where nothing begins again."""


def valid_rows(
    rows: LossRows, place: NDArray[np.int64], findings: FindingList, where: Callable[[int], str]
) -> NDArray[np.bool_]:
    """Which rows count, as a mask; what the others were is told."""
    kept = np.ones(len(rows), np.bool_)
    unit, axis = ("epoch", rows.epoch) if not bool(np.isnan(rows.epoch).all()) else ("step", rows.step)
    leads = np.flatnonzero(_leading(rows) & ~np.isnan(axis))
    at = axis[leads]
    falls = np.flatnonzero(at[1:] < at[:-1]) + 1
    reached = np.maximum.accumulate(at) if at.size else at
    begun = 0
    is_ordered = falls.size * MOST_BEGINNINGS <= max(at.size, MOST_BEGINNINGS)
    for told, fall in enumerate(falls.tolist()):
        before = slice(0, int(leads[fall]))
        if is_ordered and at[fall] <= at[begun]:
            kept[before] = False
            begun, what = fall, "the table begins again, and only what follows counts"
        elif is_ordered and fall + 1 < at.size and at[fall + 1] <= reached[fall - 1]:
            with np.errstate(invalid="ignore"):
                kept[before] &= ~(axis[before] >= at[fall])
            what = "the training was resumed there, and what it had thrown away does not count"
        else:
            what = "out of order"
        if told < MAX_TOLD:
            text = f"{unit}s go back from {at[fall - 1]:g} to {at[fall]:g}: {what}"
            findings.warning(text, where(int(place[leads[fall]])))
    if falls.size > MAX_TOLD:
        findings.warning(f"{unit}s go back {falls.size - MAX_TOLD:,} more times")
    return kept


def _leading(rows: LossRows) -> NDArray[np.bool_]:
    """Rows that hold a training's value; all rows with a loss where there are only validations."""
    names = [name for name in rows.present if not is_validation(name)] or list(rows.present)
    held = np.zeros(len(rows), np.bool_)
    for name in names:
        held |= rows.present[name]
    return held
