"""The palette, once in Python and equal to `assets/tokens.css` (asserted by a test).

Input: nothing. Output: `TOKENS`, name -> a colour for light and one for dark. It knows no element:
Python adds a class, CSS gives it the colour; only a canvas or a picture asks here.

Marks (borders, lines, dots) are told apart by people with deuteranopia: blue and vermillion are 57
CIEDE2000 apart, bluish green and vermillion 21. Text has shades of its own, with a contrast of at
least 4.5 on every surface.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Theme = Literal["light", "dark"]


class Shade(NamedTuple):
    """One colour in both themes, as `#rrggbb`."""

    light: str
    dark: str


SURFACES: Final[Mapping[str, Shade]] = {
    "surface": Shade("#f5f6f8", "#0e1217"),
    "panel": Shade("#ffffff", "#161b22"),
    "sunken": Shade("#f9fafb", "#12171d"),
    "running-tint": Shade("#eaf4fb", "#10202d"),
    "done-tint": Shade("#eef8f4", "#11231d"),
    "fail-tint": Shade("#fdf1ea", "#2a1a12"),
    "stalled-tint": Shade("#fdf6e6", "#271f0e"),
    "idle-tint": Shade("#f1f3f5", "#1b2129"),
}
"""What text stands on."""

TEXTS: Final[Mapping[str, Shade]] = {
    "text": Shade("#18212c", "#e7ebf0"),
    "text-mute": Shade("#566270", "#a3aebb"),
    "running-text": Shade("#0068a3", "#58b0e8"),
    "done-text": Shade("#00734f", "#35c79c"),
    "fail-text": Shade("#b84300", "#ff8a4c"),
    "stalled-text": Shade("#8a5800", "#f0b93a"),
    "idle-text": Shade("#5b6673", "#95a1ae"),
}
"""What is read: at least 4.5 on every surface."""

MARKS: Final[Mapping[str, Shade]] = {
    "running": Shade("#0072b2", "#58b0e8"),
    "done": Shade("#009e73", "#35c79c"),
    "fail": Shade("#d55e00", "#ff8a4c"),
    "stalled": Shade("#e69f00", "#f0b93a"),
    "idle": Shade("#6b7684", "#8d99a6"),
    "line": Shade("#e2e6eb", "#272e38"),
    "line-strong": Shade("#cfd5dd", "#39434f"),
    "control": Shade("#808a99", "#66717e"),
    "focus": Shade("#0072b2", "#58b0e8"),
    "loss-val": Shade("#0072b2", "#58b0e8"),
    "loss-train": Shade("#7b8794", "#8995a3"),
    "loss-other": Shade("#8c6d31", "#d0b070"),
    "loss-baseline": Shade("#b07aa1", "#d3a3c6"),
    "overlay-a": Shade("#117c73", "#4fc1b6"),
    "overlay-b": Shade("#9a6a00", "#d9a83c"),
    "overlay-c": Shade("#6f4fb3", "#ab94e8"),
    "overlay-d": Shade("#6b7d1e", "#b0c255"),
}
"""Borders, lines and dots."""

TOKENS: Final[Mapping[str, Shade]] = {**SURFACES, **TEXTS, **MARKS}
"""Every colour, by the name of its CSS custom property without the dashes."""


def colour(token: str, theme: Theme) -> str:
    """Return a token's `#rrggbb`. Raises KeyError for a name that is no token."""
    shade = TOKENS[token]
    return shade.dark if theme == "dark" else shade.light
