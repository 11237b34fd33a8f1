"""Losses and how they are wished -> charts, drawn in the browser by `assets/curves/losses.js`.

Their curves are fetched by `assets/curves/shelf.js`, of the charts that are near what is looked at. No request is made
when somebody moves the slider, and a theme needs no reload.
"""

from __future__ import annotations

import dash
from dash import Input, Output, State

from dash_app import ids
from dash_app.callbacks.wires import in_browser


def register_losses(app: dash.Dash) -> None:
    """Let the loss panels follow their data and the controls above them, and their curves what comes near."""
    for kind in (ids.LOSS_DATA, ids.COMPARED, ids.METRIC_DATA):
        in_browser(app, "shelf", "follow", Input(kind, "data"), State(kind, "id"))
    in_browser(
        app,
        "losses",
        "draw",
        Output(ids.SMOOTHING_NOW, "children"),
        Input(ids.LOSS_SHOWN, "data"),
        Input(ids.X_AXIS, "data"),
        Input(ids.Y_SCALE, "data"),
        Input(ids.SMOOTHING, "value"),
        Input(ids.THEME_NOW, "data"),
        Input(ids.COMPARED_SHOWN, "data"),
        Input(ids.GHOST_SERIES, "data"),
    )
    in_browser(app, "panels", "zoom", Input(ids.CURVES_ZOOM, "data"))
    in_browser(app, "full", "show", Input(ids.FULL_PANEL, "data"))
    in_browser(app, "readout", "look", Input(ids.CROSSHAIR, "data"))
    in_browser(app, "readout", "show", Input(ids.TAB, "data"))
