"""Bytes -> fields of a protobuf message, without any schema.

Refuses what breaks the wire format with `NotAnEvent`: a field beyond its message, a varint of more
than ten bytes, a group, field number 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

VARINT: Final = 0
FIXED64: Final = 1
LENGTH: Final = 2
FIXED32: Final = 5
_MAX_VARINT = 10
_64_BITS = (1 << 64) - 1


class NotAnEvent(ValueError):
    """The bytes break the wire format; the text says how and where."""


def read_varint(data: bytes, at: int, stop: int) -> tuple[int, int]:
    """The unsigned number at `at`, and the position after it."""
    number = shift = 0
    for place in range(at, min(stop, at + _MAX_VARINT)):
        byte = data[place]
        number |= (byte & 127) << shift
        if byte < 128:
            return number & _64_BITS, place + 1
        shift += 7
    raise NotAnEvent(f"a number at byte {at} does not end")


def signed(number: int) -> int:
    """A 64-bit two's complement number as an int."""
    return number - (1 << 64) if number >> 63 else number


def fields(data: bytes, start: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
    """Field number, wire type, first byte and end of the contents of each field in a message."""
    while start < stop:
        key = data[start]
        if key < 128:
            at = start + 1
        else:
            key, at = read_varint(data, start, stop)
        start, end = _contents(data, key, at, stop)
        yield key >> 3, key & 7, start, end
        start = end


def _contents(data: bytes, key: int, at: int, stop: int) -> tuple[int, int]:
    """First byte and end of the contents of the field whose key ends at `at`."""
    wire = key & 7
    if wire == LENGTH:
        length, at = read_varint(data, at, stop)
        end = at + length
    elif wire == VARINT:
        end = read_varint(data, at, stop)[1]
    elif wire in (FIXED32, FIXED64):
        end = at + (4 if wire == FIXED32 else 8)
    else:
        raise NotAnEvent(f"unknown wire type {wire} at byte {at}")
    if end > stop or key < 8:
        raise NotAnEvent(f"field {key >> 3} at byte {at} reaches beyond its message" if key >= 8 else "field number 0")
    return at, end
