"""A new state version -> the regions that show something else now.

One wire for all regions: they come from one look at the state, so the screen never contradicts
itself, and whatever looks the same is not sent.
"""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output, State, no_update

from dash_app import ids
from dash_app.state_reader import StateReader
from dash_app.views.page import DATA, REGIONS, digests, render_page


def register_regions(app: dash.Dash, reader: StateReader) -> None:
    """Let the regions follow the state."""

    @app.callback(
        *(Output(region, "children") for region in REGIONS),
        *(Output(store, "data") for store in DATA),
        Output(ids.REGION_DIGESTS, "data"),
        Input(ids.STATE_VERSION, "data"),
        State(ids.REGION_DIGESTS, "data"),
        prevent_initial_call=True,
    )
    def show_regions(_version: str, shown: dict[str, str] | None) -> list[Any]:
        seen = reader.current()
        page = render_page(seen.state, seen.sentence)
        return changed_regions(page, shown or {})


def changed_regions(page: dict[str, Any], shown: dict[str, str]) -> list[Any]:
    """Return regions and stores in wiring order, `no_update` where they look the same, and digests."""
    now = digests(page)
    order = (*REGIONS, *DATA)
    news = [page[name] if now[name] != shown.get(name) else no_update for name in order]
    return [*news, now if now != shown else no_update]
