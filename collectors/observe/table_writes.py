"""A table, looked at again and again -> how many seconds lie between two of its writes.

Input: the table as it was read, at every observation. Output: the usual gap; None until enough of them were seen.
A table without times tells its pace only to who watches it grow. It refuses to conclude from a file that was
rewritten without a new row, and forgets a table that begins again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from collectors.evidence.order import median
from collectors.training.evidence import ReadFile

FEWEST: Final = 3
"""Gaps before a pace is known: the first epoch is often slower, and a validation may have a write of its own."""
KEPT: Final = 20
"""Latest writes of one table that are remembered."""
MOST_TABLES: Final = 100


@dataclass(slots=True)
class TableWrites:
    """When each table grew."""

    seen: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    """Path -> time of a write (seconds since the Unix epoch) and how many rows there were then."""

    @classmethod
    def remembered(cls, rows: Mapping[str, Iterable[Any]]) -> TableWrites:
        """What was kept as JSON. Raises ValueError and TypeError for anything else."""
        return cls({str(path): [(float(at), int(count)) for at, count in writes] for path, writes in rows.items()})

    def gap_of(self, table: ReadFile[Any] | None) -> float | None:
        """Look at a table once more; its usual gap in seconds, None where it is not known yet."""
        if table is None or table.evidence is None or table.being_written or table.facts.modified_at is None:
            return None
        writes = self._grown(table.path, table.facts.modified_at, len(table.evidence.rows))
        gaps = [later - earlier for (earlier, _), (later, _) in pairwise(writes)]
        return median(gaps) if len(gaps) >= FEWEST else None

    def _grown(self, path: str, at: float, rows: int) -> list[tuple[float, int]]:
        """The writes of a table with this one, where it is one."""
        writes = self.seen.pop(path, [])
        if writes and (rows < writes[-1][1] or at < writes[-1][0]):
            writes = []
        if not writes or (rows > writes[-1][1] and at > writes[-1][0]):
            writes.append((at, rows))
        self.seen[path] = writes[-KEPT:]  # the latest one stands last, and the oldest is forgotten first
        while len(self.seen) > MOST_TABLES:
            del self.seen[next(iter(self.seen))]
        return self.seen[path]
