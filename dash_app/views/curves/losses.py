"""State -> one loss panel a stream: frame, figures in words, legend and sentence.

The frame changes only with the streams; what changes while training travels as data beside it, so
that a chart keeps its zoom. The curves themselves are drawn in the browser of `api/curves`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.contract.graph import StreamInfo
from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState
from collectors.presentation.metric_groups import main_part
from collectors.presentation.regions.losses import chart_sentence, loss_foot, loss_head
from dash_app.reading.documents import curves_version
from dash_app.views.curves.metrics import group_beside, groups_of, may_stand_open
from dash_app.views.markup import attributes
from dash_app.views.tree import components

NOTHING_YET = "No curves yet: they come with the first look at the workspace."


def render_losses(state: DashboardState | None) -> list[Component]:
    """Return a frame for every stream; without a state a sentence."""
    return [html.P(NOTHING_YET, className="empty")] if state is None else _frames(state.pipeline.streams)


@lru_cache(maxsize=8)
def _frames(streams: tuple[StreamInfo, ...]) -> list[Component]:
    return [_frame(stream) for stream in streams]


def losses_now(state: DashboardState | None, *, is_snapshot: bool = False) -> dict[str, Any]:
    """Return stream id -> `{run, version, head, foot, sentence, groups}`: what the frames are filled with.

    Curves and the table of their points are fetched by whoever looks at them, whenever `version` is another one.
    """
    if state is None:
        return {}
    streams = [s.id for s in state.pipeline.streams if s.id in state.metrics]
    is_open, run_id = may_stand_open(state), {"run": state.meta.run_id}
    groups = {
        s: {"groups": [*groups_of(run, is_open=is_open), *([] if is_snapshot else group_beside(run))]}
        for s in streams
        if (run := state.metrics[s])
    }
    return {s: run_id | _filling(state.metrics[s]) | groups[s] for s in streams}


def _frame(stream: StreamInfo) -> Component:
    chart = html.Div(**attributes(data_part="loss-chart"), className="loss-chart")
    head = html.Header(
        [
            html.H3(stream.label),
            html.Span(**attributes(data_part="loss-head"), className="figure"),
            html.Span(**attributes(data_part="loss-delta"), className="figure loss-delta"),
            _full_button(),
        ],
        className="panel-head",
    )
    plot = html.Div(chart, className="loss-plot", **attributes(aria_hidden="true"))
    foot = html.Summary(
        [
            html.Span(**attributes(data_part="loss-foot"), className="loss-words"),
            html.Span(**attributes(data_part="loss-compared"), className="loss-others"),
            html.Span(**attributes(data_part="loss-note"), className="loss-note"),
            html.Span("data table", className="loss-toggle"),
        ]
    )
    table = html.Details([foot, html.Div(**attributes(data_part="loss-table"))], className="loss-data")
    sentence = html.P(**attributes(data_part="loss-sentence"), className="unseen")
    metrics = html.Div(**attributes(data_part="loss-metrics"), className="metric-groups")
    parts = [head, plot, sentence, table, metrics]
    return html.Section(parts, className="panel loss", **attributes(data_stream=stream.id))


def _full_button() -> Component:
    marks = attributes(aria_label="Full screen", aria_pressed="false", data_full="")
    return html.Button(type="button", className="panel-full", title="Full screen", **marks)


def _filling(run: StreamMetrics) -> dict[str, Any]:
    metrics = main_part(run)
    return {
        "version": curves_version(run),
        "head": components(loss_head(metrics)),
        "foot": components(loss_foot(metrics)),
        "sentence": chart_sentence(metrics),
    }
