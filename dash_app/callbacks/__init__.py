"""Every wire of the page, region by region. The only place that names Input, Output and State."""

from __future__ import annotations

import dash

from dash_app.callbacks.browser import register_browser
from dash_app.callbacks.graph import register_graph
from dash_app.callbacks.history import register_history
from dash_app.callbacks.losses import register_losses
from dash_app.callbacks.metrics import register_metrics
from dash_app.callbacks.regions import register_regions
from dash_app.callbacks.runs import register_runs
from dash_app.reading.history import RunHistory
from dash_app.settings import Settings


def register(app: dash.Dash, history: RunHistory, settings: Settings) -> None:
    """Connect the page to `history`, in screen order. Call once for each app."""
    register_browser(app)
    register_regions(app, history)
    register_graph(app, history)
    register_losses(app)
    register_metrics(app, history)
    register_runs(app, history, settings)
    register_history(app, history, settings)
