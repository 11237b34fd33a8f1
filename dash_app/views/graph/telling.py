"""State and view -> the stage that tells most while nobody has selected one, and why it was chosen.

Where something went wrong it is the first of it along the edges, for the rest follows from it. A stage that a
check rests on goes before one that only sums up others. It decides what is shown, never a status.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from collectors.contract.graph import StageInfo
from collectors.contract.state import DashboardState
from collectors.contract.values import Outcome, Status
from dash_app.views.graph.layout import reading_order


class Telling(NamedTuple):
    """A stage, and in a few words why this one."""

    stage: StageInfo
    why: str


KINDS: Final = ((Status.FAIL, Status.STALLED), (Status.RUNNING,), (Status.DONE,))
"""What is looked for, most telling first."""
WORDS: Final = {
    Status.FAIL: "First to fail",
    Status.STALLED: "First to stall",
    Status.RUNNING: "Running now",
    Status.DONE: "Last done",
}


def telling_stage(state: DashboardState, view: str | None) -> Telling | None:
    """Return the stage to show first in a view; null while nothing has happened in it."""
    stages = {stage.id: stage for stage in state.pipeline.stages}
    order = [stages[name] for name in reading_order(state.pipeline, view or "")]
    for statuses in KINDS:
        found = [stage for stage in order if stage.id in state.nodes and state.nodes[stage.id].status in statuses]
        if found:
            judged = [stage for stage in found if state.nodes[stage.id].checks]
            return _chosen(_causes(judged, state) or judged or found, state)
    return None


def _causes(stages: Sequence[StageInfo], state: DashboardState) -> list[StageInfo]:
    """Those that do more than repeat what failed elsewhere."""
    failing = {c.id: bool(c.follows_from) for c in state.checklist if c.outcome is Outcome.FAIL}
    told = {s.id: [failing[c] for c in state.nodes[s.id].checks if c in failing] for s in stages}
    return [stage for stage in stages if not told[stage.id] or not all(told[stage.id])]


def _chosen(stages: Sequence[StageInfo], state: DashboardState) -> Telling:
    """The first of what went wrong, else the last: that is how far things have come."""
    first, last = stages[0], stages[-1]
    went_wrong = state.nodes[first.id].status in KINDS[0]
    stage = first if went_wrong else last
    return Telling(stage, WORDS[state.nodes[stage.id].status])
