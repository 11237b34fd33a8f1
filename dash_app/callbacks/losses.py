"""Losses and how they are wished -> charts, drawn in the browser by `assets/curves/losses.js`.

No request is made when somebody moves the slider, and a theme needs no reload.
"""

from __future__ import annotations

import dash
from dash import ALL, Input, Output, State

from dash_app import ids
from dash_app.callbacks.wires import in_browser


def register_losses(app: dash.Dash) -> None:
    """Let the loss panels follow their data and the controls above them."""
    in_browser(
        app,
        "losses",
        "tell",
        Output(ids.loss_part("loss-head", ALL), "children"),
        Output(ids.loss_part("loss-sentence", ALL), "children"),
        Output(ids.loss_part("loss-foot", ALL), "children"),
        Output(ids.loss_part("loss-table", ALL), "children"),
        Input(ids.LOSS_DATA, "data"),
        State(ids.loss_part("loss-head", ALL), "id"),
    )
    in_browser(
        app,
        "losses",
        "draw",
        Output(ids.loss_part("loss-chart", ALL), "figure"),
        Output(ids.loss_part("loss-note", ALL), "children"),
        Output(ids.SMOOTHING_NOW, "children"),
        Input(ids.LOSS_DATA, "data"),
        Input(ids.X_AXIS, "data"),
        Input(ids.Y_SCALE, "data"),
        Input(ids.SMOOTHING, "value"),
        Input(ids.THEME_NOW, "data"),
        Input(ids.COMPARED, "data"),
        Input(ids.GHOST_SERIES, "data"),
        State(ids.loss_part("loss-chart", ALL), "id"),
        State(ids.loss_part("loss-chart", ALL), "figure"),
    )
    in_browser(
        app,
        "zoom",
        "follow",
        Input(ids.loss_part("loss-chart", ALL), "relayoutData"),
        State(ids.loss_part("loss-chart", ALL), "id"),
    )
