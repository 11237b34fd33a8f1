"""One stream's losses -> a data table, the chart's twin for those who cannot see it.

At most 60 rows; where there are more points it keeps the first, the last and an even choice
between, and says so.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from collectors.contract.metrics import Series, StreamMetrics
from collectors.numbers import UNKNOWN, number_words, plural
from collectors.presentation.words import loss_words, series_label

MAX_ROWS = 60


def render_table(metrics: StreamMetrics) -> Component:
    """Return the table, or a sentence where there is nothing to tabulate."""
    series = {name: one for name, one in metrics.series.items() if one.value}
    if not series:
        return html.P("No losses yet.", className="empty")
    places = sorted({place for one in series.values() for place in _places(one)})
    kept = _thinned(places)
    head = [html.Th("Epoch" if _has_epochs(series) else "Step", scope="col")]
    head += [html.Th(f"{series_label(name)} loss", scope="col") for name in series]
    found = {name: dict(zip(_places(one), one.value, strict=True)) for name, one in series.items()}
    rows = [html.Tr([html.Th(number_words(place), scope="row"), *_cells(found, place)]) for place in kept]
    caption = html.Caption(_caption(metrics.label, len(places), len(kept)))
    return html.Table([caption, html.Thead(html.Tr(head)), html.Tbody(rows)], className="numbers")


def _has_epochs(series: dict[str, Series]) -> bool:
    return all(epoch is not None for one in series.values() for epoch in one.epoch)


def _places(series: Series) -> list[float]:
    """Where each point stands: its epoch, else its step, else its number."""
    steps = series.step if None in series.epoch else series.epoch
    return [float(index if at is None else at) for index, at in enumerate(steps, start=1)]


def _thinned(places: list[float]) -> list[float]:
    if len(places) <= MAX_ROWS:
        return places
    last = len(places) - 1
    return [places[round(i * last / (MAX_ROWS - 1))] for i in range(MAX_ROWS)]


def _cells(found: dict[str, dict[float, float | None]], place: float) -> list[Component]:
    return [html.Td(_cell(values, place)) for values in found.values()]


def _cell(values: dict[float, float | None], place: float) -> str:
    if place not in values:
        return UNKNOWN
    return loss_words(values[place])


def _caption(label: str, points: int, rows: int) -> str:
    if rows == points:
        return f"{label}: {plural(points, 'point')}"
    return f"{label}: {rows} of {points:,} points, evenly chosen"
