"""Settings and reader -> the whole page as it is first sent.

It draws what is known now; the callbacks keep it up to date.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dash_app import ids


def build_layout(settings: Any, reader: Any) -> Component:
    """Return the page for the state that `reader` holds now."""
    return html.Div(
        [
            dcc.Store(id=ids.STATE_VERSION),
            dcc.Store(id=ids.SELECTED_STAGE),
            dcc.Store(id=ids.GRAPH_VIEW, data="flow"),
            html.Main([html.Section(id=ids.VERDICT), html.Section(id=ids.GRAPH_PANEL)]),
        ],
        id=ids.PAGE,
        className="page",
    )
