"""State -> where it all comes from: run, times, versions, and what the levels of its files mean. Pure.

Nothing of the machine is told.
"""

from __future__ import annotations

from typing import Final

from collectors.contract.state import DashboardState
from collectors.presentation.markup import Child, Element, el
from collectors.presentation.pieces import clock

LEGEND: Final = (
    "A file is verified when its contents were read and checked and it belongs to this run; readable is sound, but "
    "not read whole or of an unknown run, present is there, but not sound or not looked into, missing is not there. "
    "It does not say that the weights are good, and as nothing is signed, it does not exclude a file that somebody "
    "forged on purpose."
)


def provenance(state: DashboardState, baseline_id: str | None) -> Element:
    """Return the facts of the run."""
    meta = state.meta
    facts: dict[str, Child] = {
        "run": el("code", meta.run_id),
        "workspace": meta.workspace,
        "collected at": clock(meta.timestamp),
        "started": clock(meta.started_at),
        "last record": clock(meta.finished_at),
        "baseline": el("code", baseline_id) if baseline_id else "none pinned",
        "checklist": "built in" if meta.checklist_source == "builtin" else meta.checklist_source,
        "collector": f"training-dashboard {meta.collector_version}, state schema {state.schema_version}",
    }
    rows = (el("div", el("dt", name), el("dd", words)) for name, words in facts.items())
    return el("dl", rows, class_="facts-list")


def legend() -> Element:
    """Return what the levels mean, in two sentences."""
    return el("p", el("b", "What verified means. "), LEGEND, class_="legend")
