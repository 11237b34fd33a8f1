"""State -> one loss panel a stream: frame, figures in words, legend, sentence and data table.

The frame changes only with the streams; what changes while training travels as data beside it, so
that a chart keeps its zoom. The curves themselves are drawn in the browser from `loss_data`.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from collectors.contract.graph import StreamInfo
from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState
from collectors.presentation.metric_groups import main_part
from collectors.presentation.regions.loss_table import loss_table
from collectors.presentation.regions.losses import chart_sentence, loss_foot, loss_head
from dash_app import ids
from dash_app.views.curves.data import loss_data
from dash_app.views.curves.metrics import groups_of, may_stand_open
from dash_app.views.markup import attributes
from dash_app.views.tree import component, components

CHART_CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": "reset"}


def render_losses(state: DashboardState | None) -> list[Component]:
    """Return a frame for every stream; without a state there are none."""
    return [] if state is None else [_frame(stream) for stream in state.pipeline.streams]


def losses_now(state: DashboardState | None) -> dict[str, Any]:
    """Return stream id -> `{data, head, foot, sentence, table, groups}`: what the frames are filled with."""
    if state is None:
        return {}
    streams = [s.id for s in state.pipeline.streams if s.id in state.metrics]
    is_open = may_stand_open(state)
    return {s: _filling(state.metrics[s]) | {"groups": groups_of(state.metrics[s], is_open=is_open)} for s in streams}


def _frame(stream: StreamInfo) -> Component:
    part = {name: ids.loss_part(name, stream.id) for name in ids.LOSS_PARTS}
    chart = dcc.Graph(id=part["loss-chart"], config=CHART_CONFIG, className="loss-chart")
    head = html.Header(
        [
            html.H3(stream.label),
            html.Span(id=part["loss-head"], className="figure"),
            html.Span(id=part["loss-delta"], className="figure loss-delta"),
        ],
        className="panel-head",
    )
    plot = html.Div(chart, className="loss-plot", **attributes(aria_hidden="true"))
    foot = html.Summary(
        [
            html.Span(id=part["loss-foot"], className="loss-words"),
            html.Span(id=part["loss-compared"], className="loss-others"),
            html.Span(id=part["loss-note"], className="loss-note"),
            html.Span("data table", className="loss-toggle"),
        ]
    )
    table = html.Details([foot, html.Div(id=part["loss-table"])], className="loss-data")
    sentence = html.P(id=part["loss-sentence"], className="unseen")
    metrics = html.Div(id=part["loss-metrics"], className="metric-groups")
    return html.Section([head, plot, sentence, table, metrics], className="panel loss")


def _filling(run: StreamMetrics) -> dict[str, Any]:
    metrics = main_part(run)
    return {
        "data": loss_data(metrics),
        "head": components(loss_head(metrics)),
        "foot": components(loss_foot(metrics)),
        "sentence": chart_sentence(metrics),
        "table": component(loss_table(metrics)),
    }
