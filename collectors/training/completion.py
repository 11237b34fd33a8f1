"""Losses and what was recorded -> whether a stream reached its end, and in words why that cannot be told. Pure.

What says that it ended comes first (an outcome, the trainer's own count, an early stop), then the count. More
than everything is no completion, and a missing last stride is forgiven only where something says the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from collectors.contract.metric_rules import Better
from collectors.numbers import listed, number_words, plural
from collectors.training.agreement import Unit
from collectors.training.curves import Losses
from collectors.training.remembered import are_whole, finite_of, known_steps, per_object
from collectors.training.run_files import stride_of
from collectors.training.series import is_validation
from collectors.training.stream_runs import Curve


@dataclass(frozen=True, slots=True)
class Target:
    """The configured end of a stream."""

    unit: Unit
    total: int | None
    first: Literal[0, 1] | None = None
    """The trainer's first epoch; None where each series shows it itself."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a training wrote down about its end, besides its losses."""

    outcome: str | None = None
    """`completed`, `early_stopped`, `failed`, `diverged`, `killed`; None where nothing is believed."""
    step: int | None = None
    """Steps that the trainer itself counted."""
    of_steps: int | None = None
    stopped: bool = False
    """A flag of an early stop."""
    patience: int | Literal["unknown"] | None = None
    """An early stop leaves so many values behind the best one; `unknown`: some."""
    monitor: str = "val_loss"
    better: Better | None = "lower"
    """Which way the monitored series gets better."""
    min_delta: float = 0.0
    """By how much more than this it must get better to count."""
    rewritten: bool = False
    """Its checkpoint says that the training has ended."""


@dataclass(frozen=True, slots=True)
class End:
    """Whether a stream ended."""

    kind: Literal["open", "completed", "early_stopped", "cannot_tell"]
    counted: float | None = None
    """Epochs or steps that are over, counted from 1."""
    words: str | None = None
    """Why it cannot be told."""
    remedy: str | None = None


COUNT_EPOCHS = (
    "Say which epoch a step is: `events: {steps_are: epochs}`, `events: {steps_per_epoch: N}`, a table with an "
    "epoch column, or `completion: {by: steps, total: N}`."
)
SAY_EITHER = (
    "Say how many: `completion: {by: steps, total: N}`, or, where each step is an epoch, `events: {steps_are: epochs}` "
    "and `completion: {total: N}`."
)
PLACE_ROWS = "Write a column `epoch` or `step` into the table, or name the one it has under `columns:`."
SAY_TOTAL = "Say how many: `completion: {by: epochs, total: N}`, or the key of the config that holds the number."
SAY_COUNT = "Correct `completion: {by: ..., total: ...}`, or say what the steps are (`events: {steps_are: epochs}`)."
SAY_FIRST = "Say with which number the first epoch begins: `completion: {epochs_from: 0}`."
SAY_PATIENCE = "Say for how many values it waits: `completion: {patience: N}`."
FIRST_UNTOLD = 2
"""A series that begins with this number, or a larger one, may count from 0 or from 1."""
SAY_MONITOR = (
    "Name a series that is there (`completion: {monitor: NAME}`), and which way it gets better under `metrics:`."
)
SAY_END = "Let the training record its end (`run_status.json`: `outcome: completed`), or log its last step."


def end_of(losses: Losses, target: Target, recorded: Recorded) -> End:
    """Whether the stream reached its end, by what was recorded and by its count."""
    main = leading(losses.curves)
    counted = count_of(main, target.unit, target.first)
    stride = _stride(main, target.unit)
    missing = target.total - counted if target.total is not None and counted is not None else None
    told = _told(losses, recorded, missing, stride)
    if told is not None:
        return End(told, counted)
    if counted is None:
        return _uncounted(main, target)
    if missing is None:
        return End("cannot_tell", counted, f"nothing says how many {target.unit}s there are to be", SAY_TOTAL)
    if missing > 0 and recorded.patience == "unknown" and (waited := _waited(losses.curves, recorded)):
        words = f"it may have stopped early: {waited} of `{recorded.monitor}` follow its best one"
        return End("cannot_tell", counted, f"{words}, and nothing says how many it waits for", SAY_PATIENCE)
    if missing > 0 and recorded.patience is not None and (unknown := _unmonitored(losses, recorded)):
        return End("cannot_tell", counted, f"it may have stopped early: {unknown}", SAY_MONITOR)
    return _by_count(losses.curves, target, counted, stride)


def _told(losses: Losses, recorded: Recorded, missing: float | None, stride: float) -> Any:
    """How the training itself said that it ended; an outcome counts only while the losses agree with it."""
    if recorded.outcome == "early_stopped" or recorded.stopped or _ran_out(losses.curves, recorded):
        return "early_stopped"
    if recorded.rewritten:
        return "completed" if missing is None or missing <= 0 else "early_stopped"
    if recorded.step is not None and recorded.of_steps is not None and recorded.step >= recorded.of_steps:
        return "completed"
    if recorded.outcome == "completed" and (missing is None or missing <= max(stride, 1.0)):
        return "completed"
    return None


def _ran_out(curves: Mapping[str, Curve], recorded: Recorded) -> bool:
    """Whether exactly `patience` values of the monitored series follow its best one."""
    return recorded.patience is not None and _waited(curves, recorded) == recorded.patience


