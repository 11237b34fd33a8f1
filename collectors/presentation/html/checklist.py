"""State -> the checklist in the words that the terminal prints. Pure."""

from __future__ import annotations

from collectors.contract.state import Check, DashboardState
from collectors.presentation.html.markup import Html, el
from collectors.presentation.words import OUTCOME_MARKS, OUTCOME_STATUS, one_line, status_class


def render_checklist(state: DashboardState) -> Html:
    """Return the section with one row a check, in order."""
    verdict = state.verdict
    tally = el("span", el("b", verdict.passed), f" / {verdict.total} passed", class_="figure")
    head = el("div", el("h2", "Checklist"), tally, class_="panel-head")
    rows = el("ol", *map(_row, state.checklist), class_="checks")
    body = rows if state.checklist else el("p", "No checks.", class_="empty")
    return el("section", head, body, class_="panel", id="checklist")


def _row(check: Check) -> Html:
    head = [
        el("span", OUTCOME_MARKS[check.outcome], class_="check-mark"),
        el("h3", f"{check.index}. {one_line(check.title)}", class_="check-title"),
        None if check.blocking else el("span", "warning only", class_="check-warning"),
        el("span", check.outcome.upper(), class_="check-outcome"),
    ]
    detail = el("p", one_line(check.detail), class_="check-detail") if check.detail else None
    hint = el("p", el("b", "hint: "), one_line(check.hint), class_="check-hint") if check.hint else None
    shade = status_class(OUTCOME_STATUS[check.outcome])
    return el("li", *head, detail, hint, class_=f"check {shade}", data_check=check.id, data_outcome=check.outcome.value)
