"""Objects of a JSON table, one after the other -> one part of rows. Pure.

Which column counts is decided when all names are known, so every value that may be wanted is kept until then; rows
may say under different names where they stand. Rows that sum up a whole training, as Hugging Face adds one, are left
out.
"""

from __future__ import annotations

from math import isnan
from typing import Any, Final

import numpy as np

from collectors.evidence.table_rows import Floats
from collectors.readers.tables.columns import (
    EARLY_STOP,
    GRADIENT,
    GRADIENT_NAMES,
    Chosen,
    LossColumns,
    choose_columns,
    plain_name,
    report_missing,
)
from collectors.readers.tables.numbers import moment, number
from collectors.readers.tables.parts import Part, Parts
from collectors.readers.tables.row_rules import MARKS
from collectors.readers.text.json_core import Repeated
from collectors.readers.text.text import brief

_MAX_NAMES: Final = 10_000
_SUMMARY: Final = frozenset(("train_runtime", "train_samples_per_second"))
"""A row with one of these sums up a whole training."""
LONGEST_MARK: Final = 100
"""Characters of a cell by which rows are told."""
_COUNT, _MOMENT, _LOSS, _FLAG, _NORM = "count", "moment", "loss", "flag", "norm"


class JsonRows:
    """Collects objects, and makes one part of them at the end."""

    def __init__(self, columns: LossColumns, parts: Parts) -> None:
        self._columns = columns
        self._parts = parts
        self._wanted = _wanted(columns)
        self._kinds: dict[str, str | None] = {}
        """Every name that occurred, with what it may hold if it is wanted."""
        self._place: list[int] = []
        self._cells: dict[str, tuple[list[int], list[float]]] = {}
        """Name -> rows and their values."""
        self._marking = {plain_name(name) for where in columns.where.values() for name in where} | set(MARKS)
        self._marks: dict[str, list[object]] = {}
        """Name of a column by which rows are told -> what it says in each row; shorter where it ends before."""

    def __len__(self) -> int:
        return len(self._place)

    def add(self, place: int, row: Any) -> None:
        """Keep one object's numbers; what is none, or is ambiguous, is skipped and said."""
        if not isinstance(row, dict):
            self._parts.skip(place, row if isinstance(row, str) else "is no object")
        elif isinstance(row, Repeated):
            self._parts.skip(place, f"names {brief(row.name)} twice")
        elif not _SUMMARY & row.keys():
            self._add(place, row)

    def _add(self, place: int, row: dict[str, Any]) -> None:
        found: list[tuple[str, float]] = []
        for name, value in row.items():
            kind = self._kinds[name] if name in self._kinds else self._learn(name)
            if kind is None or value is None:
                continue
            try:
                found.append((name, _number(value, kind)))
            except ValueError:
                if kind == _NORM:
                    continue
                self._parts.skip(place, f"{brief(name)} is {brief(value)}, a number was expected")
                return
        for name, value in found:
            rows, values = self._cells.setdefault(name, ([], []))
            rows.append(len(self._place))
            values.append(value)
        for name, said in self._marks.items():
            if name in row:
                said.extend([""] * (len(self._place) - len(said)))
                said.append(str(row[name])[:LONGEST_MARK])
        self._place.append(place)

    def _learn(self, name: str) -> str | None:
        kind = self._wanted.get(plain_name(name))
        if len(self._kinds) < _MAX_NAMES:
            self._kinds[name] = kind
            if plain_name(name) in self._marking:
                self._marks[name] = []
        return kind if name in self._kinds else None

    def finish(self) -> tuple[str, ...]:
        """Hand over all rows; the names that occurred."""
        names = tuple(self._kinds)
        chosen = choose_columns(names, self._columns)
        if self._place:
            report_missing(names, self._columns, chosen, self._parts.findings)
        series = {name: self._column(names[at]) for name, at in chosen.series.items()}
        axes = [self._places(names, self._columns.epoch), self._places(names, self._columns.step)]
        axes.append(self._column(None if chosen.time is None else names[chosen.time]))
        present = {name: self._present(names[at]) for name, at in chosen.series.items()}
        self._tell_apart(names, chosen, present)
        if chosen.gradient is not None:
            series[GRADIENT] = self._column(names[chosen.gradient])
            present[GRADIENT] = self._present(names[chosen.gradient])
        part = Part(
            place=np.array(self._place, np.int64),
            epoch=axes[0],
            step=axes[1],
            time=axes[2],
            values=series,
            present=present,
        )
        self._parts.add(part)
        return names

    def _tell_apart(self, names: tuple[str, ...], chosen: Chosen, present: dict[str, Any]) -> None:
        """Leave of each series the rows that count."""
        for name, rules in chosen.rules.items():
            for rule in rules:
                said = self._marks[names[rule.place]]
                present[name] &= rule.mask(said + [""] * (len(self._place) - len(said)))

    def _places(self, names: tuple[str, ...], accepted: tuple[str, ...]) -> Floats:
        """Where rows stand: of the accepted names the first that a row has, for each kind of row has its own."""
        column = np.full(len(self._place), np.nan)
        for wanted in accepted:
            same = sorted((name for name in names if plain_name(name) == plain_name(wanted)), key=lambda n: n != wanted)
            for name in same:
                column = np.where(np.isnan(column), self._column(name), column)
        return column

    def _column(self, name: str | None) -> Floats:
        column = np.full(len(self._place), np.nan)
        if name in self._cells:
            rows, values = self._cells[name]
            column[rows] = values
        return column

    def _present(self, name: str) -> Any:
        present = np.zeros(len(self._place), np.bool_)
        present[self._cells.get(name, ([], []))[0]] = True
        return present


def _wanted(columns: LossColumns) -> dict[str, str]:
    kinds = {plain_name(name): _NORM for name in GRADIENT_NAMES}
    kinds |= {plain_name(name): _LOSS for accepted in columns.series.values() for name in accepted}
    kinds |= {plain_name(name): _FLAG for name in columns.series.get(EARLY_STOP, ())}
    kinds |= {plain_name(name): _MOMENT for name in columns.time}
    return kinds | {plain_name(name): _COUNT for name in (*columns.epoch, *columns.step)}


def _number(value: Any, kind: str) -> float:
    """A value as a number; ValueError where it is none, or a count that is NaN."""
    if isinstance(value, str):
        found = moment(value) if kind == _MOMENT else number(value)
    elif isinstance(value, int | float) and (kind == _FLAG or not isinstance(value, bool)):
        found = float(value)
    else:
        raise ValueError
    if found is None or (kind == _COUNT and isnan(found)):
        raise ValueError
    return found
