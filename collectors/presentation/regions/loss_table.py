"""One stream's losses -> a data table, the chart's twin for those who cannot see it. Pure.

At most 60 rows; where there are more points it keeps the first, the last and an even choice
between, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from collectors.contract.metrics import Series, StreamMetrics
from collectors.numbers import UNKNOWN, number_words, plural
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import table_head
from collectors.presentation.words import loss_words, measure_label, told_label

MOST_ROWS: Final = 60


def loss_table(run: StreamMetrics) -> Element:
    """Return the table, or a sentence where there is nothing to tabulate."""
    held = {name: series for name, series in run.series.items() if series.value}
    if not held:
        return el("p", "No losses yet.", class_="empty")
    known = () if any(one.is_spark for one in held.values()) else ("epoch", "step")
    unit = next((u for u in known if all(None not in getattr(one, u) for one in held.values())), "point")
    found = {name: dict(zip(_places(one, unit), one.value, strict=True)) for name, one in held.items()}
    places = sorted({place for values in found.values() for place in values})
    kept = _thinned(places)
    names = (unit.capitalize(), *(told_label(run, name, measure_label(name)) for name in held))
    caption = el("caption", _caption(run.label, len(places), len(kept)))
    rows = (_row(place, found) for place in kept)
    return el("table", caption, table_head(names), el("tbody", rows), class_="numbers")


def _places(series: Series, unit: str) -> list[float]:
    """Where each point stands: its epoch, its step, or its number where not all of them are known."""
    return [float(at) for at in getattr(series, unit, range(1, len(series.value) + 1))]


def _thinned(places: list[float]) -> list[float]:
    if len(places) <= MOST_ROWS:
        return places
    last = len(places) - 1
    return [places[round(n * last / (MOST_ROWS - 1))] for n in range(MOST_ROWS)]


def _row(place: float, found: Mapping[str, Mapping[float, float | None]]) -> Element:
    cells = (loss_words(values[place]) if place in values else UNKNOWN for values in found.values())
    return el("tr", el("th", number_words(place), scope="row"), (el("td", cell) for cell in cells))


def _caption(label: str, points: int, rows: int) -> str:
    if rows == points:
        return f"{label}: {plural(points, 'point')}"
    return f"{label}: {rows} of {points:,} points, evenly chosen"
