"""Words of the state -> the class that gives them a shade, and the icon beside them. Pure.

The word always stands there too: nothing is said by colour alone. A test asserts that the shades are
those of the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from collectors.contract.delta import Direction, Regression
from collectors.contract.values import Level, Outcome, Status, VerdictValue
from collectors.presentation.html.markup import Html, el

VERDICTS: Final = {
    VerdictValue.READY: Status.DONE,
    VerdictValue.NOT_READY: Status.FAIL,
    VerdictValue.INCOMPLETE: Status.STALLED,
    VerdictValue.TRAINING: Status.RUNNING,
}
OUTCOMES: Final = {Outcome.PASS: Status.DONE, Outcome.FAIL: Status.FAIL, Outcome.SKIP: Status.IDLE}
LEVELS: Final = {
    Level.MISSING: Status.FAIL,
    Level.PRESENT: Status.IDLE,
    Level.READABLE: Status.IDLE,
    Level.VERIFIED: Status.DONE,
}
DIRECTIONS: Final = {
    Direction.BETTER: (Status.DONE, "done"),
    Direction.WORSE: (Status.FAIL, "fail"),
    Direction.WITHIN: (Status.IDLE, "within"),
    Direction.INCOMPARABLE: (Status.STALLED, "incomplete"),
}
"""How a value stands to the baseline's -> shade and icon."""
JUDGED: Final = {
    Regression.NONE: (Status.DONE, "done"),
    Regression.REGRESSION: (Status.FAIL, "fail"),
    Regression.INCOMPARABLE: (Status.STALLED, "incomplete"),
    Regression.INCOMPLETE: (Status.STALLED, "incomplete"),
}
"""What the regression policy says -> shade and icon."""
ICONS: Final[Mapping[str, str]] = {
    "done": "M3 8.5l3.2 3.2L13 4.8",
    "fail": "M4 4l8 8M12 4l-8 8",
    "running": "M8 2.5a5.5 5.5 0 1 0 5.5 5.5",
    "stalled": "M5.5 4v8M10.5 4v8",
    "idle": "M8 3.2a4.8 4.8 0 1 0 .01 0",
    "incomplete": "M8 3v6M8 12.8v.1",
    "within": "M3 6h10M3 10.5h10",
    "brand": "M2 12.8C6 12 6 4.8 14 3.2",
}
"""Name -> the one stroke that draws it, 16 by 16."""


def status_class(status: Status) -> str:
    """Return the class of a status."""
    return f"is-{status.value}"


def icon(name: str) -> Html:
    """Return a small shape in the colour of the text beside it, which says the same in words."""
    stroke = el("path", d=ICONS[name])
    return el("svg", stroke, class_=f"icon icon-{name}", viewBox="0 0 16 16", aria_hidden="true")


def marked(word: str, status: Status, shape: str | None = None, *, class_: str = "marked") -> Html:
    """Return a word with its icon, in the shade of a status."""
    return el("span", icon(shape or status.value), word, class_=f"{class_} {status_class(status)}")
