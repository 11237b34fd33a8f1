"""The bytes of a growing file that were read already -> a checksum that tells whether they are still the same.

Input: an open file and how many of its bytes were read. Output: a CRC-32, of all of them where they are few, of
samples where they are many: the head, the tail and blocks evenly between. A change between the samples of a long
file that has also grown since is not seen; one that has not grown is read again from the start anyway.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO, Final

WHOLE: Final = 1 << 20
"""Bytes up to which every one counts: a millisecond."""
BLOCK: Final = 1 << 14
BLOCKS: Final = 64


def checksum_before(handle: BinaryIO, end: int) -> int:
    """CRC-32 of the first `end` bytes, or of samples of them. Raises OSError of the handle only."""
    if end <= WHOLE:
        handle.seek(0)
        return zlib.crc32(handle.read(end))
    found = 0
    for number in range(BLOCKS):
        handle.seek(number * (end - BLOCK) // (BLOCKS - 1))
        found = zlib.crc32(handle.read(BLOCK), found)
    return found
