"""State -> the checklist, item by item the text that the validator prints.

The first few failing checks stand open; the others open on a click. Which stages rest on a check is written
on its row, so that selecting one finds the other.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.contract.state import Check, CheckEvidence, DashboardState
from collectors.contract.values import Outcome
from collectors.presentation.words import OUTCOME_MARKS, OUTCOME_STATUS, status_class
from dash_app.views.markup import attributes

MOST_OPEN = 3
"""So many failing checks stand open; where more fail, their list is worth more than their hints."""


def render_checklist(state: DashboardState | None) -> list[Component]:
    """Return the panel's heading and rows."""
    if state is None or not state.checklist:
        return [_header(None), html.P("No checks yet.", className="empty")]
    failing = [check.id for check in state.checklist if check.outcome is Outcome.FAIL]
    opened = failing[:MOST_OPEN]
    rows = [_row(check, _stages_of(check.id, state), is_open=check.id in opened) for check in state.checklist]
    return [_header(state), html.Ol(rows, className="checks")]


def _header(state: DashboardState | None) -> Component:
    tally: list[Component | str] = []
    if state is not None:
        tally = [html.B(state.verdict.passed), f" / {state.verdict.total}"]
    return html.Header([html.H2("Checklist"), html.Span(tally, className="figure")], className="panel-head")


def _row(check: Check, stages: list[str], *, is_open: bool) -> Component:
    body = [_summary(check)]
    if check.hint:
        body.append(html.P(check.hint, className="check-hint"))
    if evidence := _evidence(check):
        body.append(html.Ul(evidence, className="check-evidence"))
    return html.Li(
        html.Details(body, open=is_open),
        id=f"check-{check.id}",
        className=f"check {status_class(OUTCOME_STATUS[check.outcome])}",
        **attributes(data_check=check.id, data_stages=" ".join(stages)),
    )


def _summary(check: Check) -> Component:
    title = html.Span(f"{check.index}. {check.title}", className="check-title")
    outcome = html.Span(check.outcome.value.upper(), className="check-outcome")
    warning = [] if check.blocking else [html.Span("warning only", className="check-warning")]
    mark = html.Span(OUTCOME_MARKS[check.outcome], className="check-mark")
    return html.Summary(
        [mark, title, *warning, outcome, html.Span(check.detail, title=check.detail, className="check-detail")]
    )


def _evidence(check: Check) -> list[Component]:
    """What a check looked at, as far as its detail does not say the same already."""
    return [html.Li(_found_at(one)) for one in check.evidence if one.text not in check.detail]


def _found_at(evidence: CheckEvidence) -> list[Component]:
    path = [html.Code(evidence.path)] if evidence.path else []
    return [*path, html.Span(evidence.text)]


def _stages_of(check: str, state: DashboardState) -> list[str]:
    """Stages that rest on a check, in the order they are drawn."""
    nodes = state.nodes
    ids = [stage.id for stage in state.pipeline.stages]
    return [stage for stage in ids if stage in nodes and check in nodes[stage].checks]
