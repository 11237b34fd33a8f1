"""Nothing -> the dialog that asks before a baseline is pinned, and the sentence that stands in the corner afterwards.

Both stand empty on the page; `assets/runs/pin.js` fills them with what is pinned at that moment.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dash_app import ids
from dash_app.views.markup import attributes, icon

WHAT_FOLLOWS = ": what is no worse than it may still not be good."


def render_pin_dialog() -> Component:
    """Return the dialog, closed and empty."""
    verdict = html.Span([html.B(**attributes(data_part="pin-verdict")), WHAT_FOLLOWS])
    cancel = html.Button("Cancel", type="button", className="plain-button", **attributes(data_dialog_close=""))
    pin = html.Button(type="button", className="plain-button", **attributes(data_part="pin-do"))
    inside = [
        html.H2(**attributes(data_part="pin-title")),
        html.P(**attributes(data_part="pin-what")),
        html.P(**attributes(data_part="pin-replaces")),
        html.P([icon("incomplete"), verdict], className="pin-warns is-stalled", **attributes(data_part="pin-warns")),
        html.Div([cancel, pin], className="pin-answers"),
    ]
    return html.Dialog(
        html.Div(inside, className="pin-room"),
        id=ids.PIN,
        className="dialog",
        **attributes(aria_label="Pin a baseline"),
    )


def render_pin_note() -> Component:
    """Return the sentence's place and the button that takes the last pinning back."""
    undo = html.Button("Undo", type="button", className="plain-button", hidden=True, **attributes(data_pin_undo=""))
    return html.Div([html.P(id=ids.PIN_NOTE, className="pin-note", role="status"), undo], className="pin-note-box")
