"""Bytes or text -> a short name for them, the same every time. Pure."""

from __future__ import annotations

import hashlib


def short_digest(content: bytes | str, length: int = 20) -> str:
    """The first hexadecimal digits of the sha256; text may hold what is no valid UTF-8."""
    raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    return hashlib.sha256(raw).hexdigest()[:length]
