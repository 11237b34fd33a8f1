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
from collectors.training.stream_runs import Curve, StreamRun

Source = Literal["loss_history", "events"]
SHIFTS = (0.0, 1.0, -1.0)
"""Distances between the epochs of a table and of events that count the same epochs from 0 and from 1."""
AGREEMENT = 1e-3
"""Relative difference up to which a CSV value and a 32-bit event value are the same number."""
_LARGEST_STEP = 2.0**53


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
) -> Losses:
    """Choose the source of a stream's losses and join what the other one knows."""
    event_curves = dict(run.curves) if run else {}
    table_curves = _curves_of(table)
    if not table_curves:
        source: Source | None = "events" if event_curves else None
        return Losses(source, event_curves)
    disagrees = contradict(table_curves, event_curves)
    belongs = _table_belongs(run, table_facts, disagrees, times_trusted)
    if belongs is False:  # a rerun that has just begun has no losses yet, whatever the old table holds
        return Losses("events" if event_curves else None, event_curves, belongs, disagrees)
    if event_curves and _reach(event_curves) > _reach(table_curves):
        return Losses("events", event_curves, belongs, disagrees, table_curves)
    joined = {name: _with_times(c, event_curves.get(name)) for name, c in table_curves.items()}
    return Losses("loss_history", joined, belongs, disagrees, event_curves)


def _table_belongs(run: StreamRun | None, facts: FileFacts, disagrees: bool, times_trusted: bool) -> bool | None:
    if run is None:
        return None
    if disagrees:
        return False
    if times_trusted and facts.modified_at is not None:
        # One second of slack: file systems round times, record times are exact.
        return facts.modified_at >= run.started_at - 1.0
    return True if run.curves else None


def contradict(one: Mapping[str, Curve], other: Mapping[str, Curve]) -> bool:
    """Whether two sets of curves differ at most of the epochs they share, however epochs are counted."""
    return all(_differ(one, other, shift) for shift in SHIFTS)


def _differ(one: Mapping[str, Curve], other: Mapping[str, Curve], shift: float) -> bool:
    shared = agreeing = 0
    for name in one.keys() & other.keys():
        epochs, left, right = np.intersect1d(one[name].epoch + shift, other[name].epoch, return_indices=True)
        shared += epochs.size
        agreeing += int(_same(one[name].value[left], other[name].value[right]).sum())
    return shared > 0 and agreeing * 2 < shared


def _same(a: Any, b: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.isclose(a, b, rtol=AGREEMENT, atol=1e-9, equal_nan=True)


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
    """Curve by epoch (else step, else row), so that every array rises."""
    epoch = curve.epoch
    if bool(np.isnan(epoch).all()):
        known = bool((curve.step >= 0).all())
        epoch = curve.step.astype(np.float64) if known else np.arange(1.0, epoch.size + 1)
    order = np.argsort(epoch, kind="stable")
    return Curve(curve.step[order], curve.time[order], curve.value[order], epoch[order])


def _with_times(table: Curve, events: Curve | None) -> Curve:
    """Fill unknown steps and times of a table from the events of the same epoch."""
    if events is None or not len(events):
        return table
    _, left, right = np.intersect1d(table.epoch, events.epoch, return_indices=True)
    step, time = table.step.copy(), table.time.copy()
    step[left] = np.where(step[left] < 0, events.step[right], step[left])
    time[left] = np.where(np.isnan(time[left]), events.time[right], time[left])
    return Curve(step, time, table.value, table.epoch)
