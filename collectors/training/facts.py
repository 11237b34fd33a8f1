"""What was read of one stream -> plain facts of its latest run: target, limits, writer, whose times count.

Nothing is read here but the table of processes, to tell whether a writer still lives. What a file does
not say is None.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from collectors.contract.streams import StallLimits, Stream
from collectors.contract.values import Status
from collectors.evidence.documents import MISSING, Heartbeat, value_at
from collectors.training.evidence import ReadFile, StreamEvidence
from collectors.training.progress import Progress, Target
from collectors.training.stream_runs import RunGroup, StreamRun

SETTLE_SECONDS = 3.0
"""A checkpoint of a running stream younger than this may be half written: it is not judged yet."""


def target_of(stream: Stream, config: ReadFile[Any]) -> Target:
    """How far the stream shall train: by its final config or the pipeline's; a total that is no count is None."""
    rule = stream.completion
    total: Any = rule.total
    if isinstance(total, str):
        total = value_at(config.evidence.data if config.evidence else None, total)
    sane = total is not MISSING and isinstance(total, (int, float)) and not isinstance(total, bool)
    whole = int(total) if sane and 0 < total < 2**53 and float(total).is_integer() else None
    return Target("step" if rule.by == "steps" else "epoch", whole)


def limits_of(own: StallLimits, pipeline: StallLimits) -> StallLimits:
    """The stream's own limits in seconds, else the pipeline's."""
    return StallLimits(
        quiet_seconds=own.quiet_seconds or pipeline.quiet_seconds,
        stalled_seconds=own.stalled_seconds or pipeline.stalled_seconds,
    )


def are_times_trusted(run: StreamRun | None, limit_seconds: float) -> bool | None:
    """Whether the newest event file's mtime is near its last record's own time; None without one."""
    if run is None:
        return None
    newest = run.latest_file
    modified, last = newest.facts.modified_at, newest.evidence.last_time
    return modified is not None and last is not None and abs(modified - last) <= limit_seconds


def not_judged_yet(checkpoint: ReadFile[Any], progress: Progress, now: float) -> ReadFile[Any]:
    """Mark a running stream's broken checkpoint as being written while it is very young."""
    modified = checkpoint.facts.modified_at
    young = modified is not None and now - modified < SETTLE_SECONDS
    broken = checkpoint.evidence is not None and not checkpoint.evidence.sound
    if progress.status is Status.RUNNING and young and broken:
        return replace(checkpoint, being_written=True)
    return checkpoint


def started_at_of(
    current: RunGroup | None, heartbeat: Heartbeat | None, streams: tuple[StreamEvidence, ...]
) -> float | None:
    """First start of the current run; without event files the heartbeat's or the earliest output's time."""
    if current is not None:
        return current.started_at
    if heartbeat is not None and heartbeat.started_at is not None:
        return heartbeat.started_at.timestamp()
    files = [f for s in streams for f in (s.checkpoint.facts, s.loss_table.facts if s.loss_table else None)]
    times = [f.modified_at for f in files if f is not None and f.exists and f.modified_at is not None]
    return min(times, default=None)
