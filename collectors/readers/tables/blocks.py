"""Rows in file order -> without those that a later beginning made void. Pure.

A table that begins again (header repeated, appended, pasted twice) counts from its last beginning; one that
goes back in between was resumed there. A single row that goes back is out of order and makes nothing void.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import Floats, LossRows
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
    unit, axis, leads, falls = _counting(rows)
    at = axis[leads]
    if unit == "step" and not falls.size and bool((np.diff(rows.epoch[leads]) < 0).any()):
        findings.warning("epochs go back while steps rise: the steps count (another batch size?)")
    reached = np.maximum.accumulate(at)
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


def _counting(rows: LossRows) -> tuple[str, Floats, NDArray[np.int64], NDArray[np.int64]]:
    """What places the rows: its name and column, the rows of a training that have one, and where among them it falls.

    The epoch; but steps that every such row has, and that fall less often: with another batch size epochs count anew.
    """
    leading = _leading(rows)
    every = []
    for unit, axis in (("epoch", rows.epoch), ("step", rows.step)):
        leads = np.flatnonzero(leading & ~np.isnan(axis))
        every.append((unit, axis, leads, np.flatnonzero(axis[leads][1:] < axis[leads][:-1]) + 1))
    by_epoch, by_step = every
    is_whole = by_step[2].size == int(np.count_nonzero(leading))
    is_better = is_whole and (not by_epoch[2].size or by_step[3].size < by_epoch[3].size)
    return by_step if is_better or bool(np.isnan(rows.epoch).all()) else by_epoch


def _leading(rows: LossRows) -> NDArray[np.bool_]:
    """Rows that hold a training's value; all rows with a loss where there are only validations."""
    names = [name for name in rows.present if not is_validation(name)] or list(rows.present)
    held = np.zeros(len(rows), np.bool_)
    for name in names:
        held |= rows.present[name]
    return held
