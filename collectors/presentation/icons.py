"""The small shapes beside words, once: report and pictures draw these, the page's styles are tested against them.

Input: nothing. Output: `ICONS`, name -> a stroke in a square. A word always stands beside an icon:
nothing is said by shape or colour alone.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Icon(NamedTuple):
    """One stroke, in the colour of the text beside it."""

    path: str
    width: float = 2.1
    dashes: str | None = None
    box: int = 16
    """Side of the square it stands in."""


ICONS: Final = {
    "done": Icon("M3 8.5l3.2 3.2L13 4.8"),
    "fail": Icon("M4 4l8 8M12 4l-8 8"),
    "running": Icon("M8 2.5a5.5 5.5 0 1 0 5.5 5.5"),
    "stalled": Icon("M5.5 4v8M10.5 4v8", 2.4),
    "idle": Icon("M3.2 8a4.8 4.8 0 1 1 9.6 0a4.8 4.8 0 1 1 -9.6 0", 2, "2.2 2.5"),
    "incomplete": Icon("M8 3v6M8 12.8v.1", 2.4),
    "within": Icon("M3 6h10M3 10.5h10"),
    "nonfinite": Icon("M3 3l10 10M13 3L3 13", 4),
    "info": Icon("M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M8 7.4v3.4M8 5.1v.1", 1.6),
    "brand": Icon("M2 16C7 15 7 6 18 4", 2.2, box=20),
}
"""Status, or another word -> its shape."""
