"""State -> the stages as a list of buttons: what a phone shows in place of the graph.

A row says what a card says, in reading order. Rows of the view that is not shown are hidden by
`assets/graph/select.js`; pressing one selects its stage.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.contract.graph import StageInfo
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.presentation.words import status_class
from dash_app.views.graph.layout import reading_order
from dash_app.views.graph.stage_progress import render_progress, stage_progress
from dash_app.views.markup import attributes, icon


def render_stage_list(state: DashboardState | None) -> list[Component]:
    """Return one row a stage, view by view, each in the order the edges give."""
    return [] if state is None else [_row(stage, state) for stage in stages_in_order(state)]


def stages_in_order(state: DashboardState) -> list[StageInfo]:
    """Stages of all views in the order they are read."""
    stages = {stage.id: stage for stage in state.pipeline.stages}
    views = [view.id for view in state.pipeline.views]
    return [stages[name] for view in views for name in reading_order(state.pipeline, view)]


def _row(stage: StageInfo, state: DashboardState) -> Component:
    node = state.nodes.get(stage.id)
    status = node.status if node else Status.IDLE
    message = node.message if node else "not reported"
    word = html.Span([icon(status), status.value], className="stage-state")
    words = [html.Span(stage.label, className="stage-label"), word]
    return html.Li(
        html.Button(
            [
                *words,
                html.Span(message, className="stage-message"),
                *render_progress(stage_progress(state, stage.id)),
            ],
            type="button",
            className="stage-row",
            **attributes(data_stage=stage.id),
        ),
        className=status_class(status),
        **attributes(data_stage_view=stage.view),
    )
