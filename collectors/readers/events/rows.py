"""Equally long records inside one chunk as the rows of a table. Pure views, no copies where possible.

Input: a chunk of bytes and where records begin. Output: `Rows`, whose columns are numpy arrays. It
knows nothing of what the bytes mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HEADER: Final = 12
"""Length (8 bytes) and its checksum (4) before the data of a record."""
FRAME: Final = HEADER + 4
"""Bytes of a record besides its data."""

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of `length` data bytes each, `stride` bytes apart in `buffer`."""

    buffer: Any
    """bytes or a contiguous array."""
    start: int
    """Where the first record's data begin in `buffer`."""
    stride: int
    length: int
    positions: Positions
    """Where each record's header begins in the chunk: what orders values over all layouts."""

    def __len__(self) -> int:
        return len(self.positions)

    def column(self, dtype: str, offset: int) -> NDArray[Any]:
        """The number at `offset` within every record's data, as a view that may be unaligned."""
        return np.ndarray((len(self),), dtype, self.buffer, self.start + offset, (self.stride,))

    def record(self, row: int) -> bytes:
        """Data and stored checksum of one record."""
        at = self.start + row * self.stride
        return bytes(memoryview(self.buffer)[at : at + self.length + 4])

    def select(self, rows: NDArray[Any]) -> Rows:
        """The chosen rows, copied together."""
        size = self.length + FRAME
        whole = np.ndarray((len(self),), f"V{size}", self.buffer, self.start - HEADER, (self.stride,))
        return Rows(whole[rows].view(np.uint8), HEADER, size, self.length, self.positions[rows])

    def part(self, first: int, stop: int) -> Rows:
        """Rows from `first` up to `stop`, without copying."""
        return Rows(self.buffer, self.start + first * self.stride, self.stride, self.length, self.positions[first:stop])


@dataclass(frozen=True, slots=True)
class Run:
    """Records whose sizes repeat: `count` times the sizes of `pattern`, beginning at `start`."""

    start: int
    count: int
    pattern: tuple[int, ...]
    """Sizes with their frames, in bytes."""

    def rows(self, chunk: bytes) -> list[Rows]:
        """One table for each record of the pattern."""
        stride = sum(self.pattern)
        repeats = np.arange(self.count, dtype=np.int64) * stride
        tables, at = [], self.start
        for size in self.pattern:
            tables.append(Rows(chunk, at + HEADER, stride, size - FRAME, repeats + at))
            at += size
        return tables

    def positions(self) -> Positions:
        """Where every record begins."""
        starts = np.cumsum((0, *self.pattern[:-1])) + self.start
        repeats = np.arange(self.count, dtype=np.int64) * sum(self.pattern)
        places: Positions = repeats[:, None] + starts[None, :]
        return places.reshape(-1)


def record_at(chunk: bytes, place: int) -> bytes:
    """The whole record, with its frame, whose header stands at `place`."""
    return chunk[place : place + FRAME + int.from_bytes(chunk[place : place + 8], "little")]


def gather(chunk: bytes, positions: Positions, size: int) -> Rows:
    """Records of `size` bytes (with frame) that lie anywhere in the chunk, copied together."""
    whole = np.ndarray((len(chunk) - size + 1,), f"V{size}", chunk, 0, (1,))
    return Rows(whole[positions].view(np.uint8), HEADER, size, size - FRAME, positions)
