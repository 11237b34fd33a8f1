"""Rows of a loss history, stored in columns: a million of them take little memory.

Input: parallel arrays. Output: a sequence that makes each `LossRow` when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import Any, Self, overload

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.tables import LossRow

Floats = NDArray[np.float64]


class LossRows(Sequence[LossRow]):
    """A sequence of `LossRow` over columns.

    `epoch`, `step`, `time`: float64, NaN where unknown. `values`: series -> float64; `present`: series
    -> bool, whether the row has a value, which may be NaN.
    """

    def __init__(
        self,
        axes: tuple[Floats, Floats, Floats],
        values: Mapping[str, Floats],
        present: Mapping[str, NDArray[np.bool_]],
    ) -> None:
        self.epoch, self.step, self.time = axes
        self.values = dict(values)
        self.present = dict(present)

    @classmethod
    def from_columns(
        cls,
        epoch: Sequence[float | None],
        step: Sequence[int | None],
        time: Sequence[float | None],
        values: Mapping[str, Sequence[float | None]],
    ) -> Self:
        """Make rows of lists in which None is unknown, as `columns` gives them."""
        axes = (_with_nan(epoch), _with_nan(step), _with_nan(time))
        present = {name: np.array([v is not None for v in column], np.bool_) for name, column in values.items()}
        return cls(axes, {name: _with_nan(column) for name, column in values.items()}, present)

    def columns(self) -> dict[str, Any]:
        """Lists `epoch`, `step`, `time` and, under `values`, one for each series; None is unknown."""
        return {
            "epoch": _with_none(self.epoch),
            "step": [None if step is None else int(step) for step in _with_none(self.step)],
            "time": _with_none(self.time),
            "values": {
                name: [v if has else None for v, has in zip(column.tolist(), self.present[name].tolist(), strict=True)]
                for name, column in self.values.items()
            },
        }

    def __len__(self) -> int:
        return len(self.epoch)

    @overload
    def __getitem__(self, index: int) -> LossRow: ...

    @overload
    def __getitem__(self, index: slice) -> LossRows: ...

    def __getitem__(self, index: int | slice) -> LossRow | LossRows:
        if isinstance(index, slice):
            return self.take(index)
        if not -len(self) <= index < len(self):
            raise IndexError(f"row {index} of {len(self)}")
        return next(iter(self.take([index % len(self)])))

    def __iter__(self) -> Iterator[LossRow]:
        columns = self.columns()
        names, series = list(columns["values"]), list(columns["values"].values())
        rows = zip(columns["epoch"], columns["step"], columns["time"], *series, strict=True)
        for epoch, step, time, *values in rows:
            row = {name: value for name, value in zip(names, values, strict=True) if value is not None}
            yield LossRow(epoch, step, time, row)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sequence)
            and len(self) == len(other)
            and all(a == b for a, b in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self):,} loss rows of {', '.join(self.values) or 'no series'}>"

    def followed_by(self, later: LossRows) -> LossRows:
        """These rows and then the later ones; a series that one of them has not is absent there."""
        parts, names = (self, later), dict.fromkeys([*self.values, *later.values])
        no_value = [(np.full(len(part), np.nan), np.zeros(len(part), np.bool_)) for part in parts]
        values = {n: [part.values.get(n, none) for part, (none, _) in zip(parts, no_value, strict=True)] for n in names}
        present = {n: [p.present.get(n, none) for p, (_, none) in zip(parts, no_value, strict=True)] for n in names}
        axes = [np.concatenate([getattr(part, axis) for part in parts]) for axis in ("epoch", "step", "time")]
        return LossRows(
            (axes[0], axes[1], axes[2]),
            {name: np.concatenate(held) for name, held in values.items()},
            {name: np.concatenate(held) for name, held in present.items()},
        )

    def take(self, rows: Any) -> LossRows:
        """Return the chosen rows: a slice, indices or a mask."""
        return LossRows(
            (self.epoch[rows], self.step[rows], self.time[rows]),
            {name: column[rows] for name, column in self.values.items()},
            {name: column[rows] for name, column in self.present.items()},
        )


def _with_nan(column: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in column], np.float64)


def _with_none(column: Floats) -> list[float | None]:
    return [None if isnan(value) else value for value in column.tolist()]
