"""CRC-32 of a whole from the CRC-32 of its parts. Pure arithmetic.

Input: checksums and lengths. Output: a checksum. It reads nothing: so the bytes of a file are
summed once, although both each stored block and the whole file need a checksum.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

POLYNOMIAL: Final = 0xEDB88320
"""The zip polynomial, lowest power in the highest bit, as zlib uses it."""
_ONE: Final = 1 << 31
_X: Final = 1 << 30


def joined_crc32(first: int, second: int, second_length: int) -> int:
    """CRC-32 of two byte strings in a row; `second_length` is the second one's length in bytes."""
    return _product(first, _power_of_x(8 * second_length)) ^ second


def _product(left: int, right: int) -> int:
    """Product of two polynomials over GF(2), modulo the zip polynomial."""
    result = 0
    while left:
        if left & _ONE:
            result ^= right
        left = (left << 1) & 0xFFFFFFFF
        right = (right >> 1) ^ (POLYNOMIAL if right & 1 else 0)
    return result


@lru_cache(maxsize=512)
def _power_of_x(exponent: int) -> int:
    """The polynomial x to the power `exponent`, by squaring."""
    if exponent == 0:
        return _ONE
    half = _power_of_x(exponent // 2)
    square = _product(half, half)
    return _product(square, _X) if exponent % 2 else square
