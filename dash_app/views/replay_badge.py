"""Whether the page shows a demonstration -> the badge that says so, and what was moved."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

WHAT_WAS_MOVED = (
    "A real training, recorded earlier and written again now, faster than it was. Times, host and process id "
    "are moved to now and here; every value is as it was recorded."
)


def render_replay_badge(is_demo: bool) -> Component | None:
    """Return the badge, or nothing for a training that happens now."""
    return (
        html.Span([html.Span("replayed "), "recording"], className="replay-badge", title=WHAT_WAS_MOVED)
        if is_demo
        else None
    )
