"""Findings in the order they were made, bounded: what a reader writes down while it reads.

Input: severities and sentences. Output: a tuple of `Finding`. It judges nothing, and however broken
a file is, it keeps at most `MOST` findings of each severity and counts the rest.
"""

from __future__ import annotations

from typing import Final

from collectors.evidence.files import Finding, Severity

MOST: Final = 25
"""Findings kept of each severity."""


class FindingList:
    """Collects findings; `error`, `warning` and `note` are its three pens."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._count: dict[Severity, int] = {"error": 0, "warning": 0, "note": 0}

    def error(self, text: str, where: str | None = None) -> None:
        """Write down what breaks the file."""
        self.add(Finding("error", text, where))

    def warning(self, text: str, where: str | None = None) -> None:
        """Write down what is odd and breaks nothing."""
        self.add(Finding("warning", text, where))

    def note(self, text: str, where: str | None = None) -> None:
        """Write down what is of interest."""
        self.add(Finding("note", text, where))

    def add(self, finding: Finding) -> None:
        """Keep a finding, or only count it once there are enough of its severity."""
        self._count[finding.severity] += 1
        if self._count[finding.severity] <= MOST:
            where = None if finding.where is None else shorten(finding.where)
            self._kept.append(Finding(finding.severity, shorten(finding.text, 600), where))

    @property
    def has_errors(self) -> bool:
        """Something breaks the file."""
        return self._count["error"] > 0

    def all(self) -> tuple[Finding, ...]:
        """Every finding, and how many more there were."""
        more = [
            Finding(severity, f"{count - MOST:,} more like these")
            for severity, count in self._count.items()
            if count > MOST
        ]
        return (*self._kept, *more)


def shorten(text: str, most: int = 160) -> str:
    """Text of at most `most` characters that can be written as UTF-8.

    Names in a hostile file may be megabytes long, and hold halves of surrogate pairs.
    """
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")
