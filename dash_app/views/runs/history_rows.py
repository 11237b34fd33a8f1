"""One run's row of the history table: its cells by column, and its buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from collectors.compare.rows import final_val_change
from collectors.contract.delta import LossChange
from collectors.contract.policy import Policy
from collectors.contract.run_row import RunRow, StreamRow, metrics_in, spark_of
from collectors.numbers import UNKNOWN, duration_words, number_words, share_words, signed_words
from collectors.presentation.pieces import verdict_mark
from collectors.presentation.words import DIRECTION_WORDS, VERDICT_WORDS
from dash_app.reading.query import METRIC
from dash_app.views.markup import attributes, icon, text_clock, unseen
from dash_app.views.spark import render_spark
from dash_app.views.tree import component

FACTS = {"started": "Started", "verdict": "Verdict", "passed": "Passed", "workspace": "Workspace"}
MEASURE_LABELS = {
    "spark": "val loss",
    "final_val_loss": "final val",
    "delta": "vs baseline",
    "best_val_loss": "best val",
    "final_train_loss": "final train",
    "epochs": "epochs",
    "duration_seconds": "duration",
}
METRIC_TITLE = "Its best value, or its last where neither way is better."
DELTA_TITLE = "Final validation loss less the baseline's, judged as the comparison judges it."


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    """A fact or a measure."""
    stream: str | None
    """The stream it is about; null for a fact of the run."""
    label: str
    """Its heading."""
    sort: str | None
    """What its button sorts by; null for none."""
    title: str | None = None
    """What a reader must know about it."""
    metric: str | None = None
    """The metric that it shows, where it is none of the usual losses."""


def columns_of(chosen: Sequence[str], streams: Mapping[str, Sequence[str]]) -> list[Column]:
    """Return the run's name, the chosen facts, then the chosen measures and metrics stream by stream.

    `streams`: names of the metrics of each stream.
    """
    facts = [Column(name, None, label, _fact_sort(name)) for name, label in FACTS.items() if name in chosen]
    measures = [
        column
        for stream, metrics in streams.items()
        for column in (
            *(_measure(name, stream) for name in MEASURE_LABELS if name in chosen),
            *(_metric(name, stream) for name in metrics if "metrics" in chosen),
        )
    ]
    return [Column("run", None, "Run", "run"), *facts, *measures]


def _fact_sort(name: str) -> str | None:
    return None if name == "workspace" else name


def _measure(name: str, stream: str) -> Column:
    measured = {"spark": None, "delta": "final_val_loss"}.get(name, name)
    title = DELTA_TITLE if name == "delta" else None
    return Column(name, stream, f"{stream} {MEASURE_LABELS[name]}", measured and f"{stream}:{measured}", title)


def _metric(name: str, stream: str) -> Column:
    return Column("metrics", stream, f"{stream} {name}", f"{stream}:{METRIC}{name}", METRIC_TITLE, name)


def render_row(row: RunRow, columns: Sequence[Column], looks: Looks) -> Component:
    """Return a run's row; the one on screen and the baseline are marked."""
    cells = [_cell(column, row, looks) for column in columns]
    look = "run-row is-shown" if row["run_id"] == looks.shown else "run-row"
    cells_all = [html.Td(_overlay(row)), *cells, html.Td(_buttons(row, looks), className="run-actions")]
    return html.Tr(cells_all, className=look, **attributes(data_run=row["run_id"]))


def _overlay(row: RunRow) -> Component:
    return html.Button(
        unseen(f"Draw {row['run_id']} too"),
        type="button",
        role="checkbox",
        className="check-button",
        disabled=row["problem"] is not None,
        **attributes(data_overlay=row["run_id"], aria_checked="false"),
    )


def _cell(column: Column, row: RunRow, looks: Looks) -> Component:
    if column.name == "run":
        return html.Th(_name(row, looks), scope="row", className="run-name")
    if column.stream is None:
        return html.Td(_fact(column.name, row), className=f"cell-{column.name}")
    found: Mapping[str, Any] | None = row["streams"].get(column.stream)
    if column.metric is not None:
        return html.Td(_metric_words(column.metric, row["streams"].get(column.stream)), className="cell-metrics")
    if column.name == "delta":
        return html.Td(_difference(column.stream, row, looks) if found else UNKNOWN, className="cell-delta")
    return html.Td(_measured(column, found) if found else UNKNOWN, className=f"cell-{column.name}")


