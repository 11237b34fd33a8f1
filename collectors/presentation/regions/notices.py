"""State -> what the collector wants a person to know, one line each. Pure."""

from __future__ import annotations

from collectors.contract.state import DashboardState
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import icon


def notices(state: DashboardState | None) -> Element | None:
    """Return the notices, or nothing where there is nothing to tell."""
    if state is None or not state.notices:
        return None
    return el("ul", (el("li", icon("info"), el("span", text)) for text in state.notices), class_="notices")
