"""What every reading of JSON shares: bounds, repeated keys, and the strict form that checkpoints need. Pure.

Input: bytes or text. Output: plain values. `parse_json` refuses too many bytes or parts (counted before
parsing, since a value may take a hundred times the memory of its text), repeated keys, NaN, and
nesting without end.
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


class Repeated(dict[str, Any]):
    """An object that names one key twice."""

    def __init__(self, found: dict[str, Any], name: str) -> None:
        super().__init__(found)
        self.name = name


def parse_json(raw: bytes) -> Any:
    """Return the value. Raises JsonProblem."""
    if len(raw) > MOST_BYTES:
        raise JsonProblem(f"has {size_words(len(raw))}; at most {size_words(MOST_BYTES)} are read")
    refuse_many_parts(raw, MOST_PARTS)
    try:
        return json.loads(raw, object_pairs_hook=_without_repetition, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise JsonProblem(f"is not JSON: {shorten(str(error))}") from None


def refuse_many_parts(text: str | bytes, most: int) -> None:
    """Raise JsonProblem where there are more than `most` commas and opening brackets."""
    if isinstance(text, str):
        parts = sum(text.count(sign) for sign in ",[{")
    else:
        parts = sum(text.count(sign) for sign in b",[{")
    if parts > most:
        raise JsonProblem(f"has {parts:,} parts; at most {most:,} are read")


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object; a `Repeated` one where a key stands in it twice."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    again = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    return Repeated(found, again)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = object_of(pairs)
    if isinstance(found, Repeated):
        raise JsonProblem(f"names {shorten(found.name)!r} twice")
    return found


def _no_constant(name: str) -> None:
    raise JsonProblem(f"holds {name}, which JSON does not know")
