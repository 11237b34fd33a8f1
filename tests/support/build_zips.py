"""Zips written field by field, so that tests can write what no program would.

`raw_zip([Entry("a/data.pkl", b"...")])` writes a sound zip; every field of an entry, and the end
record, can be told to lie.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

STORED, DEFLATED = 0, 8


@dataclass
class Entry:
    """One entry; None means the true value."""

    name: str
    data: bytes = b""
    method: int = STORED
    crc32: int | None = None
    size: int | None = None
    packed_size: int | None = None
    local_name: str | None = None
    local_method: int | None = None
    local_size: int | None = None
    header_offset: int | None = None
    flags: int = 0x800
    mode: int = 0o100644
    extra: bytes = b""
    magic: bytes = b"PK\x03\x04"

    @property
    def packed(self) -> bytes:
        """The bytes in the file."""
        if self.method != DEFLATED:
            return self.data
        engine = zlib.compressobj(9, zlib.DEFLATED, -15)
        return engine.compress(self.data) + engine.flush()


def raw_zip(entries: list[Entry], **end: Any) -> bytes:
    """A zip of these entries. `end` may override `count`, `length`, `offset`, `disk`; `comment`, `gap` add bytes."""
    body, directory = b"", b""
    for entry in entries:
        offset = len(body)
        packed = entry.packed
        body += local_header(entry, packed) + packed
        directory += _central(entry, packed, offset)
    body += end.get("gap", b"")
    comment = end.get("comment", b"")
    count = end.get("count", len(entries))
    return (
        body
        + directory
        + struct.pack(
            "<4sHHHHIIH",
            b"PK\x05\x06",
            end.get("disk", 0),
            0,
            count,
            count,
            end.get("length", len(directory)),
            end.get("offset", len(body)),
            len(comment),
        )
        + comment
    )


def _true(given: int | None, value: int) -> int:
    return value if given is None else given


def local_header(entry: Entry, packed: bytes) -> bytes:
    """What stands in front of an entry's contents."""
    name = (entry.name if entry.local_name is None else entry.local_name).encode()
    return (
        struct.pack(
            "<4sHHHHHIIIHH",
            entry.magic,
            20,
            entry.flags,
            _true(entry.local_method, entry.method),
            0,
            0,
            _true(entry.crc32, zlib.crc32(entry.data)),
            _true(entry.packed_size, len(packed)),
            _true(entry.local_size, _true(entry.size, len(entry.data))),
            len(name),
            0,
        )
        + name
    )


def _central(entry: Entry, packed: bytes, offset: int) -> bytes:
    name = entry.name.encode()
    return (
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\x01\x02",
            3 << 8 | 20,
            20,
            entry.flags,
            entry.method,
            0,
            0,
            _true(entry.crc32, zlib.crc32(entry.data)),
            _true(entry.packed_size, len(packed)),
            _true(entry.size, len(entry.data)),
            len(name),
            len(entry.extra),
            0,
            0,
            0,
            entry.mode << 16,
            _true(entry.header_offset, offset),
        )
        + name
        + entry.extra
    )


def zip64(body_and_directory: bytes, count: int, directory_offset: int) -> bytes:
    """Add the 64-bit end record, its locator and the 32-bit one to entries and directory."""
    end = len(body_and_directory)
    length = end - directory_offset
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, directory_offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    short = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body_and_directory + record + locator + short
