"""How far a stream is, and whether it still moves: evidence + now -> Progress. Pure.

Never claims more than the files prove: running needs a young record, stalled needs silence
past the limit or a writer that is gone, done needs the configured end or a recorded outcome.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from collectors.contract.streams import StallLimits
from collectors.contract.values import Status
from collectors.evidence.documents import Heartbeat
from collectors.numbers import reached_words, silence_words
from collectors.training.cadence import cadence_of, epochs_pace, silence_limits, usual_stride
from collectors.training.completion import End, Recorded, Target, count_of, end_of, leading, places_of
from collectors.training.curves import Losses
from collectors.training.divergence import Divergence, all_divergences
from collectors.training.heartbeat import CLOCK_SLACK_SECONDS, doubt_of
from collectors.training.stream_runs import StreamRun

NOTHING_RECORDED = Recorded()
FAILURES = frozenset({"diverged", "failed"})
KILLED = "killed"
"""It goes on no more, wherever it was."""
SILENT_SECONDS = 3600.0
"""Silence that is told where the pace of a training is not known."""


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
    recorded: Recorded = NOTHING_RECORDED
    """What the training wrote down about its end, besides the heartbeat."""
    table_gap: float | None = None
    """Seconds between two writes of the table, as they were observed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A stream's state, with the instants its durations are made of."""

    status: Status
    since: float | None
    epoch: float | None
    step: int | None
    target: Target
    divergences: tuple[Divergence, ...]
    """Losses that are not finite."""
    early_stop: bool
    quiet: bool
    started_at: float | None
    last_at: float | None
    gap: float | None
    quiet_at: float | None
    stalled_at: float | None
    expected_end_at: float | None
    writer: WriterFacts | None
    odd: tuple[Divergence, ...] = ()
    """Metrics that are not finite and no losses: told, and no divergence."""
    cannot_tell: str | None = None
    """Why it cannot be told whether it ended."""
    remedy: str | None = None
    """What makes that clear."""
    silent: bool = False
    """Nothing was written for long, though its process lives or nothing proves that it ended."""
    doubted: str | None = None
    """What the heartbeat says of its end and why it is not believed; None where nothing is doubted."""

    lingers: bool = False
    """Done not long ago, and its process lives: it may go on with another stream."""

    @property
    def ended(self) -> bool:
        """It will not go on by itself: done or diverged."""
        return self.status in {Status.DONE, Status.FAIL}


def progress_of(seen: Observed, now: float) -> Progress:
    """Derive a stream's state at `now` (seconds since the Unix epoch)."""
    gap, gaps = cadence_of(seen.run or seen.losses)
    gap = gap if gap is not None else seen.table_gap
    last_at = _last_sign(seen, now)
    quiet_at, stalled_at = silence_limits(seen.limits, gap, last_at)
    divergences, odd = all_divergences(seen.losses)
    doubted = _doubt(seen, now)
    beat = seen.heartbeat.outcome if seen.heartbeat is not None and doubted is None else None
    outcome = beat or seen.recorded.outcome
    end = end_of(seen.losses, seen.target, replace(seen.recorded, outcome=outcome))
    if beat == "completed" and end.kind == "open":
        doubted = f"says `completed`, and the losses end at {_reached(end, seen.target)}"
    status = _status(seen, bool(divergences) or outcome in FAILURES, end)
    if outcome == KILLED and status in {None, Status.RUNNING}:
        status = Status.STALLED
    if status is None:
        status = Status.STALLED if stalled_at is None or now > stalled_at else Status.RUNNING
    unproven = status is Status.STALLED and outcome != KILLED and not _is_proof(seen, gap)
    is_open = status in {Status.STALLED, Status.RUNNING}
    doubt = end.words or (f"{silence_words(last_at)}, and its pace is not known" if unproven else None)
    return Progress(
        status=status,
        since=_since(status, seen, divergences, last_at),
        epoch=_epoch(seen, doubted=doubted is not None),
        step=_step(seen),
        target=seen.target,
        divergences=divergences,
        odd=odd,
        early_stop=end.kind == "early_stopped",
        quiet=status is Status.RUNNING and quiet_at is not None and now > quiet_at,
        started_at=_started_at(seen),
        last_at=last_at,
        gap=gap,
        quiet_at=quiet_at if status is Status.RUNNING else None,
        stalled_at=stalled_at if status is Status.RUNNING else None,
        expected_end_at=_expected_end(seen, gap, gaps) if status is Status.RUNNING else None,
        writer=seen.writer,
        cannot_tell=doubt if is_open else None,
        remedy=end.remedy if is_open else None,
        doubted=doubted,
        silent=status is Status.RUNNING and last_at is not None and now > (_silent_at(stalled_at, last_at, gap) or now),
        lingers=status is Status.DONE
        and last_at is not None
        and now <= last_at + SILENT_SECONDS
        and _alive(seen) is True,
    )


