"""Bytes -> which picture they are, by their own first bytes: PNG, JPEG or WebP, and how large.

Input: a file's beginning, or all of it. Output: type, width and height in pixels. Nothing is decoded;
every other format (SVG is a program) is no picture here.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

MARK_BYTES: Final = 16
"""So many first bytes tell the type."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that begin a frame and tell its size."""


class Size(NamedTuple):
    """Pixels."""

    width: int
    height: int


def picture_type(data: bytes) -> str | None:
    """Return the media type of a picture that begins like this, or None."""
    if data.startswith(_PNG):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def picture_size(data: bytes) -> Size | None:
    """Return the size that the picture's own header tells; None where it tells none."""
    readers = {"image/png": _png_size, "image/jpeg": _jpeg_size, "image/webp": _webp_size}
    kind = picture_type(data)
    try:
        size = readers[kind](data) if kind else None
    except struct.error:  # it ends before its header does
        return None
    return size if size and min(size) > 0 else None


def _png_size(data: bytes) -> Size | None:
    return Size(*struct.unpack_from(">II", data, 16)) if data[12:16] == b"IHDR" else None


def _jpeg_size(data: bytes) -> Size | None:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Size(width, height)
        else:
            at += 2 + max(2, struct.unpack_from(">H", data, at + 2)[0])
    return None


def _webp_size(data: bytes) -> Size | None:
    chunk = data[12:16]
    if chunk == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return Size(width, height) if len(data) >= 30 else None
    if chunk == b"VP8L" and data[20:21] == b"\x2f":
        bits: int = struct.unpack_from("<I", data, 21)[0]
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return Size(width & 0x3FFF, height & 0x3FFF)
    return None
