"""Chunk of a TFRecord file -> where its records begin, each length checked against its checksum.

Lengths are followed one by one until their sequence repeats (train, val, train, val, ...); then a
whole run is checked at once. Stops at a damaged length and says so; looks at no record's data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from collectors.readers.events.crc32c import crc32c, masked
from collectors.readers.events.rows import FRAME, HEADER, Run

MAX_RECORD: Final = 256 << 20
"""Data bytes of one record; a longer one is absurd."""
_FIRST_WALK: Final = 48
_LONGEST_WALK: Final = 1024
_WORTH_IT: Final = 256
"""Records that a run must have before following lengths one by one is given up for it."""
_MAX_PATTERN: Final = 256
_MAX_KNOWN: Final = 4096


@dataclass(slots=True)
class Borders:
    """Where the records of one chunk are."""

    runs: list[Run] = field(default_factory=list)
    singles: list[int] = field(default_factory=list)
    """Records outside the runs, in file order."""
    sizes: list[int] = field(default_factory=list)
    """Of the singles, with frames."""
    stop: int = 0
    """End of the last whole record."""
    needed: int = 0
    """Bytes of the record at `stop`, with its frame, where the chunk holds only its beginning."""
    damaged: bool = False
    """The length at `stop` contradicts its checksum."""
    absurd: bool = False
    """The length at `stop` is beyond `MAX_RECORD`; `needed` tells it."""


@dataclass(slots=True)
class BorderFinder:
    """What one file taught: headers seen before, and the sizes that are expected next."""

    vectorised: bool = True
    _known: dict[bytes, int] = field(default_factory=dict)
    """Header -> size of the record with its frame."""
    _header_of: dict[int, tuple[np.uint64, np.uint32]] = field(default_factory=dict)
    _pattern: tuple[int, ...] = ()
    _walk_length: int = _FIRST_WALK
    _codes: dict[int, int] = field(default_factory=dict)
    _recent: bytes = b""
    """Latest sizes, one code each."""

    def find(self, chunk: bytes) -> Borders:
        """All whole records from the chunk's first byte on, which begins a record."""
        found = Borders()
        if not self.vectorised:
            self._walk(chunk, found, len(chunk))
            return found
        while True:
            self._follow_pattern(chunk, found)
            goes_on = self._walk(chunk, found, self._walk_length)
            self._pattern = self._repeating()
            if not goes_on:
                return found

    def _walk(self, chunk: bytes, found: Borders, most: int) -> bool:
        """Follow at most `most` lengths; False when the chunk ends or a length is damaged."""
        at, end, known, goes_on = found.stop, len(chunk), self._known, True
        places = [at]
        for _ in range(most):
            size = known.get(chunk[at : at + 12]) or self._learn(chunk, at, found)
            at += size
            if at > end or not size:
                at -= size
                found.needed, found.absurd, goes_on = size, size > MAX_RECORD + FRAME, False
                break
            places.append(at)
        sizes = [after - before for before, after in pairwise(places)]
        found.singles += places[:-1]
        found.sizes += sizes
        found.stop = at
        if self.vectorised:
            self._remember(sizes)
        return goes_on

    def _learn(self, chunk: bytes, at: int, found: Borders) -> int:
        """Size of the record whose header is new; 0 where there is none, and `found` says why."""
        header = chunk[at : at + HEADER]
        if len(header) < HEADER:
            return 0
        length = int.from_bytes(header[:8], "little")
        if int.from_bytes(header[8:], "little") != masked(crc32c(header[:8])):
            found.damaged = True
            return 0
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        self._known[header] = length + FRAME
        self._header_of[length + FRAME] = (np.uint64(length), np.uint32(int.from_bytes(header[8:], "little")))
        return length + FRAME

    def _remember(self, sizes: list[int]) -> None:
        for size in set(sizes):
            # Beyond 255 different sizes nothing repeats: any code will do.
            self._codes.setdefault(size, min(len(self._codes), 255))
        codes = self._codes
        self._recent = (self._recent + bytes([codes[size] for size in sizes]))[-_LONGEST_WALK:]

    def _follow_pattern(self, chunk: bytes, found: Borders) -> None:
        """Take all whole repeats of the expected pattern, and learn from how many there were."""
        pattern, stride = self._pattern, sum(self._pattern)
        most = (len(chunk) - found.stop) // stride if pattern else 0
        count = self._count_repeats(chunk, found.stop, min(most, 16))
        if count == 16:
            count = self._count_repeats(chunk, found.stop, most)
        if count:
            found.runs.append(Run(found.stop, count, pattern))
            found.stop += count * stride
            self._remember(list(pattern) * min(count, 1 + _LONGEST_WALK // len(pattern)))
        if pattern and count * len(pattern) >= min(_WORTH_IT, most * len(pattern)):
            self._walk_length = _FIRST_WALK
        else:
            self._pattern = ()
            self._walk_length = min(2 * self._walk_length, _LONGEST_WALK)

    def _count_repeats(self, chunk: bytes, start: int, most: int) -> int:
        """How many times in a row the whole pattern holds, by length and checksum of each record."""
        stride, at = sum(self._pattern), start
        for size in self._pattern:
            if not most:
                return 0
            length, checksum = self._header_of[size]
            same = np.ndarray((most,), "<u8", chunk, at, (stride,)) == length
            same &= np.ndarray((most,), "<u4", chunk, at + 8, (stride,)) == checksum
            most = most if same.all() else int(same.argmin())
            at += size
        return most

    def _repeating(self) -> tuple[int, ...]:
        """The shortest sequence of sizes that the latest records repeat; empty where nothing does."""
        recent = self._recent
        size_of = {code: size for size, code in self._codes.items()}
        for window in (len(recent), 256, 64, 16):
            tail = recent[-window:]
            for period in _periods(tail):
                if tail[:-period] == tail[period:]:
                    return tuple(size_of[code] for code in tail[-period:])
        return ()


def _periods(tail: bytes) -> list[int]:
    """Distances at which the last eight sizes occurred before, shortest first."""
    periods: list[int] = []
    ending = tail[-8:]
    at = tail.rfind(ending, 0, len(tail) - 1)
    while at >= 0 and len(periods) < _MAX_PATTERN:
        period = len(tail) - len(ending) - at
        if period > min(_MAX_PATTERN, len(tail) // 2):
            break
        periods.append(period)
        at = tail.rfind(ending, 0, at + len(ending) - 1)
    return periods
