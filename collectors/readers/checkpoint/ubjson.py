"""Universal Binary JSON, as XGBoost writes it -> plain values; number arrays as NumPy's. Pure.

Input: bytes. Output: dicts, lists, text, numbers, arrays. It refuses nesting and parts without end, lengths
beyond the bytes that are there, and bytes behind the value. Nothing is allocated on a claim.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

MOST_DEPTH: Final = 64
MOST_PARTS: Final = 2_000_000
_NUMBERS: Final = {"i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4", "D": ">f8"}
_CONSTANTS: Final = {"Z": None, "T": True, "F": False}


class UbjsonProblem(Exception):
    """It cannot be read; the message says why."""


def parse_ubjson(data: bytes) -> Any:
    """Return the value. Raises UbjsonProblem."""
    reader = _Reader(data)
    value = reader.value(reader.marker(), 0)
    if reader.at != len(data):
        raise UbjsonProblem(f"{len(data) - reader.at:,} bytes follow the end of the model")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parts = 0
        self.at = 0

    def marker(self) -> str:
        """The next type marker; no-ops are skipped."""
        while (found := self._take(1)) == b"N":
            pass
        return found.decode("latin-1")

    def value(self, marker: str, depth: int) -> Any:
        """The value of a type."""
        self._parts += 1
        if depth > MOST_DEPTH or self._parts > MOST_PARTS:
            raise UbjsonProblem(f"has more parts, or nests deeper, than is read (offset {self.at:,})")
        if marker in _CONSTANTS:
            return _CONSTANTS[marker]
        if marker in _NUMBERS:
            return self._number(marker)
        if marker in "SH":
            return self._text()
        if marker == "C":
            return self._take(1).decode("latin-1")
        if marker == "[":
            return self._array(depth)
        if marker == "{":
            return self._object(depth)
        raise UbjsonProblem(f"is not UBJSON: {marker!r} is no type (offset {self.at - 1:,})")

    def _take(self, count: int) -> bytes:
        if count > len(self._data) - self.at:
            raise UbjsonProblem(f"ends within a value (byte {len(self._data):,}): it is cut short")
        self.at += count
        return self._data[self.at - count : self.at]

    def _number(self, marker: str) -> int | float:
        kind = np.dtype(_NUMBERS[marker])
        found: int | float = np.frombuffer(self._take(kind.itemsize), kind)[0].item()
        return found

    def _length(self) -> int:
        marker = self.marker()
        found = self._number(marker) if marker in "iUIlL" else -1
        if not isinstance(found, int) or found < 0:
            raise UbjsonProblem(f"is not UBJSON: expected a length (offset {self.at:,})")
        return found

    def _text(self) -> str:
        return self._take(self._length()).decode("utf-8", "replace")

    def _header(self) -> tuple[str | None, int | None]:
        """Type and count of a container, where it gives them."""
        kind = None
        if self._peek() == b"$":
            self.at += 1
            kind = self.marker()
        if self._peek() != b"#":
            if kind is not None:
                raise UbjsonProblem(f"is not UBJSON: a type without a count (offset {self.at:,})")
            return None, None
        self.at += 1
        return kind, self._length()

    def _peek(self) -> bytes:
        return self._data[self.at : self.at + 1]

    def _array(self, depth: int) -> Any:
        kind, count = self._header()
        if kind in _NUMBERS and count is not None:
            dtype = np.dtype(_NUMBERS[kind])
            return np.frombuffer(self._take(count * dtype.itemsize), dtype)
        items: list[Any] = []
        while len(items) != count:
            marker = kind or self.marker()
            if marker == "]" and count is None:
                break
            items.append(self.value(marker, depth + 1))
        return items

    def _object(self, depth: int) -> dict[str, Any]:
        kind, count = self._header()
        found: dict[str, Any] = {}
        read = 0
        while read != count:
            if count is None and self._peek() == b"}":
                self.at += 1
                break
            key = self._text()
            found[key] = self.value(kind or self.marker(), depth + 1)
            read += 1
        return found
