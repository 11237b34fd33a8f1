"""Rows of runs -> what the scatter draws: a measure of one stream over time, with what it is held against.

A run without a finite value has no point, and how many those are is said. *Best so far* is of runs that were trained to
their end. The page's script places the points; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dash import html
from dash.development.base_component import Component

from collectors.compare.regression import allowance, quantity, way_of
from collectors.contract.metric_rules import Better
from collectors.contract.policy import Policy
from collectors.contract.run_row import RunRow, StreamRow, metric_names, metrics_in, targets_in
from collectors.numbers import number_words, plural
from dash_app.reading.query import streams_of
from dash_app.reading.run_configs import is_whole
from dash_app.reading.run_order import METRIC, VERDICTS, Key, key_of, verdict_of
from dash_app.views.markup import attributes
from dash_app.views.tree import as_tree

MOST_POINTS = 20_000
"""The newest; a browser draws so many at once."""
LOOKED_AT = 200
"""Rows from which streams and metrics are told."""
MOST_STREAMS, MOST_METRICS = 6, 3
USUAL = ("final_val_loss", "best_val_loss")
LABELS = {"final_val_loss": "final val loss", "best_val_loss": "best val loss"}


class Measure(NamedTuple):
    """What is drawn."""

    stream: str
    name: str
    """A measure of the row, or `metric.NAME`."""

    @property
    def key(self) -> str:
        """As a wish names it."""
        return f"{self.stream}:{self.name}"

    @property
    def label(self) -> str:
        """What it is called."""
        return LABELS.get(self.name) or self.name.removeprefix(METRIC)

    @property
    def series(self) -> str:
        """The series it is a value of."""
        return self.name.removeprefix(METRIC) if self.name.startswith(METRIC) else "val_loss"


def runs_chart(
    rows: Sequence[RunRow], wished: str, baseline: RunRow | None, policy: Policy | None = None
) -> dict[str, Any] | None:
    """Return what is drawn of these rows, newest first; None where no run has a value of anything."""
    offered = _offered(rows[:LOOKED_AT])
    measure = next((one for one in offered if one.key == wished), offered[0] if offered else None)
    if measure is None:
        return None
    value = key_of(measure.key)
    found = [row for row in rows[:MOST_POINTS] if value(row) is not None][::-1]
    better = _better(found, measure, policy or Policy())
    held = {"baseline": _baseline(value, baseline, (measure.series, better), policy or Policy())}
    return {
        "head": as_tree(_head(measure, offered, (len(found), len(rows)))),
        "label": measure.label,
        "verdicts": [verdict.replace("_", " ") for verdict in VERDICTS],
        "ids": [row["run_id"] for row in found],
        "time": [_seconds(row) for row in found],
        "value": [value(row) for row in found],
        "verdict": [VERDICTS.index(verdict_of(row)) for row in found],
        "best": _best_so_far(found, value, measure.stream, better),
        "targets": _targets(found, measure),
        **held,
    }


def _offered(rows: Sequence[RunRow]) -> list[Measure]:
    """What the rows have values of, the usual losses of each stream first."""
    metrics = metric_names(rows, MOST_METRICS)
    measures = [
        Measure(stream, name)
        for stream in streams_of(rows)[:MOST_STREAMS]
        for name in (*USUAL, *(f"{METRIC}{one}" for one in metrics[stream]))
    ]
    return [one for one in measures if any(key_of(one.key)(row) is not None for row in rows)]


def _seconds(row: RunRow) -> int:
    return int(datetime.fromisoformat(row["started_at"] or row["timestamp"]).timestamp())


def _better(rows: Sequence[RunRow], measure: Measure, policy: Policy) -> Better | None:
    """Which way it gets better: as the policy or the name says, else as the best values lie to the last ones."""
    told = way_of(measure.series, policy)
    if told is not None or not measure.name.startswith(METRIC):
        return told
    values = (metrics_in(row["streams"][measure.stream]).get(measure.series) for row in rows)
    known = [(v.best, v.final) for v in values if v and v.best is not None and v.final is not None]
    ways: set[Better] = {"higher" if best > final else "lower" for best, final in known if best != final}
    return ways.pop() if len(ways) == 1 else None


def _best_so_far(rows: Sequence[RunRow], value: Key, stream: str, better: Better | None) -> list[tuple[int, float]]:
    """Where the best value became another one; rows come oldest first."""
    steps: list[tuple[int, float]] = []
    for row in rows:
        now = value(row)
        if better is None or not is_whole(row["streams"][stream]):
            continue
        if not steps or (now < steps[-1][1] if better == "lower" else now > steps[-1][1]):
            steps.append((_seconds(row), now))
    return steps


def _baseline(
    value: Key, baseline: RunRow | None, of: tuple[str, Better | None], policy: Policy
) -> Mapping[str, Any] | None:
    """Its value, and how far another may go for the worse where the policy says so of this series."""
    told = value(baseline) if baseline and baseline["problem"] is None else None
    if baseline is None or told is None:
        return None
    series, better = of
    is_judged = better is not None and (series == policy.metric or series in policy.metrics)
    room = allowance(quantity(None, told), policy.of(series)) if is_judged else 0.0
    limit = told + room if better == "lower" else told - room
    return {"run": baseline["run_id"], "value": told, "limit": limit if room else None}


def _targets(rows: Sequence[RunRow], measure: Measure) -> list[tuple[float, str]]:
    """The newest run's targets of the series."""
    told: StreamRow | None = rows[-1]["streams"].get(measure.stream) if rows else None
    target = targets_in(told).get(measure.series) if told else None
    if target is None:
        return []
    bounds = zip(target, ("at least", "at most"), strict=True)
    return [(bound, f"{word} {number_words(bound)}") for bound, word in bounds if bound is not None]


def _head(measure: Measure, offered: Sequence[Measure], counts: tuple[int, int]) -> list[Component]:
    drawn, of = counts
    some = plural(of, "run") if drawn == of else f"{drawn:,} of {plural(of, 'run')}"
    chips = [_chip(one, is_on=one == measure) for one in offered]
    return [
        html.B(f"{measure.stream} {measure.label} of {some}", className="chart-title"),
        html.Div(chips, className="chart-choice", role="group", **attributes(aria_label="What is drawn")),
    ]


def _chip(measure: Measure, *, is_on: bool) -> Component:
    marks = attributes(data_wish="measure", data_value=measure.key, aria_pressed="true" if is_on else "false")
    return html.Button(f"{measure.stream} {measure.label}", type="button", className="plain-button chip", **marks)
