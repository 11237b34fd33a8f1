"""Zip entries and their local headers -> where the contents of each lie.

Input: the directory of a zip and the open file. Output: `PlacedEntry` for each entry that can be
read, findings for the others. It refuses contents outside the file, overlapping contents (one kind of
decompression bomb), encryption, unknown methods and local headers that contradict the directory.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO, Final

from collectors.readers.common.finding_list import FindingList, shorten
from collectors.readers.packed.zip_directory import ZipDirectory, ZipEntry, ZipProblem, decoded_name, zip64_field

STORED: Final = 0
DEFLATED: Final = 8
BZIP2: Final = 12
_METHODS: Final = {9: "deflate64", 14: "LZMA", 93: "zstandard", 95: "xz", 96: "JPEG", 97: "WavPack", 98: "PPMd"}
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry whose contents are known to lie at `start` (inclusive) to `end` (exclusive)."""

    entry: ZipEntry
    start: int
    end: int

    @property
    def name(self) -> str:
        """Its name."""
        return self.entry.name


def place_entries(handle: BinaryIO, directory: ZipDirectory, findings: FindingList) -> list[PlacedEntry]:
    """Return the entries that can be read, in file order. Raises OSError."""
    placed: list[PlacedEntry] = []
    for entry in directory.entries:
        try:
            _check_method(entry)
            placed.append(_place(handle, entry, directory.start))
        except ZipProblem as problem:
            findings.error(problem.text, problem.where or entry.name)
    placed.sort(key=lambda one: (one.entry.header_offset, one.end))
    return placed


def report_overlaps(placed: Sequence[PlacedEntry], findings: FindingList) -> bool:
    """Say which neighbours share bytes. `placed` is in file order. True when any do."""
    found = False
    for first, second in pairwise(placed):
        if second.entry.header_offset < first.end:
            found = True
            text = f"its contents overlap those of {shorten(first.name)}: refused, as a decompression bomb does this"
            findings.error(text, second.name)
    return found


def report_duplicates(entries: Sequence[ZipEntry], findings: FindingList) -> None:
    """Say which names occur twice: programs disagree about which one counts."""
    seen: set[str] = set()
    for entry in entries:
        if entry.name in seen:
            findings.error("the zip has two entries of this name: programs disagree about which counts", entry.name)
        seen.add(entry.name)


def read_small_entry(handle: BinaryIO, placed: PlacedEntry, limit: int) -> bytes:
    """Return an entry's contents. Raises ZipProblem when it has more than `limit` bytes or is damaged."""
    entry = placed.entry
    if max(entry.size, entry.packed_size) > limit:
        text = f"has {max(entry.size, entry.packed_size):,} bytes; at most {limit:,} are read"
        raise ZipProblem(text, entry.name)
    handle.seek(placed.start)
    raw = handle.read(placed.end - placed.start)
    return raw if entry.method == STORED else _inflated(raw, entry)


def _inflated(raw: bytes, entry: ZipEntry) -> bytes:
    if entry.method != DEFLATED:
        raise ZipProblem(f"is compressed by method {entry.method}: expected it stored or deflated", entry.name)
    engine = zlib.decompressobj(-15)
    try:
        data = engine.decompress(raw, entry.size + 1)
    except zlib.error as error:
        raise ZipProblem(f"cannot be decompressed: {error}", entry.name) from None
    if len(data) != entry.size:
        raise ZipProblem(f"expected {entry.size:,} bytes once decompressed, found another number", entry.name)
    return data


def _check_method(entry: ZipEntry) -> None:
    if entry.is_encrypted:
        raise ZipProblem("is encrypted: it cannot be checked without its password", entry.name)
    if entry.method not in (STORED, DEFLATED, BZIP2):
        method = _METHODS.get(entry.method, "unknown")
        text = f"is compressed by method {entry.method} ({method}), which is not read: use deflate"
        raise ZipProblem(text, entry.name)
    if entry.method == STORED and entry.size != entry.packed_size:
        text = f"is stored, but claims {entry.size:,} bytes in {entry.packed_size:,}"
        raise ZipProblem(text, entry.name)


def _place(handle: BinaryIO, entry: ZipEntry, directory_start: int) -> PlacedEntry:
    if entry.header_offset + _LOCAL.size > directory_start:
        text = f"its header is said to be at offset {entry.header_offset:,}, outside the contents of the zip"
        raise ZipProblem(text, entry.name)
    handle.seek(entry.header_offset)
    fields = _LOCAL.unpack(_read_exactly(handle, _LOCAL.size, entry))
    if fields[0] != b"PK\x03\x04":
        raise ZipProblem(f"expected its header at offset {entry.header_offset:,}, found other bytes", entry.name)
    rest = _read_exactly(handle, fields[9] + fields[10], entry)
    _check_local_header(entry, fields, rest)
    start = entry.header_offset + _LOCAL.size + len(rest)
    end = start + entry.packed_size
    if end > directory_start:
        text = f"claims {entry.packed_size:,} bytes, but only {max(0, directory_start - start):,} are there"
        raise ZipProblem(text, entry.name)
    return PlacedEntry(entry, start, end)


def _read_exactly(handle: BinaryIO, count: int, entry: ZipEntry) -> bytes:
    data = handle.read(count)
    if len(data) != count:
        raise ZipProblem("its header is cut short", entry.name)
    return data


def _check_local_header(entry: ZipEntry, fields: tuple[int, ...], rest: bytes) -> None:
    name = decoded_name(rest[: fields[9]], fields[2])
    if name != entry.name:
        raise ZipProblem(f"is called {shorten(name)!r} at its contents: programs would disagree", entry.name)
    if fields[3] != entry.method:
        raise ZipProblem("its header names another compression method than the directory", entry.name)
    has_descriptor = fields[2] & 8
    if not has_descriptor and not _sizes_agree(entry, fields, rest[fields[9] :]):
        raise ZipProblem("its header gives other sizes or another CRC than the directory", entry.name)


def _sizes_agree(entry: ZipEntry, fields: tuple[int, ...], extra: bytes) -> bool:
    crc, packed, size = fields[6], fields[7], fields[8]
    field = zip64_field(extra)
    if size == 0xFFFFFFFF and len(field) >= 8:
        size, field = int.from_bytes(field[:8], "little"), field[8:]
    if packed == 0xFFFFFFFF and len(field) >= 8:
        packed = int.from_bytes(field[:8], "little")
    return (crc, packed, size) == (entry.crc32, entry.packed_size, entry.size)
