"""One stream's delta -> its table of losses and times, and its config, differing values first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from collectors.contract.delta import ConfigChange, LossChange, Quantity, StreamDelta
from collectors.contract.values import Scalar
from collectors.numbers import change_words, duration_words, listed, number_words, plural, signed_words, value_words
from collectors.presentation.comparison import sameness_words
from collectors.presentation.markup import Element, el
from collectors.presentation.pieces import direction_mark, table
from collectors.presentation.words import against_word, series_label

COLUMNS = ("Measure", "Run", "Baseline", "Difference", "Judged")


def stream_delta(stream: StreamDelta) -> Element:
    """Return the stream's section."""
    why = f"{against_word(stream)}: {'; '.join(stream.reasons)}."
    reasons = el("p", why, class_="incomparable") if stream.reasons else None
    rows = [
        *map(_loss_row, stream.losses),
        _plain_row(f"{stream.counted_in}s", stream.epochs, number_words),
        _plain_row("duration", stream.duration_seconds, duration_words),
        _plain_row(f"time per {stream.counted_in}", stream.seconds_per_epoch, duration_words),
    ]
    return el(
        "section",
        el("h3", stream.label),
        reasons,
        (el("p", note, class_="comparison-note") for note in stream.notes),
        table(COLUMNS, rows, "delta-table"),
        _config(stream),
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


def _config(stream: StreamDelta) -> Element:
    """Only what differs; the rest is one press away. That nothing differs is said only of what was compared."""
    differing = [change for change in stream.config if change.differs]
    equal = [change for change in stream.config if not change.differs]
    same = el("p", _sameness(stream), class_="same")
    untold = f"Incomparable: {listed(stream.configs_untold)}." if stream.configs_untold else None
    summary = el("summary", f"Show the {plural(len(equal), 'equal value')} too")
    rest = el("details", summary, _config_table(equal), class_="all-config") if equal else None
    told = _config_table(differing) if differing else same
    unknown = el("p", untold, class_="same") if untold else None
    return el("div", el("h4", "Config"), told, unknown, rest, class_="config-changes")


def _sameness(stream: StreamDelta) -> str:
    if stream.configs_compared == "whole":
        return "No difference in the configs."
    words = sameness_words(stream)
    return f"{words[0].upper()}{words[1:]}."


def _config_table(changes: Sequence[ConfigChange]) -> Element:
    rows = (
        el(
            "tr",
            el("th", change.name, scope="row"),
            (el("td", _cell(change, v)) for v in (change.run, change.baseline)),
        )
        for change in changes
    )
    return table(("Key", "Run", "Baseline"), rows, "delta-table config-table")


def _cell(change: ConfigChange, value: Scalar) -> str:
    return "not shown" if change.withheld else value_words(value)
