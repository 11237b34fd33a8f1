"""One stream's delta -> its table of losses and times, and its config, differing values first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component

from collectors.contract.delta import ConfigChange, LossChange, Quantity, StreamDelta
from collectors.contract.values import Scalar
from collectors.numbers import listed
from collectors.presentation.comparison import sameness_words
from collectors.presentation.words import (
    UNKNOWN,
    change_text,
    count_text,
    duration_text,
    loss_text,
    number_text,
    series_label,
)
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
        [html.H3(stream.label), *reasons, *notes, table, _config(stream)],
        className="stream-delta",
        **attributes(data_stream=stream.id),
    )


def _loss_row(change: LossChange) -> Component:
    value = change.value
    cells = [loss_text(value.run), loss_text(value.baseline), change_text(value.difference, value.relative)]
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
        _plain_row("epochs", stream.epochs, number_text),
        _plain_row("duration", stream.duration_seconds, duration_text),
        _plain_row("time per epoch", stream.seconds_per_epoch, duration_text),
    ]


def _plain_row(name: str, value: Quantity, words: Callable[[float | None], str]) -> Component:
    """A quantity that is neither better nor worse."""
    cells = [words(value.run), words(value.baseline), _difference(value, words)]
    return html.Tr([html.Th(name, scope="row"), *map(html.Td, cells), html.Td()])


def _difference(value: Quantity, words: Callable[[float | None], str]) -> str:
    if value.difference is None:
        return UNKNOWN
    if value.difference == 0:
        return "0"
    return ("−" if value.difference < 0 else "+") + words(abs(value.difference))


def _config(stream: StreamDelta) -> Component:
    """Only what differs; the rest is one press away."""
    differing = [change for change in stream.config if change.differs]
    same = html.P(_sameness(stream), className="same")
    rows: list[Component] = [_config_table(differing) if differing else same]
    if stream.configs_untold:
        rows.append(html.P(f"Not comparable: {listed(stream.configs_untold)}.", className="same"))
    equal = [change for change in stream.config if not change.differs]
    if equal:
        summary = html.Summary(f"Show the {count_text(len(equal), 'equal value')} too")
        rows.append(html.Details([summary, _config_table(equal)], className="all-config"))
    return html.Div([html.H4("Config"), *rows], className="config-changes")


def _sameness(stream: StreamDelta) -> str:
    """What may be said where no value was found to differ."""
    words = sameness_words(stream)
    return "No difference in the configs." if words == "no difference" else f"{words[0].upper()}{words[1:]}."


def _config_table(changes: Sequence[ConfigChange]) -> Component:
    head = html.Thead(html.Tr([html.Th(name, scope="col") for name in ("Key", "Run", "Baseline")]))
    rows = [
        html.Tr([html.Th(c.name, scope="row"), *(html.Td(_cell(c, v)) for v in (c.run, c.baseline))]) for c in changes
    ]
    return html.Table([head, html.Tbody(rows)], className="delta-table config-table")


def _cell(change: ConfigChange, value: Scalar) -> str:
    return _value(value) if change.withheld is None else "not shown"


def _value(value: Scalar) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
