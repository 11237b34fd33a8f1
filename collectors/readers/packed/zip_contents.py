"""Every zip entry drained in one pass over the file: checksums, and the entries' bytes to sinks.

Input: an open zip, its placed entries and a byte budget. Output: `DrainedZip` and findings. It keeps
no contents, and refuses to unpack more than an entry declares or the budget allows.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from collectors.readers.common.finding_list import FindingList
from collectors.readers.common.single_pass import FileDigest, Region, Sink, read_once
from collectors.readers.packed.unpacking import Unpacker, UnpackProblem, bzip2_stream, raw_deflate
from collectors.readers.packed.zip_entries import BZIP2, STORED, PlacedEntry


@dataclass(slots=True)
class DrainedZip:
    """What one pass over a zip found."""

    digest: FileDigest
    crc32: dict[str, int] = field(default_factory=dict)
    """Entry name -> CRC-32 of its contents, for each entry that was read whole."""
    damaged: set[str] = field(default_factory=set)
    """Names of entries whose size or CRC is not the declared one."""
    left_out: int = 0
    """Entries that were not unpacked because of the budget."""


class EntryProblem(Exception):
    """An entry unpacks to more than it declares."""


@dataclass(slots=True)
class _Entry:
    """One entry while it is drained: it takes the bytes as they lie in the file."""

    placed: PlacedEntry
    inner: Sink | None
    crc32: int = 0
    size: int = 0
    problem: str | None = None
    _unpacker: Unpacker | None = None

    def __post_init__(self) -> None:
        method = self.placed.entry.method
        if method != STORED:
            engine = bzip2_stream if method == BZIP2 else raw_deflate
            self._unpacker = Unpacker(engine, _Contents(self), magic=None)

    def feed(self, piece: memoryview) -> None:
        if self._unpacker is None:
            self.size += len(piece)
            if self.inner is not None:
                self.inner.feed(piece)
        elif self.problem is None:
            self._guarded(piece)

    def finish(self) -> None:
        if self._unpacker is not None and self.problem is None:
            self._guarded(None)
        if self.inner is not None:
            self.inner.finish()

    def take(self, piece: memoryview) -> None:
        """Unpacked bytes."""
        self.size += len(piece)
        if self.size > self.placed.entry.size:
            raise EntryProblem
        self.crc32 = zlib.crc32(piece, self.crc32)
        if self.inner is not None:
            self.inner.feed(piece)

    def _guarded(self, piece: memoryview | None) -> None:
        """A damaged entry costs that entry only."""
        unpacker = self._unpacker
        if unpacker is None:
            return
        try:
            unpacker.finish() if piece is None else unpacker.feed(piece)
        except UnpackProblem as problem:
            self.problem = str(problem)
        except EntryProblem:
            self.problem = f"unpacks to more than the {self.placed.entry.size:,} bytes it declares"


@dataclass(slots=True)
class _Contents:
    """The unpacked side of an entry."""

    owner: _Entry

    def feed(self, piece: memoryview) -> None:
        self.owner.take(piece)

    def finish(self) -> None:
        pass


@dataclass(slots=True)
class ZipToDrain:
    """What to read: entries in file order that do not overlap, and who wants their bytes."""

    handle: BinaryIO
    size: int
    placed: Sequence[PlacedEntry]
    sinks: Mapping[str, Sink] = field(default_factory=dict)
    """Entry name -> sink for its unpacked bytes."""
    budget: int = 2 << 30
    """Most bytes that are unpacked, all entries together."""
    compare_crc: bool = True
    """False when the zip was written without checksums."""


def drain_zip(work: ZipToDrain, findings: FindingList) -> DrainedZip:
    """Read every entry once and compare its size and CRC. Raises FileShrank, OSError."""
    entries, left_out = _within_budget(work)
    regions = [Region(one.placed.start, one.placed.end, one) for one in entries]
    digest = read_once(work.handle, work.size, regions)
    result = DrainedZip(digest, left_out=left_out)
    for one, region in zip(entries, regions, strict=True):
        if one.placed.entry.method == STORED:
            one.crc32 = region.crc32
        problem = one.problem or _difference(one, compare_crc=work.compare_crc)
        if one.problem is None:
            result.crc32[one.placed.name] = one.crc32
        if problem is not None:
            result.damaged.add(one.placed.name)
            findings.error(problem, one.placed.name)
    return result


def _within_budget(work: ZipToDrain) -> tuple[list[_Entry], int]:
    chosen: list[_Entry] = []
    left = work.budget
    for placed in work.placed:
        if placed.entry.size <= left:
            left -= placed.entry.size
            chosen.append(_Entry(placed, work.sinks.get(placed.name)))
    return chosen, len(work.placed) - len(chosen)


def _difference(one: _Entry, *, compare_crc: bool) -> str | None:
    entry = one.placed.entry
    if one.size != entry.size:
        return f"expected {entry.size:,} bytes, found {one.size:,}"
    if compare_crc and one.crc32 != entry.crc32:
        return f"CRC of the contents does not match: expected {entry.crc32:08x}, found {one.crc32:08x}"
    return None
