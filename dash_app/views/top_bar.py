"""What is watched, and small buttons -> the bar at the top: name, views, selectors, buttons, theme.

Everything stands in it once; `assets/bar/bar.css` gives it one line on a desk and three on a phone. Nothing is
decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dash_app import ids
from dash_app.views.first_html import BACK
from dash_app.views.markup import attributes, icon, unseen
from dash_app.views.runs.picker import render_picker

THEMES: Final = (("auto", "Theme of this device"), ("light", "Light theme"), ("dark", "Dark theme"))


def render_top_bar(
    page: Mapping[str, Any],
    buttons: Sequence[Component],
    account: Component | None = None,
    *,
    is_demo: bool,
    home: str = "",
) -> Component:
    """Return the bar; `buttons` are `plain-button`s of an icon and a word, which small screens leave out.

    `home` is the address of the fleet, of which this is one workspace.
    """
    tabs = html.Nav(page[ids.TABS], id=ids.TABS, className="tabs", **attributes(aria_label="Tabs"))
    run = html.Span(page[ids.RUN_LABEL], id=ids.RUN_LABEL, className="run-label")
    baseline = html.Span(id=ids.BASELINE_LABEL, className="run-label")
    pickers = html.Div([render_picker("run", run), render_picker("baseline", baseline)], className="pickers")
    actions = html.Div([*buttons, *([account] if account else []), _theme_menu()], className="top-actions")
    return html.Header(
        [_brand(page, home, is_demo=is_demo), tabs, html.Div([pickers, actions], className="top-end")], className="top"
    )


def _brand(page: Mapping[str, Any], home: str, *, is_demo: bool) -> Component:
    title = html.Span(page[ids.PIPELINE_TITLE], id=ids.PIPELINE_TITLE, className="workspace")
    back = [html.A(BACK, href=home, className="to-fleet")] if home else []
    about = html.Div([*back, title, render_replay_badge(is_demo)], className="brand-about")
    return html.Div([icon("brand"), html.H1("Training Dashboard"), about], className="brand")


def _theme_menu() -> Component:
    """The pressed one of three; its icon stands on the button (`bar.css`)."""
    buttons = [
        html.Button([icon(value), title], type="button", **attributes(data_choice=ids.THEME_CHOICE, data_value=value))
        for value, title in THEMES
    ]
    summary = html.Summary([*(icon(value) for value, _ in THEMES), unseen("Theme")], title="Theme")
    panel = html.Div(buttons, className="menu-panel", role="group", **attributes(aria_label="Theme"))
    return html.Details([summary, panel], className="menu theme-menu")


WHAT_WAS_MOVED = (
    "A real training, recorded earlier and written again now, faster than it was. Times, host and process id "
    "are moved to now and here; every value is as it was recorded."
)


def render_replay_badge(is_demo: bool) -> Component | None:
    """Return the badge, or nothing for a training that happens now."""
    return (
        html.Span([html.Span("replayed "), "recording"], className="replay-badge", title=WHAT_WAS_MOVED)
        if is_demo
        else None
    )


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
