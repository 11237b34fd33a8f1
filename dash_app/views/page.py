"""An observation -> every region of the page, and what tells a changed region from an unchanged one.

All regions are made from one state, so that verdict, cards and checklist never tell of different
moments. The graph's canvas draws itself.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.contract.state import DashboardState
from collectors.digest import short_digest
from collectors.presentation.regions.cards import cards
from collectors.presentation.regions.checklist import checklist
from collectors.presentation.regions.notices import notices
from dash_app import ids
from dash_app.views.banners import render_snapshot_banner
from dash_app.views.curves.losses import losses_now, render_losses
from dash_app.views.decisions.tab import decisions_now, has_decisions, render_decisions
from dash_app.views.difference import difference, props_of
from dash_app.views.files import render_links
from dash_app.views.graph.pipeline_graph import render_empty, render_views
from dash_app.views.graph.stage_list import render_stage_list
from dash_app.views.log import logs_now
from dash_app.views.markup import attributes, end_shown, live_words
from dash_app.views.tree import components, in_trees
from dash_app.views.verdict import render_verdict, verdict_now

REGIONS = (
    ids.PIPELINE_TITLE,
    ids.TABS,
    ids.RUN_LABEL,
    ids.SNAPSHOT_BANNER,
    ids.NOTICES,
    ids.VERDICT,
    ids.CARDS,
    ids.VIEWS,
    ids.GRAPH_EMPTY,
    ids.STAGE_LIST,
    ids.CHECKLIST,
    ids.LOSSES,
    ids.LINKS,
    ids.DECISIONS,
)
"""Regions whose children this module makes, in screen order."""
DATA = (ids.VERDICT_NOW, ids.LOSS_DATA, ids.DECISIONS_NOW, ids.LOGS_NOW)
"""Stores that the browser's own scripts draw from."""

MOST_KEPT = 8
"""Drawn pages."""
RUNS_TAB = "runs"
DECISIONS_TAB = "decisions"
TABS = {
    "readiness": "Readiness",
    "curves": "Curves",
    RUNS_TAB: "Runs",
    DECISIONS_TAB: "Decisions",
    "files": "Files",
}
"""Name of a tab in the address -> what stands on it; the first is the usual one."""
NO_STATE = "Nothing has been collected yet."


@dataclass(frozen=True)
class Seen:
    """What is shown, told apart by its etag and the run that was asked for."""

    etag: str
    """Equal etags stand for equal content."""
    state: DashboardState | None = field(compare=False)
    sentence: str | None = field(compare=False)
    run_id: str | None = None
    """Id of the stored run that is asked for; null for the current state."""


@dataclass(frozen=True)
class DrawnPage:
    """The regions of one state, and their digests."""

    regions: dict[str, Any]
    digests: dict[str, str]


_DRAWN: deque[DrawnPage] = deque(maxlen=MOST_KEPT)


@lru_cache(maxsize=MOST_KEPT)
def drawn_page(seen: Seen) -> DrawnPage:
    """Draw a state once for all who look at it: hundreds may ask at the moment it changes."""
    regions = render_page(seen.state, seen.sentence, seen.run_id)
    page = DrawnPage(regions, digests(regions))
    _DRAWN.append(page)
    return page


def news_of(page: DrawnPage, region: str, shown: str | None) -> Any:
    """A region as a browser needs it that shows the one of this digest: what changed, or all of it."""
    earlier = next((one.regions[region] for one in list(_DRAWN) if one.digests[region] == shown), None)
    return page.regions[region] if earlier is None else difference(earlier, page.regions[region])


def render_page(state: DashboardState | None, sentence: str | None, run_id: str | None = None) -> dict[str, Any]:
    """Return region or store id -> what it holds. `sentence` is shown where there is no state.

    With `run_id` the state is a stored snapshot, and everything on the page says so.
    """
    return {
        ids.PIPELINE_TITLE: html.Span(state.meta.title, title=state.meta.title) if state else None,
        ids.TABS: render_tabs(state),
        ids.RUN_LABEL: _run_label(state, run_id),
        ids.SNAPSHOT_BANNER: render_snapshot_banner(state, run_id),
        ids.NOTICES: components(notices(state)) or None,
        ids.VERDICT: render_verdict(state, sentence or NO_STATE, is_snapshot=run_id is not None),
        ids.CARDS: components(cards(state)),
        ids.VIEWS: render_views(state),
        ids.GRAPH_EMPTY: render_empty(state),
        ids.STAGE_LIST: render_stage_list(state),
        ids.CHECKLIST: components(checklist(state)),
        ids.LOSSES: render_losses(state),
        ids.LINKS: render_links(state),
        ids.DECISIONS: render_decisions(state),
        ids.DECISIONS_NOW: decisions_now(state),
        ids.LOGS_NOW: logs_now(state, is_snapshot=run_id is not None),
        ids.VERDICT_NOW: verdict_now(state, is_snapshot=run_id is not None),
        ids.LOSS_DATA: in_trees(losses_now(state, is_snapshot=run_id is not None), "head", "foot"),
    }


def render_tabs(state: DashboardState | None) -> list[Component]:
    """Return one link a tab, that of the decisions where something was scored; the URL script marks the open one."""
    shown = {tab: word for tab, word in TABS.items() if tab != DECISIONS_TAB or has_decisions(state)}
    return [html.A(word, href=f"?tab={tab}", **attributes(data_tab=tab)) for tab, word in shown.items()]


def first_view(state: DashboardState | None) -> str:
    """Return the view that is shown where the URL names none."""
    return state.pipeline.views[0].id if state and state.pipeline.views else "flow"


def digests(page: dict[str, Any]) -> dict[str, str]:
    """Return region id -> digest of what it shows: equal digests look the same."""
    return {region: _digest(content) for region, content in page.items()}


def _digest(content: Any) -> str:
    return short_digest(json.dumps(content, default=_plain, sort_keys=True), 16)


def _plain(component: Component) -> Any:
    return [type(component).__name__, props_of(component)]


def _run_label(state: DashboardState | None, run_id: str | None) -> list[Component]:
    name = run_id or (state.meta.run_id if state else "none yet")
    kind = [html.Span("snapshot", className="run-kind run-snapshot")] if run_id else live_words("run-kind")
    return [end_shown(name), *kind]
