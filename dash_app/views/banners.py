"""State -> what a person must know who looks at a stored run."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.contract.state import DashboardState
from dash_app.views.markup import attributes, clock, icon


def render_snapshot_banner(state: DashboardState | None, run_id: str | None) -> Component | None:
    """Return the banner for the run that was asked for; nothing for the current state."""
    if run_id is None:
        return None
    back = html.Button("Back to live", type="button", className="plain-button", **attributes(data_show_run=""))
    return html.Div([icon("info"), html.P(_words(state, run_id)), back], className="snapshot-banner")


def _words(state: DashboardState | None, run_id: str) -> list[Component | str]:
    if state is None:
        return ["There is no readable snapshot of run ", html.B(run_id), "."]
    moment = clock(state.meta.timestamp)
    return ["Snapshot of run ", html.B(run_id), ", stored ", moment, ". Nothing on this page is live."]
