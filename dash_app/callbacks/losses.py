"""Losses and how they are wished -> charts, drawn in the browser by `assets/curves/losses.js`.

Their curves are fetched by `assets/curves/shelf.js`, of the charts that are near what is looked at. No request is made
when somebody moves the slider, and a theme needs no reload.
"""

from __future__ import annotations

import dash
from dash import ALL, Input, Output, State

from dash_app import ids
from dash_app.callbacks.wires import in_browser


def register_losses(app: dash.Dash) -> None:
    """Let the loss panels follow their data and the controls above them, and their curves what comes near."""
    for kind in (ids.LOSS_DATA, ids.COMPARED, ids.METRIC_DATA):
        in_browser(app, "shelf", "follow", Input(kind, "data"), State(kind, "id"))
    in_browser(
        app,
        "losses",
        "tell",
        Output(ids.loss_part("loss-head", ALL), "children"),
        Output(ids.loss_part("loss-sentence", ALL), "children"),
        Output(ids.loss_part("loss-foot", ALL), "children"),
        Output(ids.loss_part("loss-table", ALL), "children"),
        Input(ids.LOSS_SHOWN, "data"),
        State(ids.loss_part("loss-head", ALL), "id"),
    )
    in_browser(
        app,
        "losses",
        "draw",
        Output(ids.loss_part("loss-chart", ALL), "figure"),
        Output(ids.loss_part("loss-note", ALL), "children"),
        Output(ids.SMOOTHING_NOW, "children"),
        Input(ids.LOSS_SHOWN, "data"),
        Input(ids.X_AXIS, "data"),
        Input(ids.Y_SCALE, "data"),
        Input(ids.SMOOTHING, "value"),
        Input(ids.THEME_NOW, "data"),
        Input(ids.COMPARED_SHOWN, "data"),
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
