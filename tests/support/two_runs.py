"""A ready run with a thing or two changed, to be set against a ready baseline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.state_parts import raw_state

from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState

Change = Callable[[dict[str, Any]], object]


def changed(*changes: Change) -> DashboardState:
    """A ready run of another id, with these changes made one after the other."""
    raw = raw_state()
    raw["meta"]["run_id"] = "run-20261124-120000"
    for change in changes:
        change(raw)
    return DashboardState.model_validate(raw)


def losses(values: list[float | None], stream: str = "patchtst", series: str = "val_loss", first: float = 1) -> Change:
    """Let a stream have these losses, counted from `first`, and their last and lowest one as its points."""

    def change(raw: dict[str, Any]) -> None:
        found, epochs = raw["metrics"][stream], [first + n for n in range(len(values))]
        found["series"][series] = {
            "epoch": epochs, "step": list(range(len(values))), "time": [None] * len(values), "value": values,
        }  # fmt: skip
        finite = [v for v in values if v is not None]
        for which, value in (("final", values[-1]), ("best", min(finite, default=None))):
            found[which] = found[which] | {series: {"value": value, "epoch": epochs[-1], "step": 1}}

    return change


def config(stream: str = "patchtst", **values: object) -> Change:
    """Let the highlights of a stream's config say this too."""
    return lambda raw: raw["metrics"][stream]["config"].update(values)


def completion(stream: str = "patchtst", **values: object) -> Change:
    """Let a stream's progress be another one."""
    return lambda raw: raw["metrics"][stream]["completion"].update(values)


def stepped(raw: dict[str, Any]) -> None:
    """Let a stream know its steps alone, 520 of them."""
    for series in raw["metrics"]["patchtst"]["series"].values():
        series["epoch"] = [None] * len(series["value"])
    completion(epoch=None, step=520, steps=520, unit="step")(raw)


def without(stream: str) -> Change:
    """A run that has no such stream."""
    return lambda raw: raw["metrics"].pop(stream)


def untrained(stream: str = "patchtst") -> Change:
    """A stream that has left no sign of training."""

    def change(raw: dict[str, Any]) -> None:
        raw["metrics"][stream].update(series={}, final={}, best={})
        completion(stream, status="idle", epoch=None, started_at=None, last_record_at=None)(raw)

    return change


def stream_of(state: DashboardState, stream: str = "patchtst") -> StreamMetrics:
    """One stream's metrics."""
    return state.metrics[stream]
