"""What was read of one stream -> plain facts of its latest run: target, limits, writer, whose times count.

Nothing is read here but the table of processes, to tell whether a writer still lives. What a file does
not say is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from collectors.contract.streams import StallLimits, Stream
from collectors.contract.values import Status
from collectors.evidence.checkpoint import CheckpointEvidence
from collectors.evidence.documents import Heartbeat, value_at
from collectors.evidence.tables import LossTableEvidence
from collectors.training.axes import Declared
from collectors.training.completion import Recorded, Target
from collectors.training.curves import Losses
from collectors.training.evidence import ReadFile, StreamEvidence
from collectors.training.metric_facts import better_of
from collectors.training.progress import Progress
from collectors.training.run_groups import RunGroup
from collectors.training.stream_runs import StreamRun

DIGITS = re.compile(r"[0-9]{1,15}")
ROUNDED_SECONDS = 1.0
"""File systems round times."""
CLOCK_APART_SECONDS = 26 * 3600.0
"""Between two time zones at most; a file with a time that was made up is years older than its contents."""
SETTLE_SECONDS = 3.0
"""A checkpoint of a running stream younger than this may be half written: it is not judged yet."""


def target_of(stream: Stream, config: ReadFile[Any] | None) -> Target:
    """How far the stream shall train: by its final config or the pipeline's; a total that is no count is None."""
    rule = stream.completion
    return Target("step" if rule.by == "steps" else "epoch", _count(rule.total, config), rule.epochs_from)


def declared_of(stream: Stream, config: ReadFile[Any] | None, target: Target) -> Declared:
    """What the description and the config say about the steps of a stream's events."""
    events = stream.events
    return Declared(
        steps_are_epochs=any(part is not None and part.steps_are == "epochs" for part in (events, stream.loss_history)),
        steps_per_epoch=_count(events.steps_per_epoch if events else None, config),
        epochs=target.total if target.unit == "epoch" else None,
    )


def recorded_of(
    stream: Stream,
    table: LossTableEvidence | None,
    losses: Losses,
    checkpoint: ReadFile[CheckpointEvidence] | None = None,
    *,
    logged_at: float | None = None,
) -> Recorded:
    """What a stream's table and its checkpoint say about its end, where they are of this run.

    `logged_at`: when the losses were last written, seconds since the Unix epoch.
    """
    rule = stream.completion
    asked = Recorded(
        patience=rule.patience,
        monitor=rule.monitor,
        better=better_of(stream, rule.monitor),
        min_delta=rule.min_delta,
        stopped=_says_it_stopped(rule.stopped_key, losses, checkpoint),
        rewritten=_says_its_end(stream.checkpoint.ended, checkpoint, logged_at),
    )
    if table is None or losses.table_belongs is False:
        return asked
    stopped = asked.stopped or bool(table.early_stop)
    return replace(
        asked, outcome=table.outcome, step=table.counted_step, of_steps=table.configured_steps, stopped=stopped
    )


def _says_it_stopped(key: str | None, losses: Losses, checkpoint: ReadFile[CheckpointEvidence] | None) -> bool:
    """Whether a checkpoint says that the training stopped where the losses end: an old one stopped elsewhere."""
    evidence = checkpoint.evidence if checkpoint is not None else None
    if key is None or evidence is None:
        return False
    last = losses.last_epoch if losses.last_epoch is not None else losses.last_step
    found = [value for name, value in evidence.scalars.items() if fnmatchcase(name, glob_of(key))]
    counts = [value for value in found if isinstance(value, int) and not isinstance(value, bool) and value > 0]
    return last is not None and any(abs(last - count) <= 1 for count in counts)


def glob_of(key: str) -> str:
    """A key in which only `*` stands for something: names of callbacks hold brackets."""
    return key.replace("[", "[[]").replace("?", "[?]")


def _says_its_end(
    ended: Mapping[str, Any], checkpoint: ReadFile[CheckpointEvidence] | None, logged_at: float | None
) -> bool:
    """Whether a checkpoint holds what its trainer writes into it at the end; one older than the losses is of before."""
    found = checkpoint.evidence if checkpoint is not None else None
    if checkpoint is None or found is None or not ended or any(found.scalars.get(k) != v for k, v in ended.items()):
        return False
    modified = checkpoint.facts.modified_at
    return modified is None or logged_at is None or modified >= logged_at - ROUNDED_SECONDS


def _count(said: int | str | None, config: ReadFile[Any] | None) -> int | None:
    """A count that stands there or, as a number or as text, under a key of the config; None where it is no count."""
    data = config.evidence.data if config and config.evidence else None
    value: Any = value_at(data, said) if isinstance(said, str) else said
    value = int(value) if isinstance(value, str) and DIGITS.fullmatch(value) else value
    sane = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if sane and 0 < value < 2**53 and float(value).is_integer() else None


def limits_of(own: StallLimits, pipeline: StallLimits) -> StallLimits:
    """The stream's own limits in seconds, else the pipeline's."""
    return StallLimits(
        quiet_seconds=own.quiet_seconds or pipeline.quiet_seconds,
        stalled_seconds=own.stalled_seconds or pipeline.stalled_seconds,
    )


def are_times_trusted(run: StreamRun | None, limit_seconds: float) -> bool | None:
    """Whether the newest event file's mtime goes with its last record's own time; None without one."""
    if run is None:
        return None
    newest = run.latest_file
    modified, last = newest.facts.modified_at, newest.evidence.last_time
    return modified is not None and last is not None and is_kept_time(modified, last, limit_seconds)


def is_kept_time(modified: float, last: float, limit_seconds: float) -> bool:
    """Whether a file's mtime goes with the last instant that is written in it; all in seconds.

    A copy is never older than what it holds: one that is, by less than clocks differ, bears another's.
    """
    return -CLOCK_APART_SECONDS <= modified - last <= limit_seconds


def not_judged_yet(checkpoint: ReadFile[Any] | None, progress: Progress, now: float) -> ReadFile[Any] | None:
    """Mark a running stream's broken checkpoint as being written while it is very young."""
    if checkpoint is None:
        return None
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
    files = [f.facts for s in streams for f in (s.checkpoint, s.loss_table) if f is not None]
    times = [f.modified_at for f in files if f.exists and f.modified_at is not None]
    return min(times, default=None)
