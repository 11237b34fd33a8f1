"""The directory at the end of a zip -> its entries, as written there.

Input: an open file and its size. Output: `ZipDirectory`. It reads the end record (zip64 too) and the
central directory, and refuses what readers disagree about: bytes after the end, two end records, a
directory that is not where it is said to be, more entries than the limit. It reads no contents.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from collectors.numbers import size_words
from collectors.readers.common.finding_list import shorten

MOST_ENTRIES: Final = 200_000
MOST_DIRECTORY_BYTES: Final = 64 << 20

END_MARK: Final = b"PK\x05\x06"
_END: Final = struct.Struct("<4sHHHHIIH")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64: Final = struct.Struct("<4sIQI")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LONGEST_TAIL: Final = _END.size + 0xFFFF


class ZipProblem(Exception):
    """The directory cannot be believed: `text` says why, `where` at which entry or offset."""

    def __init__(self, text: str, where: str | None = None) -> None:
        self.text, self.where = text, where
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One line of the central directory."""

    name: str
    flags: int
    method: int
    crc32: int
    packed_size: int
    """Bytes in the file."""
    size: int
    """Bytes once unpacked."""
    header_offset: int
    unix_mode: int
    """File type and permissions; 0 when the writer was not a Unix program."""

    @property
    def is_encrypted(self) -> bool:
        """Its contents need a password."""
        return bool(self.flags & 0x2041)

    @property
    def is_folder(self) -> bool:
        """It has no contents."""
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """All entries, in directory order."""

    entries: tuple[ZipEntry, ...]
    start: int
    """Offset of the directory: contents end before it."""


@dataclass(frozen=True, slots=True)
class _EndRecord:
    offset: int
    """Where the directory must end."""
    disks: tuple[int, int]
    counts: tuple[int, int]
    directory_size: int
    directory_offset: int


def read_zip_directory(handle: BinaryIO, size: int, *, most_entries: int = MOST_ENTRIES) -> ZipDirectory:
    """Return the directory. Raises ZipProblem, OSError."""
    end = _read_end_record(handle, size)
    _check_end_record(end, most_entries)
    handle.seek(end.directory_offset)
    raw = handle.read(end.directory_size)
    if len(raw) != end.directory_size:
        raise ZipProblem("the zip directory could not be read whole: the file is being written")
    return ZipDirectory(tuple(_entries(raw, end.counts[1])), end.directory_offset)


def _read_end_record(handle: BinaryIO, size: int) -> _EndRecord:
    tail_start = max(0, size - _LONGEST_TAIL)
    handle.seek(tail_start)
    tail = handle.read(_LONGEST_TAIL)
    at = _place_of_end(tail)
    _, disk, first_disk, here, total, length, offset, _ = _END.unpack_from(tail, at)
    record = _EndRecord(tail_start + at, (disk, first_disk), (here, total), length, offset)
    return _zip64_record(handle, record) or record


def _place_of_end(tail: bytes) -> int:
    """Offset of the one end record that ends where the file ends."""
    places = [at for at in _places(tail, END_MARK) if at + _END.size <= len(tail)]
    fitting = [at for at in places if at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)]
    if len(fitting) > 1:
        raise ZipProblem("the zip has two end records: programs would disagree about its contents")
    if fitting:
        return fitting[0]
    if not places:
        raise ZipProblem("the zip directory at the end is missing: the file is cut short or still being written")
    extra = len(tail) - places[-1] - _END.size - int.from_bytes(tail[places[-1] + 20 : places[-1] + 22], "little")
    if extra > 0:
        raise ZipProblem(f"{extra:,} bytes follow the end of the zip: expected the file to end there")
    raise ZipProblem("the end record of the zip is cut short")


