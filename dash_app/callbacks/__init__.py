"""Every wire of the page, region by region. The only place that names Input, Output and State."""

from __future__ import annotations

import dash

from dash_app.callbacks.browser import register_browser
from dash_app.callbacks.graph import register_graph
from dash_app.callbacks.losses import register_losses
from dash_app.callbacks.regions import register_regions
from dash_app.settings import Settings
from dash_app.state_reader import StateReader


def register(app: dash.Dash, reader: StateReader, settings: Settings) -> None:
    """Connect the page to `reader`, in screen order. Call once for each app."""
    register_browser(app)
    register_regions(app, reader)
    register_graph(app, reader)
    register_losses(app)
