"""Curves -> how fast a stream is, and after which silence it counts as quiet or stalled. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from collectors.contract.streams import StallLimits
from collectors.evidence.order import distinct, median
from collectors.training.curves import Losses
from collectors.training.remembered import per_object
from collectors.training.stream_runs import Curve, StreamRun

QUIET_GAPS, QUIET_SECONDS = 3, 30.0
STALLED_GAPS, STALLED_SECONDS = 10, 180.0
"""A TensorBoard writer may hold data back for 120 s, so shorter limits would cry wolf."""


UNKNOWN_PACE_SECONDS = 86_400.0
"""Before a cadence is known no shorter silence says anything."""


def cadence(curves: Mapping[str, Curve], run: StreamRun | None) -> tuple[float | None, int]:
    """Median gap in seconds between distinct steps, and how many gaps are known.

    Train and validation loss of one epoch are written together, so only distinct steps count.
    """
    source = run.curves if run else curves
    if not source:
        return None, 0
    recent = [c.recent or (c.step, c.time) for c in source.values()]
    step = np.concatenate([steps for steps, _ in recent])
    time = np.concatenate([times for _, times in recent])
    known = ~np.isnan(time)
    distinct, first = np.unique(step[known], return_index=True)
    if distinct.size < 2:
        return None, 0
    gaps = np.diff(np.sort(time[known][first]))
    return median(gaps), int(gaps.size)


@per_object
def cadence_of(source: StreamRun | Losses) -> tuple[float | None, int]:
    """The same of a run or of a stream's losses."""
    return cadence(source.curves, None)


def silence_limits(limits: StallLimits, gap: float | None, last_at: float | None) -> tuple[float | None, float | None]:
    """Instants from which silence counts as quiet and as stalled; None where nothing was ever heard.

    Without a known pace a training may take hours for an epoch: only a day of silence is long then.
    """
    if last_at is None:
        return None, None
    quiet = limits.quiet_seconds or (max(QUIET_GAPS * gap, QUIET_SECONDS) if gap is not None else QUIET_SECONDS)
    usual = max(STALLED_GAPS * gap, STALLED_SECONDS) if gap is not None else UNKNOWN_PACE_SECONDS
    return last_at + quiet, last_at + (limits.stalled_seconds or usual)


def epochs_pace(curves: Mapping[str, Curve], stride: float, gap: float) -> tuple[float, float] | None:
    """Seconds an epoch, and how much of the epoch last begun is not over yet; None where no epoch has followed another.

    `stride` and `gap`: steps and seconds between two records, of which there may be many an epoch, or one in many.
    """
    step, epoch = (np.concatenate([getattr(c, of) for c in curves.values()] or [[]]) for of in ("step", "epoch"))
    known = (step >= 0) & np.isfinite(epoch)
    epochs, first = np.unique(epoch[known], return_inverse=True)
    if epochs.size < 2:
        return None
    begins = [int(step[known][first == at].min()) for at in (0, epochs.size - 1)]
    steps = (begins[1] - begins[0]) / float(epochs[-1] - epochs[0])
    if steps <= 0:
        return None
    is_whole = not bool((epochs % 1 != 0).any())  # a fraction says itself how much of an epoch is over
    over = (int(step[known].max()) - begins[1] + stride) / steps
    return gap * steps / stride, max(0.0, 1.0 - over) if is_whole else 0.0


@per_object
def usual_stride(run: StreamRun) -> float:
    """Median number of steps between two records."""
    steps = distinct(np.concatenate([c.recent[0] if c.recent else c.step for c in run.curves.values()]))
    return median(np.diff(steps)) if steps.size > 1 else 1.0
