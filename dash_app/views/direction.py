"""How a value stands to the baseline's -> word, icon and shade. The word is always there."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.contract.delta import Direction, Judgement, Regression
from collectors.contract.values import Status
from collectors.presentation.comparison import RESULTS
from collectors.presentation.comparison import WORDS as DIRECTION_WORDS
from collectors.presentation.words import status_class
from dash_app.views.markup import icon

SHADES = {
    Direction.BETTER: Status.DONE,
    Direction.WORSE: Status.FAIL,
    Direction.WITHIN: Status.IDLE,
    Direction.INCOMPARABLE: Status.STALLED,
}
ICONS = {
    Direction.BETTER: "done",
    Direction.WORSE: "fail",
    Direction.WITHIN: "within",
    Direction.INCOMPARABLE: "incomplete",
}
JUDGED = {
    Regression.NONE: (Status.DONE, "done"),
    Regression.REGRESSION: (Status.FAIL, "fail"),
    Regression.INCOMPARABLE: (Status.STALLED, "incomplete"),
    Regression.INCOMPLETE: (Status.STALLED, "incomplete"),
}


def direction_class(direction: Direction) -> str:
    """Return the class that gives a direction its shade."""
    return status_class(SHADES[direction])


def render_direction(direction: Direction, reason: str | None = None) -> Component:
    """Return the word with its icon; `reason` is told on hover."""
    look = f"direction {direction_class(direction)}"
    return html.Span([icon(ICONS[direction]), DIRECTION_WORDS[direction]], className=look, title=reason)


def render_judgement(judgement: Judgement) -> Component:
    """Return what the regression policy says, as a word with its icon."""
    shade, mark = JUDGED[judgement.value]
    return html.Span([icon(mark), RESULTS[judgement.value]], className=f"judgement {status_class(shade)}")
