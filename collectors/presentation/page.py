"""DashboardState -> one self-contained HTML page: a further face of the checklist, with curves and files. Pure.

Nothing is loaded and nothing runs: the page's own policy forbids both. The same state gives the same
bytes, whenever it is written. Every text of the state is escaped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from collectors.contract.delta import Delta
from collectors.contract.state import DashboardState
from collectors.presentation.html.axes import Kind
from collectors.presentation.html.checklist import render_checklist
from collectors.presentation.html.comparison import render_comparison
from collectors.presentation.html.config_table import render_config
from collectors.presentation.html.losses import render_losses
from collectors.presentation.html.markup import Html, el
from collectors.presentation.html.provenance import render_provenance
from collectors.presentation.html.readiness import render_readiness
from collectors.presentation.html.style import STYLE
from collectors.presentation.html.verdict import render_head, render_notices, render_verdict
from collectors.presentation.words import VERDICT_WORDS, one_line

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""No script, no font, no picture, no frame from anywhere."""


@dataclass(frozen=True, slots=True)
class Against:
    """The baseline that a run is compared with."""

    run_id: str
    state: DashboardState | None
    """Its snapshot; None where it is gone or cannot be read."""
    delta: Delta | None
    """The comparison; None where it cannot be made."""


def as_html(state: DashboardState, against: Against | None = None, scale: Kind = "linear") -> str:
    """Return the page; `scale` divides the charts' value axes."""
    delta = against.delta if against else None
    baseline_id = against.run_id if against else None
    is_itself = baseline_id == state.meta.run_id
    ghost = against.state if against and not is_itself else None
    parts = [
        render_head(state),
        render_verdict(state, None if is_itself else delta),
        render_notices(state),
        render_checklist(state),
        render_readiness(state),
        render_losses(state, ghost, scale),
        render_comparison(delta, baseline_id),
        render_config(state, None if is_itself else delta),
        render_provenance(state, baseline_id),
    ]
    page = el("html", _head(state), el("body", el("main", *parts)), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _head(state: DashboardState) -> Html:
    title = f"{VERDICT_WORDS[state.verdict.value]} - {state.meta.run_id} - {one_line(state.meta.title)}"
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", title),
        el("style", STYLE),
    )


def file_name(state: DashboardState) -> str:
    """Return what the page is called when it is saved: the run's id holds only letters, digits and `._-`."""
    return f"{state.meta.run_id}-report.html"