def _waited(curves: Mapping[str, Curve], recorded: Recorded) -> int | None:
    """How many values of the monitored series follow its best one; None where no way is better."""
    curve = curves.get(recorded.monitor)
    best = curve.best_at(recorded.better, recorded.min_delta) if curve is not None else None
    return None if curve is None or best is None else len(curve) - 1 - best


def _unmonitored(losses: Losses, recorded: Recorded) -> str | None:
    """Why the monitored series cannot say whether it stopped early; None where it can."""
    if recorded.monitor not in {*losses.curves, *losses.others}:
        return f"`{recorded.monitor}`, which it waited for, is not recorded; what is there: {listed(losses.curves)}"
    return None if recorded.better else f"nothing says which way `{recorded.monitor}` gets better"


def _uncounted(main: Mapping[str, Curve], target: Target) -> End:
    if has_no_place(main):
        return End("cannot_tell", None, f"nothing says which {target.unit} a row is", PLACE_ROWS)
    if target.unit == "epoch" and places_of(main.values(), "step"):
        if target.total is None:
            return End("cannot_tell", None, "nothing says how many steps or epochs there are to be", SAY_EITHER)
        words = f"nothing says which epoch a step is; there are to be {target.total:,}"
        return End("cannot_tell", None, words, COUNT_EPOCHS)
    return End("open")


def _by_count(curves: Mapping[str, Curve], target: Target, counted: float, stride: float) -> End:
    total, unit = target.total or 0, target.unit
    missing = total - counted
    if missing <= -max(stride, 1.0):
        words = f"counted {number_words(counted)} of {total:,} {unit}s: more than everything is no completion"
        return End("cannot_tell", counted, words, SAY_COUNT)
    if missing <= 0:
        rows = _rows_missing(curves) if unit == "epoch" else None
        return End("cannot_tell", counted, rows, SAY_END) if rows else End("completed", counted)
    if missing == 1 and target.first is None and not any(_shows_first(of) for of in places_of(curves.values(), unit)):
        words = f"{unit}s begin at a later one, and nothing says whether they count from 0: then all {total:,} are over"
        return End("cannot_tell", counted, words, SAY_FIRST if unit == "epoch" else SAY_END)
    if missing < stride:
        words = f"logged to {number_words(counted)} of {total:,} {unit}s, and nothing later says that it ended"
        return End("cannot_tell", counted, words, SAY_END)
    return End("open", counted)


def _rows_missing(curves: Mapping[str, Curve]) -> str | None:
    """Why the last of several rows an epoch may not be there; None where the last epoch is whole."""
    name, curve = max(leading(curves).items(), key=lambda item: len(item[1]))
    epochs = finite_of(curve.epoch)
    if not are_whole(epochs):
        return None  # a fraction says itself how much of an epoch is over
    found, rows = _counted(epochs)
    if not found.size or rows.max() == 1 or (found.size > 1 and rows[-1] >= rows[:-1].min()):
        return None
    if any(bool((c.epoch == found[-1]).any()) for n, c in curves.items() if is_validation(n)):
        return None  # a validation stands at the end of an epoch
    before = f", {int(rows[:-1].min())} before" if found.size > 1 else ""
    return f"{name} has {plural(int(rows[-1]), 'row')} in its last epoch{before}, and nothing says that it is over"


@per_object
def _counted(epochs: Any) -> Any:
    """Each epoch, and how many rows it has."""
    return np.unique(epochs, return_counts=True)


def has_no_place(curves: Mapping[str, Curve]) -> bool:
    """Whether values are there, and not one of them says its epoch or step."""
    held = [c for c in curves.values() if len(c)]
    return bool(held) and not any(_known(c, unit).size for c in held for unit in get_args(Unit))


def leading(curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """The series that count a training: all but validations, or the validations where there is nothing else."""
    held = {name: c for name, c in curves.items() if len(c)}
    return {name: c for name, c in held.items() if not is_validation(name)} or held


def count_of(curves: Mapping[str, Curve], unit: Unit, first: Literal[0, 1] | None = None) -> float | None:
    """Epochs or steps that are over, counted from 1 whichever way each series counts them; `first`: as declared."""
    counts = [_count(places, unit, first) for places in places_of(curves.values(), unit)]
    return max(counts, default=None)


def _count(places: Any, unit: Unit, first: Literal[0, 1] | None) -> float:
    last = float(places.max())
    if unit == "epoch" and not are_whole(places):
        return last
    return last + 1 if from_zero(places, first if unit == "epoch" else None) else last


def from_zero(places: Any, declared: Literal[0, 1] | None = None) -> bool:
    """Whether a series counts from 0: as declared, or it begins there, or stands at each stride's last (9, 19, 29)."""
    if declared is not None:
        return declared == 0
    first, stride = float(places.min()), stride_of(places)
    return first == 0 or (stride > 1 and (first + 1) % stride == 0)


def _shows_first(places: Any) -> bool:
    """Whether a series shows if it counts from 0: it begins at 0 or 1, its points lie apart, or it has fractions."""
    return float(places.min()) < FIRST_UNTOLD or stride_of(places) != 1 or bool((places % 1 != 0).any())


def _stride(curves: Mapping[str, Curve], unit: Unit) -> float:
    return min((stride_of(places) for places in places_of(curves.values(), unit)), default=np.nan)


def places_of(curves: Iterable[Curve], unit: Unit) -> list[Any]:
    """The known epochs or steps of each series that has any."""
    return [places for places in (_known(c, unit) for c in curves) if places.size]


def _known(curve: Curve, unit: Unit) -> Any:
    return known_steps(curve.step) if unit == "step" else finite_of(curve.epoch)
