"""One pass over a file: sha256, CRC-32 and what each region's sink makes of its bytes.

Input: an open file, its size, the regions of interest. Output: `FileDigest`; each region then knows
its own CRC-32. The file is read once, front to back, in chunks of 1 MiB, however large it is.
It refuses overlapping regions, and tells when a file is shorter than it was.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

from collectors.readers.common.crc import joined_crc32

CHUNK: Final = 1 << 20
"""Bytes read at once."""
CHUNKS_AHEAD: Final = 2
"""Chunks the hash may lag behind, so that a busy machine does not stop one for the other."""
_WORTH_JOINING: Final = 1 << 19
"""From this length on, joining checksums is cheaper than summing the bytes twice."""


class FileShrank(Exception):
    """The file ended at `offset`, before the size it had when it was opened."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"the file ended at byte {offset:,} while it was read: it is being written")


class Sink(Protocol):
    """Takes the bytes of one region, piece by piece."""

    def feed(self, piece: memoryview) -> None:
        """Take the next bytes; they are overwritten after the call."""

    def finish(self) -> None:
        """Know that there are no more."""


@dataclass(slots=True)
class Region:
    """Bytes `start` to `end` (exclusive) of a file."""

    start: int
    end: int
    sink: Sink | None = None
    crc32: int = 0
    """Of the bytes as they lie in the file; complete after the pass."""

    @property
    def length(self) -> int:
        """Bytes."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class FileDigest:
    """What identifies the whole file."""

    sha256: str
    crc32: int


def read_once(handle: BinaryIO, size: int, regions: Sequence[Region]) -> FileDigest:
    """Read the whole file, feeding each region. Raises FileShrank, OSError and what sinks raise."""
    tape = _Tape(sorted(regions, key=lambda region: (region.start, region.end)))
    digest = hashlib.sha256()
    handle.seek(0)
    # Hashing is the slowest part and releases the interpreter lock, so it has its own thread.
    with ThreadPoolExecutor(max_workers=1) as pool:
        # The same few buffers over and over: fresh memory costs more than summing it.
        buffers = [memoryview(bytearray(min(CHUNK, size))) for _ in range(CHUNKS_AHEAD + 1)]
        hashing: deque[Future[None]] = deque()
        offset = 0
        while offset < size:
            if len(hashing) == CHUNKS_AHEAD:
                hashing.popleft().result()
            buffers.append(buffers.pop(0))
            chunk = buffers[-1][: min(CHUNK, size - offset)]
            length = handle.readinto(chunk)  # type: ignore[attr-defined]  # BinaryIO forgets to say it
            if not length:
                raise FileShrank(offset)
            hashing.append(pool.submit(digest.update, chunk[:length]))
            tape.feed(offset, chunk[:length])
            offset += length
    tape.finish(size)
    return FileDigest(digest.hexdigest(), tape.crc32)


@dataclass(slots=True)
class _Tape:
    """Cuts chunks at region borders, in order."""

    regions: list[Region]
    crc32: int = 0
    _next: int = field(default=0)

    def feed(self, offset: int, chunk: memoryview) -> None:
        end = offset + len(chunk)
        at = offset
        while at < end:
            self._finish_until(at)
            region = self.regions[self._next] if self._next < len(self.regions) else None
            if region is None or region.start >= end:
                self._feed_gap(chunk[at - offset :])
                return
            if at < region.start:
                self._feed_gap(chunk[at - offset : region.start - offset])
                at = region.start
            stop = min(end, region.end)
            self._feed_region(region, chunk[at - offset : stop - offset])
            at = stop

    def finish(self, size: int) -> None:
        self._finish_until(size)

    def _feed_gap(self, piece: memoryview) -> None:
        self.crc32 = zlib.crc32(piece, self.crc32)

    def _feed_region(self, region: Region, piece: memoryview) -> None:
        region.crc32 = zlib.crc32(piece, region.crc32)
        if region.length < _WORTH_JOINING:
            self.crc32 = zlib.crc32(piece, self.crc32)
        if region.sink is not None:
            region.sink.feed(piece)

    def _finish_until(self, offset: int) -> None:
        """Close every region that ends at or before `offset`."""
        while self._next < len(self.regions) and self.regions[self._next].end <= offset:
            region = self.regions[self._next]
            if region.length >= _WORTH_JOINING:
                self.crc32 = joined_crc32(self.crc32, region.crc32, region.length)
            if region.sink is not None:
                region.sink.finish()
            self._next += 1
