"""A new state version -> the regions that show something else now.

One wire for all regions: they come from one look at the state, so the screen never contradicts
itself, and whatever looks the same is not sent: of what the browser holds, only the parts that changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import Input, Output, State, no_update

from dash_app import ids
from dash_app.callbacks.wires import known_digests
from dash_app.reading.history import RunHistory, is_live
from dash_app.views.page import DATA, REGIONS, DrawnPage, Seen, drawn_page, news_of


def register_regions(app: dash.Dash, history: RunHistory) -> None:
    """Let the regions follow the state."""

    @app.callback(
        *(Output(region, "children") for region in REGIONS),
        *(Output(store, "data") for store in DATA),
        Output(ids.REGION_DIGESTS, "data"),
        Input(ids.STATE_VERSION, "data"),
        Input(ids.SHOWN_RUN, "data"),
        State(ids.REGION_DIGESTS, "data"),
        prevent_initial_call=True,
    )
    def show_regions(_version: str, run: str | None, shown: dict[str, str] | None) -> list[Any]:
        run = history.asked(run)
        seen = history.shown(run)
        run_id = None if is_live(run) else str(run)
        return changed_regions(drawn_page(Seen(seen.etag, seen.state, seen.sentence, run_id)), known_digests(shown))


def changed_regions(page: DrawnPage, shown: Mapping[str, str]) -> list[Any]:
    """Return what changed of regions and stores in wiring order, `no_update` where they look the same, and digests."""
    order = (*REGIONS, *DATA)
    seen = [(name, shown.get(name)) for name in order]
    news = [news_of(page, name, held) if page.digests[name] != held else no_update for name, held in seen]
    return [*news, page.digests if page.digests != shown else no_update]
