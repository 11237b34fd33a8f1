"""Settings and reader -> the whole page as it is first sent.

It draws what is known now, so that nothing jumps when the callbacks take over. Regions that change
are drawn by `views.page`; what stands here never changes while the page is open.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from collectors.contract.access import Role
from collectors.presentation.charts.scale import MOST_SMOOTHING, SMOOTHED_FROM, SMOOTHING
from dash_app import ids
from dash_app.auth.identity import asking
from dash_app.reading.freshness import freshness_of
from dash_app.reading.reader import StateReader
from dash_app.settings import Settings
from dash_app.views.decisions.tab import render_decisions_frame
from dash_app.views.graph.pipeline_graph import render_graph_panel
from dash_app.views.log import render_log_frame
from dash_app.views.markup import attributes
from dash_app.views.page import TABS, DrawnPage, Seen, drawn_page, first_view
from dash_app.views.preview_dialog import render_preview_dialog
from dash_app.views.runs.frame import render_history_frame
from dash_app.views.runs.pin_dialog import render_pin_dialog, render_pin_note
from dash_app.views.share import render_share_button, render_share_dialog
from dash_app.views.shortcuts import render_shortcuts
from dash_app.views.top_bar import render_report_link, render_top_bar

X_AXES = (("epoch", "epoch"), ("step", "step"), ("time", "time"))
GHOSTS = (("val", "val"), ("train", "val + train"))
RUN_STORES = (
    ids.BASELINE_CHOICE,
    ids.OVERLAY_RUNS,
    ids.RUN_OPENED,
    ids.BASELINE_OPENED,
    ids.COMPARED,
    ids.COMPARED_SHOWN,
    ids.LOSS_SHOWN,
    ids.COMPARED_DIGESTS,
    ids.CURVES_ZOOM,
    ids.CROSSHAIR,
    ids.METRIC_PINS,
    ids.FULL_PANEL,
    ids.METRIC_WISH,
    ids.METRIC_DATA,
    ids.METRIC_SHOWN,
    ids.METRIC_DIGESTS,
    ids.HISTORY_WISH,
    ids.HISTORY_TREE,
    ids.RUNS_CHART_WISH,
    ids.RUNS_CHART_DATA,
    ids.SELECTED_RUNS,
    ids.SELECTION_TREE,
    ids.COMPARED_RUNS,
    ids.SIDE_BY_SIDE_TREE,
    ids.RUN_OPTIONS_TREE,
    ids.BASELINE_OPTIONS_TREE,
)
"""Stores that the browser's scripts and the wires fill."""
Y_SCALES = (("linear", "linear"), ("log", "log"))


SMOOTHED = f"A curve of fewer than {SMOOTHED_FROM} points is drawn as it was measured"


def build_layout(settings: Settings, reader: StateReader, run_id: str | None = None) -> Component:
    """Return the page for the state that `reader` holds now, or for a stored run."""
    current = reader.current()
    seen = reader.run(run_id) if run_id else current
    fresh = freshness_of(current, datetime.now(UTC), settings.stale_after_seconds, is_stored=run_id is not None)
    drawn = drawn_page(Seen(seen.etag, seen.state, seen.sentence, run_id))
    page = drawn.regions
    skip = html.A("Skip to the content", href=f"#{ids.MAIN}", className="skip")
    stores = _stores(drawn, (current.etag, current.runs_version), first_view(seen.state), run_id)
    return html.Div(
        [
            skip,
            _top(page, settings),
            *_sign_in(settings),
            _main(page, render_graph_panel(seen.state), fresh.sentence, has_log=settings.preview),
            render_share_dialog(settings.frame_ancestors, _may_link(settings)),
            render_preview_dialog(is_on=settings.preview),
            render_shortcuts(),
            render_pin_dialog(),
            *stores,
        ],
        id=ids.PAGE,
        className="page",
    )


def _may_link(settings: Settings) -> bool | None:
    return asking().may(Role.OPERATOR) if settings.access.is_on else None


