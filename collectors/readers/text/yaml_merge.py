"""What `<<` brings into a YAML mapping -> its keys as PyYAML reads them, before 6.0.4 and since.

Until 6.0.3 the first mapping of a list wins, as YAML's merge-key type says, and of several `<<` the last. Since 6.0.4
the last mapping wins, but a key that was brought before is brought once: the same one behind an alias, and, since it
compares where Python keeps the key's text, every key of one letter. A mapping's own keys stand behind what it merges.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Pair:
    """One key of a mapping and its value."""

    key: str
    value: Any
    same: Hashable
    """Equal where PyYAML 6.0.4 takes two keys for one."""


def pair(key: str, value: Any, number: int) -> Pair:
    """A key as it stands in a text; `number` is its own."""
    return Pair(key, value, key if len(key) < 2 and key.isascii() else number)


@dataclass(slots=True)
class Merges:
    """The pairs of every mapping of one document, with what it merges."""

    _of: dict[int, tuple[dict[str, Any], list[Pair], list[Pair]]] = field(default_factory=dict)
    """Identity of a mapping -> itself, its pairs up to 6.0.3, and since; a later pair of a key wins."""

    def add(self, mapping: dict[str, Any], own: Iterable[Pair], merged: Sequence[Sequence[dict[str, Any]]]) -> None:
        """Keep a mapping's own pairs behind those that each of its `<<` brings."""
        own = list(own)
        older = [p for one in merged for brought in reversed(one) for p in self._of[id(brought)][1]]
        newer: dict[Hashable, Pair] = {}
        for p in (p for one in merged for brought in one for p in self._of[id(brought)][2]):
            newer.setdefault(p.same, p)
        self._of[id(mapping)] = mapping, [*older, *own], [*newer.values(), *own]

    def read(self, mapping: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The mapping as PyYAML reads it up to 6.0.3, and since."""
        _, older, newer = self._of[id(mapping)]
        return {p.key: p.value for p in older}, {p.key: p.value for p in newer}
