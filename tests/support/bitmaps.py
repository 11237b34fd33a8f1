"""Small real pictures: PNG of any size made here; JPEG and WebP of 30 x 20 as Chromium's canvas wrote them."""

from __future__ import annotations

import base64
import struct
import zlib

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBk"
    "eFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAUAB4D"
    "ASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAAX/xAAUEQEA"
    "AAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCYAsoAAAAAAD//2Q=="
)
_LOSSY = base64.b64decode("VlA4IDgAAAAwAwCdASoeABQAPtFiqk+oJaOiKAgBABoJZQDLWoAAQFBQAP7mzt/amCSMpf/+A3XxbNnTlXQAAA==")
_LOSSLESS = base64.b64decode("VlA4TBAAAAAvHcAEAAfQu+hu/wMR0f8A")
_EXTENDED = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (29).to_bytes(3, "little") + (19).to_bytes(3, "little")


def _riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


WEBP = _riff(_LOSSY)
WEBP_LOSSLESS = _riff(_LOSSLESS)
WEBP_EXTENDED = _riff(_EXTENDED, _LOSSY)


def png(width: int = 30, height: int = 20) -> bytes:
    """One blue picture. A large one costs a few bytes a line: zlib packs it well."""
    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(b"\0" + b"\x00\x70\xb0" * width) for _ in range(height)) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
