"""One chunk of whole records -> its points: many records at once where they are laid out alike.

Every record's checksum is tested on either path. A record that is damaged or no event is left out
and told with its position. Both paths give the same points.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.readers.events.borders import Borders
from collectors.readers.events.crc32c import crc32c, masked
from collectors.readers.events.layout import MAX_COLUMNS, Layout, layout_of
from collectors.readers.events.points import ChunkPoints, Points
from collectors.readers.events.proto import parse_event
from collectors.readers.events.rows import FRAME, HEADER, Positions, Rows, gather
from collectors.readers.events.wire import NotAnEvent

_FEW: Final = 8
"""Fewer records than this are read one by one."""
_BLOCK: Final = 1 << 16
"""Rows at a time: bounds the memory of their columns."""
_MAX_LAYOUTS: Final = 64
_PATIENCE: Final = 3
"""Records without a layout before the rest of their kind is read one by one."""


@dataclass(slots=True)
class ChunkReader:
    """Keeps the layouts that a file was found to use."""

    vectorised: bool = True
    """False: every record is read by itself."""
    _layouts: dict[int, list[Layout]] = field(default_factory=dict)
    """Data bytes of a record -> layouts, the latest first."""

    def read(self, chunk: bytes, borders: Borders) -> ChunkPoints:
        """All points of the records at `borders`."""
        found = ChunkPoints()
        for run in borders.runs:
            if run.count >= 4 * _FEW:
                for rows in run.rows(chunk):
                    self._read_blocks(rows, found)
            else:
                positions = run.positions()
                self._read_scattered(chunk, positions, np.tile(np.array(run.pattern), run.count), found)
        if len(borders.singles) < _FEW or not self.vectorised:
            for at, size in zip(borders.singles, borders.sizes, strict=True):
                read_one(chunk[at + HEADER : at + size], at, found)
        else:
            positions = np.array(borders.singles, np.int64)
            self._read_scattered(chunk, positions, np.array(borders.sizes, np.int64), found)
        found.damaged.sort()
        return found

    def _read_scattered(self, chunk: bytes, positions: Positions, sizes: Positions, found: ChunkPoints) -> None:
        for size in sorted(set(sizes.tolist())):  # np.unique loads numpy.ma, most of a first look at a folder
            same = positions[sizes == size]
            if len(same) < _FEW or size > MAX_COLUMNS:
                for at in same.tolist():
                    read_one(chunk[at + HEADER : at + size], at, found)
            else:
                self._read_blocks(gather(chunk, same, size), found)

    def _read_blocks(self, rows: Rows, found: ChunkPoints) -> None:
        for first in range(0, len(rows), _BLOCK):
            self._read_rows(rows.part(first, first + _BLOCK), found)

    def _read_rows(self, rows: Rows, found: ChunkPoints) -> None:
        """Take the rows of the first one's layout, then the others, kind by kind."""
        pending = [rows]
        patience = _PATIENCE if rows.length + FRAME <= MAX_COLUMNS else 0
        while pending:
            rows = pending.pop()
            layout = self._layout_for(rows.record(0)) if patience and len(rows) >= _FEW else None
            if layout:
                pending += _take(layout, rows, found)
            elif len(rows) >= _FEW and patience:
                read_one(rows.record(0), int(rows.positions[0]), found)
                patience -= 1
                pending.append(rows.part(1, len(rows)))
            else:
                _read_each(rows, found)

    def _layout_for(self, record: bytes) -> Layout | None:
        """A layout that the record fits; None if it is damaged or must be read on its own."""
        known = self._layouts.setdefault(len(record), [])
        fitting = next((layout for layout in known if layout.fits(record)), None)
        if fitting or not is_sound(record):
            return fitting
        try:
            layout = layout_of(record)
        except NotAnEvent:
            return None
        if layout:
            self._layouts[len(record)] = [layout, *known[: _MAX_LAYOUTS - 1]]
        return layout


def _take(layout: Layout, rows: Rows, found: ChunkPoints) -> list[Rows]:
    """Keep the points of all rows that fit the layout; return the other rows, kind by kind."""
    changes, others = layout.compare(rows), []
    if changes.strange:
        fitting = changes.fitting()
        others = _kinds(rows, changes.kinds(), np.flatnonzero(~fitting), found)
        rows = rows.select(np.flatnonzero(fitting))
        changes = layout.compare(rows)
    sound = layout.sound_rows(rows, changes)
    if not sound.all():
        found.damaged += [(at, DAMAGED) for at in rows.positions[~sound].tolist()]
        rows = rows.select(np.flatnonzero(sound))
    if len(rows):
        _keep(layout, rows, found)
    return others


def _kinds(rows: Rows, kinds: NDArray[np.uint64], chosen: NDArray[np.intp], found: ChunkPoints) -> list[Rows]:
    """The chosen rows, those of each kind together; where all are different they are read at once."""
    order = chosen[np.argsort(kinds[chosen], kind="stable")]
    borders = np.flatnonzero(np.diff(kinds[order])) + 1
    if len(borders) > len(order) // _FEW:
        _read_each(rows.select(chosen), found)
        return []
    return [rows.select(same) for same in np.split(order, borders)]


def _read_each(rows: Rows, found: ChunkPoints) -> None:
    for row in range(len(rows)):
        read_one(rows.record(row), int(rows.positions[row]), found)


def _keep(layout: Layout, rows: Rows, found: ChunkPoints) -> None:
    found.records += len(rows)
    found.others += layout.event.others * len(rows)
    times, steps = layout.times(rows), layout.steps(rows)
    if layout.event.time_at is not None:
        found.add_times(rows.positions, times)
    for index, scalar in enumerate(layout.event.scalars):
        place = rows.positions + index
        found.add_columns(scalar.tag, Points(place, steps, times, layout.values(rows, index)))


DAMAGED: Final = "a record's data contradict its checksum: the record is skipped"


def is_sound(record: bytes) -> bool:
    """The data agree with the stored checksum, the last four bytes."""
    return masked(crc32c(record[:-4])) == int.from_bytes(record[-4:], "little")


def read_one(record: bytes, position: int, found: ChunkPoints) -> None:
    """Read a single record (data and stored checksum) the careful way."""
    if not is_sound(record):
        found.damaged.append((position, DAMAGED))
        return
    try:
        event = parse_event(record[:-4])
    except NotAnEvent as problem:
        found.damaged.append((position, f"a record with a good checksum is no event: {problem}"))
        return
    found.add_event(position, event)
