"""How far a stream is, and whether it still moves: evidence + now -> Progress. Pure.

Never claims more than the files prove: running needs a young record, stalled needs silence
past the limit or a writer that is gone, done needs the configured end or a recorded outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from collectors.config import StallLimits
from collectors.divergence import Divergence, all_divergences
from collectors.evidence import Heartbeat
from collectors.losses import Losses
from collectors.runs import Curve, StreamRun
from collectors.state import Status

QUIET_GAPS, QUIET_SECONDS = 3, 30.0
STALLED_GAPS, STALLED_SECONDS = 10, 180.0
"""A TensorBoard writer may hold data back for 120 s, so shorter limits would cry wolf."""


@dataclass(frozen=True, slots=True)
class Target:
    """The configured end of a stream."""

    unit: Literal["epoch", "step"]
    total: int | None


@dataclass(frozen=True, slots=True)
class WriterFacts:
    """The process that writes a stream's events."""

    host: str | None
    pid: int | None
    alive: bool | None
    """None when it cannot be told from this machine."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of one stream, before it is judged."""

    run: StreamRun | None
    losses: Losses
    target: Target
    limits: StallLimits
    writer: WriterFacts | None
    heartbeat: Heartbeat | None
    """Only where it speaks of this stream."""
    table_modified_at: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A stream's state, with the instants its durations are made of."""

    status: Status
    since: float | None
    epoch: float | None
    step: int | None
    target: Target
    divergences: tuple[Divergence, ...]
    early_stop: bool
    quiet: bool
    started_at: float | None
    last_at: float | None
    gap: float | None
    quiet_at: float | None
    stalled_at: float | None
    expected_end_at: float | None
    writer: WriterFacts | None

    @property
    def ended(self) -> bool:
        """It will not go on by itself: done or diverged."""
        return self.status in {Status.DONE, Status.FAIL}


def progress_of(seen: Observed, now: float) -> Progress:
    """Derive a stream's state at `now` (seconds since the Unix epoch)."""
    gap, gaps = cadence(seen.losses.curves, seen.run)
    last_at = _last_sign(seen)
    quiet_at, stalled_at = _limits(seen.limits, gap, last_at)
    divergences = all_divergences(seen.losses)
    status = _status(seen, divergences, stalled_at, now)
    return Progress(
        status=status,
        since=_since(status, seen, divergences, last_at),
        epoch=_epoch(seen),
        step=_step(seen),
        target=seen.target,
        divergences=divergences,
        early_stop=_outcome(seen) == "early_stopped",
        quiet=status is Status.RUNNING and quiet_at is not None and now > quiet_at,
        started_at=_started_at(seen),
        last_at=last_at,
        gap=gap,
        quiet_at=quiet_at if status is Status.RUNNING else None,
        stalled_at=stalled_at if status is Status.RUNNING else None,
        expected_end_at=_expected_end(seen, gap, gaps) if status is Status.RUNNING else None,
        writer=seen.writer,
    )


def _status(seen: Observed, divergences: tuple[Divergence, ...], stalled_at: float | None, now: float) -> Status:
    if not _has_started(seen):
        return Status.IDLE
    outcome = _outcome(seen)
    if divergences or outcome in {"diverged", "failed"}:
        return Status.FAIL
    if reached_the_end(seen.losses, seen.target) or outcome in {"completed", "early_stopped"}:
        return Status.DONE
    if seen.writer is not None and seen.writer.alive is False:
        return Status.STALLED
    return Status.STALLED if stalled_at is None or now > stalled_at else Status.RUNNING


def _has_started(seen: Observed) -> bool:
    return seen.run is not None or bool(seen.losses.curves) or seen.heartbeat is not None


