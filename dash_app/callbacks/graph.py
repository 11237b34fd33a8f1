"""A new state version, a chosen view, a selected stage -> the graph panel.

What may change of every element is sent whenever any of it changed, whole, so that news which overtake each other
lose nothing; `assets/graph/news.js` keeps the canvas at it. The drawing itself is sent again only when the pipeline
became another one; zoom, pan and dragged places belong to the browser and are never sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import Input, Output, State, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from collectors.contract.state import DashboardState
from dash_app import ids
from dash_app.callbacks.wires import in_browser, known_digests
from dash_app.reading.history import RunHistory
from dash_app.views.graph.elements import changing_data, digests, graph_elements, graph_positions
from dash_app.views.graph.stage_details import render_stage_details
from dash_app.views.page import digests as region_digests


def register_graph(app: dash.Dash, history: RunHistory) -> None:
    """Let the graph panel follow the state and what a person chooses."""
    _follow_the_state(app, history)
    _follow_the_person(app, history)


def _follow_the_state(app: dash.Dash, history: RunHistory) -> None:
    @app.callback(
        Output(ids.GRAPH, "elements"),
        Output(ids.GRAPH, "layout"),
        Output(ids.GRAPH_NEWS, "data"),
        Output(ids.GRAPH_SHOWN, "data"),
        Input(ids.STATE_VERSION, "data"),
        Input(ids.SHOWN_RUN, "data"),
        State(ids.GRAPH_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def show_graph(_version: str, run: str | None, shown: dict[str, str] | None) -> list[Any]:
        return graph_news(history.shown(run).state, known_digests(shown))

    in_browser(app, "graph", "tell", Input(ids.GRAPH_NEWS, "data"))


def _follow_the_person(app: dash.Dash, history: RunHistory) -> None:
    @app.callback(
        Output(ids.STAGE_DETAILS, "children"),
        Output(ids.DETAILS_SHOWN, "data"),
        Input(ids.STATE_VERSION, "data"),
        Input(ids.SHOWN_RUN, "data"),
        Input(ids.SELECTED_STAGE, "data"),
        Input(ids.GRAPH_VIEW, "data"),
        State(ids.DETAILS_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def show_stage_details(
        _version: str, run: str | None, stage: str | None, view: str | None, shown: dict[str, str] | None
    ) -> list[Any]:
        return details_news(render_stage_details(history.shown(run).state, stage, view), shown)

    for show, chosen in (("showView", ids.GRAPH_VIEW), ("showSelection", ids.SELECTED_STAGE)):
        in_browser(app, "graph", show, Input(chosen, "data"))


def graph_news(state: DashboardState | None, shown: Mapping[str, str]) -> list[Any]:
    """Return elements, layout, what may change of every element, and digests, `no_update` where unchanged.

    Raises PreventUpdate when everything looks as it is shown.
    """
    elements = graph_elements(state)
    now = digests(state, elements)
    if now == shown:
        raise PreventUpdate
    is_same_drawing = now["pipeline"] == shown.get("pipeline")
    drawing = [no_update, no_update] if is_same_drawing else [elements, graph_positions(state)]
    return [*drawing, changing_data(elements), now]


def details_news(details: list[Component], shown: Mapping[str, str] | None) -> list[Any]:
    """Return details and their digest. Raises PreventUpdate when they are on screen already."""
    now = region_digests({ids.STAGE_DETAILS: details})
    if now == shown:
        raise PreventUpdate
    return [details, now]
