"""What was read of one stream -> plain facts of its latest run: target, limits, writer, whose times count.

Nothing is read here but the table of processes, to tell whether a writer still lives. What a file does
not say is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from collectors.checks.configs import MISSING, value_at
from collectors.config import StallLimits, Stream
from collectors.evidence import Heartbeat
from collectors.processes import is_writer_alive
from collectors.progress import Progress, Target, WriterFacts
from collectors.readers.loss_table import LossColumns
from collectors.runs import RunGroup, StreamRun
from collectors.state import Status
from collectors.workspace_evidence import ReadFile, StreamEvidence

SETTLE_SECONDS = 3.0
"""A checkpoint of a running stream younger than this may be half written: it is not judged yet."""


def columns_of(named: Mapping[str, tuple[str, ...]]) -> LossColumns | None:
    """Which columns of a loss history are meant; None where the usual ones are."""
    if not named:
        return None
    usual = LossColumns()
    series = {name: columns for name, columns in named.items() if name not in {"epoch", "step", "time"}}
    return LossColumns(
        epoch=named.get("epoch", usual.epoch),
        step=named.get("step", usual.step),
        time=named.get("time", usual.time),
        series=series or usual.series,
    )


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


def writer_of(run: StreamRun | None, heartbeat: Heartbeat | None) -> WriterFacts | None:
    """Which process writes the stream, by its event file's name or the heartbeat; None where neither says."""
    if run is not None:
        name = run.latest_file.name
        if name.pid is not None:
            return WriterFacts(name.host, name.pid, is_writer_alive(name.host, name.pid, name.started_at))
    if heartbeat is not None and heartbeat.pid is not None:
        began = heartbeat.started_at.timestamp() if heartbeat.started_at else None
        return WriterFacts(heartbeat.host, heartbeat.pid, is_writer_alive(heartbeat.host, heartbeat.pid, began))
    return None


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
