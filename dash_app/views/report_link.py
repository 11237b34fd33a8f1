"""Nothing -> the *Report* link in the bar: what the page shows, as one file to keep.

`assets/76-report.js` gives it the page's own parameters, so that the file tells of the run, the baseline
and the scale that are looked at. Without that script it is the report of the current state.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dash_app.views.markup import attributes, icon


def render_report_link() -> Component:
    """Return the link; its address is relative, so it holds behind any prefix."""
    return html.A(
        [icon("report"), html.Span("Report")],
        href="report.html",
        download="",
        className="plain-button report-link",
        title="Save a report of this run as one page",
        **attributes(data_report=""),
    )
