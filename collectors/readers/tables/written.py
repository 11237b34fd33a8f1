"""How a table is written, as a description says it: handed to its reader, and imported by those who do not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Written:
    """How a table is written, where a description says it."""

    prefix: bool = False
    """Each row is JSON behind other text."""
    lines: tuple[str, ...] = ()
    """Patterns with named groups that find the values in a text log."""

    @property
    def is_told(self) -> bool:
        """A description says it."""
        return self.prefix or bool(self.lines)


PLAINLY: Final = Written()
