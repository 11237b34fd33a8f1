"""State -> the panel of the training's own logs: its frame, and which logs there are.

The lines are no part of a state: `assets/log/log.js` asks `api/log` for them while somebody looks.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.contract.state import DashboardState
from dash_app import ids
from dash_app.views.markup import attributes

LEVELS = (("", "all"), ("warning", "warnings"), ("error", "errors"))
"""What a filter shows, and its word."""


def logs_now(state: DashboardState | None, *, is_snapshot: bool) -> dict[str, Any] | None:
    """Return which logs there are; null without one, and of a stored run: its logs may have been written over."""
    return {"logs": list(state.logs)} if state and state.logs and not is_snapshot else None


def render_log_frame(*, is_on: bool) -> Component:
    """Return the panel, hidden until there is a log; where previews are off it stays so."""
    filters = [_filter(level, word) for level, word in LEVELS]
    head = html.Header(
        [
            html.H2("Log"),
            html.Div(filters, className="segments", role="group", **attributes(aria_label="Lines")),
            html.P(className="log-about figure"),
            html.Select(className="log-choice", **attributes(aria_label="Which log")),
        ],
        className="panel-head",
    )
    lines = html.Pre(
        className="log-lines", tabIndex="0", role="region", **attributes(aria_label="Last lines of the log")
    )
    return html.Section(
        [head, html.P(className="log-notes", role="status"), lines],
        id=ids.LOG,
        className="panel log",
        hidden=True,
        **attributes(aria_label="Log", data_in="readiness curves", data_is="on" if is_on else "off"),
    )


def _filter(level: str, word: str) -> Component:
    marks = attributes(data_level=level, aria_pressed="false" if level else "true")
    return html.Button([word, html.Span()], type="button", **marks)
