"""One stream's delta -> its table of losses and times, and its config, differing values first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from collectors.contract.delta import ConfigChange, LossChange, Quantity, StreamDelta
from collectors.numbers import change_words, duration_words, number_words, plural, signed_words, value_words
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import direction_mark, table
from collectors.presentation.words import series_label

COLUMNS = ("Measure", "Run", "Baseline", "Difference", "Judged")


def stream_delta(stream: StreamDelta) -> Element:
    """Return the stream's section."""
    reasons = el("p", f"Incomparable: {'; '.join(stream.reasons)}.", class_="incomparable") if stream.reasons else None
    rows = [
        *map(_loss_row, stream.losses),
        _plain_row("epochs", stream.epochs, number_words),
        _plain_row("duration", stream.duration_seconds, duration_words),
        _plain_row("time per epoch", stream.seconds_per_epoch, duration_words),
    ]
    return el(
        "section",
        el("h3", stream.label),
        reasons,
        (el("p", note, class_="comparison-note") for note in stream.notes),
        table(COLUMNS, rows, "delta-table"),
        _config(stream.config),
        class_="stream-delta",
        data_stream=stream.id,
    )


def _loss_row(change: LossChange) -> Element:
    value = change.value
    cells = (number_words(value.run), number_words(value.baseline), change_words(value.difference, value.relative))
    return el(
        "tr",
        el("th", f"{change.which} {series_label(change.series)}", scope="row"),
        (el("td", cell) for cell in cells),
        el("td", direction_mark(change.direction, change.reason)),
        data_loss=f"{change.series}:{change.which}",
        data_direction=change.direction.value,
    )


def _plain_row(name: str, value: Quantity, words: Callable[[float | None], str]) -> Element:
    """A quantity that is neither better nor worse."""
    cells = (words(value.run), words(value.baseline), signed_words(value.difference, words), None)
    return el("tr", el("th", name, scope="row"), (el("td", cell) for cell in cells))


def _config(changes: Sequence[ConfigChange]) -> Element:
    """Only what differs; the rest is one press away."""
    differing = [change for change in changes if change.differs]
    equal = [change for change in changes if not change.differs]
    same = el("p", "No difference in the configs.", class_="same")
    summary = el("summary", f"Show the {plural(len(equal), 'equal value')} too")
    rest = el("details", summary, _config_table(equal), class_="all-config") if equal else None
    told = _config_table(differing) if differing else same
    return el("div", el("h4", "Config"), told, rest, class_="config-changes")


def _config_table(changes: Sequence[ConfigChange]) -> Element:
    rows = (
        el("tr", el("th", change.name, scope="row"), (el("td", value_words(v)) for v in (change.run, change.baseline)))
        for change in changes
    )
    return table(("Key", "Run", "Baseline"), rows, "delta-table config-table")
