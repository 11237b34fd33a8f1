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
from collectors.presentation.words import loss_words, series_label

MOST_ROWS: Final = 60


def loss_table(run: StreamMetrics) -> Element:
    """Return the table, or a sentence where there is nothing to tabulate."""
    held = {name: series for name, series in run.series.items() if series.value}
    if not held:
        return el("p", "No losses yet.", class_="empty")
    by_epoch = all(None not in series.epoch for series in held.values())
    found = {name: dict(zip(_places(one, by_epoch=by_epoch), one.value, strict=True)) for name, one in held.items()}
    places = sorted({place for values in found.values() for place in values})
    kept = _thinned(places)
    names = ("Epoch" if by_epoch else "Step", *(f"{series_label(name)} loss" for name in held))
    caption = el("caption", _caption(run.label, len(places), len(kept)))
    head = el("thead", el("tr", (el("th", name, scope="col") for name in names)))
    return el("table", caption, head, el("tbody", (_row(place, found) for place in kept)), class_="numbers")


def _places(series: Series, *, by_epoch: bool) -> list[float]:
    """Where each point stands: its epoch, else its step, else its number."""
    told = series.epoch if by_epoch else series.step
    return [float(n if at is None else at) for n, at in enumerate(told, start=1)]


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
