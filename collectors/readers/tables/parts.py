"""Parts of a loss table as they are read -> one table of numbers, checked row by row.

Input: parts in file order, each row with the place it came from. Output: `LossRows` and the places.
Rows whose epoch or step cannot be one are left out and said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.table_rows import Floats, LossRows
from collectors.readers.common.finding_list import FindingList

MAX_ROWS: Final = 2_000_000
"""More rows are not read."""
MAX_TOLD: Final = 12
"""Skipped rows, and epochs that occur twice, that are told one by one."""
MAX_WHOLE: Final = 2.0**53
"""Larger epochs and steps are no counts any more."""
PLAUSIBLE_TIME: Final = (1e8, 1e11)
"""Seconds since the Unix epoch between 1973 and 5138; others are durations, or no times at all."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows; every array has one entry a row."""

    place: NDArray[np.int64]
    """Line number or index."""
    epoch: Floats
    step: Floats
    time: Floats
    values: Mapping[str, Floats]
    present: Mapping[str, NDArray[np.bool_]]

    def values_of(self, name: str) -> Floats:
        """A series' values; NaN where its block has no such column."""
        return self.values[name] if name in self.values else np.full(len(self.place), np.nan)

    def present_of(self, name: str) -> NDArray[np.bool_]:
        """In which rows a series has a value."""
        return self.present[name] if name in self.present else np.zeros(len(self.place), np.bool_)

    def chosen(self, rows: NDArray[np.bool_]) -> Part:
        """The rows that are marked."""
        return Part(
            place=self.place[rows],
            epoch=self.epoch[rows],
            step=self.step[rows],
            time=self.time[rows],
            values={name: column[rows] for name, column in self.values.items()},
            present={name: column[rows] for name, column in self.present.items()},
        )


@dataclass(slots=True)
class Parts:
    """Collects parts; `where` tells a place in words, such as `line 3`."""

    findings: FindingList
    where: Callable[[int], str] = "line {}".format
    skipped: int = 0
    count: int = 0
    lasted: float | None = None
    """The largest time that is no instant, in seconds."""
    _parts: list[Part] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Add rows behind the others, without those that have no possible epoch or step."""
        sound = np.ones(len(part.place), np.bool_)
        for name, column in (("epoch", part.epoch), ("step", part.step)):
            wrong = _impossible(column, whole=name == "step")
            for row in np.flatnonzero(wrong & sound).tolist():
                self.skip(int(part.place[row]), f"{name} {column[row]:g} is no possible count")
            sound &= ~wrong
        self._parts.append(part if sound.all() else part.chosen(sound))
        self.count += int(np.count_nonzero(sound))

    def skip(self, place: int, why: str) -> None:
        """Write down a row that cannot be read, or only count it where many were told."""
        self.skipped += 1
        if self.skipped <= MAX_TOLD:
            self.findings.warning(f"{why}: the row is skipped", self.where(place))

    def note_cut(self, at: int) -> None:
        """Say that the last line is a part of one."""
        self.findings.note("the last line is not finished: it is being written, or was cut off", f"line {at}")

    def report_more(self) -> None:
        """Say how many rows were skipped beyond those that were told."""
        if self.skipped > MAX_TOLD:
            self.findings.warning(f"{self.skipped - MAX_TOLD:,} more rows are skipped")

    def table(self) -> tuple[LossRows, NDArray[np.int64]]:
        """All rows and where they are from."""
        if not self._parts:
            empty = np.empty(0)
            return LossRows((empty, empty, empty), {}, {}), np.empty(0, np.int64)
        series = dict.fromkeys(name for part in self._parts for name in part.values)
        time = self._whole("time")
        short = time[(time > 0) & (time <= PLAUSIBLE_TIME[0])]
        self.lasted = float(short.max()) if short.size else None
        rows = LossRows(
            (self._whole("epoch"), self._whole("step"), _plausible(time)),
            {name: np.concatenate([part.values_of(name) for part in self._parts]) for name in series},
            {name: np.concatenate([part.present_of(name) for part in self._parts]) for name in series},
        )
        place = self._whole("place")
        if len(place) > MAX_ROWS:
            self.findings.error(f"has more than {MAX_ROWS:,} rows: the rest is not read")
            return rows.take(slice(MAX_ROWS)), place[:MAX_ROWS]
        return rows, place

    def _whole(self, name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in self._parts])


def _impossible(column: Floats, *, whole: bool) -> NDArray[np.bool_]:
    """Counts that are infinite, huge or, if they must be whole, broken; NaN is unknown and fine."""
    with np.errstate(invalid="ignore"):
        wrong: NDArray[np.bool_] = np.abs(column) > MAX_WHOLE
        return wrong | (np.isfinite(column) & (np.floor(column) != column)) if whole else wrong


def _plausible(time: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.where((time > PLAUSIBLE_TIME[0]) & (time < PLAUSIBLE_TIME[1]), time, np.nan)
