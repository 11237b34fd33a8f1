"""State -> the steps to READY under the verdict: what to do, the command, what it clears. Pure."""

from __future__ import annotations

from collectors.contract.state import DashboardState, Step
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import coded
from collectors.presentation.steps import WHERE, clears_words


def steps(state: DashboardState, *, copied: bool) -> Element | None:
    """Return the list, with a button a command where it can be `copied`; None where there is nothing to do."""
    if not state.steps:
        return None
    where = el("p", WHERE, class_="steps-where") if any(step.command for step in state.steps) else None
    rows = (_step(step, state, copied=copied) for step in state.steps)
    return el("div", el("ol", rows, class_="steps"), where, class_="steps-box")


def _step(step: Step, state: DashboardState, *, copied: bool) -> Element:
    clears = el("span", clears_words(step, state), class_="step-clears")
    return el(
        "li",
        el("p", el("b", coded(step.action)), " ", clears, class_="step-action"),
        _command(step.command, copied=copied) if step.command else None,
        class_="step",
    )


def _command(command: str, *, copied: bool) -> Element:
    press = el("button", "Copy", type="button", class_="copy-button", data_copy=command) if copied else None
    return el("div", el("code", command, class_="step-command"), press, class_="step-line")
