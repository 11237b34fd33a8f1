"""Gradient norms beside losses -> one sentence where they stop being finite numbers. Pure.

A trainer may go on after a NaN gradient and log a loss of 0.0, or the last finite one: the losses alone look sound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import Floats, LossRows
from collectors.numbers import number_words
from collectors.training.series import is_validation


def gradient_words(rows: LossRows, norm: Floats, present: NDArray[np.bool_]) -> str | None:
    """What is wrong with the gradient norms, and with the losses behind them; None where all are finite.

    `norm`: one a row; `present`: whether a row has one.
    """
    odd = np.flatnonzero(present & ~np.isfinite(norm))
    if not odd.size:
        return None
    first, known = int(odd[0]), int(np.count_nonzero(present))
    kind = "NaN" if np.isnan(norm[first]) else "infinite"
    goes_on = bool((present[first:] <= ~np.isfinite(norm[first:])).all()) and first != len(norm) - 1
    where = f"from {_place(rows, first)} on" if goes_on else f"at {_place(rows, first)}"
    dead = [
        n for n in rows.values if not is_validation(n) and _all_zero(rows.values[n][first:][rows.present[n][first:]])
    ]
    zero = f", and {dead[0]} is 0.0 from then on: nothing is learnt any more" if goes_on and dead else ""
    return f"the gradient norm is {kind} {where} ({odd.size:,} of {known:,} rows){zero}"


def _all_zero(values: Floats) -> bool:
    return bool(values.size) and not values.any()


def _place(rows: LossRows, row: int) -> str:
    for unit, axis in (("step", rows.step), ("epoch", rows.epoch)):
        if np.isfinite(axis[row]):
            return f"{unit} {number_words(float(axis[row]))}"
    return f"row {row + 1:,}"
