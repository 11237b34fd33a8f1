"""An observation -> every region of the page, and what tells a changed region from an unchanged one.

All regions are made from one state, so that verdict, cards and checklist never tell of different
moments. The graph panel draws itself.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.state import DashboardState
from dash_app import ids
from dash_app.views.cards import render_cards
from dash_app.views.checklist import render_checklist
from dash_app.views.links import render_links
from dash_app.views.losses import losses_now, render_losses
from dash_app.views.markup import attributes
from dash_app.views.notices import render_notices
from dash_app.views.verdict import render_verdict, verdict_now

REGIONS = (
    ids.PIPELINE_TITLE,
    ids.TABS,
    ids.RUN_LABEL,
    ids.NOTICES,
    ids.VERDICT,
    ids.CARDS,
    ids.CHECKLIST,
    ids.LOSSES,
    ids.LINKS,
)
"""Regions whose children this module makes, in screen order."""
DATA = (ids.VERDICT_NOW, ids.LOSS_DATA)
"""Stores that the browser's own scripts draw from."""

NO_STATE = "Nothing has been collected yet."


@dataclass(frozen=True)
class Seen:
    """What is shown, told apart by its etag alone."""

    etag: str
    """Equal etags stand for equal content."""
    state: DashboardState | None = field(compare=False)
    sentence: str | None = field(compare=False)


@dataclass(frozen=True)
class DrawnPage:
    """The regions of one state, and their digests."""

    regions: dict[str, Any]
    digests: dict[str, str]


@lru_cache(maxsize=4)
def drawn_page(seen: Seen) -> DrawnPage:
    """Draw a state once for all who look at it: hundreds may ask at the moment it changes."""
    regions = render_page(seen.state, seen.sentence)
    return DrawnPage(regions, digests(regions))


def render_page(state: DashboardState | None, sentence: str | None) -> dict[str, Any]:
    """Return region or store id -> what it holds. `sentence` is shown where there is no state."""
    return {
        ids.PIPELINE_TITLE: html.Span(state.meta.title, title=state.meta.title) if state else None,
        ids.TABS: render_tabs(state),
        ids.RUN_LABEL: _run_label(state),
        ids.NOTICES: render_notices(state),
        ids.VERDICT: render_verdict(state, sentence or NO_STATE),
        ids.CARDS: render_cards(state),
        ids.CHECKLIST: render_checklist(state),
        ids.LOSSES: render_losses(state),
        ids.LINKS: render_links(state),
        ids.VERDICT_NOW: verdict_now(state),
        ids.LOSS_DATA: losses_now(state),
    }


def render_tabs(state: DashboardState | None) -> list[Component]:
    """Return one link a view of the pipeline; the URL script marks the chosen one."""
    views = state.pipeline.views if state else ()
    return [html.A(view.label, href=f"?view={view.id}", **attributes(data_view=view.id)) for view in views]


def first_view(state: DashboardState | None) -> str:
    """Return the view that is shown where the URL names none."""
    return state.pipeline.views[0].id if state and state.pipeline.views else "flow"


def digests(page: dict[str, Any]) -> dict[str, str]:
    """Return region id -> digest of what it shows: equal digests look the same."""
    return {region: _digest(content) for region, content in page.items()}


def _digest(content: Any) -> str:
    told = json.dumps(content, default=_plain, sort_keys=True).encode()
    return hashlib.blake2b(told, digest_size=8).hexdigest()


def _plain(component: Component) -> Any:
    return component.to_plotly_json()  # type: ignore[no-untyped-call] # Dash does not annotate it


def _run_label(state: DashboardState | None) -> list[Component]:
    if state is None:
        return []
    return [html.Span("run "), html.B(state.meta.run_id, title=state.meta.run_id)]
