"""Rows of runs -> the two selectors at the top: a button that opens a list with a search field.

Nothing is listed before somebody opens it, and never more than the newest that fit the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from dash import dcc, html
from dash.development.base_component import Component

from collectors.contract.run_row import RunRow, metrics_in
from collectors.numbers import UNKNOWN, number_words
from collectors.presentation.pieces import verdict_mark
from dash_app import ids
from dash_app.reading.query import LIVE, NO_BASELINE
from dash_app.views.markup import attributes, end_shown, icon, live_words, text_clock
from dash_app.views.tree import component

Kind = Literal["run", "baseline"]
OFFERED = 50


def render_picker(kind: Kind, label: Any) -> Component:
    """Return a selector; `label` is what stands on its button."""
    search, options = (
        (ids.RUN_SEARCH, ids.RUN_OPTIONS) if kind == "run" else (ids.BASELINE_SEARCH, ids.BASELINE_OPTIONS)
    )
    field = dcc.Input(id=search, type="search", placeholder="id, date or workspace", debounce=0.2, autoComplete="off")
    panel = html.Div([field, html.Div(id=options, className="run-options", role="list")], className="picker-panel")
    button = html.Summary([html.Span(kind, className="picker-kind"), label])
    return html.Details([button, panel], className="picker", **attributes(data_picker=kind))


def render_options(kind: Kind, rows: Sequence[RunRow], found: int, chosen: str | None) -> list[Component]:
    """Return the list's rows, newest first, and how many more there are; `chosen` is marked."""
    first = _first(kind, chosen)
    listed = [_option(kind, row, is_chosen=row["run_id"] == chosen) for row in rows[:OFFERED]]
    more = f"The newest {OFFERED} of {found:,}; search for others." if found > OFFERED else ""
    words = more or ("No stored run fits." if not rows else "")
    return [*first, *listed, *([html.P(words, className="picker-more")] if words else [])]


def _first(kind: Kind, chosen: str | None) -> list[Component]:
    """What can be chosen besides stored runs."""
    if kind == "run":
        return [_button(kind, LIVE, [html.B(live_words("")), html.Span("the current state")], is_chosen=chosen is None)]
    return [
        _button(kind, "", [html.B("pinned"), html.Span("the baseline that everybody gets")], is_chosen=False),
        _button(kind, NO_BASELINE, [html.B("none"), html.Span("compare with nothing")], is_chosen=chosen is None),
    ]


def _option(kind: Kind, row: RunRow, *, is_chosen: bool) -> Component:
    parts = [
        component(verdict_mark(row["verdict"])),
        html.B(row["run_id"]),
        html.Span(text_clock(row["started_at"] or row["timestamp"]), className="option-time"),
        html.Span(row["problem"] or _losses(row), className="option-losses"),
    ]
    return _button(kind, row["run_id"], parts, is_chosen=is_chosen)


def _button(kind: Kind, value: str, parts: list[Any], *, is_chosen: bool) -> Component:
    marks = attributes(data_pick=kind, data_value=value, aria_pressed="true" if is_chosen else "false")
    return html.Div(html.Button(parts, type="button", className="option", **marks), role="listitem")


def _losses(row: RunRow) -> str:
    told = []
    for stream, found in row["streams"].items():
        value = "diverged" if found["diverged"] else number_words(found["final_val_loss"])
        metric = next(iter(metrics_in(found).items()), None) if value == UNKNOWN else None
        told.append(f"{stream} {metric[0]} {number_words(metric[1].telling)}" if metric else f"{stream} {value}")
    return " · ".join(told) or UNKNOWN


def render_baseline_label(baseline_id: str | None, *, is_pinned: bool) -> list[Component]:
    """Return what stands on the baseline selector's button."""
    name = baseline_id or "none"
    pinned = [html.Span([icon("pin"), "pinned"], className="pin-mark")] if is_pinned else []
    return [end_shown(name), *pinned]
