"""One stream's losses: its latest run's events and its loss history -> curves of one source. Pure.

The loss history is preferred where it belongs to the run and reaches as far as the events;
otherwise the events are the losses. Non-finite values are kept and told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from collectors.evidence.files import FileFacts
from collectors.evidence.table_rows import LossRows
from collectors.evidence.tables import LossRow, LossTableEvidence
from collectors.training.axes import SHIFTS, Declared, same_values, with_epochs
from collectors.training.stream_runs import Curve, StreamRun

Source = Literal["loss_history", "events"]
_LARGEST_STEP = 2.0**53
NOTHING_DECLARED = Declared()


@dataclass(frozen=True, slots=True)
class Losses:
    """What is shown and judged as a stream's losses."""

    source: Source | None
    curves: Mapping[str, Curve] = field(default_factory=dict)
    table_belongs: bool | None = None
    """Whether the loss history is of the latest run; None without one, or when it cannot be told."""
    table_disagrees: bool = False
    """Loss history and events contradict each other at most of the epochs they share."""
    others: Mapping[str, Curve] = field(default_factory=dict)
    """The same run's losses as the other source has them: not shown, but they must be finite too."""
    told_by: str | None = None
    """What says which epoch a step of the events is; None where nothing does."""

    @property
    def unit(self) -> Literal["epoch", "step"]:
        """What its points are placed by: epochs where any is known."""
        return "step" if self.last_epoch is None and self.curves else "epoch"

    @property
    def first_epoch(self) -> float | None:
        """Smallest known epoch of any series; None where there is none."""
        return min((float(epochs.min()) for epochs in _known_epochs(self.curves)), default=None)

    @property
    def last_epoch(self) -> float | None:
        """Largest known epoch of any series; None where there is none."""
        return max((float(epochs.max()) for epochs in _known_epochs(self.curves)), default=None)


def _known_epochs(curves: Mapping[str, Curve]) -> Iterator[Any]:
    """The epochs of each series that are numbers, where there is one."""
    for curve in curves.values():
        known = curve.epoch[np.isfinite(curve.epoch)]
        if known.size:
            yield known


def merge_losses(
    run: StreamRun | None,
    table: LossTableEvidence | None,
    table_facts: FileFacts,
    *,
    times_trusted: bool,
    declared: Declared = NOTHING_DECLARED,
) -> Losses:
    """Choose the source of a stream's losses and join what the other one knows."""
    table_curves, table_told_by = _placed(_curves_of(table), declared)
    axis = with_epochs(run.curves if run else {}, run.counter if run else None, table_curves, declared)
    events, told_by = axis.curves, axis.told_by or table_told_by
    at_odds = dict(run.at_odds) if run else {}
    if not table_curves:
        return Losses("events" if events else None, events, others=at_odds, told_by=told_by)
    disagrees = contradict(table_curves, events)
    belongs = _table_belongs(run, table_facts, disagrees, times_trusted)
    if belongs is False:  # a rerun that has just begun has no losses yet, whatever the old table holds
        return Losses("events" if events else None, events, belongs, disagrees, at_odds, told_by)
    if events and _reaches_farther(events, table_curves):
        return Losses("events", events, belongs, disagrees, {**table_curves, **at_odds}, told_by)
    joined = {name: _with_times(c, events.get(name)) for name, c in table_curves.items()}
    return Losses("loss_history", joined, belongs, disagrees, {**events, **at_odds}, told_by)


def _placed(table: dict[str, Curve], declared: Declared) -> tuple[dict[str, Curve], str | None]:
    """A table of steps alone gets its epochs as events do: a step is not an epoch there either."""
    if not table or next(_known_epochs(table), None) is not None:
        return table, None
    axis = with_epochs(table, None, {}, declared)
    return axis.curves, axis.told_by


def _table_belongs(run: StreamRun | None, facts: FileFacts, disagrees: bool, times_trusted: bool) -> bool | None:
    if run is None:
        return None
    if disagrees:
        return False
    if times_trusted and facts.modified_at is not None:
        # One second of slack: file systems round times, record times are exact.
        return facts.modified_at + run.clock_lag >= run.started_at - 1.0
    return True if run.curves else None


