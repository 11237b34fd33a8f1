"""State -> the decisions tab: the words of the report, and which document its script draws.

The pictures are drawn by `assets/decisions` from `api/decisions`: an interactive chart is no part of a state.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.contract.state import DashboardState
from collectors.presentation.regions.decisions import decisions
from dash_app import ids
from dash_app.views.markup import attributes
from dash_app.views.tree import components


def render_decisions(state: DashboardState | None) -> list[Component | str]:
    """Return the sentence, what it rests on, and the counts."""
    return components(decisions(state))


def decisions_now(state: DashboardState | None) -> dict[str, Any] | None:
    """Return which document is drawn; null where nothing was scored."""
    told = state.decisions if state else None
    return {"run_id": state.meta.run_id, "digest": told.digest} if state and told else None


def has_decisions(state: DashboardState | None) -> bool:
    """Whether there is something for the tab to show."""
    return state is not None and state.decisions is not None


def render_decisions_frame(facts: list[Component | str]) -> Component:
    """Return the tab's frame, which stays while its parts change."""
    return html.Section(
        [
            html.H2("Decisions"),
            html.Div(
                facts,
                id=ids.DECISIONS,
                className="decision-facts",
                tabIndex=0,
                role="region",
                **attributes(aria_label="What was decided"),
            ),
            html.Div(id=ids.DECISION_CHARTS),
        ],
        className="panel decisions",
        **attributes(aria_label="Decisions", data_in="decisions"),
    )
