"""State -> the graph panel: legend, tools, canvas, list of stages, details.

The canvas gets data only; `assets/graph/` draws the cards over it and gives the colours. The list is
what a phone shows in its place.
"""

from __future__ import annotations

from typing import Any, Final

import dash_cytoscape as cyto  # type: ignore[import-untyped] # it ships no types
from dash import dcc, html
from dash.development.base_component import Component

from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.presentation.words import status_class
from dash_app import ids
from dash_app.views.graph.elements import changing_data, digests, graph_elements, graph_positions
from dash_app.views.graph.stage_details import render_stage_details
from dash_app.views.graph.stage_list import render_stage_list
from dash_app.views.markup import attributes, icon, unseen

NO_STAGES: Final = "The pipeline is drawn here once there is a state to show."
UNDRAWN: Final = [{"selector": "*", "style": {"opacity": 0}}]
"""Nothing shows until the script has given sizes and colours."""
TOOLS: Final = (
    ("zoom-out", "Zoom out", "−"),
    ("zoom-in", "Zoom in (Ctrl and wheel over the graph)", "+"),
    ("fit", "Fit the whole graph", ""),
    ("pause", "Pause animation", ""),
    ("touch", "Move the graph with a finger", ""),
)
"""What a button does, its name, and its sign (an icon where there is none)."""


def render_graph_panel(state: DashboardState | None, view: str | None = None, stage: str | None = None) -> Component:
    """Return what stands in the graph panel; without a state it is empty and says so."""
    elements = graph_elements(state)
    return html.Div(
        [
            _header(state),
            _canvas(state, elements, view or _first_view(state)),
            html.Ol(render_stage_list(state), id=ids.STAGE_LIST, className="stage-list"),
            html.Div(
                render_stage_details(state, stage, view),
                id=ids.STAGE_DETAILS,
                className="stage-details",
                role="region",
                tabIndex=0,  # it scrolls, so the keyboard must get there
                **attributes(aria_label="Stage details"),
            ),
            html.P(id=ids.GRAPH_ANNOUNCER, className="unseen", role="status"),
            dcc.Store(id=ids.GRAPH_SHOWN, data=digests(state, elements)),
            dcc.Store(id=ids.GRAPH_NEWS, data=changing_data(elements)),
            dcc.Store(id=ids.DETAILS_SHOWN),
        ],
        className="graph-room",
    )


def render_empty(state: DashboardState | None) -> list[Component]:
    """Return what stands in place of a graph that has no stage."""
    drawn = state is not None and state.pipeline.stages
    return [] if drawn else [html.P(NO_STAGES, className="empty graph-empty")]


def render_views(state: DashboardState | None) -> list[Component]:
    """Return one link a view of the pipeline; the URL script marks the chosen one. A single view needs none."""
    views = state.pipeline.views if state else ()
    links: list[Component] = [
        html.A(view.label, href=f"?view={view.id}", **attributes(data_view=view.id)) for view in views
    ]
    return links if len(links) > 1 else []


def _first_view(state: DashboardState | None) -> str:
    return state.pipeline.views[0].id if state and state.pipeline.views else ""


def _header(state: DashboardState | None) -> Component:
    views = html.Nav(render_views(state), id=ids.VIEWS, className="segments views", **attributes(aria_label="Views"))
    legend = html.Ul([_legend(status) for status in Status], className="legend")
    tools = html.Div(
        [_tool(*tool) for tool in TOOLS],
        className="graph-tools",
        role="group",
        **attributes(aria_label="Graph"),
    )
    return html.Header([html.H2("Pipeline"), views, legend, tools], className="panel-head")


def _legend(status: Status) -> Component:
    return html.Li([icon(status), status.value], className=status_class(status))


def _tool(action: str, name: str, sign: str) -> Component:
    inside = html.Span(sign, **attributes(aria_hidden="true")) if sign else icon(action)
    pressed = attributes(aria_pressed="false") if action in {"pause", "touch"} else {}
    return html.Button(
        [inside, unseen(name)],
        type="button",
        title=name,
        className="graph-tool",
        **attributes(data_graph_tool=action),
        **pressed,
    )


def _canvas(state: DashboardState | None, elements: list[Any], view: str) -> Component:
    """Frames below, the canvas between, cards above; the script fills the first and the last."""
    graph = cyto.Cytoscape(
        id=ids.GRAPH,
        className="graph-surface",
        elements=elements,
        layout=graph_positions(state),
        stylesheet=UNDRAWN,
        style={},
        autoRefreshLayout=False,
        minZoom=0.1,
        maxZoom=4,
    )
    frames = html.Div(id=ids.GRAPH_FRAMES, className="graph-frames", **attributes(aria_hidden="true"))
    overlay = html.Div(id=ids.GRAPH_OVERLAY, className="graph-overlay")
    return html.Div(
        [frames, graph, overlay, html.Div(render_empty(state), id=ids.GRAPH_EMPTY)],
        id=ids.GRAPH_CANVAS,
        className="graph-canvas",
        **attributes(data_shown_view=view),
    )