def contradict(table: Mapping[str, Curve], events: Mapping[str, Curve]) -> bool:
    """Whether two sets of curves differ at most of the places they share, however these are counted.

    They are compared by step where both have steps, else by epoch; without a common unit nothing is said.
    """
    for unit in ("step", "epoch"):
        found = [_shared(table, events, unit, shift) for shift in SHIFTS]
        if any(shared for shared, _ in found):
            return not any(shared and agreeing * 2 >= shared for shared, agreeing in found)
    return False


def _shared(one: Mapping[str, Curve], other: Mapping[str, Curve], unit: str, shift: float) -> tuple[int, int]:
    """At how many places both have a value, and at how many of these it is the same."""
    shared = agreeing = 0
    for name in one.keys() & other.keys():
        left, right = _match(one[name], other[name], unit, shift)
        shared += left.size
        agreeing += int(same_values(one[name].value[left], other[name].value[right]).sum())
    return shared, agreeing


def _match(one: Curve, other: Curve, unit: str, shift: float = 0.0) -> tuple[Any, Any]:
    """Indices of the points that stand at one place in both."""
    if unit == "step":
        a, b = (np.where(c.step >= 0, c.step, np.nan).astype(np.float64) for c in (one, other))
    else:
        a, b = one.epoch, other.epoch
    _, left, right = np.intersect1d(a + shift, b, return_indices=True)
    known = np.isfinite(b[right])
    return left[known], right[known]


def _reaches_farther(events: Mapping[str, Curve], table: Mapping[str, Curve]) -> bool:
    """Whether the events go beyond the table, in a unit that both have; else the table, which has epochs, counts.

    By step where both know it: epochs of events that the table told end where the table ends.
    """
    if (by_step := _last_step(events)) >= 0 and (of_table := _last_step(table)) >= 0:
        return by_step > of_table
    if (by_epoch := _reach(events)) >= 0 and (of_table := _reach(table)) >= 0:
        return by_epoch > of_table
    return False


def _last_step(curves: Mapping[str, Curve]) -> float:
    return max((float(c.step.max()) for c in curves.values() if len(c)), default=-1.0)


def _reach(curves: Mapping[str, Curve]) -> float:
    return max((float(epochs.max()) for epochs in _known_epochs(curves)), default=-1.0)


def _curves_of(table: LossTableEvidence | None) -> dict[str, Curve]:
    """Every series of a table, column by column: a million rows are never made one by one."""
    rows = _in_columns(table.rows if table else ())
    step = np.where(np.abs(rows.step) < _LARGEST_STEP, rows.step, -1.0).astype(np.int64)
    epoch = np.where(np.isfinite(rows.epoch), rows.epoch, np.nan)
    return {
        name: _ordered(Curve(step[has], rows.time[has], rows.values[name][has], epoch[has]))
        for name, has in rows.present.items()
    }


def _in_columns(rows: Sequence[LossRow]) -> LossRows:
    if isinstance(rows, LossRows):
        return rows
    names = dict.fromkeys(name for row in rows for name in row.values)
    values = {name: [row.values.get(name) for row in rows] for name in names}
    return LossRows.from_columns([r.epoch for r in rows], [r.step for r in rows], [r.time for r in rows], values)


def _ordered(curve: Curve) -> Curve:
    """Curve by epoch (else step, else row), so that every array rises; rows without a place count as epochs."""
    epoch, place = curve.epoch, curve.epoch
    if bool(np.isnan(epoch).all()):
        is_stepped = bool((curve.step >= 0).all())
        place = curve.step if is_stepped else np.arange(1.0, epoch.size + 1)
        epoch = epoch if is_stepped else place
    order = np.argsort(place, kind="stable")
    return Curve(curve.step[order], curve.time[order], curve.value[order], epoch[order])


def _with_times(table: Curve, events: Curve | None) -> Curve:
    """Fill unknown steps and times of a table from the events of the same epoch."""
    if events is None or not len(events):
        return table
    left, right = _match(table, events, "step")
    if not left.size:
        left, right = _match(table, events, "epoch")
    step, time = table.step.copy(), table.time.copy()
    step[left] = np.where(step[left] < 0, events.step[right], step[left])
    time[left] = np.where(np.isnan(time[left]), events.time[right], time[left])
    return Curve(step, time, table.value, table.epoch)
