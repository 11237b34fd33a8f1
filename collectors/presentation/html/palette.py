"""The colours of the report: those of the page, by the same names.

Input: nothing. Output: `SHADES`, name -> a colour for light and one for dark. A test asserts that each
equals the page's (`collectors/presentation/palette.py`): the two faces of one state must not drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SHADES: Final[Mapping[str, tuple[str, str]]] = {
    "surface": ("#f5f6f8", "#0e1217"),
    "panel": ("#ffffff", "#161b22"),
    "running-tint": ("#eaf4fb", "#10202d"),
    "done-tint": ("#eef8f4", "#11231d"),
    "fail-tint": ("#fdf1ea", "#2a1a12"),
    "stalled-tint": ("#fdf6e6", "#271f0e"),
    "idle-tint": ("#f1f3f5", "#1b2129"),
    "text": ("#18212c", "#e7ebf0"),
    "text-mute": ("#566270", "#a3aebb"),
    "running-text": ("#0068a3", "#58b0e8"),
    "done-text": ("#00734f", "#35c79c"),
    "fail-text": ("#b84300", "#ff8a4c"),
    "stalled-text": ("#8a5800", "#f0b93a"),
    "idle-text": ("#5b6673", "#95a1ae"),
    "running": ("#0072b2", "#58b0e8"),
    "done": ("#009e73", "#35c79c"),
    "fail": ("#d55e00", "#ff8a4c"),
    "stalled": ("#e69f00", "#f0b93a"),
    "idle": ("#6b7684", "#8d99a6"),
    "line": ("#e2e6eb", "#272e38"),
    "line-strong": ("#cfd5dd", "#39434f"),
    "loss-val": ("#0072b2", "#58b0e8"),
    "loss-train": ("#7b8794", "#8995a3"),
    "loss-other": ("#8c6d31", "#d0b070"),
    "loss-baseline": ("#b07aa1", "#d3a3c6"),
}
"""CSS custom property without its dashes -> `#rrggbb` in the light and in the dark theme."""

STATUSES: Final = ("running", "done", "fail", "stalled", "idle")


def tokens(theme: int) -> str:
    """Return the declarations of one theme: 0 is light, 1 is dark."""
    return " ".join(f"--{name}: {shades[theme]};" for name, shades in SHADES.items())


def status_rules() -> str:
    """Return one rule a status: its mark (border, icon), its word and the ground behind both."""
    return "\n".join(f".is-{s} {{ --mark: var(--{s}); --word: var(--{s}-text); --tint: var(--{s}-tint); }}"
                     for s in STATUSES)  # fmt: skip
