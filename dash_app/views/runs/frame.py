"""Nothing -> what stands around the table of runs and never changes: its filters, and places for all the rest."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dash_app import ids
from dash_app.reading.query import LONGEST_TEXT
from dash_app.reading.run_order import VERDICTS
from dash_app.views.markup import attributes

EXAMPLE = 'failed:backup  lr<0.001  nov 12  "stopped"'
LANGUAGE = (
    "Words of the id, the workspace or why not; failed:backup, verdict:ready, lr<0.001, val<0.3, nov 12,"
    " since:2026-11-01; or between sides, a minus before what must not be. Enter goes to the run of an exact id."
)


def render_history_frame() -> Component:
    """Return what stands around the table and never changes: heading, filters, and places for the rest."""
    verdicts = [html.Option("any verdict", value=""), *(html.Option(_word(v), value=v) for v in VERDICTS)]
    select = html.Select(verdicts, **attributes(aria_label="Verdict"))
    field = dcc.Input(type="search", placeholder=EXAMPLE, autoComplete="off", maxLength=LONGEST_TEXT)
    words = html.Label(
        [html.Span("Find"), field], className="filter-wide", title=LANGUAGE, **attributes(data_filter="text")
    )
    verdict = html.Label([html.Span("Verdict"), select], **attributes(data_filter="verdict"))
    places = [html.Div(id=name, className=name) for name in (ids.SELECTION, ids.SIDE_BY_SIDE)]
    return html.Section(
        [
            html.H2("Runs", className="unseen"),
            html.Div(id=ids.RUNS_CHART, className="runs-chart"),
            html.Div([words, verdict], className="history-filters", role="search"),
            *places,
            html.Div(id=ids.HISTORY_TABLE, className="history-content"),
        ],
        id=ids.HISTORY,
        className="panel history",
        **attributes(aria_label="Runs", data_in="runs"),
    )


def _word(verdict: str) -> str:
    return verdict.replace("_", " ")
