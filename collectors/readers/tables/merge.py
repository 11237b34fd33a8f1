"""Rows in file order -> one row an epoch: train and val of one epoch often stand on different lines.

A value that an epoch gets twice replaces the first and is told; rows of one epoch that count their
steps up are a log by steps and stay apart. Rows without an epoch go by their step. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isnan

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import LossRows
from collectors.readers.common.finding_list import FindingList
from collectors.readers.tables.parts import MAX_TOLD

Places = NDArray[np.int64]


def merge_rows(
    rows: LossRows, place: Places, findings: FindingList, where: Callable[[int], str]
) -> tuple[LossRows, int]:
    """Merge rows of one epoch, leaving out those without a loss; also the number of values that were replaced."""
    held = np.zeros(len(rows), np.bool_)
    for present in rows.present.values():
        held |= present
    if not held.all():
        rows, place = rows.take(held), place[held]
    if _is_plain(rows):
        return rows, 0
    together = _without_overlap(rows)
    if together is not None:
        return together, 0
    merging = _Merging(rows, place, findings, where)
    for row in range(len(rows)):
        merging.add(row)
    return merging.result()


def _is_plain(rows: LossRows) -> bool:
    """No two rows can belong together: rising epochs, or full rows of rising steps."""
    if bool(np.all(rows.epoch[1:] > rows.epoch[:-1])):
        return not np.isnan(rows.epoch).any()
    full = all(column.all() for column in rows.present.values())
    rises = bool(np.all(rows.step[1:] > rows.step[:-1])) and not np.isnan(rows.step).any()
    return full and rises and bool(np.all(rows.epoch[1:] >= rows.epoch[:-1]))


def _without_overlap(rows: LossRows) -> LossRows | None:
    """All rows of each epoch as one, where epochs never fall and no value occurs twice; else None.

    What `_Merging` would give, for a million rows at once.
    """
    if not len(rows) or not bool(np.all(rows.epoch[1:] >= rows.epoch[:-1])) or np.isnan(rows.epoch).any():
        return None
    group = np.concatenate(([0], np.cumsum(rows.epoch[1:] > rows.epoch[:-1])))
    first = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1])))
    merged = LossRows((rows.epoch[first], np.fmax.reduceat(rows.step, first), rows.time[first]), {}, {})
    for name, present in rows.present.items():
        if np.bincount(group[present], minlength=1).max() > 1:
            return None
        merged.values[name], merged.present[name] = np.full(len(first), np.nan), np.zeros(len(first), np.bool_)
        merged.values[name][group[present]] = rows.values[name][present]
        merged.present[name][group[present]] = True
    return merged


@dataclass(slots=True)
class _Merging:
    """The rows so far, and the latest one of each epoch."""

    rows: LossRows
    place: Places
    findings: FindingList
    where: Callable[[int], str]
    replaced: int = 0
    _repeated_rows: int = 0
    _latest: dict[tuple[str, float], int] = field(default_factory=dict)
    _kept: list[int] = field(default_factory=list)
    _epoch: list[float] = field(init=False)
    _step: list[float] = field(init=False)
    _present: dict[str, list[bool]] = field(init=False)
    _source: dict[str, list[int]] = field(init=False)
    """Series -> the row that each row's value is taken from."""

    def __post_init__(self) -> None:
        self._epoch, self._step = self.rows.epoch.tolist(), self.rows.step.tolist()
        self._present = {name: column.tolist() for name, column in self.rows.present.items()}
        self._source = {name: list(range(len(self.rows))) for name in self._present}

    def add(self, row: int) -> None:
        """Take one row into the latest of its epoch, or keep it as a new one."""
        held = [name for name, present in self._present.items() if present[row]]
        key = self._key(row)
        target = self._latest.get(key) if key else None
        overlap = [name for name in held if target is not None and self._present[name][target]]
        if target is None or (overlap and self._step[row] > self._step[target]):
            self._kept.append(row)
            if key:
                self._latest[key] = row
            return
        self._take(row, target, held)
        if overlap and key:
            self.replaced += len(overlap)
            self._repeated_rows += 1
            if self._repeated_rows <= MAX_TOLD:
                text = f"{key[0]} {key[1]:g} occurs twice: the last one is kept"
                self.findings.warning(text, self.where(int(self.place[row])))

    def _key(self, row: int) -> tuple[str, float] | None:
        if not isnan(self._epoch[row]):
            return "epoch", self._epoch[row]
        return None if isnan(self._step[row]) else ("step", self._step[row])

    def _take(self, row: int, target: int, held: list[str]) -> None:
        for name in held:
            self._present[name][target] = True
            self._source[name][target] = row
        if isnan(self._step[target]) or self._step[row] > self._step[target]:
            self._step[target] = self._step[row]

    def result(self) -> tuple[LossRows, int]:
        """Kept rows with the values they took over, and how many values were replaced."""
        if self._repeated_rows > MAX_TOLD:
            self.findings.warning(
                f"{self._repeated_rows - MAX_TOLD:,} more rows repeat an epoch: the last ones are kept"
            )
        kept = np.array(self._kept, np.int64)
        axes = (self.rows.epoch[kept], np.array(self._step)[kept], self.rows.time[kept])
        values = {name: self.rows.values[name][np.array(source)[kept]] for name, source in self._source.items()}
        present = {name: np.array(column, np.bool_)[kept] for name, column in self._present.items()}
        return LossRows(axes, values, present), self.replaced