def _places(data: bytes, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def _zip64_record(handle: BinaryIO, end: _EndRecord) -> _EndRecord | None:
    """The 64-bit record that a locator right before the end record points to; None without one."""
    if end.offset < _LOCATOR64.size:
        return None
    handle.seek(end.offset - _LOCATOR64.size)
    mark, _, offset, _ = _LOCATOR64.unpack(handle.read(_LOCATOR64.size))
    if mark != b"PK\x06\x07":
        return None
    if offset + _END64.size > end.offset - _LOCATOR64.size:
        raise ZipProblem("the zip64 end record lies outside the file", f"offset {offset}")
    handle.seek(offset)
    record = _END64.unpack(handle.read(_END64.size))
    if record[0] != b"PK\x06\x06":
        raise ZipProblem("the zip64 end record is not where its locator points", f"offset {offset}")
    large = _EndRecord(offset, (record[4], record[5]), (record[6], record[7]), record[8], record[9])
    _check_agreement(end, large)
    return large


def _check_agreement(small: _EndRecord, large: _EndRecord) -> None:
    """A field of the 32-bit record is either the same or says `see zip64`."""
    pairs = (
        (small.counts[1], large.counts[1], 0xFFFF),
        (small.directory_size, large.directory_size, 0xFFFFFFFF),
        (small.directory_offset, large.directory_offset, 0xFFFFFFFF),
    )
    if any(short not in (full, mark) for short, full, mark in pairs):
        raise ZipProblem("the two end records of the zip contradict each other")


def _check_end_record(end: _EndRecord, most_entries: int) -> None:
    count = end.counts[1]
    if end.disks != (0, 0) or end.counts[0] != count:
        raise ZipProblem("the zip is one part of several: expected a single file")
    if count > most_entries:
        raise ZipProblem(f"the zip claims {count:,} entries; at most {most_entries:,} are read")
    if end.directory_size > MOST_DIRECTORY_BYTES:
        raise ZipProblem(f"the zip directory claims {size_words(end.directory_size)}; at most 67 MB are read")
    if end.directory_offset + end.directory_size != end.offset:
        expected = end.offset - end.directory_size
        raise ZipProblem(
            f"the zip directory is said to start at offset {end.directory_offset:,}, but it can only start "
            f"at {expected:,}: bytes were added or lost"
        )


def _entries(raw: bytes, count: int) -> Iterator[ZipEntry]:
    at = 0
    for number in range(1, count + 1):
        where = f"directory entry {number:,}"
        if at + _CENTRAL.size > len(raw) or raw[at : at + 4] != b"PK\x01\x02":
            raise ZipProblem(f"expected {count:,} entries in the zip directory, found {number - 1:,}", where)
        fields = _CENTRAL.unpack_from(raw, at)
        name_length, extra_length, comment_length = fields[10:13]
        at += _CENTRAL.size
        name = raw[at : at + name_length]
        extra = raw[at + name_length : at + name_length + extra_length]
        at += name_length + extra_length + comment_length
        if at > len(raw):
            raise ZipProblem("an entry of the zip directory is cut short", where)
        yield _entry(fields, name, extra)
    if at != len(raw):
        raise ZipProblem(f"{len(raw) - at:,} bytes follow the {count:,} entries of the zip directory")


def _entry(fields: tuple[int, ...], raw_name: bytes, extra: bytes) -> ZipEntry:
    name = decoded_name(raw_name, fields[3])
    size, packed, offset = _large_numbers((fields[9], fields[8], fields[16]), extra, name)
    made_on_unix = fields[1] >> 8 == 3
    mode = fields[15] >> 16 if made_on_unix else 0
    return ZipEntry(name, fields[3], fields[4], fields[7], packed, size, offset, mode)


def decoded_name(raw: bytes, flags: int) -> str:
    """A name as text: UTF-8 where the entry says so, else code page 437."""
    return raw.decode("utf-8", "backslashreplace") if flags & 0x800 else raw.decode("cp437")


def _large_numbers(numbers: tuple[int, int, int], extra: bytes, name: str) -> tuple[int, int, int]:
    """Size, packed size and offset, taken from the zip64 field where they do not fit 32 bits."""
    if 0xFFFFFFFF not in numbers:
        return numbers
    field = zip64_field(extra)
    found: list[int] = []
    for number in numbers:
        if number == 0xFFFFFFFF:
            if len(field) < 8:
                raise ZipProblem("a size is said to be in a zip64 field that is not there", shorten(name))
            number, field = int.from_bytes(field[:8], "little"), field[8:]  # noqa: PLW2901 -- the field wins
        found.append(number)
    return found[0], found[1], found[2]


def zip64_field(extra: bytes) -> bytes:
    """Contents of the zip64 extra field; empty when there is none."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""
