"""State -> what the collector wants a person to know, one line each."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.state import DashboardState
from dash_app.views.markup import icon


def render_notices(state: DashboardState | None) -> Component | None:
    """Return the notices, or nothing where there is nothing to tell."""
    if state is None or not state.notices:
        return None
    return html.Ul(
        [html.Li([icon("info"), html.Span(text)]) for text in state.notices],
        className="notices",
    )
