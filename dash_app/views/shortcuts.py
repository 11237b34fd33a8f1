"""The dialog that lists what single keys do; `assets/bar/shortcuts.js` opens it and does it."""

from __future__ import annotations

from typing import Final

from dash import html
from dash.development.base_component import Component

from dash_app import ids
from dash_app.views.markup import attributes, dialog_close

KEYS: Final = (
    ("1 2 3 …", "go to that tab"),
    ("r", "choose a run"),
    ("b", "choose a baseline"),
    ("/", "find runs"),
    ("c", "compare the selected runs"),
    ("t", "another theme: the device's, light, dark"),
    ("← ↑ → ↓", "in the graph from stage to stage, in a list from run to run"),
    ("+ − 0", "in the graph: nearer, further, all of it"),
    ("Escape", "close what is open; in Curves let the crosshair go and show everything"),
    ("?", "this list"),
)
"""Key, and what it does."""


def render_shortcuts() -> Component:
    """Return the dialog, closed."""
    rows = [html.Tr([html.Th(html.Kbd(key), scope="row"), html.Td(does)]) for key, does in KEYS]
    head = html.Header([html.H2("Keys", tabIndex="-1"), dialog_close()], className="share-head")
    room = html.Div([head, html.Table(html.Tbody(rows))], className="shortcuts-room")
    return html.Dialog(room, id=ids.SHORTCUTS, className="dialog", **attributes(aria_label="Keys"))
