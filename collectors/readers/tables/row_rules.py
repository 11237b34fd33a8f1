"""Cells that say what a row was measured on -> which rows of a series count. Pure.

A description says it (`where: {mode: val}`); without one, a row whose `mode` says validation is never training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from collectors.training.series import is_validation, words_of

MARKS: Final = ("mode", "split", "phase")
"""Columns that say on which part of the data a row was measured."""
TESTED: Final = frozenset({"test"})
"""Neither training nor the validation by which a model is chosen."""
ON, OFF = "true", "false"


def as_said(cell: object) -> str:
    """A cell as it is compared: no case, no blanks around it, `1.0` as `1`."""
    if isinstance(cell, bool):
        return ON if cell else OFF
    text = str(cell).strip().lower()
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of a series that count, by what one of their cells says."""

    place: int
    """The column."""
    wanted: frozenset[str] | Literal["training", "validation"]
    """Values as `as_said` gives them, or what they must mean."""

    def mask(self, cells: Sequence[object]) -> NDArray[np.bool_]:
        """For each cell whether its row counts."""
        fits = {cell: self._fits(cell) for cell in set(cells)}
        return np.fromiter((fits[cell] for cell in cells), np.bool_, len(cells))

    def _fits(self, cell: object) -> bool:
        if isinstance(self.wanted, frozenset):
            return as_said(cell) in self.wanted
        text = str(cell)
        if self.wanted == "training":
            return not is_validation(text)
        return is_validation(text) and not words_of(text) & TESTED
