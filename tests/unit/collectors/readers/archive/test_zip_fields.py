"""Extra fields and names of a zip's directory, as other programs write them."""

from __future__ import annotations

import io
import struct
import threading
from typing import Any

import pytest
from support.build_zips import Entry, raw_zip, zip64

from collectors.readers.packed.zip_directory import ZipProblem, decoded_name, read_zip_directory, zip64_field


def extra(kind: int, content: bytes) -> bytes:
    """One extra field."""
    return struct.pack("<HH", kind, len(content)) + content


TIME, UNIX = extra(0x5455, b"\x03" + bytes(8)), extra(0x7875, b"\x01\x04" + bytes(9))


def in_time(data: bytes) -> bytes:
    """The answer, asked on the side: a walk that goes back would never end."""
    found: list[Any] = []
    asking = threading.Thread(target=lambda: found.append(zip64_field(data)), daemon=True)
    asking.start()
    asking.join(30)
    assert found, "it never ends"
    assert isinstance(found[0], bytes)
    return found[0]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", b""),
        (extra(1, b"12345678"), b"12345678"),
        (TIME + extra(1, b"12345678"), b"12345678"),
        (TIME + UNIX + extra(1, b"1234567812345678"), b"1234567812345678"),
        (extra(1, b"first") + extra(1, b"second"), b"first"),
        (extra(0x5455, b"") + extra(1, b"x"), b"x"),
        (TIME + UNIX, b""),
        (extra(1, b"") + b"", b""),
        (TIME + b"\x01\x00", b""),
        (struct.pack("<HH", 1, 99) + b"cut", b"cut"),
        (struct.pack("<HH", 7, 99) + b"cut" + extra(1, b"x"), b""),
    ],
)
def test_the_zip64_field_is_found_behind_others(data: bytes, field: bytes) -> None:
    """Info-ZIP writes times and owners in front of it."""
    assert in_time(data) == field


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("größe".encode(), 0x800, "größe"),
        ("größe".encode("cp437"), 0, "größe"),
        (b"a\xff", 0x800, "a\\xff"),
        (b"a.pt", 0x801, "a.pt"),
    ],
)
def test_a_name_is_utf8_where_its_entry_says_so(raw: bytes, flags: int, name: str) -> None:
    assert decoded_name(raw, flags) == name


def ending(count: int, length: int, offset: int) -> bytes:
    """A zip of one entry with a 64-bit end record, whose 32-bit one says this."""
    made = raw_zip([Entry("a.pt", b"weights")])
    start = made.index(b"PK\x01\x02")
    large = zip64(made[: made.index(b"PK\x05\x06")], 1, start)
    short = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, length, offset, 0)
    return large[: -len(short)] + short


DIRECTORY = raw_zip([Entry("a.pt", b"weights")])
START = DIRECTORY.index(b"PK\x01\x02")
LENGTH = DIRECTORY.index(b"PK\x05\x06") - START


@pytest.mark.parametrize(
    ("count", "length", "offset", "agrees"),
    [
        (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, True),
        (1, LENGTH, START, True),
        (1, 0xFFFFFFFF, START, True),
        (0xFFFF, LENGTH, 0xFFFFFFFF, True),
        (2, LENGTH, START, False),
        (1, LENGTH + 1, START, False),
        (1, LENGTH, START - 1, False),
        (0xFFFE, LENGTH, START, False),
        (1, 0xFFFFFFFE, START, False),
        (1, LENGTH, 0xFFFFFFFE, False),
    ],
)
def test_both_end_records_of_a_large_zip_say_the_same_or_the_short_one_points_to_the_other(
    count: int, length: int, offset: int, *, agrees: bool
) -> None:
    handle = io.BytesIO(ending(count, length, offset))
    size = len(handle.getvalue())

    if agrees:
        assert [entry.name for entry in read_zip_directory(handle, size).entries] == ["a.pt"]
    else:
        with pytest.raises(ZipProblem, match="contradict each other"):
            read_zip_directory(handle, size)
