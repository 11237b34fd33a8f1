"""Small pieces of markup that every region uses: attributes, icons, times, text for the unseeing.

Text goes in as text; nothing here turns a string into markup.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.contract.values import Status
from collectors.numbers import UNKNOWN, instant_words
from collectors.presentation import pieces
from dash_app.views.tree import component


def attributes(**named: str) -> dict[str, Any]:
    """`data-` and `aria-` attributes: `attributes(data_check="scaler")` is `data-check="scaler"`."""
    return {name.replace("_", "-"): value for name, value in named.items()}


def icon(name: str | Status) -> Any:
    """A small icon: a status, or another name from `icons.css`."""
    return component(pieces.icon(name))


def unseen(text: str) -> Any:
    """Text for screen readers, where eyes have a shape or a place."""
    return component(pieces.unseen(text))


def end_shown(text: str) -> html.B:
    """A name of which, where it is too long, the end stays: there ids and paths differ."""
    return html.B(html.Bdi(text), title=text, className="end-shown")


def live_words(look: str) -> list[Component]:
    """What the current state is called: `live`, and `stale` while nobody observes it; styles show one of them."""
    return [html.Span(word, className=f"{look} run-{word}") for word in ("live", "stale")]


def dialog_close() -> html.Button:
    """Return the button that closes the dialog it stands in; `dialogs.js` listens."""
    marks = attributes(data_dialog_close="", aria_label="Close")
    return html.Button(
        html.Span("×", **attributes(aria_hidden="true")), type="button", className="dialog-close", **marks
    )


def age(when: datetime | None) -> Any:
    """An instant that the ticking script tells as `6 min ago`, exact on hover."""
    return component(pieces.age(when))


def clock(when: datetime | None) -> Any:
    """An instant that the ticking script tells as `14:02:11`, with its day where not today."""
    return component(pieces.clock(when))


def text_clock(iso: str | None) -> html.Time | html.Span:
    """The same as `clock` for an instant that is ISO 8601 text already."""
    if iso is None:
        return html.Span(UNKNOWN)
    return html.Time(instant_words(iso), dateTime=iso, **attributes(data_clock=""))
