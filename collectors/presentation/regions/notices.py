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
    lines = (el("li", icon("info"), el("span", coded(text)), class_=_kind(text, state)) for text in told)
    return el("ul", lines, class_="notices")


def _kind(text: str, state: DashboardState | None) -> str | None:
    """One line on what was recognised is a caption; what to do where nothing was is a notice like the others."""
    is_caption = state is not None and text == state.meta.recognised and "\n" not in text
    return "recognised" if is_caption else None
