"""What is computed from readings, kept until one of them changes: a collection costs what has changed.

Readings are compared as objects: the cache returns the same one while its file stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Derived:
    """One kept result for each thing that is computed."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[tuple[Any, ...], tuple[Any, ...], Any]] = {}

    def of(self, what: Hashable, readings: Sequence[object], values: tuple[object, ...], make: Callable[[], T]) -> T:
        """The result for these readings (the same objects) and plain values (equal ones), made where it is new."""
        same = tuple(readings)
        known = self._kept.get(what)
        if known is None or not _are_same(known[0], same) or known[1] != values:
            self._kept[what] = known = (same, values, make())
        found: T = known[2]
        return found


def _are_same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))
