"""A column of the table of runs -> what rows are ordered by. Pure.

A column is a fact of the run, `stream:measure`, `stream:metric.NAME` or `stream:config.KEY`; an unknown one is the
start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from collectors.contract.run_row import RunRow, metrics_in, values_in
from collectors.contract.values import VerdictValue

DAMAGED = "damaged"
"""A verdict of its own in filters: the snapshot cannot be read."""
VERDICTS = (*(value.value for value in VerdictValue), DAMAGED)
Key = Callable[[RunRow], Any]


def verdict_of(row: RunRow) -> str:
    """A row's verdict, or `damaged`."""
    return row["verdict"].value if row["verdict"] else DAMAGED


def local_start(row: RunRow, zone: tzinfo) -> datetime:
    """When a run started, or where that is unknown when its content became true, in a zone."""
    try:
        return datetime.fromisoformat(row["started_at"] or row["timestamp"]).astimezone(zone)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(0, UTC)


FACT_KEYS: Mapping[str, Key] = {
    "started": lambda row: row["started_at"] or row["timestamp"],
    "run": lambda row: row["run_id"],
    "verdict": lambda row: VERDICTS.index(verdict_of(row)),
    "passed": lambda row: row["passed"] / row["total"] if row["total"] else None,
    "why": lambda row: row["problem"] or row.get("why") or None,
    "workspace": lambda row: row["workspace"] or None,
}
STARTED = FACT_KEYS["started"]
MEASURES = ("final_val_loss", "best_val_loss", "final_train_loss", "epochs", "duration_seconds")
"""What a stream's columns can be sorted by, as `stream:measure`."""
METRIC = "metric."
"""Begins such a measure that is another metric, by its name."""
CONFIG = "config."
"""Begins what is a value of the config, by its key: a column `stream:config.key`."""
EVERY = "*"
"""Stands for the stream where all streams of a run say the same."""


def ordered(rows: list[RunRow], sort: str, *, descending: bool) -> list[RunRow]:
    """Return rows, which come newest first, in order; what is unknown comes last, whichever way is sorted."""
    if sort == "started" and descending:
        return rows
    key = key_of(sort)
    told = [(key(row), row) for row in rows]
    known = sorted((one for one in told if one[0] is not None), key=lambda one: one[0], reverse=descending)
    return [row for _, row in known] + [row for value, row in told if value is None]


def key_of(sort: str) -> Key:
    """Return what rows are sorted by; an unknown wish is the start."""
    stream, _, measure = sort.partition(":")
    if measure.startswith(METRIC):
        return lambda row: _metric(row, stream, measure.removeprefix(METRIC))
    if measure.startswith(CONFIG):
        return lambda row: order_of(config_value(row, sort))
    if stream and measure in MEASURES:
        return lambda row: _measure(row, stream, measure)
    return FACT_KEYS.get(sort, STARTED)


def _measure(row: RunRow, stream: str, measure: str) -> float | None:
    found: Mapping[str, Any] | None = row["streams"].get(stream)
    return found[measure] if found else None


def config_value(row: RunRow, column: str) -> Any:
    """What a run's config says in a column `stream:config.key`; None where it says nothing."""
    stream, _, key = column.partition(":")
    asked = row["streams"].values() if stream == EVERY else [row["streams"].get(stream)]
    told = (values_in(found).get(key.removeprefix(CONFIG)) for found in asked if found)
    return next((value for value in told if value is not None), None)


def order_of(value: Any) -> tuple[bool, Any] | None:
    """What values of one column are ordered by: numbers before texts; None is unknown."""
    return None if value is None else (isinstance(value, str), value)


def _metric(row: RunRow, stream: str, name: str) -> float | None:
    found = row["streams"].get(stream)
    value = metrics_in(found).get(name) if found else None
    return value.telling if value is not None else None
