"""Selected runs -> the bar that says which and what can be done with them; nothing where none is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.contract.run_row import RunRow
from collectors.presentation.words import VERDICT_WORDS
from dash_app.views.curves.compared import MOST_OVERLAYS
from dash_app.views.markup import attributes
from dash_app.views.runs.history_rows import Looks

MOST_NAMED = 3
MOST_SELECTED = 200


def render_selection(rows: Sequence[RunRow], looks: Looks) -> list[Component]:
    """Return how many are selected, the first names, and the buttons that fit so many."""
    if not rows:
        return []
    run_ids = [row["run_id"] for row in rows]
    names = " · ".join(run_ids[:MOST_NAMED]) + (" …" if len(run_ids) > MOST_NAMED else "")
    few = run_ids[:MOST_OVERLAYS]
    some = "" if len(few) == len(run_ids) else f" the first {len(few)}"
    buttons = [
        _compare(few, some),
        _button(f"Draw curves{' of' if some else ''}{some}", data_draw_runs=",".join(few)),
        *_pin(rows, looks),
        _button("Clear", data_clear_runs=""),
    ]
    return [
        html.B(f"{len(run_ids)} selected", role="status"),
        html.Span(names, className="selection-names", title=", ".join(run_ids)),
        html.Span(buttons, className="selection-buttons"),
    ]


def _compare(run_ids: Sequence[str], some: str) -> Component:
    """One run is compared with what is shown, several with each other."""
    if len(run_ids) == 1:
        marks = {"data_baseline_run": run_ids[0], "data_leave": "comparison"}
        return _button("Compare with what is shown", look="main-button", **marks)
    return _button(f"Compare{some}", look="main-button", data_compare_runs=",".join(run_ids))


def _pin(rows: Sequence[RunRow], looks: Looks) -> list[Component]:
    if len(rows) != 1 or not looks.may_pin or rows[0]["run_id"] == looks.pinned or rows[0]["problem"]:
        return []
    verdict = rows[0]["verdict"]
    marks = {"data_pin": rows[0]["run_id"], "data_verdict": VERDICT_WORDS[verdict] if verdict else ""}
    return [_button("Pin as baseline…", **marks)]


def _button(word: str, *, look: str = "", **marks: str) -> Component:
    named: dict[str, Any] = attributes(**marks)
    return html.Button(word, type="button", className=f"plain-button {look}".strip(), **named)
