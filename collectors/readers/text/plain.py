"""What the YAML, JSON and TOML loaders share: their result, their limits, and how they give up.

Input: nothing. Output: `Loaded`, `Report`, `Stop`. Holds no parser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from collectors.evidence.files import Finding, Severity
from collectors.readers.common.finding_list import FindingList
from collectors.readers.text.text import brief

MAX_DEPTH: Final = 64
"""Lists and mappings inside one another."""
MAX_NODES: Final = 100_000
"""Values in one document, repeated ones counted again."""
MAX_DIGITS: Final = 4_300
"""Of a whole number: Python refuses longer ones, so the training program could not read it either."""

Path = tuple[str | int, ...]
"""Keys and list indices from the top."""


class Stop(Exception):
    """The document ends here for us; holds the finding that says why."""

    def __init__(self, text: str, where: str | None = None) -> None:
        super().__init__(text)
        self.finding = Finding("error", text, where)


class Report(FindingList):
    """Findings told by their line."""

    def tell(self, severity: Severity, text: str, line: int | None = None) -> None:
        """Write down one finding."""
        self.add(Finding(severity, text, f"line {line}" if line else None))

    def tell_twice(self, key: str, first: int, second: int) -> None:
        """Say that a mapping holds `key` twice; which one counts depends on the reader."""
        where = f"in line {first} and in line {second}" if first != second else "in one line"
        self.tell("error", f"the key {brief(key)} stands twice, {where}", second)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as plain values: dict (keys are text), list, str, int, float, bool, None."""

    data: Any
    lines: dict[Path, int]
    """Key path -> line, from 1; of list items only those that are mappings or lists."""
    findings: tuple[Finding, ...]


def nearest_line(lines: dict[Path, int], path: Path) -> int | None:
    """Return the line of `path`, or of the nearest thing above it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None
