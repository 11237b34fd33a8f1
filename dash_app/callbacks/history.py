"""What is wished of the stored runs -> scatter, table, what is selected, and runs side by side.

Wishes stand in stores that the URL keeps; `assets/runs/` fills them and draws the answers. The table comes first: of
ten thousand runs it needs fifty, the scatter all. What draws them is imported when the tab is first looked at: the page
itself does not wait for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash
from dash import Input, Output, State
from dash.exceptions import PreventUpdate

from collectors.contract.access import Role
from dash_app import ids
from dash_app.auth.identity import asking
from dash_app.callbacks.wires import in_browser
from dash_app.reading.history import RunHistory, is_live, known_ids
from dash_app.reading.query import query_from, select_rows
from dash_app.settings import Settings
from dash_app.views.curves.compared import MOST_OVERLAYS
from dash_app.views.page import RUNS_TAB
from dash_app.views.tree import as_tree

if TYPE_CHECKING:
    from dash_app.views.runs.history_rows import Looks


def register_history(app: dash.Dash, history: RunHistory, settings: Settings) -> None:
    """Let the tab of runs follow what is wished of it."""
    _list(app, history, settings)
    _draw(app, history)
    _select(app, history, settings)
    _stand_side_by_side(app, history)
    for tree in (ids.HISTORY_TREE, ids.SELECTION_TREE, ids.SIDE_BY_SIDE_TREE):
        in_browser(app, "trees", "draw", Input(tree, "data"), State(tree, "id"))
    in_browser(app, "wish", "mark", Input(ids.HISTORY_WISH, "data"))
    in_browser(app, "selection", "mark", Input(ids.SELECTED_RUNS, "data"))
    in_browser(app, "selection", "arrive", Input(ids.COMPARED_RUNS, "data"))
    asked = (State(ids.HISTORY_WISH, "data"), State(ids.BASELINE_CHOICE, "data"), State(ids.RUNS_VERSION, "data"))
    in_browser(app, "wish", "chart", Output(ids.RUNS_CHART_WISH, "data"), Input(ids.HISTORY_TREE, "data"), *asked)
    in_browser(app, "scatter", "draw", Input(ids.RUNS_CHART_DATA, "data"))


def _list(app: dash.Dash, history: RunHistory, settings: Settings) -> None:
    @app.callback(
        Output(ids.HISTORY_TREE, "data"),
        Input(ids.TAB, "data"),
        Input(ids.HISTORY_WISH, "data"),
        Input(ids.SHOWN_RUN, "data"),
        Input(ids.BASELINE_CHOICE, "data"),
        Input(ids.RUNS_VERSION, "data"),
        Input(ids.STATE_VERSION, "data"),
        prevent_initial_call=True,
    )
    def show_history(tab: str | None, wish: Any, run: str | None, choice: str | None, *_news: Any) -> list[Any]:
        _only_on_the_tab(tab)
        from dash_app.reading.run_page import select_page
        from dash_app.views.runs.history import render_history

        shown = None if is_live(run) else run
        return as_tree(
            render_history(select_page(history.rows(), query_from(wish)), _looks(history, shown, choice, settings))
        )


def _only_on_the_tab(tab: str | None) -> None:
    """Nothing is made that nobody looks at. Raises PreventUpdate."""
    if tab != RUNS_TAB:
        raise PreventUpdate


def _looks(history: RunHistory, shown: str | None, choice: str | None, settings: Settings) -> Looks:
    from dash_app.views.runs.history_rows import Looks

    baseline = history.row(history.baseline_id(choice))
    return Looks(shown, baseline, history.pinned(), may_pin(settings), history.policy())


def may_pin(settings: Settings) -> bool:
    """Whether who asks is offered to pin; the route decides for itself."""
    return settings.may_pin and asking().may(Role.OPERATOR)


def _draw(app: dash.Dash, history: RunHistory) -> None:
    @app.callback(
        Output(ids.RUNS_CHART_DATA, "data"),
        Input(ids.RUNS_CHART_WISH, "data"),
        prevent_initial_call=True,
    )
    def draw_runs(wish: Any) -> dict[str, Any] | None:
        if not isinstance(wish, dict):
            raise PreventUpdate
        from dash_app.views.runs.chart import runs_chart

        query = query_from(wish)
        found = select_rows(history.rows(), query.by_time())
        baseline = history.row(history.baseline_id(wish.get("baseline")))
        return runs_chart(found, query.measure, baseline, history.policy())


def _select(app: dash.Dash, history: RunHistory, settings: Settings) -> None:
    @app.callback(
        Output(ids.SELECTION_TREE, "data"),
        Input(ids.SELECTED_RUNS, "data"),
        Input(ids.BASELINE_CHOICE, "data"),
        Input(ids.RUNS_VERSION, "data"),
        prevent_initial_call=True,
    )
    def show_selection(selected: Any, choice: str | None, _version: str) -> list[Any]:
        from dash_app.views.runs.selection import MOST_SELECTED, render_selection

        rows = history.chosen(known_ids(selected, MOST_SELECTED))
        return as_tree(render_selection(rows, _looks(history, None, choice, settings)))


def _stand_side_by_side(app: dash.Dash, history: RunHistory) -> None:
    @app.callback(
        Output(ids.SIDE_BY_SIDE_TREE, "data"),
        Input(ids.COMPARED_RUNS, "data"),
        Input(ids.RUNS_VERSION, "data"),
        prevent_initial_call=True,
    )
    def show_side_by_side(compared: Any, _version: str) -> list[Any]:
        from collectors.compare.side_by_side import side_by_side
        from dash_app.views.runs.side_by_side import render_side_by_side

        # A frame shows one run, and says of no other whether it is there.
        wished = () if asking().scope is not None else known_ids(compared, MOST_OVERLAYS)
        states = history.states(wished)
        known = [state.meta.run_id for state in states]
        missing = [run_id for run_id in wished if run_id not in known]
        return as_tree(render_side_by_side(known, side_by_side(states) if len(states) > 1 else (), missing))
