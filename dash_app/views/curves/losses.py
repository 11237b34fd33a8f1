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
from collectors.presentation.words import loss_words, point_words, progress_words, series_label
from collectors.training.words import divergence_words
from dash_app import ids
from dash_app.views.curves.data import ROLES, loss_data
from dash_app.views.curves.table import render_table
from dash_app.views.markup import attributes, icon

CHART_CONFIG: Any = {"displayModeBar": False, "responsive": True, "doubleClick": "reset"}


def render_losses(state: DashboardState | None) -> list[Component]:
    """Return a frame for every stream; without a state there are none."""
    return [] if state is None else [_frame(stream) for stream in state.pipeline.streams]


def losses_now(state: DashboardState | None) -> dict[str, Any]:
    """Return stream id -> `{data, head, foot, sentence, table}`: what the frames are filled with."""
    if state is None:
        return {}
    streams = [s.id for s in state.pipeline.streams if s.id in state.metrics]
    return {stream: _filling(state.metrics[stream]) for stream in streams}


def _frame(stream: StreamInfo) -> Component:
    part = {name: ids.loss_part(name, stream.id) for name in ids.LOSS_PARTS}
    chart = dcc.Graph(id=part["loss-chart"], config=CHART_CONFIG, className="loss-chart")
    head = html.Header(
        [
            html.H3(f"{stream.label} loss"),
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
    return html.Section([head, plot, sentence, table], className="panel loss")


def _filling(metrics: StreamMetrics) -> dict[str, Any]:
    return {
        "data": loss_data(metrics),
        "head": _head(metrics),
        "foot": _foot(metrics),
        "sentence": chart_sentence(metrics),
        "table": render_table(metrics),
    }


def _head(metrics: StreamMetrics) -> list[Component]:
    """The last value of the most telling series, and the best one where it is another."""
    name = _told_series(metrics)
    if name is None:
        return []
    final, best = metrics.final[name], metrics.best.get(name)
    parts = [html.Span([f"{series_label(name)} ", html.B(loss_words(final.value))])]
    if best is not None and best.value is not None and best.value != final.value:
        parts.append(html.Span(f"best {point_words(best)}"))
    return [html.Span(parts, className="dotted")]


def _told_series(metrics: StreamMetrics) -> str | None:
    order = ["val_loss", "train_loss", *metrics.final]
    return next((name for name in order if name in metrics.final), None)


def _foot(metrics: StreamMetrics) -> list[Component]:
    keys = [_key(name) for name in reversed(metrics.series)]
    broken = [
        html.Span([icon("nonfinite"), divergence_words(gap)], className="loss-broken") for gap in metrics.nonfinite
    ]
    words = html.Span(progress_words(metrics), className="loss-progress")
    return [*keys, *broken, words]


def _key(name: str) -> Component:
    role = ROLES.get(name, "other")
    return html.Span([html.I(className=f"key key-{role}"), series_label(name)], className="loss-key")


def chart_sentence(metrics: StreamMetrics) -> str:
    """The chart in one sentence, for those who cannot see it."""
    told = [
        f"{series_label(name)} loss ends at {point_words(point)}, best {point_words(metrics.best[name])}"
        for name, point in metrics.final.items()
        if name in metrics.best
    ]
    gaps = [divergence_words(gap) for gap in metrics.nonfinite]
    if not told and not gaps:
        return f"{metrics.label}: no losses yet."
    return f"{metrics.label}, {progress_words(metrics)}: {'; '.join(told + gaps)}."
