"""State -> how far a stage's stream is, and the instants that the page counts from.

The state holds instants only; `assets/live/times.js` turns them into "about 95 s left" and
"silent for 6 min" while somebody looks. There is no clock in here.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dash import html
from dash.development.base_component import Component

from collectors.contract.metrics import Completion
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.numbers import instant_words, iso_text
from dash_app.views.markup import attributes


class Progress(NamedTuple):
    """How far a stream is, while it is under way."""

    share: float | None
    """Done of all that is configured, 0 to 1; null where one of both is unknown."""
    ends_at: datetime | None
    """Expected end; null where it cannot be told or the stream is silent."""
    silent_since: datetime | None
    """Last record of a stream that is silent for longer than usual; null otherwise."""


NOTHING = Progress(None, None, None)


def stage_progress(state: DashboardState, stage: str) -> Progress:
    """Return the progress of the stream of that name while its stage runs or is stalled."""
    node, stream = state.nodes.get(stage), state.metrics.get(stage)
    if node is None or stream is None or node.status not in {Status.RUNNING, Status.STALLED}:
        return NOTHING
    so_far = stream.completion
    is_silent = so_far.quiet or node.status is Status.STALLED
    ends_at = None if is_silent else so_far.expected_end_at
    return Progress(_share(so_far), ends_at, so_far.last_record_at if is_silent else None)


def _share(so_far: Completion) -> float | None:
    seen: float | None = so_far.epoch if so_far.unit == "epoch" else so_far.step
    total = so_far.epochs if so_far.unit == "epoch" else so_far.steps
    return None if seen is None or not total else round(min(max(seen / total, 0.0), 1.0), 4)


def render_progress(progress: Progress) -> list[Component]:
    """Return what a row shows of it: a duration that ticks, and a bar."""
    parts: list[Component] = []
    for instant, kind in ((progress.ends_at, "data_left"), (progress.silent_since, "data_silent")):
        if instant:
            times = {"dateTime": iso_text(instant), **attributes(**{kind: ""})}
            parts.append(html.Time(instant_words(instant), className="stage-time", **times))
    if progress.share is not None:
        bar = html.Span(className="stage-bar", style={"width": f"{100 * progress.share:.2f}%"})
        parts.append(html.Span(bar, className="stage-progress"))
    return parts
