"""One stream's delta -> its table of losses and times, and its config, differing values first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component

from collectors.contract.delta import ConfigChange, LossChange, Quantity, StreamDelta
from collectors.numbers import change_words, duration_words, number_words, plural, signed_words, value_words
from collectors.presentation.words import series_label
from dash_app.views.direction import render_direction
from dash_app.views.markup import attributes

COLUMNS = ("Measure", "Run", "Baseline", "Difference", "Judged")


def render_stream_delta(stream: StreamDelta) -> Component:
    """Return the stream's section."""
    reasons = (
        [html.P(f"Incomparable: {'; '.join(stream.reasons)}.", className="incomparable")] if stream.reasons else []
    )
    notes = [html.P(note, className="comparison-note") for note in stream.notes]
    rows = [*map(_loss_row, stream.losses), *_time_rows(stream)]
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in COLUMNS]))
    table = html.Table([head, html.Tbody(rows)], className="delta-table")
    return html.Section(
        [html.H3(stream.label), *reasons, *notes, table, _config(stream.config)],
        className="stream-delta",
        **attributes(data_stream=stream.id),
    )


def _loss_row(change: LossChange) -> Component:
    value = change.value
    cells = [number_words(value.run), number_words(value.baseline), change_words(value.difference, value.relative)]
    return html.Tr(
        [
            html.Th(f"{change.which} {series_label(change.series)}", scope="row"),
            *map(html.Td, cells),
            html.Td(render_direction(change.direction, change.reason)),
        ],
        **attributes(data_loss=f"{change.series}:{change.which}", data_direction=change.direction.value),
    )


def _time_rows(stream: StreamDelta) -> list[Component]:
    return [
        _plain_row("epochs", stream.epochs, number_words),
        _plain_row("duration", stream.duration_seconds, duration_words),
        _plain_row("time per epoch", stream.seconds_per_epoch, duration_words),
    ]


def _plain_row(name: str, value: Quantity, words: Callable[[float | None], str]) -> Component:
    """A quantity that is neither better nor worse."""
    cells = [words(value.run), words(value.baseline), signed_words(value.difference, words)]
    return html.Tr([html.Th(name, scope="row"), *map(html.Td, cells), html.Td()])


def _config(changes: Sequence[ConfigChange]) -> Component:
    """Only what differs; the rest is one press away."""
    differing = [change for change in changes if change.differs]
    same = html.P("No difference in the configs.", className="same")
    rows: list[Component] = [_config_table(differing) if differing else same]
    equal = [change for change in changes if not change.differs]
    if equal:
        summary = html.Summary(f"Show the {plural(len(equal), 'equal value')} too")
        rows.append(html.Details([summary, _config_table(equal)], className="all-config"))
    return html.Div([html.H4("Config"), *rows], className="config-changes")


def _config_table(changes: Sequence[ConfigChange]) -> Component:
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in ("Key", "Run", "Baseline")]))
    rows = [
        html.Tr([html.Th(c.name, scope="row"), html.Td(value_words(c.run)), html.Td(value_words(c.baseline))])
        for c in changes
    ]
    return html.Table([head, html.Tbody(rows)], className="delta-table config-table")
