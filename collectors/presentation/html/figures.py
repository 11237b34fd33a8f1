"""Instants, progress and differences of the report. Pure."""

from __future__ import annotations

from datetime import datetime

from collectors.numbers import UNKNOWN, instant_words, iso_text
from collectors.presentation.html.markup import Html, el


def instant(when: datetime | None) -> Html:
    """Return an instant in UTC; there is no script that could tell it otherwise."""
    return el("span", UNKNOWN) if when is None else el("time", instant_words(when), datetime=iso_text(when))
