"""Points of one chunk as they are found, put into file order for each tag.

Input: columns or single values, each with its place in the chunk. Output: per tag four arrays.
Bounded: beyond `MAX_TAGS` tags, values are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.events import SessionStart
from collectors.readers.events.hparams import Hparams
from collectors.readers.events.proto import Event
from collectors.readers.events.rows import Positions

MAX_TAGS: Final = 2_000
"""Of one file; wanted ones are kept beyond it."""


@dataclass(slots=True)
class KeptTags:
    """Which tags of one file are kept: the first ones, and those that are wanted."""

    known: set[str] = field(default_factory=set)
    """Kept so far."""
    wanted: frozenset[str] = frozenset()
    are_all: bool = True
    """No tag was left out."""

    def keeps(self, tag: str) -> bool:
        """Whether this tag is kept; told of each tag in file order."""
        if tag in self.known:
            return True
        is_kept = len(self.known) < MAX_TAGS or tag in self.wanted
        if is_kept:
            self.known.add(tag)
        self.are_all &= is_kept
        return is_kept


class Points(NamedTuple):
    """Parallel arrays of one tag."""

    place: Positions
    """Position of the record in the chunk plus the value's index in it: orders all values."""
    step: NDArray[np.int64]
    time: NDArray[np.float64]
    value: NDArray[np.float64]

    def part(self, first: int, stop: int) -> Points:
        """Points from `first` up to `stop`."""
        return Points(self.place[first:stop], self.step[first:stop], self.time[first:stop], self.value[first:stop])


@dataclass(slots=True)
class ChunkPoints:
    """What the records of one chunk hold."""

    records: int = 0
    others: int = 0
    damaged: list[tuple[int, str]] = field(default_factory=list)
    """Position in the chunk and what is wrong, at most one a record."""
    cut: list[int] = field(default_factory=list)
    """Positions of records that hold more values than are read."""
    file_version: str | None = None
    times: list[tuple[int, float]] = field(default_factory=list)
    """Finite wall times that may be the first or last: position, seconds."""
    starts: list[tuple[int, SessionStart]] = field(default_factory=list)
    """Position and START record."""
    hparams: Hparams = field(default_factory=dict)
    _columns: dict[str, list[Points]] = field(default_factory=dict)
    _singles: dict[str, list[tuple[int, int, float, float]]] = field(default_factory=dict)

    def add_event(self, position: int, event: Event) -> None:
        """Keep one record that was read on its own."""
        self.records += 1
        self.others += event.others
        self.file_version = self.file_version or event.file_version
        self.hparams |= event.hparams
        time = 0.0 if event.wall_time is None else event.wall_time
        if event.wall_time is not None and np.isfinite(time):
            self.times.append((position, time))
        if event.is_cut:
            self.cut.append(position)
        if event.is_start:
            self.starts.append((position, SessionStart(event.step, time)))
        for index, scalar in enumerate(event.scalars):
            self._singles.setdefault(scalar.tag, []).append((position + index, event.step, time, scalar.number.value))

    def add_columns(self, tag: str, points: Points) -> None:
        """Keep one tag's values of many records."""
        self._columns.setdefault(tag, []).append(points)

    def add_times(self, positions: Positions, times: NDArray[np.float64]) -> None:
        """Keep the first and last finite wall time of many records."""
        if not (np.isfinite(times[0]) and np.isfinite(times[-1])):
            finite = np.isfinite(times)
            positions, times = positions[finite], times[finite]
        if len(times):
            self.times += [(int(positions[0]), float(times[0])), (int(positions[-1]), float(times[-1]))]

    def by_tag(self, kept: KeptTags) -> dict[str, Points]:
        """Every kept tag's points in file order; tags in the order of their first points."""
        first = {tag: rows[0][0] for tag, rows in self._singles.items()}
        for tag, parts in self._columns.items():
            place = min(int(part.place[0]) for part in parts)
            first[tag] = min(place, first.get(tag, place))
        chosen = [tag for tag in sorted(first, key=first.__getitem__) if kept.keeps(tag)]
        return {tag: self._points(tag) for tag in chosen}

    def _points(self, tag: str) -> Points:
        singles = self._singles.get(tag)
        return _in_order([*self._columns.get(tag, ()), *([_arrays(singles)] if singles else ())])


def _arrays(rows: list[tuple[int, int, float, float]]) -> Points:
    place, step, time, value = zip(*rows, strict=True)
    return Points(
        np.array(place, np.int64), np.array(step, np.int64), np.array(time, np.float64), np.array(value, np.float64)
    )


def _in_order(parts: list[Points]) -> Points:
    whole = parts[0]
    if len(parts) > 1:
        whole = Points(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
    if _rises(whole.place):
        return whole
    order = np.argsort(whole.place, kind="stable")
    return Points(whole.place[order], whole.step[order], whole.time[order], whole.value[order])


def _rises(place: Positions) -> bool:
    return bool(np.all(place[1:] > place[:-1]))
