"""A name that a person typed -> what a run's row holds under it: a fact, a measure, a metric or a config value. Pure.

A name may begin with a stream, `patchtst:lr`; without one every stream is asked. A part of a dotted key or of a
metric's name is enough, `lr` for `optim.lr`. What nobody knows has no value; that is never an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collectors.contract.run_row import RunRow, StreamRow, metrics_in, values_in
from collectors.contract.values import Scalar

MEASURE_NAMES: Mapping[str, str] = {
    "val": "final_val_loss",
    "val_loss": "final_val_loss",
    "final": "final_val_loss",
    "final_val_loss": "final_val_loss",
    "best": "best_val_loss",
    "best_val_loss": "best_val_loss",
    "train": "final_train_loss",
    "train_loss": "final_train_loss",
    "final_train_loss": "final_train_loss",
    "epochs": "epochs",
    "epoch": "epochs",
    "steps": "steps",
    "step": "steps",
    "duration": "duration_seconds",
    "duration_seconds": "duration_seconds",
}
"""How a measure of a stream may be called -> its name in the row."""
COUNTS = ("passed", "failed", "skipped", "total")
PARTS = (".", "/")
"""Between the parts of a name."""


def values_named(row: RunRow, name: str) -> Iterator[Scalar]:
    """Every value that a row holds under this name, stream by stream; nothing unknown."""
    if name in COUNTS:
        yield row[name]  # type: ignore[literal-required] # a count of the row
        return
    for stream, told in row["streams"].items():
        found = _value(told, _without(stream, name))
        if found is not None:
            yield found


def _without(stream: str, name: str) -> str | None:
    """A name without the stream it begins with; None where another one of the row might be meant."""
    begin = stream.lower()
    if name.startswith(begin) and name[len(begin) : len(begin) + 1] in (":", *PARTS):
        return name[len(begin) + 1 :]
    return None if ":" in name else name


def _value(told: StreamRow, name: str | None) -> Scalar:
    if name is None:
        return None
    values = values_in(told)
    if name in values:
        return values[name]
    measure = MEASURE_NAMES.get(name)
    if measure is not None:
        stream: Mapping[str, Any] = told
        found: Scalar = stream[measure]
        return found
    key = key_named(values, name)
    return values[key] if key is not None else _metric(told, name)


def _metric(told: StreamRow, name: str) -> float | None:
    if told["metrics"] == "{}":
        return None
    metrics = metrics_in(told)
    key = key_named(metrics, name)
    return None if key is None else metrics[key].telling


def key_named(values: Mapping[str, Any], name: str) -> str | None:
    """The key that a person means: the same letters, else the first whose last parts these are."""
    if name in values:
        return name
    ends = tuple(part + name for part in PARTS)
    return next((key for key in values if (low := key.lower()) == name or low.endswith(ends)), None)
