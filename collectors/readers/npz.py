"""An npz file -> the small arrays in it, as lists of floats or as text.

Input: the bytes. Output: name -> value. Refuses everything numpy would have to unpickle, arrays of
more than one dimension, and members that unpack to more than 16 MiB. The header of each array is
matched against the one form numpy writes, and is never evaluated.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from typing import Final

import numpy as np

MAX_MEMBER_BYTES: Final = 16 * 1024 * 1024
MAX_MEMBERS: Final = 100
_HEADER: Final = re.compile(
    rb"\{'descr': '([<>|=]?[A-Za-z]\d{0,9})', 'fortran_order': (?:True|False), "
    rb"'shape': \(([0-9, ]{0,80})\), *\}\s*"
)
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
)
"""What `zipfile` raises for damaged, encrypted and exotic archives."""

Value = tuple[float, ...] | str


class BadArray(Exception):
    """Why an npz file cannot be read, in words."""


def read_npz(data: bytes, wanted: tuple[str, ...]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Return the wanted arrays that are there, and all names; raise BadArray."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = tuple(name.removesuffix(".npy") for name in archive.namelist()[:MAX_MEMBERS])
            found = {name: _member(archive, f"{name}.npy") for name in wanted if name in names}
    except _DAMAGE as error:
        raise BadArray(f"is a damaged zip archive ({_reason(error)})") from None
    return {name: _array(name, raw) for name, raw in found.items()}, names


def _reason(error: BaseException) -> str:
    return str(error)[:100] or type(error).__name__


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        raw = member.read(MAX_MEMBER_BYTES + 1)
    if len(raw) > MAX_MEMBER_BYTES:
        raise BadArray(f"`{name}` unpacks to more than {MAX_MEMBER_BYTES:,} bytes")
    return raw


def _array(name: str, raw: bytes) -> Value:
    dtype, shape, start = _header(name, raw)
    count = shape[0] if shape else 1
    if len(shape) > 1:
        raise BadArray(f"`{name}` has {len(shape)} dimensions; one number a channel was expected")
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
    if raw[:6] != b"\x93NUMPY" or len(raw) < 12:
        raise BadArray(f"`{name}` is no numpy array")
    start, size = (10, "<H") if raw[6] == 1 else (12, "<I")
    (length,) = struct.unpack_from(size, raw, 8)
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
