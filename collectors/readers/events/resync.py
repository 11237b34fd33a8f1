"""A place in an event file that begins no record -> where the next sound one begins.

A record is sound when its length agrees with the length's checksum and its data with theirs. Bounded in the bytes
looked at, in the bytes tested in vain and in the searches of one reading: a hostile file cannot make it search for
ever. Refuses lengths of zero (a reserved, never written stretch is full of them) and beyond `MAX_SEARCHED`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from collectors.readers.events.crc32c import crc32c, masked, masked_column, place_tables
from collectors.readers.events.rows import FRAME, HEADER

MAX_SEARCHED: Final = 64 << 20
"""Bytes behind a damaged length in which the next record is looked for, and that are tested in vain: a longer record
would not be decoded either."""
FIRST_RECORD: Final = 64 << 10
"""Bytes in which the second record is looked for where the first is damaged: a file that is none costs no more."""
MAX_SEARCHES: Final = 200
"""Damaged lengths in one reading."""
_FIRST_WINDOW: Final = 4 << 10
_WINDOW: Final = 1 << 20


@dataclass(slots=True)
class Resync:
    """Searches of one reading, and what they may still cost."""

    handle: BinaryIO
    size: int
    """Bytes of the file."""
    searches: int = MAX_SEARCHES
    in_vain: int = MAX_SEARCHED

    def next_record(self, at: int) -> int | None:
        """Where the first sound record behind `at` begins; None where none was found. Raises OSError of the handle."""
        if not self.searches:
            return None
        self.searches -= 1
        stop = min(self.size, at + (MAX_SEARCHED if at else FIRST_RECORD))
        at, window = at + 1, _FIRST_WINDOW
        while at + FRAME < stop:
            self.handle.seek(at)
            data = self.handle.read(min(window, stop - at))
            for place, length in _sound_headers(data):
                if self._is_sound(at + place + HEADER, length):
                    return at + place
            if len(data) <= HEADER:  # the file became shorter
                return None
            at, window = at + len(data) - HEADER + 1, min(4 * window, _WINDOW)
        return None

    def _is_sound(self, at: int, length: int) -> bool:
        """Whether `length` bytes of data at `at` agree with the checksum behind them."""
        if at + length + 4 > self.size or length > self.in_vain:
            return False
        self.handle.seek(at)
        data = self.handle.read(length + 4)
        if len(data) == length + 4 and masked(crc32c(data[:-4])) == int.from_bytes(data[-4:], "little"):
            return True
        self.in_vain -= length
        return False


def _sound_headers(data: bytes) -> list[tuple[int, int]]:
    """Each place whose eight bytes are a likely length, and whose next four are its checksum; with that length."""
    bytes_ = np.frombuffer(data, np.uint8)
    count = len(bytes_) - HEADER + 1
    if count < 1:
        return []
    high = bytes_[4 : 4 + count] | bytes_[5 : 5 + count] | bytes_[6 : 6 + count] | bytes_[7 : 7 + count]
    low = bytes_[:count] | bytes_[1 : 1 + count] | bytes_[2 : 2 + count] | bytes_[3 : 3 + count]
    places = np.flatnonzero((high == 0) & (low != 0))
    lengths, sums = _column(data, places, 0), _column(data, places, 8)
    agree = (_checksums(lengths) == sums) & (lengths <= MAX_SEARCHED)
    return list(zip(places[agree].tolist(), lengths[agree].tolist(), strict=True))


def _column(data: bytes, places: NDArray[np.intp], offset: int) -> NDArray[np.uint32]:
    """The four-byte number that stands `offset` bytes behind each place."""
    every = np.ndarray((len(data) - HEADER + 1,), "<u4", data, offset, (1,))
    return every[places].astype(np.uint32)


def _checksums(lengths: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The stored checksum of each length, spelled in eight bytes: what its four lower ones add to that of zero."""
    sums, tables = np.full(len(lengths), crc32c(bytes(8)), np.uint32), place_tables(8)
    for byte in range(4):
        sums ^= tables[7 - byte].take(lengths >> np.uint32(8 * byte) & np.uint32(255))
    return masked_column(sums)
