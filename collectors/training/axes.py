"""Steps of event files -> epochs, only where something says which epoch a step is. Pure.

A step is not an epoch. In this order it is told by: a table that has both, an epoch recorded in the same files,
the config's steps an epoch, a declaration, a table whose values stand at those steps, and steps that count
exactly the configured epochs with a validation at each. Otherwise the axis stays steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from collectors.evidence.order import distinct
from collectors.training.series import is_validation
from collectors.training.stream_runs import Curve

AGREEMENT = 1e-3
"""Relative difference up to which a CSV value and a 32-bit event value are the same number."""
SHIFTS = (0.0, 1.0, -1.0)
"""Distances between two counts of the same epochs, from 0 and from 1."""
FEWEST = 2
"""Values that two sources must share before their agreement says anything."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the description and the config say about a stream's steps."""

    steps_are_epochs: bool = False
    steps_per_epoch: float | None = None
    epochs: int | None = None
    """Configured epochs, where completion counts them."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Curves with their epochs, and in words what they were told by; None where nothing tells them."""

    curves: dict[str, Curve]
    told_by: str | None


def with_epochs(
    events: Mapping[str, Curve], counter: Curve | None, table: Mapping[str, Curve], declared: Declared
) -> Axis:
    """Give event curves their epochs. `table`: curves of the loss history, with what it knows of epoch and step."""
    recorded = _recorded(events, counter, table)
    if recorded is not None:
        return recorded
    told_by = _counted_by(events, table, declared)
    if told_by is None:
        return Axis(dict(events), None)
    size = 1.0 / declared.steps_per_epoch if told_by == CONFIGURED and declared.steps_per_epoch else 1.0
    return Axis(_counted(events, size), told_by)


def _recorded(events: Mapping[str, Curve], counter: Curve | None, table: Mapping[str, Curve]) -> Axis | None:
    """Epochs that stand beside the steps, in a table or in the same files."""
    both = _pairs_of(table)
    beside = _mapped(events, counter.step, counter.value, exact=False) if counter is not None and len(counter) else None
    if both is not None and _meets(events, both[0]):
        told = _mapped(events, *both, exact=True)
        return Axis(_filled(told, beside) if beside is not None else told, "the table's epoch column")
    return Axis(beside, "the epochs recorded beside the losses") if beside is not None else None


def _filled(told: Mapping[str, Curve], beside: Mapping[str, Curve]) -> dict[str, Curve]:
    """Epochs of the table, and where it ends those of the counter: a table of the last checkpoint lags behind."""
    epochs = {name: np.where(np.isnan(c.epoch), beside[name].epoch, c.epoch) for name, c in told.items()}
    return {name: replace(c, epoch=epochs[name]) for name, c in told.items()}


CONFIGURED = "the configured steps an epoch"
BY_COUNT = "their count"
"""Begins what says that steps count epochs where nothing but their number does."""
ROWS_BY_COUNT = "the number of rows"
"""Begins what says so of a table whose rows have no place."""


def _counted_by(events: Mapping[str, Curve], table: Mapping[str, Curve], declared: Declared) -> str | None:
    """What says that steps count epochs, in words; None where nothing does."""
    if declared.steps_per_epoch:
        return CONFIGURED
    if declared.steps_are_epochs:
        return "the description"
    if agree_as_epochs(table, events):
        return "the table, which holds the same values at these epochs"
    if declared.epochs is not None and _counts(events, declared.epochs):
        return f"{BY_COUNT}: exactly {declared.epochs}, each with a validation"
    return None


def rows_as_epochs(table: Mapping[str, Curve], declared: Declared) -> Axis:
    """Rows that say neither epoch nor step are epochs only where they are as many, each with a validation."""
    numbered = {name: replace(c, step=np.arange(1, len(c) + 1)) for name, c in table.items()}
    if declared.epochs is None or not _counts(numbered, declared.epochs):
        return Axis(dict(table), None)
    epochs = {name: replace(c, epoch=numbered[name].step.astype(np.float64)) for name, c in table.items()}
    return Axis(epochs, f"{ROWS_BY_COUNT}: exactly {declared.epochs}, each with a validation")


def _pairs_of(table: Mapping[str, Curve]) -> tuple[Any, Any] | None:
    """Steps and their epochs, where a table has both, by rising steps."""
    if not table:
        return None
    step = np.concatenate([c.step for c in table.values()])
    epoch = np.concatenate([c.epoch for c in table.values()])
    known = (step >= 0) & np.isfinite(epoch)
    if not known.any():
        return None
    steps, first = np.unique(step[known], return_index=True)
    return steps, epoch[known][first]


def _meets(events: Mapping[str, Curve], steps: Any) -> bool:
    """Whether most steps of the events stand in the table too."""
    if not events:
        return False
    every = distinct(np.concatenate([c.step for c in events.values()]))
    return bool(every.size) and 2 * np.isin(every, steps).sum() >= min(every.size, steps.size)


def _mapped(events: Mapping[str, Curve], steps: Any, epochs: Any, *, exact: bool) -> dict[str, Curve]:
    """Epochs of known steps; between two steps of one epoch that epoch; `exact`: elsewhere unknown."""
    order = np.argsort(steps, kind="stable")
    return {
        name: replace(c, epoch=_epochs_at(c.step, steps[order], epochs[order], exact=exact))
        for name, c in events.items()
    }


def _epochs_at(step: Any, steps: Any, epochs: Any, *, exact: bool) -> Any:
    before = np.maximum(np.searchsorted(steps, step, side="right") - 1, 0)
    after = np.minimum(np.searchsorted(steps, step, side="left"), steps.size - 1)
    told = np.where(
        steps[before] == step, epochs[before], np.where(epochs[before] == epochs[after], epochs[after], np.nan)
    )
    if exact:
        return np.where((steps[0] <= step) & (step <= steps[-1]), told, np.nan)
    return np.where(np.isnan(told), epochs[before], told)


def _counted(events: Mapping[str, Curve], size: float = 1.0) -> dict[str, Curve]:
    return {name: replace(c, epoch=c.step.astype(np.float64) * size) for name, c in events.items()}


def agree_as_epochs(table: Mapping[str, Curve], events: Mapping[str, Curve]) -> bool:
    """Whether the steps of the events are the epochs of the table, because the same values stand there."""
    stepped = _counted(events)
    return any(_agreement(table, stepped, shift) for shift in SHIFTS)


def _agreement(table: Mapping[str, Curve], events: Mapping[str, Curve], shift: float) -> bool:
    shared = agreeing = 0
    for name in table.keys() & events.keys():
        _, left, right = np.intersect1d(table[name].epoch + shift, events[name].epoch, return_indices=True)
        values = table[name].value[left]
        if distinct(values).size < FEWEST:  # one value, or a constant, agrees by chance
            continue
        shared += left.size
        agreeing += int(same_values(values, events[name].value[right]).sum())
    return shared >= FEWEST and agreeing * 2 > shared


def same_values(a: Any, b: Any) -> Any:
    """Where two columns hold the same number, to the precision of a 32-bit float; NaN equals NaN."""
    with np.errstate(all="ignore"):
        return np.isclose(a, b, rtol=AGREEMENT, atol=1e-9, equal_nan=True)


def _counts(events: Mapping[str, Curve], epochs: int) -> bool:
    """Whether every series has exactly the steps 1..epochs or 0..epochs-1, and one of them is a validation."""
    if not any(is_validation(name) for name in events) or all(is_validation(name) for name in events):
        return False
    whole = np.arange(epochs)
    return any(all(np.array_equal(c.step, whole + first) for c in events.values()) for first in (0, 1))
