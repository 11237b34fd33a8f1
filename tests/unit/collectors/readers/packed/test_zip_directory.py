"""The directory at the end of a zip: what it must say of itself, to the byte."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from support.build_zips import Entry, raw_zip, zip64

from collectors.readers.packed.zip_directory import MOST_DIRECTORY_BYTES, ZipDirectory, ZipProblem, read_zip_directory

ENTRIES = [Entry("a.pt", b"weights"), Entry("b/", b"")]
GOOD = raw_zip(ENTRIES)
START = GOOD.index(b"PK\x01\x02")
END = GOOD.index(b"PK\x05\x06")
LENGTH = END - START


def read(data: bytes, **options: Any) -> ZipDirectory:
    return read_zip_directory(io.BytesIO(data), len(data), **options)


def refusal(data: bytes, **options: Any) -> tuple[str, str | None]:
    with pytest.raises(ZipProblem) as problem:
        read(data, **options)
    return problem.value.text, problem.value.where


def ended(data: bytes = GOOD[:END], **fields: int) -> bytes:
    """The zip with another end record."""
    known = {"disk": 0, "first": 0, "here": 2, "total": 2, "length": LENGTH, "offset": START, "comment": 0} | fields
    return data + struct.pack("<4sHHHHIIH", b"PK\x05\x06", *known.values())


def test_every_field_of_an_entry_is_read() -> None:
    found = read(GOOD)
    first, folder = found.entries

    assert found.start == START
    assert (first.name, first.size, first.packed_size, first.header_offset) == ("a.pt", 7, 7, 0)
    assert (first.unix_mode, first.is_folder, first.is_encrypted) == (0o100644, False, False)
    assert (folder.name, folder.is_folder) == ("b/", True)
    for flags, locked in ((0x801, True), (0x840, True), (0x2800, True), (0x802, False), (0x808, False)):
        assert read(raw_zip([Entry("a", flags=flags)])).entries[0].is_encrypted is locked, flags


def test_a_mode_is_that_of_a_unix_program_only() -> None:
    other = bytearray(GOOD)
    other[START + 5] = 0

    assert read(bytes(other)).entries[0].unix_mode == 0


def test_an_end_record_ends_where_the_file_ends_with_its_comment() -> None:
    assert len(read(raw_zip(ENTRIES, comment=b"note")).entries) == 2
    assert len(read(raw_zip(ENTRIES, comment=b"x" * 0xFFFF)).entries) == 2
    assert refusal(GOOD + b"xyz")[0] == "3 bytes follow the end of the zip: expected the file to end there"
    assert refusal(raw_zip(ENTRIES, comment=b"note") + b"x")[0].startswith("1 bytes follow the end of the zip")
    assert refusal(raw_zip(ENTRIES, comment=b"note")[:-1])[0] == "the end record of the zip is cut short"
    missing = "the zip directory at the end is missing: the file is cut short or still being written"
    assert refusal(GOOD[:END])[0] == refusal(GOOD[:-1])[0] == refusal(b"")[0] == missing
    inner = ended(GOOD[:END], comment=22) + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0)
    assert refusal(inner)[0] == "the zip has two end records: programs would disagree about its contents"


def test_a_directory_lies_right_before_its_end_record() -> None:
    assert len(read(ended()).entries) == 2
    for fields, text in (
        ({"disk": 1}, "the zip is one part of several: expected a single file"),
        ({"first": 1}, "the zip is one part of several: expected a single file"),
        ({"here": 1}, "the zip is one part of several: expected a single file"),
        (
            {"offset": START - 1},
            f"the zip directory is said to start at offset {START - 1}, but it can only start at {START}: "
            "bytes were added or lost",
        ),
        (
            {"length": LENGTH + 1},
            f"the zip directory is said to start at offset {START}, but it can only start at {START - 1}: "
            "bytes were added or lost",
        ),
        ({"length": MOST_DIRECTORY_BYTES + 1}, "the zip directory claims 67.1 MB; at most 67 MB are read"),
    ):
        assert refusal(ended(**fields))[0] == text, fields
    assert refusal(ended(length=MOST_DIRECTORY_BYTES))[0].startswith("the zip directory is said to start")


def test_more_entries_than_the_limit_are_refused() -> None:
    assert len(read(GOOD, most_entries=2).entries) == 2
    assert refusal(GOOD, most_entries=1)[0] == "the zip claims 2 entries; at most 1 are read"


def test_entries_are_as_many_as_are_claimed_and_whole() -> None:
    assert refusal(ended(here=3, total=3)) == (
        "expected 3 entries in the zip directory, found 2", "directory entry 3"
    )  # fmt: skip
    rest = LENGTH - (46 + 4)
    assert refusal(ended(here=1, total=1))[0] == f"{rest} bytes follow the 1 entries of the zip directory"
    short = GOOD[: END - 1]
    assert refusal(ended(short, length=LENGTH - 1)) == (
        "an entry of the zip directory is cut short", "directory entry 2"
    )  # fmt: skip
    second = START + 46 + 4
    assert refusal(ended(GOOD[: second + 45], length=46 + 4 + 45))[0].endswith("found 1")
    assert refusal(ended(GOOD[: second + 46], length=46 + 4 + 46))[0] == "an entry of the zip directory is cut short"
    other = bytearray(GOOD)
    other[second] ^= 1
    assert refusal(bytes(other)) == ("expected 2 entries in the zip directory, found 1", "directory entry 2")


def test_a_size_that_does_not_fit_stands_in_its_zip64_field_in_order() -> None:
    big = 0xFFFFFFFF

    def numbers(field: tuple[int, ...], **entry: int) -> tuple[int, int, int]:
        extra = struct.pack("<HH", 1, 8 * len(field)) + struct.pack(f"<{len(field)}Q", *field)
        (one,) = read(raw_zip([Entry("a", b"xyz", extra=extra, **entry)])).entries  # type: ignore[arg-type]
        return one.size, one.packed_size, one.header_offset

    assert numbers((7, 8, 9), size=big, packed_size=big, header_offset=big) == (7, 8, 9)
    assert numbers((8,), packed_size=big) == (3, 8, 0)
    assert numbers((9,), header_offset=big) == (3, 3, 9)
    assert numbers((7,)) == (3, 3, 0), "nothing points to it"
    text = "a size is said to be in a zip64 field that is not there"
    assert refusal(raw_zip([Entry("a", b"xyz", size=big)])) == (text, "a")
    half = struct.pack("<HH", 1, 7) + bytes(7)
    assert refusal(raw_zip([Entry("a", b"xyz", size=big, extra=half)])) == (text, "a")


def test_the_large_end_record_lies_where_its_locator_points() -> None:
    large = zip64(GOOD[:END], 2, START)
    locator = large.index(b"PK\x06\x07")

    assert len(read(large).entries) == 2
    for at, text in (
        (END - 1, "the zip64 end record is not where its locator points"),
        (END + 1, "the zip64 end record lies outside the file"),
        (1 << 62, "the zip64 end record lies outside the file"),
    ):
        moved = large[: locator + 8] + struct.pack("<Q", at) + large[locator + 16 :]
        assert refusal(moved) == (text, f"offset {at}")


def test_a_zip_of_nothing_is_one() -> None:
    assert read(raw_zip([])) == ZipDirectory((), 0)
