"""Which run and baseline are looked at -> selectors and comparison.

What a person chooses stands in stores that the URL keeps; `assets/runs/` and `assets/bar/pickers.js` fill them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash
from dash import Input, Output, State, no_update

from collectors.contract.run_row import RunRow
from collectors.contract.state import DashboardState
from dash_app import ids
from dash_app.callbacks.history import may_pin
from dash_app.callbacks.wires import in_browser, known_digests
from dash_app.reading.history import Compared, RunHistory, is_live, known_ids
from dash_app.reading.query import query_from, select_rows
from dash_app.settings import Settings
from dash_app.views.curves.compared import MOST_OVERLAYS, compared_curves
from dash_app.views.page import digests
from dash_app.views.runs.comparison import render_comparison
from dash_app.views.runs.picker import OFFERED, render_baseline_label, render_options
from dash_app.views.tree import as_tree, in_trees


def register_runs(app: dash.Dash, history: RunHistory, settings: Settings) -> None:
    """Let the page follow the chosen run and baseline."""
    _fill_selectors(app, history)
    _compare(app, history, settings)
    in_browser(app, "shown", "tell", Input(ids.COMPARED_SHOWN, "data"))
    in_browser(app, "shown", "arrived", Input(ids.SNAPSHOT_BANNER, "children"), State(ids.SHOWN_RUN, "data"))
    for tree in (ids.RUN_OPTIONS_TREE, ids.BASELINE_OPTIONS_TREE):
        in_browser(app, "trees", "draw", Input(tree, "data"), State(tree, "id"))
    in_browser(app, "choices", "mark", Input(ids.GHOST_SERIES, "data"), State(ids.GHOST_SERIES, "id"))


def _fill_selectors(app: dash.Dash, history: RunHistory) -> None:
    @app.callback(
        Output(ids.RUN_OPTIONS_TREE, "data"),
        Input(ids.RUN_OPENED, "data"),
        Input(ids.RUN_SEARCH, "value"),
        State(ids.SHOWN_RUN, "data"),
        prevent_initial_call=True,
    )
    def list_runs(_opened: int, text: str | None, run: str | None) -> list[Any]:
        found = select_rows(history.rows(), query_from({"text": text}))
        return as_tree(render_options("run", found[:OFFERED], len(found), None if is_live(run) else run))

    @app.callback(
        Output(ids.BASELINE_OPTIONS_TREE, "data"),
        Input(ids.BASELINE_OPENED, "data"),
        Input(ids.BASELINE_SEARCH, "value"),
        State(ids.BASELINE_CHOICE, "data"),
        prevent_initial_call=True,
    )
    def list_baselines(_opened: int, text: str | None, choice: str | None) -> list[Any]:
        found = select_rows(history.rows(), query_from({"text": text}))
        return as_tree(render_options("baseline", found[:OFFERED], len(found), history.baseline_id(choice)))


def _compare(app: dash.Dash, history: RunHistory, settings: Settings) -> None:
    @app.callback(
        Output(ids.BASELINE_LABEL, "children"),
        Output(ids.COMPARISON, "children"),
        Output(ids.COMPARED, "data"),
        Output(ids.COMPARED_DIGESTS, "data"),
        Input(ids.STATE_VERSION, "data"),
        Input(ids.SHOWN_RUN, "data"),
        Input(ids.BASELINE_CHOICE, "data"),
        Input(ids.OVERLAY_RUNS, "data"),
        Input(ids.RUNS_VERSION, "data"),
        State(ids.COMPARED_DIGESTS, "data"),
    )
    def show_comparison(*wishes: Any) -> list[Any]:
        _version, run, choice, overlays, _pinned, shown = wishes
        compared = history.compared(run, choice)
        others = [history.reader.run(one).state for one in known_ids(overlays, MOST_OVERLAYS)]
        target = pin_target(history, compared) if may_pin(settings) else None
        return comparison_news(compared, [s for s in others if s], target, known_digests(shown))


def pin_target(history: RunHistory, compared: Compared) -> RunRow | None:
    """Return the row of the stored run that *Pin as baseline* means: the shown one, unless it is pinned already."""
    state = compared.shown.state
    run_id = state.meta.run_id if state else None
    row = history.row(run_id)
    return row if row and not row["problem"] and run_id != history.pinned() else None


def comparison_news(
    compared: Compared, overlays: Sequence[DashboardState], target: RunRow | None, shown: Mapping[str, str]
) -> list[Any]:
    """Return label, panel, curves and digests, `no_update` where they look as they are shown."""
    baseline = compared.baseline.state if compared.baseline else None
    now = {
        ids.BASELINE_LABEL: render_baseline_label(compared.baseline_id, is_pinned=compared.is_pinned),
        ids.COMPARISON: render_comparison(
            compared.delta, compared.baseline_id, is_pinned=compared.is_pinned, pin_target=target
        ),
        ids.COMPARED: in_trees(compared_curves(baseline, overlays, compared.delta), "delta", "keys"),
    }
    told = digests(now)
    news = [now[name] if told[name] != shown.get(name) else no_update for name in now]
    return [*news, told if told != shown else no_update]
