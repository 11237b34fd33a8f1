"""A new state version, a chosen view, a selected stage -> the graph panel.

Only what changed is sent: data of the elements whose digest differs, and their rows of the list.
The drawing itself is sent again only when the pipeline became another one; zoom, pan and dragged
places belong to the browser and are never sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, Patch, State, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from collectors.contract.state import DashboardState
from dash_app import ids
from dash_app.callbacks.wires import known_digests
from dash_app.reading.history import RunHistory
from dash_app.views.graph.elements import PIPELINE_DIGEST, changed_data, digests, graph_elements, graph_positions
from dash_app.views.graph.pipeline_graph import render_empty
from dash_app.views.graph.stage_details import render_stage_details
from dash_app.views.graph.stage_list import render_stage_list, stages_in_order
from dash_app.views.page import digests as region_digests


def register_graph(app: dash.Dash, history: RunHistory) -> None:
    """Let the graph panel follow the state and what a person chooses."""
    _follow_the_state(app, history)
    _follow_the_person(app, history)


def _follow_the_state(app: dash.Dash, history: RunHistory) -> None:
    @app.callback(
        Output(ids.GRAPH, "elements"),
        Output(ids.GRAPH, "layout"),
        Output(ids.GRAPH_EMPTY, "children"),
        Output(ids.STAGE_LIST, "children"),
        Output(ids.GRAPH_CHANGES, "data"),
        Output(ids.GRAPH_SHOWN, "data"),
        Input(ids.STATE_VERSION, "data"),
        Input(ids.SHOWN_RUN, "data"),
        State(ids.GRAPH_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def show_graph(_version: str, run: str | None, shown: dict[str, str] | None) -> list[Any]:
        return graph_news(history.shown(run).state, known_digests(shown))

    app.clientside_callback(  # type: ignore[no-untyped-call] # Dash does not annotate it
        ClientsideFunction("graph", "merge"),
        Output(ids.GRAPH, "elements", allow_duplicate=True),
        Input(ids.GRAPH_CHANGES, "data"),
        State(ids.GRAPH, "elements"),
        prevent_initial_call=True,
    )


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
        app.clientside_callback(  # type: ignore[no-untyped-call] # Dash does not annotate it
            ClientsideFunction("graph", show), Input(chosen, "data")
        )


def graph_news(state: DashboardState | None, shown: Mapping[str, str]) -> list[Any]:
    """Return elements, layout, note, list rows, changed data and digests, `no_update` where unchanged.

    Raises PreventUpdate when everything looks as it is shown.
    """
    elements = graph_elements(state)
    now = digests(state, elements)
    if now == shown:
        raise PreventUpdate
    if now[PIPELINE_DIGEST] != shown.get(PIPELINE_DIGEST):
        rows = render_stage_list(state)
        return [elements, graph_positions(state), render_empty(state), rows, no_update, now]
    changes = changed_data(elements, shown)
    return [no_update, no_update, no_update, _changed_rows(state, changes), changes, now]


def details_news(details: list[Component], shown: Mapping[str, str] | None) -> list[Any]:
    """Return details and their digest. Raises PreventUpdate when they are on screen already."""
    now = region_digests({ids.STAGE_DETAILS: details})
    if now == shown:
        raise PreventUpdate
    return [details, now]


def _changed_rows(state: DashboardState | None, changes: list[dict[str, Any]]) -> Any:
    """Rows of the changed stages, put in the place of the old ones."""
    changed = {data["id"] for data in changes}
    stages = stages_in_order(state) if state else []
    places = [index for index, stage in enumerate(stages) if stage.id in changed]
    if not places:
        return no_update
    rows, patch = render_stage_list(state), Patch()
    for index in places:
        patch[index] = rows[index]
    return patch
