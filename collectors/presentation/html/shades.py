"""A word with its icon, in the shade of a status. Pure."""

from __future__ import annotations

from collectors.contract.values import Status
from collectors.presentation.html.markup import Html, el
from collectors.presentation.icons import ICONS
from collectors.presentation.words import status_class


def icon(name: str) -> Html:
    """Return a small shape in the colour of the text beside it, which says the same in words."""
    shape = ICONS[name]
    stroke = el("path", d=shape.path)
    return el(
        "svg",
        stroke,
        class_=f"icon icon-{name}",
        viewBox=f"0 0 {shape.box} {shape.box}",
        aria_hidden="true",
        stroke_width=shape.width,
        stroke_dasharray=shape.dashes,
    )


def marked(word: str, status: Status, shape: str | None = None, *, class_: str = "marked") -> Html:
    """Return a word with its icon, in the shade of a status."""
    return el("span", icon(shape or status.value), word, class_=f"{class_} {status_class(status)}")