def _stores(page: DrawnPage, versions: tuple[str, str], view: str, run_id: str | None) -> list[Component]:
    return [
        dcc.Store(id=ids.STATE_VERSION, data=versions[0]),
        dcc.Store(id=ids.RUNS_VERSION, data=versions[1]),
        dcc.Store(id=ids.REGION_DIGESTS, data=page.digests),
        dcc.Store(id=ids.VERDICT_NOW, data=page.regions[ids.VERDICT_NOW]),
        dcc.Store(id=ids.DECISIONS_NOW, data=page.regions[ids.DECISIONS_NOW]),
        dcc.Store(id=ids.LOGS_NOW, data=page.regions[ids.LOGS_NOW]),
        dcc.Store(id=ids.LOSS_DATA, data=page.regions[ids.LOSS_DATA]),
        dcc.Store(id=ids.TAB, data=next(iter(TABS))),
        dcc.Store(id=ids.GRAPH_VIEW, data=view),
        dcc.Store(id=ids.SELECTED_STAGE),
        dcc.Store(id=ids.X_AXIS),
        dcc.Store(id=ids.Y_SCALE),
        dcc.Store(id=ids.THEME_CHOICE),
        dcc.Store(id=ids.THEME_NOW),
        dcc.Store(id=ids.SHOWN_RUN, data=run_id),
        *(dcc.Store(id=name) for name in RUN_STORES),
        dcc.Store(id=ids.GHOST_SERIES, data="val"),
        html.Div(id=ids.CHARTS_CODE, hidden=True),  # what brings the charts' library, when `code.js` wants it
        render_pin_note(),
        html.P(id=ids.ANNOUNCER, className="unseen", role="status"),
    ]


def _top(page: dict[str, Any], settings: Settings) -> Component:
    account = None
    if settings.access.is_on or not settings.is_on_loopback:
        from dash_app.views.account import render_account  # a page of one person shows none

        account = render_account(asking(), settings.home, is_open=not settings.access.is_on)
    buttons = [render_report_link(), render_share_button()]
    return render_top_bar(page, buttons, account, is_demo=settings.demo, home=settings.home)


def _sign_in(settings: Settings) -> list[Component]:
    """The way back in, for who is signed out while the page is open."""
    if not settings.access.is_on:
        return []
    from dash_app.views.account import render_sign_in

    return [render_sign_in()]


def _main(page: dict[str, Any], graph_panel: Component, sentence: str, *, has_log: bool) -> Component:
    def region(name: str, kind: Any, **more: Any) -> Component:
        component: Component = kind(page[name], id=name, **more)
        return component

    return html.Main(
        [
            html.P(sentence or None, id=ids.FEED_SENTENCE, className="feed-sentence", role="status"),
            region(ids.SNAPSHOT_BANNER, html.Div, className="snapshot-region"),
            region(ids.NOTICES, html.Div, className="notices-region", **attributes(data_in="readiness")),
            region(ids.VERDICT, html.Section, **attributes(aria_label="Verdict", data_in="readiness")),
            region(
                ids.CARDS, html.Section, className="cards", **attributes(aria_label="Readiness", data_in="readiness")
            ),
            html.Div(
                [
                    html.Section(graph_panel, id=ids.GRAPH_PANEL, className="panel graph-panel"),
                    region(ids.CHECKLIST, html.Section, className="panel checklist"),
                ],
                className="middle",
                **attributes(data_in="readiness"),
            ),
            _losses(page[ids.LOSSES]),
            render_log_frame(is_on=has_log),
            html.Section(
                id=ids.COMPARISON, className="panel comparison", **attributes(aria_label="Comparison", data_in="curves")
            ),
            render_decisions_frame(page[ids.DECISIONS]),
            region(ids.LINKS, html.Section, className="panel links", **attributes(data_in="files")),
            render_history_frame(),
        ],
        id=ids.MAIN,
    )


def _losses(frames: list[Component]) -> Component:
    slider = dcc.Input(id=ids.SMOOTHING, type="range", min=0, max=MOST_SMOOTHING, step=0.01, value=SMOOTHING)
    smoothing = html.Label(
        [html.Span("smoothing"), slider, html.Output(id=ids.SMOOTHING_NOW)], className="smoothing", title=SMOOTHED
    )
    controls = html.Div(
        [
            html.H2("Curves"),
            html.Div(
                dcc.Input(id=ids.METRIC_FILTER, type="search", placeholder="metric (regex)", autoComplete="off"),
                className="metric-filter",
            ),
            html.Div(_choice(ids.GHOST_SERIES, "baseline", GHOSTS), className="ghost-choice"),
            smoothing,
            html.Div([_choice(ids.X_AXIS, "x", X_AXES), _choice(ids.Y_SCALE, "y", Y_SCALES)], className="axis-choices"),
        ],
        className="loss-controls",
    )
    grid = html.Div(frames, id=ids.LOSSES, className="loss-grid")
    return html.Section(
        [controls, html.Div(id=ids.READOUT, className="readout"), grid],
        className="losses",
        **attributes(aria_label="Curves", data_in="readiness curves"),
    )


def _choice(name: str, label: str, options: tuple[tuple[str, str], ...]) -> Component:
    """A few words of which one is chosen; `choices.js` keeps the store and the buttons equal."""
    buttons = [
        html.Button(word, type="button", **attributes(data_choice=name, data_value=value)) for value, word in options
    ]
    group = html.Div(buttons, className="segments", role="group", **attributes(aria_label=label))
    return html.Div([html.Span(label, className="choice-label"), group], className="choice")
