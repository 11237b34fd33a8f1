"""What the browser does alone: the URL, the theme, the tab's title and icon, the feed.

The functions stand in `assets/live`, `assets/bar` and `assets/files`; here they get their wires.
"""

from __future__ import annotations

import dash
from dash import Input, Output, State

from dash_app import ids
from dash_app.callbacks.wires import in_browser

CHOICES = (
    (ids.TAB, "data"),
    (ids.GRAPH_VIEW, "data"),
    (ids.SELECTED_STAGE, "data"),
    (ids.SMOOTHING, "value"),
    (ids.Y_SCALE, "data"),
    (ids.X_AXIS, "data"),
    (ids.THEME_CHOICE, "data"),
    (ids.SHOWN_RUN, "data"),
    (ids.BASELINE_CHOICE, "data"),
    (ids.OVERLAY_RUNS, "data"),
    (ids.HISTORY_WISH, "data"),
    (ids.COMPARED_RUNS, "data"),
    (ids.CURVES_ZOOM, "data"),
    (ids.CROSSHAIR, "data"),
    (ids.METRIC_FILTER, "value"),
    (ids.METRIC_PINS, "data"),
    (ids.FULL_PANEL, "data"),
)
"""What a person chooses and the URL keeps, in the order of the URL script."""


def register_browser(app: dash.Dash) -> None:
    """Start the feed, read the URL once, and follow what is chosen from then on."""
    chosen = [Input(name, prop) for name, prop in CHOICES]
    to_choose = [Output(name, prop) for name, prop in CHOICES]
    start = Input(ids.PAGE, "id")
    in_browser(app, "url", "read", *to_choose, start, State(ids.GRAPH_VIEW, "data"), State(ids.SHOWN_RUN, "data"))
    in_browser(app, "url", "write", Output(ids.THEME_NOW, "data"), *chosen)
    in_browser(app, "url", "markTab", Input(ids.TAB, "data"), Input(ids.TABS, "children"))
    in_browser(app, "url", "markView", Input(ids.GRAPH_VIEW, "data"), Input(ids.VIEWS, "children"))
    for choice in (ids.X_AXIS, ids.Y_SCALE, ids.THEME_CHOICE):
        in_browser(app, "choices", "mark", Input(choice, "data"), State(choice, "id"))
    in_browser(app, "decisions", "show", Input(ids.DECISIONS_NOW, "data"), Input(ids.TAB, "data"))
    in_browser(app, "log", "show", Input(ids.LOGS_NOW, "data"))
    in_browser(app, "files", "relate", Input(ids.SELECTED_STAGE, "data"), Input(ids.LINKS, "children"))
    in_browser(app, "title", "tell", Output(ids.ANNOUNCER, "children"), Input(ids.VERDICT_NOW, "data"))
    in_browser(app, "feed", "start", start, State(ids.STATE_VERSION, "data"), State(ids.RUNS_VERSION, "data"))
