"""One stream's losses -> a table of numbers, the chart's twin. Pure.

At most 60 rows; where there are more points it keeps the first, the last and an even choice between,
and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from collectors.contract.metrics import Series, StreamMetrics
from collectors.numbers import UNKNOWN, number_words
from collectors.presentation.html.markup import Html, el, joined
from collectors.presentation.words import series_label

MOST_ROWS: Final = 60


def render_loss_table(run: StreamMetrics) -> Html | None:
    """Return the table, folded away; nothing where there are no losses."""
    held = {name: series for name, series in run.series.items() if series.value}
    if not held:
        return None
    by_epoch = all(None not in series.epoch for series in held.values())
    found = {name: dict(zip(_places(s, by_epoch=by_epoch), s.value, strict=True)) for name, s in held.items()}
    places = sorted({place for values in found.values() for place in values})
    kept = _thinned(places)
    names = [el("th", name, scope="col") for name in ("epoch" if by_epoch else "step", *map(series_label, held))]
    body = joined(*(_row(place, found) for place in kept))
    table = el("table", el("thead", el("tr", *names)), el("tbody", body), class_="numbers")
    return el("details", el("summary", _summary(len(places), len(kept))), table, class_="data")


def _places(series: Series, *, by_epoch: bool) -> list[float]:
    """Where each point stands: its epoch, else its step, else its number."""
    told = series.epoch if by_epoch else series.step
    return [float(n if at is None else at) for n, at in enumerate(told, start=1)]


def _thinned(places: list[float]) -> list[float]:
    if len(places) <= MOST_ROWS:
        return places
    last = len(places) - 1
    return [places[round(n * last / (MOST_ROWS - 1))] for n in range(MOST_ROWS)]


def _row(place: float, found: Mapping[str, Mapping[float, float | None]]) -> Html:
    cells = [el("td", _cell(values, place)) for values in found.values()]
    return el("tr", el("th", number_words(place), scope="row"), *cells)


def _cell(values: Mapping[float, float | None], place: float) -> str:
    if place not in values:
        return UNKNOWN
    return "not finite" if values[place] is None else number_words(values[place])


def _summary(points: int, rows: int) -> str:
    if points == rows:
        return f"Data table, {points:,} point{'' if points == 1 else 's'}"
    return f"Data table, {rows} of {points:,} points, evenly chosen"
