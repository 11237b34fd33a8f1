"""Layout of one record -> numbers of all records that are laid out alike, in whole columns.

A layout says which bits of a record are free (the wall time, the step, the values) and demands
that all others equal the record it was made from; records that pass would be parsed the same way,
so their numbers are taken from the same places. Checksums are tested for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from collectors.readers.events.crc32c import Words, crc32c, masked_column, place_tables
from collectors.readers.events.proto import Event, parse_event
from collectors.readers.events.rows import Rows

MAX_COLUMNS: Final = 1024
"""Longer records are read one by one: their tables would cost more than they save."""
_MIXER: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between rows and the record that a layout was made from."""

    words: list[tuple[int, NDArray[Any], int]]
    """Offset within the data, the differing bits of every row, and those of any row."""
    strange: list[NDArray[Any]]
    """Differing bits that had to be the same, word by word; empty: all rows are laid out alike."""

    def fitting(self) -> NDArray[np.bool_]:
        """Rows that are laid out alike."""
        differing = self.strange[0].copy()
        for bits in self.strange[1:]:
            differing |= bits
        same: NDArray[np.bool_] = differing == 0
        return same

    def kinds(self) -> NDArray[np.uint64]:
        """A number for each row; rows that differ in the same way have the same one."""
        mixed = self.strange[0].copy()
        for bits in self.strange[1:]:
            mixed = mixed * _MIXER + bits
        return mixed


@dataclass(frozen=True, slots=True)
class Layout:
    """Made from one sound record."""

    event: Event
    length: int
    """Data bytes."""
    first: int
    """Offset of the first compared word within the data; negative, for it begins in the header."""
    words: NDArray[Any]
    """The record, eight bytes each."""
    fixed: NDArray[Any]
    """Which of its bits every row must share."""
    crc: int
    _record: int
    """The same as `words` and `fixed` in one number each: quicker for a single record."""
    _fixed: int

    def fits(self, record: bytes) -> bool:
        """This one record (data and stored checksum) is laid out alike."""
        return not (int.from_bytes(record, "big") ^ self._record) & self._fixed

    def compare(self, rows: Rows) -> Changes:
        """Find what changes from row to row, and which rows are laid out otherwise."""
        changed, strange = [], []
        for index, (word, fixed) in enumerate(zip(self.words, self.fixed, strict=True)):
            offset = self.first + 8 * index
            difference = rows.column("<u8", offset) ^ word
            union = int(np.bitwise_or.reduce(difference))
            if union:
                changed.append((offset, difference, union))
            if union & int(fixed):
                strange.append(difference & fixed)
        return Changes(changed, strange)

    def sound_rows(self, rows: Rows, changes: Changes) -> NDArray[np.bool_]:
        """Rows whose data agree with their stored checksum."""
        expected = masked_column(self._checksums(len(rows), changes))
        same: NDArray[np.bool_] = expected == rows.column("<u4", self.length)
        return same

    def _checksums(self, count: int, changes: Changes) -> Words:
        """A checksum is linear: each byte that differs changes it by what its table says."""
        sums = np.full(count, self.crc, np.uint32)
        tables = place_tables(self.length)
        for offset, difference, union in changes.words:
            lanes = difference.view(np.uint8).reshape(count, 8)
            for lane in range(8):
                follow = self.length - 1 - offset - lane
                if union >> 8 * lane & 255 and 0 <= follow < self.length:
                    # wrap: every byte is a valid index, and this mode skips the bounds check
                    sums ^= tables[follow].take(lanes[:, lane], mode="wrap")
        return sums

    def times(self, rows: Rows) -> NDArray[np.float64]:
        """Wall time of every row."""
        if self.event.time_at is None:
            return np.zeros(len(rows))
        return rows.column("<f8", self.event.time_at).copy()

    def steps(self, rows: Rows) -> NDArray[np.int64]:
        """Step of every row."""
        if self.event.step_at is None:
            return np.zeros(len(rows), np.int64)
        return _varints(rows, *self.event.step_at).view(np.int64)

    def values(self, rows: Rows, index: int) -> NDArray[np.float64]:
        """The scalar at `index` of every row."""
        number = self.event.scalars[index].number
        if number.kind == "varint":
            return _varints(rows, number.at, number.size).view(np.int64).astype(np.float64)
        if number.kind == "uvarint":
            return _varints(rows, number.at, number.size).astype(np.float64)
        with np.errstate(invalid="ignore"):  # a signalling NaN is a NaN
            return rows.column(number.kind, number.at).astype(np.float64)


def layout_of(record: bytes) -> Layout | None:
    """Layout of a sound record (data and stored checksum); None where columns cannot serve.

    Raises `NotAnEvent` for data that cannot be parsed.
    """
    data = record[:-4]
    event = parse_event(data)
    if not _is_plain(event):
        return None
    lead = -len(record) % 8  # the compared words end where the record ends
    free = _free_bits(event, bytearray(len(data)))
    fixed = bytes(255 - bits for bits in free) + bytes(4)
    return Layout(
        event=event,
        length=len(data),
        first=-lead,
        words=np.frombuffer(bytes(lead) + record, "<u8"),
        fixed=np.frombuffer(bytes(lead) + fixed, "<u8"),
        crc=crc32c(data),
        _record=int.from_bytes(record, "big"),
        _fixed=int.from_bytes(fixed, "big"),
    )


def _is_plain(event: Event) -> bool:
    """Nothing but scalars that columns can hold."""
    is_bare = event.file_version is None and not event.is_start
    return bool(event.scalars) and is_bare and all(s.number.kind for s in event.scalars)


def _free_bits(event: Event, free: bytearray) -> bytearray:
    """Bits that may differ: of a varint all but those that say how long it is."""
    if event.time_at is not None:
        free[event.time_at : event.time_at + 8] = b"\xff" * 8
    varints = [event.step_at] if event.step_at else []
    for number in (s.number for s in event.scalars):
        if number.kind in ("varint", "uvarint"):
            varints.append((number.at, number.size))
        else:
            free[number.at : number.at + number.size] = b"\xff" * number.size
    for at, size in varints:
        free[at : at + size] = b"\x7f" * size
    return free


def _varints(rows: Rows, at: int, size: int) -> NDArray[np.uint64]:
    """The numbers spelled by the `size` bytes at `at`."""
    numbers = (rows.column("|u1", at) & np.uint8(127)).astype(np.uint64)
    for place in range(1, size):
        part = (rows.column("|u1", at + place) & np.uint8(127)).astype(np.uint64)
        numbers |= part << np.uint64(7 * place)
    return numbers
