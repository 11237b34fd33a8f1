"""Bytes of a `TensorProto` -> the one number it holds, and where that number stands.

Refuses by None what is not exactly one number: texts, complex numbers, vectors, resources.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from collectors.readers.events.wire import FIXED32, FIXED64, LENGTH, VARINT, fields, read_varint, signed


@dataclass(slots=True)
class Number:
    """One scalar and the bytes that spell it."""

    value: float
    at: int
    size: int
    kind: str
    """numpy dtype of the bytes, `varint` (signed), `uvarint`, or empty: not to be read in columns."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one data type is stored."""

    content: str
    """numpy dtype inside `tensor_content`."""
    listed_in: int
    """Field that lists values one by one."""
    wire: int
    listed: str
    """Kind of a listed value."""


_KINDS: Final = {
    1: _Kind("<f4", 5, FIXED32, "<f4"),
    2: _Kind("<f8", 6, FIXED64, "<f8"),
    3: _Kind("<i4", 7, VARINT, "varint"),
    4: _Kind("|u1", 7, VARINT, "varint"),
    5: _Kind("<i2", 7, VARINT, "varint"),
    6: _Kind("|i1", 7, VARINT, "varint"),
    9: _Kind("<i8", 10, VARINT, "varint"),
    10: _Kind("|u1", 11, VARINT, "varint"),
    14: _Kind("bfloat16", 13, VARINT, "bfloat16"),
    17: _Kind("<u2", 7, VARINT, "varint"),
    19: _Kind("<f2", 13, VARINT, "<f2"),
    22: _Kind("<u4", 16, VARINT, "uvarint"),
    23: _Kind("<u8", 17, VARINT, "uvarint"),
}
"""By `DataType`: float, double, int32, uint8, int16, int8, int64, bool, bfloat16, uint16, half, uint32, uint64."""

_SEVERAL: Final = 2
"""Counting further would let a hostile shape grow a number without end."""
_LISTS: Final = frozenset(kind.listed_in for kind in _KINDS.values())


@dataclass(slots=True)
class _Tensor:
    dtype: int = 0
    elements: int = 1
    content: tuple[int, int] | None = None
    listed: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Field, wire type, first byte and end of what may be the values."""


def read_tensor(data: bytes, start: int, stop: int) -> Number | None:
    """The only number of a tensor; None where it holds none, several, or no number at all."""
    tensor = _Tensor()
    for number, wire, at, end in fields(data, start, stop):
        if number == 1 and wire == VARINT:
            tensor.dtype = read_varint(data, at, end)[0]
        elif number == 2 and wire == LENGTH:
            tensor.elements = min(tensor.elements * _elements(data, at, end), _SEVERAL)
        elif number == 4 and wire == LENGTH and end > at:
            tensor.content = (at, end)
        elif number in _LISTS:
            tensor.listed.append((number, wire, at, end))
    kind = _KINDS.get(tensor.dtype)
    return _only_number(data, tensor, kind) if kind and tensor.elements == 1 else None


def _elements(data: bytes, start: int, stop: int) -> int:
    """Product of the sizes of a `TensorShapeProto`, at most two; 0 where a size is unknown."""
    product = 1
    for number, wire, at, end in fields(data, start, stop):
        if number == 3:  # unknown rank
            return 0
        if number == 2 and wire == LENGTH:
            product = min(product * max(_dimension(data, at, end), 0), _SEVERAL)
    return product


def _dimension(data: bytes, start: int, stop: int) -> int:
    size = 0
    for number, wire, at, end in fields(data, start, stop):
        if number == 1 and wire == VARINT:
            size = signed(read_varint(data, at, end)[0])
    return size


def _only_number(data: bytes, tensor: _Tensor, kind: _Kind) -> Number | None:
    if tensor.content:
        return _in_content(data, tensor.content, kind)
    spans = [
        span
        for number, wire, at, end in tensor.listed
        if number == kind.listed_in
        for span in _values(data, kind.wire, wire, (at, end))
    ]
    if not spans:
        return Number(0.0, 0, 0, "")  # what TensorFlow makes of a tensor without values
    return _in_list(data, spans[0], kind) if len(spans) == 1 else None


def _values(data: bytes, expected: int, wire: int, span: tuple[int, int]) -> list[tuple[int, int]]:
    """Spans of single values in a field that may be packed; at most two, for one is what counts."""
    if wire == expected:
        return [span]
    if wire != LENGTH:
        return []
    spans: list[tuple[int, int]] = []
    at, stop = span
    while at < stop and len(spans) < 2:
        end = read_varint(data, at, stop)[1] if expected == VARINT else at + (4 if expected == FIXED32 else 8)
        spans.append((at, end))
        at = end
    return spans if at <= stop else []


def _in_content(data: bytes, span: tuple[int, int], kind: _Kind) -> Number | None:
    at, size = span[0], span[1] - span[0]
    if kind.content == "bfloat16":
        return Number(_bfloat16(int.from_bytes(data[at : at + 2], "little")), at, 2, "") if size == 2 else None
    if size != np.dtype(kind.content).itemsize:
        return None
    return Number(float(np.frombuffer(data, kind.content, 1, at)[0]), at, size, kind.content)


def _in_list(data: bytes, span: tuple[int, int], kind: _Kind) -> Number:
    at, size = span[0], span[1] - span[0]
    if kind.wire == FIXED32:
        return Number(struct.unpack_from("<f", data, at)[0], at, 4, "<f4")
    if kind.wire == FIXED64:
        return Number(struct.unpack_from("<d", data, at)[0], at, 8, "<f8")
    number = read_varint(data, at, span[1])[0]
    if kind.listed == "varint":
        return Number(float(signed(number)), at, size, "varint")
    if kind.listed == "uvarint":
        return Number(float(number), at, size, "uvarint")
    if kind.listed == "bfloat16":
        return Number(_bfloat16(number & 0xFFFF), at, size, "")
    return Number(struct.unpack("<e", (number & 0xFFFF).to_bytes(2, "little"))[0], at, size, "")


def _bfloat16(bits: int) -> float:
    return float(struct.unpack("<f", (bits << 16).to_bytes(4, "little"))[0])
