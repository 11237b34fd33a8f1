"""State -> what was recognised, and what the collector wants a person to know, one line each. Pure."""

from __future__ import annotations

from collectors.contract.state import DashboardState
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import coded, icon


def notices(state: DashboardState | None) -> Element | None:
    """Return the notices, or nothing where there is nothing to tell."""
    told = [text for text in (state.meta.recognised, *state.notices) if text] if state is not None else []
    if not told:
        return None
    return el("ul", (el("li", icon("info"), el("span", coded(text))) for text in told), class_="notices")