def _name(row: RunRow, looks: Looks) -> list[Component]:
    show = html.A(
        row["run_id"], href=f"?{urlencode({'run': row['run_id']})}", className="run-link",
        title=row["problem"] or "Show this run",
        **attributes(data_show_run=row["run_id"], data_leave=""),
    )  # fmt: skip
    marks = []
    if row["run_id"] == looks.pinned:
        marks.append(html.Span([icon("pin"), "pinned"], className="pin-mark"))
    elif looks.baseline and row["run_id"] == looks.baseline["run_id"]:
        marks.append(html.Span("baseline", className="pin-mark"))
    return [show, *marks]


def _fact(name: str, row: RunRow) -> Any:
    if name == "started":
        return text_clock(row["started_at"] or row["timestamp"])
    if name == "verdict":
        return component(verdict_mark(row["verdict"]))
    if name == "passed":
        return f"{row['passed']}/{row['total']}" if row["total"] else UNKNOWN
    return row["workspace"] or UNKNOWN


def _measured(column: Column, found: Mapping[str, Any]) -> Any:
    if column.name == "spark":
        return render_spark(spark_of(found))  # type: ignore[arg-type] # a row of the index
    value = found[column.name]
    if column.name == "duration_seconds":
        return duration_words(value)
    if column.name == "epochs" and value is None and found["steps"] is not None:
        return f"{number_words(found['steps'])} steps"
    if column.name == "epochs":
        return number_words(value)
    return "diverged" if found["diverged"] and column.name == "final_val_loss" else number_words(value)


def _metric_words(name: str, found: StreamRow | None) -> str:
    value = metrics_in(found).get(name) if found else None
    return UNKNOWN if value is None else number_words(value.telling)


def _difference(stream: str | None, row: RunRow, looks: Looks) -> Component | str:
    """How much the final validation loss differs; a dash where there is no baseline to tell it to."""
    baseline = looks.baseline
    if baseline is None or baseline["problem"] is not None:
        return UNKNOWN
    sides = [one["streams"].get(stream or "") for one in (row, baseline)]
    change = final_val_change(sides[0], sides[1], looks.policy)
    title = change.reason or f"{DIRECTION_WORDS[change.direction]}, against {number_words(change.value.baseline)}"
    return html.Span(difference_text(change), title=title, **attributes(data_direction=change.direction.value))


def difference_text(change: LossChange) -> str:
    """Return the difference as a share, `-41.8 %`; as a number where the baseline is 0; or that there is none."""
    if not change.direction.is_told:
        return DIRECTION_WORDS[change.direction]
    share = change.value.relative
    if share is None:
        return signed_words(change.value.difference)
    return share_words(share)


def _buttons(row: RunRow, looks: Looks) -> list[Component]:
    """What can be done with a run; nothing with a damaged one."""
    if row["problem"] is not None:
        return []
    run_id = row["run_id"]
    compare = attributes(data_baseline_run=run_id, data_leave="comparison")
    buttons = [_button("Compare", f"Compare what is shown with {run_id}", compare)]
    if looks.may_pin and run_id != looks.pinned:
        buttons.append(_button("Pin", f"Make {run_id} the baseline for everybody", _pins(row)))
    return buttons


def _pins(row: RunRow) -> dict[str, Any]:
    """What the dialog asks about: the run and its verdict."""
    return attributes(data_pin=row["run_id"], data_verdict=VERDICT_WORDS[row["verdict"]] if row["verdict"] else "")


def _button(word: str, title: str, marks: dict[str, Any]) -> Component:
    return html.Button(word, type="button", className="plain-button", title=title, **marks)


@dataclass(frozen=True)
class Looks:
    """What the table marks besides the rows themselves."""

    shown: str | None
    """Id of the stored run on screen."""
    baseline: RunRow | None
    """The row that differences are told to."""
    pinned: str | None
    """Id of the baseline that everybody gets."""
    may_pin: bool
    """Whether pinning is offered."""
    policy: Policy = field(default_factory=Policy)
    """What must be equal for two runs to be comparable, and what is tolerated."""
