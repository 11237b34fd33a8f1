"""An npz file -> the small arrays in it, as lists of floats or as text.

Input: the bytes. Output: name -> value. Refuses everything numpy would have to unpickle, arrays of
more than one dimension, and members that unpack to more than 16 MiB. The header of each array is
matched against the one form numpy writes, and is never evaluated.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import BinaryIO, Final

import numpy as np

from collectors.readers.common.finding_list import FindingList
from collectors.readers.packed.zip_directory import ZipProblem, read_zip_directory
from collectors.readers.packed.zip_entries import (
    PlacedEntry,
    place_entries,
    read_small_entry,
    report_duplicates,
    report_overlaps,
)

MAX_MEMBER_BYTES: Final = 16 * 1024 * 1024
MAX_MEMBERS: Final = 1_000
_HEADER: Final = re.compile(
    rb"\{'descr': '([<>|=]?[A-Za-z]\d{0,9})', 'fortran_order': (?:True|False), "
    rb"'shape': \(([0-9, ]{0,80})\), *\}\s*"
)

Value = tuple[float, ...] | str


class BadArray(Exception):
    """Why an npz file cannot be read, in words, and in which member."""

    def __init__(self, text: str, where: str | None = None) -> None:
        super().__init__(text)
        self.where = where


def read_npz(data: bytes, wanted: tuple[str, ...]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Return the wanted arrays that are there, and all names; raise BadArray."""
    handle, findings = io.BytesIO(data), FindingList()
    try:
        directory = read_zip_directory(handle, len(data), most_entries=MAX_MEMBERS)
        placed = place_entries(handle, directory, findings)
        report_overlaps(placed, findings)
        report_duplicates(directory.entries, findings)
        if findings.has_errors:
            raise BadArray(findings.all()[0].text, findings.all()[0].where)
        found = {_stem(one.name): _member(handle, one) for one in placed if _stem(one.name) in wanted}
    except ZipProblem as problem:
        raise BadArray(problem.text, problem.where) from None
    return {name: _array(name, raw) for name, raw in found.items()}, tuple(_stem(e.name) for e in directory.entries)


def _stem(name: str) -> str:
    return name.removesuffix(".npy")


def _member(handle: BinaryIO, placed: PlacedEntry) -> bytes:
    raw = read_small_entry(handle, placed, MAX_MEMBER_BYTES)
    if zlib.crc32(raw) != placed.entry.crc32:
        raise BadArray("its bytes do not have the checksum (CRC-32) the zip recorded: damaged", placed.name)
    return raw


def _array(name: str, raw: bytes) -> Value:
    dtype, shape, start = _header(name, raw)
    if len(shape) > 1:
        raise BadArray(f"`{name}` has {len(shape)} dimensions; one number a channel was expected")
    (count,) = shape or (1,)
    if len(raw) - start != count * dtype.itemsize:
        found = f"has {len(raw) - start:,} bytes of numbers"
        raise BadArray(f"`{name}` {found}; {count:,} x {dtype.itemsize} were expected")
    values = np.frombuffer(raw, dtype=dtype, offset=start, count=count)
    if dtype.kind in "US" and not shape:
        return _text(name, values)
    if dtype.kind not in "fiu":
        raise BadArray(f"`{name}` holds {dtype.name}; numbers were expected")
    return tuple(float(value) for value in values.tolist())


def _header(name: str, raw: bytes) -> tuple[np.dtype[np.generic], tuple[int, ...], int]:
    start = 10 if raw[6:7] == b"\x01" else 12  # from version 2 on the header's length has four bytes
    if not raw.startswith(b"\x93NUMPY") or len(raw) < start:
        raise BadArray(f"`{name}` is no numpy array")
    length = int.from_bytes(raw[8:start], "little")
    found = _HEADER.fullmatch(raw[start : start + length])
    if not found:
        raise BadArray(f"`{name}` has an array header that is not read here")
    shape = tuple(int(part) for part in found.group(2).replace(b" ", b"").split(b",") if part)
    return _dtype(name, found.group(1).decode("ascii")), shape, start + length


def _dtype(name: str, descr: str) -> np.dtype[np.generic]:
    if "O" in descr:
        raise BadArray(f"`{name}` holds Python objects (a pickle), which are never loaded")
    try:
        return np.dtype(descr)
    except TypeError:
        raise BadArray(f"`{name}` has the unknown number type `{descr}`") from None


def _text(name: str, values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
    try:
        value = values.item()
        return value.decode("utf-8") if isinstance(value, bytes) else str(value)
    except ValueError:
        raise BadArray(f"`{name}` is text that cannot be decoded") from None
