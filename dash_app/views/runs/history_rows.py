"""One run's row of the history table: its cells by column, and the box that selects it."""

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
from collectors.numbers import UNKNOWN, duration_words, number_words, share_words, signed_words, value_words
from collectors.presentation.pieces import verdict_mark
from collectors.presentation.words import DIRECTION_LOOKS, DIRECTION_WORDS, status_class
from dash_app.reading.run_order import config_value
from dash_app.views.markup import attributes, icon, text_clock, unseen
from dash_app.views.runs.columns import Column
from dash_app.views.spark import render_spark
from dash_app.views.tree import component


def render_row(row: RunRow, columns: Sequence[Column], looks: Looks) -> Component:
    """Return a run's row; the one on screen and the baseline are marked."""
    cells = [_cell(column, row, looks) for column in columns]
    look = "run-row is-shown" if row["run_id"] == looks.shown else "run-row"
    return html.Tr([html.Td(_box(row)), *cells], className=look, **attributes(data_run=row["run_id"]))


def _box(row: RunRow) -> Component:
    return html.Button(
        unseen(f"Select {row['run_id']}"),
        type="button",
        role="checkbox",
        className="check-button",
        disabled=row["problem"] is not None,
        **attributes(data_select=row["run_id"], aria_checked="false"),
    )


def _cell(column: Column, row: RunRow, looks: Looks) -> Component:
    if column.name == "run":
        return html.Th(_name(row, looks), scope="row", className="run-name")
    if column.config is not None:
        return html.Td(_config_words(column.config, row), className=column.look)
    if column.stream is None:
        return html.Td(_fact(column.name, row), className=column.look, title=_fact_title(column.name, row))
    found = row["streams"].get(column.stream)
    return html.Td(_told(column, found, row, looks) if found else UNKNOWN, className=column.look)


def _told(column: Column, found: StreamRow, row: RunRow, looks: Looks) -> Any:
    if column.metric is not None:
        return _metric_words(column.metric, found)
    return _difference(column.stream, row, looks) if column.name == "delta" else _measured(column, found)


def _config_words(column: str, row: RunRow) -> str:
    value = config_value(row, column)
    return UNKNOWN if value is None else value_words(value)


def _fact_title(name: str, row: RunRow) -> str | None:
    return (row["problem"] or row.get("why")) if name == "why" else None


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
    if name == "why":
        return row["problem"] or row.get("why") or ""
    if name == "passed":
        return f"{row['passed']}/{row['total']}" if row["total"] else UNKNOWN
    return row["workspace"] or UNKNOWN


def _measured(column: Column, found: StreamRow) -> Any:
    if column.name == "spark":
        return render_spark(spark_of(found))
    told: Mapping[str, Any] = found
    value = told[column.name]
    if column.name == "duration_seconds":
        return duration_words(value)
    if column.name == "epochs" and value is None and found["steps"] is not None:
        return f"{number_words(found['steps'])} steps"
    if column.name == "epochs":
        return number_words(value)
    return "diverged" if found["diverged"] and column.name == "final_val_loss" else number_words(value)


def _metric_words(name: str, found: StreamRow) -> str:
    value = metrics_in(found).get(name)
    return UNKNOWN if value is None else number_words(value.telling)


def _difference(stream: str | None, row: RunRow, looks: Looks) -> Component | str:
    """How much the final validation loss differs; a dash where there is no baseline to tell it to."""
    baseline = looks.baseline
    if baseline is None or baseline["problem"] is not None:
        return UNKNOWN
    sides = [one["streams"].get(stream or "") for one in (row, baseline)]
    change = final_val_change(sides[0], sides[1], looks.policy)
    title = change.reason or f"{DIRECTION_WORDS[change.direction]}, against {number_words(change.value.baseline)}"
    shade = status_class(DIRECTION_LOOKS[change.direction][0])
    word = [unseen(f" {DIRECTION_WORDS[change.direction]}")] if change.direction.is_told else []
    return html.Span(
        [difference_text(change), *word],
        title=title,
        className=f"difference {shade}",
        **attributes(data_direction=change.direction.value),
    )


def difference_text(change: LossChange) -> str:
    """Return the difference as a share, `-41.8 %`; as a number where the baseline is 0; or that there is none."""
    if not change.direction.is_told:
        return DIRECTION_WORDS[change.direction]
    share = change.value.relative
    if share is None:
        return signed_words(change.value.difference)
    return share_words(share)


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
    """Whether pinning is offered in the bar of what is selected."""
    policy: Policy = field(default_factory=Policy)
    """What must be equal for two runs to be comparable, and what is tolerated."""
