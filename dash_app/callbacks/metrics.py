"""Groups of metrics that somebody opened -> their figures; their curves are fetched by `assets/curves/shelf.js`.

Moving the slider or choosing another axis asks for nothing.
"""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from dash_app import ids
from dash_app.callbacks.wires import in_browser, known_digests
from dash_app.reading.history import RunHistory, known_ids
from dash_app.views.curves.compared import MOST_OVERLAYS
from dash_app.views.curves.metrics import metric_data, wish_from
from dash_app.views.page import digests


def register_metrics(app: dash.Dash, history: RunHistory) -> None:
    """Let the groups below the loss charts follow the state and what is opened."""
    in_browser(app, "chosen", "filter", Input(ids.METRIC_FILTER, "value"))
    in_browser(app, "chosen", "pin", Input(ids.METRIC_PINS, "data"))
    in_browser(app, "metrics", "list", Input(ids.LOSS_SHOWN, "data"), Input(ids.TAB, "data"))
    in_browser(
        app,
        "metrics",
        "draw",
        Input(ids.METRIC_SHOWN, "data"),
        Input(ids.X_AXIS, "data"),
        Input(ids.Y_SCALE, "data"),
        Input(ids.SMOOTHING, "value"),
        Input(ids.THEME_NOW, "data"),
        Input(ids.COMPARED_SHOWN, "data"),
    )

    @app.callback(
        Output(ids.METRIC_DATA, "data"),
        Output(ids.METRIC_DIGESTS, "data"),
        Input(ids.METRIC_WISH, "data"),
        Input(ids.STATE_VERSION, "data"),
        Input(ids.SHOWN_RUN, "data"),
        Input(ids.BASELINE_CHOICE, "data"),
        Input(ids.RUNS_VERSION, "data"),
        Input(ids.OVERLAY_RUNS, "data"),
        State(ids.METRIC_DIGESTS, "data"),
        prevent_initial_call=True,
    )
    def show_metrics(*wishes: Any) -> Any:
        sent, _version, run, choice, _pinned, overlays, shown = wishes
        wish = wish_from(sent)
        if not wish:
            raise PreventUpdate
        compared = history.compared(run, choice)
        baseline = compared.baseline.state if compared.baseline else None
        over = [state for one in known_ids(overlays, MOST_OVERLAYS) if (state := history.reader.run(one).state)]
        now = {ids.METRIC_DATA: metric_data(compared.shown.state, baseline, wish, over)}
        told = digests(now)
        return [now[ids.METRIC_DATA], told] if told != known_digests(shown) else [no_update, no_update]
