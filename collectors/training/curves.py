"""One stream's losses: its latest run's events and its loss history -> curves of one source. Pure.

The loss history is preferred where it belongs to the run and reaches as far as the events;
otherwise the events are the losses. Non-finite values are kept and told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from collectors.evidence.files import FileFacts
from collectors.evidence.table_rows import LossRows
from collectors.evidence.tables import LossRow, LossTableEvidence
from collectors.training.agreement import Pairs, Unit, compared, contradict, match, places_in
from collectors.training.axes import Declared, rows_as_epochs, with_epochs
from collectors.training.stream_runs import Curve, StreamRun

Source = Literal["loss_history", "events"]
_LARGEST_STEP = 2.0**53
_SLACK_SECONDS = 1.0
"""File systems round times, record times are exact."""
NOTHING_DECLARED = Declared()


@dataclass(frozen=True, slots=True, weakref_slot=True)
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
    table: Mapping[str, Curve] = field(default_factory=dict)
    """What the loss history itself holds; empty where it is of another run."""
    events: Mapping[str, Curve] = field(default_factory=dict)
    """What the event files themselves hold."""
    pairs: tuple[Pairs, ...] = ()
    """Both sources side by side, wherever they can be compared."""

    @property
    def told(self) -> dict[str, Curve]:
        """The curves that have a point."""
        return {name: curve for name, curve in self.curves.items() if len(curve)}

    @property
    def unit(self) -> Unit:
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

    @property
    def last_step(self) -> float | None:
        """Largest known step of any series; None where there is none."""
        last = _last_step(self.curves)
        return last if last >= 0 else None


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
    of_events = Losses("events" if events else None, events, others=at_odds, told_by=told_by, events=events)
    if not table_curves:
        return of_events
    pairs = compared(table_curves, events)
    disagrees = contradict(pairs)
    is_later = _began_again_since(run, table, table_facts)
    belongs = is_later or _table_belongs(run, table_facts, disagrees, times_trusted)
    of_events = replace(of_events, table_belongs=belongs, table_disagrees=disagrees, pairs=pairs)
    if belongs is False:  # a rerun that has just begun has no losses yet, whatever the old table holds
        return of_events
    if events and not is_later and _reaches_farther(events, table_curves):
        return replace(of_events, others={**table_curves, **at_odds}, table=table_curves)
    joined = {name: _with_times(c, events.get(name)) for name, c in table_curves.items()}
    both = replace(of_events, others={**events, **at_odds}, table=table_curves)
    return replace(both, source="loss_history", curves=joined)


def _placed(table: dict[str, Curve], declared: Declared) -> tuple[dict[str, Curve], str | None]:
    """A table without epochs gets them as events do: a step is not an epoch there either, nor is a row."""
    if not table or next(_known_epochs(table), None) is not None:
        return table, None
    has_steps = any(bool((c.step >= 0).any()) for c in table.values())
    axis = with_epochs(table, None, {}, declared) if has_steps else rows_as_epochs(table, declared)
    return axis.curves, axis.told_by


def _table_belongs(run: StreamRun | None, facts: FileFacts, disagrees: bool, times_trusted: bool) -> bool | None:
    if run is None:
        return None
    if disagrees:
        return False
    if times_trusted and facts.modified_at is not None:
        return facts.modified_at + run.clock_lag >= run.started_at - _SLACK_SECONDS
    return True if run.curves else None


def _began_again_since(run: StreamRun | None, table: LossTableEvidence | None, facts: FileFacts) -> bool:
    """Whether a table began again and was written after the last record of the events: they are of the run before."""
    if run is None or table is None or not table.dropped_rows or facts.modified_at is None:
        return False
    return facts.modified_at + run.clock_lag > run.last_at + _SLACK_SECONDS


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
    """Curve by epoch (else step), so that its places rise; rows without either stay as they are.

    Rows whose steps rise while their epochs fall stay as they are: a training went on with another batch size.
    """
    place = curve.epoch
    if bool((np.diff(place) < 0).any()) and bool((curve.step >= 0).all()) and bool((np.diff(curve.step) > 0).all()):
        return curve
    if bool(np.isnan(place).all()):
        place = curve.step if bool((curve.step >= 0).all()) else np.arange(place.size)
    order = np.argsort(place, kind="stable")
    return Curve(curve.step[order], curve.time[order], curve.value[order], curve.epoch[order])


def _with_times(table: Curve, events: Curve | None) -> Curve:
    """Fill unknown steps and times of a table from the events of the same epoch."""
    if events is None or not len(events):
        return table
    left, right = match(places_in(table, "step"), places_in(events, "step"))
    if not left.size:
        left, right = match(table.epoch, events.epoch)
    step, time = table.step.copy(), table.time.copy()
    step[left] = np.where(step[left] < 0, events.step[right], step[left])
    time[left] = np.where(np.isnan(time[left]), events.time[right], time[left])
    return Curve(step, time, table.value, table.epoch)