def reached_the_end(losses: Losses, target: Target) -> bool:
    """Whether the configured last epoch or step stands in the losses.

    Epochs may count from 0 (then the last one is total - 1) or from 1; fractions of an epoch
    always mean epochs that are over.
    """
    if target.total is None:
        return False
    if target.unit == "step":
        return _last_step(losses) >= target.total
    first, last = losses.first_epoch, losses.last_epoch
    if first is None or last is None:
        return False
    counts_from_zero = first == 0 and not _has_fractions(losses.curves)
    return last >= target.total - (1 if counts_from_zero else 0)


def _has_fractions(curves: Mapping[str, Curve]) -> bool:
    return any(bool((c.epoch[np.isfinite(c.epoch)] % 1 != 0).any()) for c in curves.values())


def _last_step(losses: Losses) -> int:
    return max((int(c.step.max()) for c in losses.curves.values() if len(c)), default=-1)


def _outcome(seen: Observed) -> str | None:
    """The recorded outcome, where the heartbeat is not older than the run."""
    beat = seen.heartbeat
    if beat is None or beat.updated_at is None:
        return None
    if seen.run is not None and beat.updated_at.timestamp() < seen.run.started_at:
        return None
    return beat.outcome


def _last_sign(seen: Observed) -> float | None:
    signs = [seen.run.last_at] if seen.run else []
    if seen.run is None and seen.table_modified_at is not None:
        signs.append(seen.table_modified_at)
    beat = seen.heartbeat
    # Once an outcome is recorded, a later beat is a sign of another stream.
    if beat and beat.updated_at and (beat.outcome is None or not signs):
        signs.append(beat.updated_at.timestamp())
    return max(signs, default=None)


def _started_at(seen: Observed) -> float | None:
    if seen.run:
        return seen.run.started_at
    beat = seen.heartbeat
    return beat.started_at.timestamp() if beat and beat.started_at else None


def _epoch(seen: Observed) -> float | None:
    known = [e for e in (seen.losses.last_epoch,) if e is not None]
    if seen.heartbeat and seen.heartbeat.epoch is not None:
        known.append(seen.heartbeat.epoch)
    return max(known, default=None)


def _step(seen: Observed) -> int | None:
    steps = [int(c.step.max()) for c in seen.losses.curves.values() if len(c)]
    return max((s for s in steps if s >= 0), default=None)


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
    return float(np.median(gaps)), int(gaps.size)


def _limits(limits: StallLimits, gap: float | None, last_at: float | None) -> tuple[float | None, float | None]:
    if last_at is None:
        return None, None
    pace = gap or 0.0
    quiet = limits.quiet_seconds or max(QUIET_GAPS * pace, QUIET_SECONDS)
    stalled = limits.stalled_seconds or max(STALLED_GAPS * pace, STALLED_SECONDS)
    return last_at + quiet, last_at + stalled


def _expected_end(seen: Observed, gap: float | None, gaps: int) -> float | None:
    """Last record plus the remaining epochs (or steps) at the usual pace."""
    done, total = _done_so_far(seen), seen.target.total
    if gap is None or gaps < 3 or done is None or total is None or seen.run is None:
        return None
    pace = gap if seen.target.unit == "epoch" else gap / _usual_stride(seen.run)
    return seen.run.last_at + max(total - done, 0) * pace


def _done_so_far(seen: Observed) -> float | None:
    if seen.target.unit == "step":
        return _step(seen)
    first, last = seen.losses.first_epoch, seen.losses.last_epoch
    if first is None or last is None:
        return None
    return last + 1 if first == 0 else last


def _usual_stride(run: StreamRun) -> float:
    steps = np.unique(np.concatenate([c.recent[0] if c.recent else c.step for c in run.curves.values()]))
    return float(np.median(np.diff(steps))) if steps.size > 1 else 1.0


def _since(
    status: Status,
    seen: Observed,
    divergences: tuple[Divergence, ...],
    last_at: float | None,
) -> float | None:
    if status is Status.RUNNING:
        return _started_at(seen)
    if status is Status.FAIL:
        known = [d.first_time for d in divergences if d.first_time is not None]
        return min(known, default=last_at)
    return None if status is Status.IDLE else last_at
