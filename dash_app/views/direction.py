"""How a value stands to the baseline's -> word, icon and shade. The word is always there."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.contract.delta import Direction, Judgement
from collectors.presentation.words import (
    DIRECTION_LOOKS,
    DIRECTION_WORDS,
    REGRESSION_LOOKS,
    REGRESSION_WORDS,
    status_class,
)
from dash_app.views.markup import icon


def direction_class(direction: Direction) -> str:
    """Return the class that gives a direction its shade."""
    return status_class(DIRECTION_LOOKS[direction][0])


def render_direction(direction: Direction, reason: str | None = None) -> Component:
    """Return the word with its icon; `reason` is told on hover."""
    look = f"direction {direction_class(direction)}"
    return html.Span([icon(DIRECTION_LOOKS[direction][1]), DIRECTION_WORDS[direction]], className=look, title=reason)


def render_judgement(judgement: Judgement) -> Component:
    """Return what the regression policy says, as a word with its icon."""
    shade, mark = REGRESSION_LOOKS[judgement.value]
    return html.Span([icon(mark), REGRESSION_WORDS[judgement.value]], className=f"judgement {status_class(shade)}")
