"""CRC32C of buffers of any length, in one go or piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import build_events

from collectors.readers.events.crc32c import crc32c, masked, masked_column, place_tables

# RFC 3720, appendix B.4
KNOWN = [
    (b"123456789", 0xE3069283),
    (bytes(32), 0x8A9136AA),
    (b"\xff" * 32, 0x62A8AB43),
    (bytes(range(32)), 0x46DD794E),
    (bytes(range(31, -1, -1)), 0x113FDB5C),
    (b"", 0),
]


@pytest.mark.parametrize(("data", "expected"), KNOWN)
def test_published_checksums(data: bytes, expected: int) -> None:
    assert crc32c(data) == expected


@pytest.mark.parametrize("length", [47, 48, 49, 255, 256, 257, 260, 304, 305, 511, 512, 4095, 4096, 5000, 300_000])
def test_every_way_of_summing_gives_the_same(length: int) -> None:
    """Short buffers are summed in a loop, longer ones in blocks, many blocks by column."""
    data = np.random.default_rng(length).integers(0, 256, length, np.uint8).tobytes()

    assert crc32c(data) == build_events.crc32c(data)


@given(st.binary(max_size=700), st.integers(0, 700))
def test_pieces_give_the_checksum_of_the_whole(data: bytes, cut: int) -> None:
    assert crc32c(data[cut:], crc32c(data[:cut])) == crc32c(data) == build_events.crc32c(data)


def test_stored_form_is_the_same_for_one_and_for_many() -> None:
    crcs = np.array([0, 1, 0x7FFF, 0xE3069283, 0xFFFFFFFF], np.uint32)

    assert masked_column(crcs).tolist() == [masked(int(crc)) for crc in crcs]


def test_checksums_differ_by_what_the_place_tables_say() -> None:
    """Changing byte b at place p changes the checksum by the table's term of b's change."""
    data = bytes(range(100))
    changed = data[:30] + bytes([data[30] ^ 0x5A]) + data[31:]

    term = int(place_tables(100)[100 - 1 - 30][0x5A])

    assert crc32c(data) ^ crc32c(changed) == term
