"""JSON bytes from a checkpoint -> plain values, within bounds. Pure.

Input: bytes. Output: the value. It refuses too many bytes or parts (counted before parsing, since a
value may take a hundred times the memory of its text), repeated keys, NaN, and nesting without end.
"""

from __future__ import annotations

import json
from typing import Any, Final

from collectors.numbers import size_words
from collectors.readers.common.finding_list import shorten

MOST_BYTES: Final = 32 << 20
MOST_PARTS: Final = 2_000_000
"""Commas and opening brackets: enough for hundreds of thousands of tensors."""


class JsonProblem(Exception):
    """It cannot be read; the message says why, as `is not JSON: ...`."""


def parse_json(raw: bytes) -> Any:
    """Return the value. Raises JsonProblem."""
    if len(raw) > MOST_BYTES:
        raise JsonProblem(f"has {size_words(len(raw))}; at most {size_words(MOST_BYTES)} are read")
    parts = raw.count(b",") + raw.count(b"[") + raw.count(b"{")
    if parts > MOST_PARTS:
        raise JsonProblem(f"has {parts:,} parts; at most {MOST_PARTS:,} are read")
    try:
        return json.loads(raw, object_pairs_hook=_without_repetition, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise JsonProblem(f"is not JSON: {shorten(str(error))}") from None


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise JsonProblem(f"names {shorten(key)!r} twice")
        found[key] = value
    return found


def _no_constant(name: str) -> None:
    raise JsonProblem(f"holds {name}, which JSON does not know")