def _alive(seen: Observed) -> bool | None:
    return seen.writer.alive if seen.writer is not None else None


def _reached(end: End, target: Target) -> str:
    return reached_words(target.unit, end.counted, target.total)


def _status(seen: Observed, failed: bool, end: End) -> Status | None:
    """What the files and the process say; None where only silence can tell."""
    if not _has_started(seen):
        return Status.IDLE
    if failed:
        return Status.FAIL
    if end.kind in {"completed", "early_stopped"}:
        return Status.DONE
    return {True: Status.RUNNING, False: Status.STALLED, None: None}[_alive(seen)]


def _silent_at(stalled_at: float | None, last_at: float, gap: float | None) -> float | None:
    """When a training that is not called stalled has been silent for long."""
    return stalled_at if gap is not None else last_at + SILENT_SECONDS


def _is_proof(seen: Observed, gap: float | None) -> bool:
    """Whether silence says that it stopped: its process is gone, its pace is known, or a limit was set."""
    return _alive(seen) is False or gap is not None or seen.limits.stalled_seconds is not None


def _has_started(seen: Observed) -> bool:
    return seen.run is not None or bool(seen.losses.curves) or seen.heartbeat is not None


def _doubt(seen: Observed, now: float) -> str | None:
    """Why the recorded outcome is not believed; None where nothing else contradicts it."""
    span = (seen.run.started_at, seen.run.last_at) if seen.run else None
    return doubt_of(seen.heartbeat, span, _logged_epoch(seen), now) if seen.heartbeat is not None else None


def _last_sign(seen: Observed, now: float) -> float | None:
    """When the stream was last heard of; an instant that has not come yet proves nothing."""
    return max((at for at in _signs(seen, now) if at <= now + CLOCK_SLACK_SECONDS), default=None)


def _signs(seen: Observed, now: float) -> list[float]:
    signs = [seen.run.last_at] if seen.run else []
    if seen.run and seen.run.last_at > now + CLOCK_SLACK_SECONDS:
        # The writer's clock is ahead of ours: then the file's own time is the better witness.
        modified = seen.run.latest_file.facts.modified_at
        signs = [modified] if modified is not None else []
    if seen.run is None and seen.table_modified_at is not None:
        signs.append(seen.table_modified_at)
    beat = seen.heartbeat
    # Once an outcome is recorded, a later beat is a sign of another stream.
    if beat and beat.updated_at and (beat.outcome is None or not signs):
        signs.append(beat.updated_at.timestamp())
    return signs


def _started_at(seen: Observed) -> float | None:
    if seen.run:
        return seen.run.started_at
    beat = seen.heartbeat
    return beat.started_at.timestamp() if beat and beat.started_at else None


def _epoch(seen: Observed, *, doubted: bool) -> float | None:
    """How far it is, by its losses and by the heartbeat, unless that is not believed."""
    said = None if doubted or seen.heartbeat is None else seen.heartbeat.epoch
    return max((at for at in (_logged_epoch(seen), said) if at is not None), default=None)


def _logged_epoch(seen: Observed) -> float | None:
    return max((float(of.max()) for of in places_of(leading(seen.losses.curves).values(), "epoch")), default=None)


def _step(seen: Observed) -> int | None:
    """The last logged step, or the one that the trainer recorded as its last: its logging may end before it."""
    logged = max((int(of.max()) for of in places_of(leading(seen.losses.curves).values(), "step")), default=None)
    recorded = seen.recorded.step
    is_last = seen.target.unit == "step" and recorded is not None and recorded == seen.target.total
    return recorded if is_last else logged


def _expected_end(seen: Observed, gap: float | None, gaps: int) -> float | None:
    """Last record plus the remaining epochs (or steps) at the usual pace."""
    done, total = count_of(leading(seen.losses.curves), seen.target.unit, seen.target.first), seen.target.total
    if gap is None or gaps < 3 or done is None or total is None or seen.run is None:
        return None
    stride = usual_stride(seen.run)
    if seen.target.unit == "step":
        return seen.run.last_at + max(total - done, 0) * gap / stride
    known = epochs_pace(seen.losses.events or seen.losses.curves, stride, gap)
    return seen.run.last_at + max(total - done + known[1], 0) * known[0] if known is not None else None


def _since(status: Status, seen: Observed, divergences: tuple[Divergence, ...], last_at: float | None) -> float | None:
    if status is Status.RUNNING:
        return _started_at(seen)
    if status is Status.FAIL:
        known = [d.first_time for d in divergences if d.first_time is not None]
        return min(known, default=last_at)
    return None if status is Status.IDLE else last_at
