"""TODO collectors.presentation.icons."""

from __future__ import annotations

from typing import Final


class Icon:
    """A shape in a square of 16, as `assets/icons.css` draws it."""

    def __init__(self, path: str, width: float = 2.1, dashes: str | None = None) -> None:
        self.path, self.width, self.dashes = path, width, dashes


ICONS: Final = {
    "done": Icon("M3 8.5l3.2 3.2L13 4.8"),
    "fail": Icon("M4 4l8 8M12 4l-8 8"),
    "running": Icon("M8 2.5a5.5 5.5 0 1 0 5.5 5.5"),
    "stalled": Icon("M5.5 4v8M10.5 4v8", 2.4),
    "idle": Icon("M3.2 8a4.8 4.8 0 1 1 9.6 0a4.8 4.8 0 1 1 -9.6 0", 2, "2.2 2.5"),
    "incomplete": Icon("M8 3v6M8 12.8v.1", 2.4),
}
