"""A JSON object of lists -> rows: one list a series, as Keras, XGBoost and LightGBM keep what they logged. Pure.

`{"loss": [..], "val_loss": [..]}`; names of nested objects are joined, as in `validation_0/logloss`. Rows are the
iterations, from 0, where no list holds epochs or steps. A list that is shorter than the others is refused: which of
its iterations are missing cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import Floats
from collectors.readers.tables.columns import GRADIENT, LossColumns, choose_columns, report_missing_series
from collectors.readers.tables.numbers import moment, number
from collectors.readers.tables.parts import MAX_ROWS, Part, Parts
from collectors.readers.text.text import brief

DEEPEST: Final = 4
_MOST_NAMES: Final = 10_000


def lists_in(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Every list of numbers below an object, by its joined name; none where there is something else in a list."""
    found: dict[str, list[Any]] = {}
    for name, values in _below(document, "", DEEPEST):
        if len(found) < _MOST_NAMES:
            found[name] = values
    return found


def are_only_lists(document: Mapping[str, Any]) -> bool:
    """Whether an object holds lists and objects of lists alone: it is no row, though it may stand on one line."""
    return bool(document) and all(
        isinstance(value, list) or (isinstance(value, Mapping) and are_only_lists(value)) for value in document.values()
    )


def _below(found: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    for name, value in found.items():
        if isinstance(value, Mapping) and depth:
            yield from _below(value, f"{prefix}{name}/", depth - 1)
        elif isinstance(value, list) and value and not isinstance(value[0], (dict, list)):
            yield f"{prefix}{name}", value


def read_lists(lists: Mapping[str, list[Any]], columns: LossColumns, parts: Parts) -> tuple[str, ...]:
    """Read the wanted lists as columns; the names of all."""
    names = tuple(lists)
    chosen = choose_columns(names, columns)
    if not columns.is_part:
        report_missing_series(names, columns, chosen, parts.findings)
    length = max((len(lists[names[at]]) for at in chosen.series.values()), default=0)
    columns_of = _Columns(lists, min(length, MAX_ROWS + 1), parts)
    wanted = chosen.series if chosen.gradient is None else {**chosen.series, GRADIENT: chosen.gradient}
    series = {name: found for name, at in wanted.items() if (found := columns_of.read(names[at])) is not None}
    steps = columns_of.axis(None if chosen.step is None else names[chosen.step])
    epochs = columns_of.axis(None if chosen.epoch is None else names[chosen.epoch])
    times = columns_of.axis(None if chosen.time is None else names[chosen.time])
    rows = np.arange(columns_of.length)
    is_placed = steps is not None or epochs is not None
    parts.where = "iteration {}".format
    parts.add(
        Part(
            place=rows.astype(np.int64),
            epoch=_or_unknown(epochs, rows),
            step=_or_unknown(steps, rows) if is_placed else rows.astype(np.float64),
            time=_or_unknown(times, rows),
            values={name: values for name, (values, _) in series.items()},
            present={name: present for name, (_, present) in series.items()},
        )
    )
    return names


def _or_unknown(column: Floats | None, rows: NDArray[Any]) -> Floats:
    return np.full(len(rows), np.nan) if column is None else column


class _Columns:
    """Lists of one length as numbers."""

    def __init__(self, lists: Mapping[str, list[Any]], length: int, parts: Parts) -> None:
        self.length = length
        self._lists = lists
        self._parts = parts

    def read(self, name: str) -> tuple[Floats, NDArray[np.bool_]] | None:
        """A list's numbers, and which rows have one; None, and said, where it is shorter than the others."""
        held = self._lists[name]
        if len(held) < self.length:
            text = f"{brief(name)} has {len(held):,} values where others have {self.length:,}"
            self._parts.findings.warning(f"{text}: which iterations it lacks cannot be told, so it is not read")
            return None
        numbers = [_number(value) for value in held[: self.length]]
        present = np.array([value is not None for value in numbers], np.bool_)
        odd = sum(n is None and value is not None for n, value in zip(numbers, held, strict=False))
        if odd:
            self._parts.findings.warning(f"{brief(name)} holds {odd:,} values that are no numbers: they are skipped")
        return np.array([np.nan if value is None else value for value in numbers], np.float64), present

    def axis(self, name: str | None) -> Floats | None:
        """A list that places the rows; None where there is none of their length."""
        held = self._lists.get(name) if name is not None else None
        if held is None or len(held) != self.length:
            return None
        places = [moment(value) if isinstance(value, str) else _number(value) for value in held]
        return np.array([np.nan if place is None else place for place in places], np.float64)


def _number(value: Any) -> float | None:
    """A value as a number; None where it is none."""
    if isinstance(value, str):
        try:
            return number(value)
        except ValueError:
            return None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
