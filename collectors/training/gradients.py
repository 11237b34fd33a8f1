"""Gradient norms beside losses -> one sentence where they stop being finite numbers. Pure.

A trainer may go on after a NaN gradient and log a loss of 0.0, or the last finite one: the losses alone look sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.order import distinct
from collectors.evidence.table_rows import Floats, LossRows
from collectors.numbers import number_words
from collectors.training.series import is_gradient_norm, is_validation

if TYPE_CHECKING:
    from collectors.training.stream_runs import Curve


def norm_words(norm: Curve, curves: Mapping[str, Curve]) -> str | None:
    """What is wrong with one gradient norm and with the losses behind it, by step; None where all is finite."""
    if bool(np.isfinite(norm.value).all()):
        return None
    losses = {name: curve for name, curve in curves.items() if not is_gradient_norm(name)}
    steps = distinct(np.concatenate([c.step for c in (norm, *losses.values())]))
    columns = {name: _at(steps, curve) for name, curve in losses.items()}
    unknown = np.full(steps.size, np.nan)
    rows = LossRows(
        (unknown, steps.astype(np.float64), unknown),
        {name: value for name, (value, _) in columns.items()},
        {name: present for name, (_, present) in columns.items()},
    )
    return gradient_words(rows, *_at(steps, norm))


def _at(steps: NDArray[np.int64], curve: Curve) -> tuple[Floats, NDArray[np.bool_]]:
    """A curve's values in the rows of all steps, and which rows have one."""
    value, present = np.full(steps.size, np.nan), np.zeros(steps.size, np.bool_)
    rows = np.searchsorted(steps, curve.step)
    value[rows], present[rows] = curve.value, True
    return value, present


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
