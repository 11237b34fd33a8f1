"""When a run had ended, and from when on nobody writes its files any more. Pure.

Files are compared with files: the clock of the file server that bears the event file's time bears the checkpoint's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from collectors.contract.remembered import SeenFile
from collectors.contract.values import Status
from collectors.training.evidence import ReadFile, StreamEvidence, WorkspaceEvidence

LAST_SAVE_SECONDS: Final = 600.0
"""A last save, a copy of the best, weights that are stripped: all of it comes within minutes."""
CONFIG: Final = "config"
GAPS: Final = 3
"""Epochs may take hours, and so may an evaluation before the last save."""


def end_of_run(s: StreamEvidence) -> float | None:
    """Seconds since the Unix epoch, by the clock that also dates the checkpoint; None while it runs or untold."""
    if s.progress.status in {Status.RUNNING, Status.IDLE}:
        return None
    if s.run is not None:
        return s.run.latest_file.facts.modified_at if s.times_trusted else None
    return s.loss_table.facts.modified_at if s.loss_table else None


def settled_at(s: StreamEvidence) -> float | None:
    """When the last file of a run must have been written; None where its end is not known."""
    ended = end_of_run(s)
    if ended is None:
        return None
    began, last, gap = s.progress.started_at, s.progress.last_at, s.progress.gap
    usual = GAPS * gap if gap is not None else last - began if began is not None and last is not None else 0.0
    return ended + max(LAST_SAVE_SECONDS, usual)


def files_of_ended_runs(seen: WorkspaceEvidence) -> Iterator[tuple[str, StreamEvidence, ReadFile[Any]]]:
    """What a file is, and the stream whose run writes it: checkpoints, configs and the scaler of ended runs.

    A config's digest is that of its values: one that was only written in another form is the same one.
    """
    for s in seen.streams:
        if settled_at(s) is None:
            continue
        if s.checkpoint is not None and not s.checkpoint.being_written:
            yield "checkpoint", s, s.checkpoint
        if s.config is not None and s.config.evidence is not None and s.config.evidence.sound:
            yield CONFIG, s, replace(s.config, sha256=_digest_of(s.config.evidence.data))
        spec, scaler = seen.config.scaler, seen.scaler
        if spec is not None and spec.stream == s.id and scaler is not None and not scaler.being_written:
            yield "scaler", s, scaler


def _digest_of(values: Any) -> str:
    """SHA-256 of plain values, in whatever order and form they stand in their file."""
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_changed(file: ReadFile[Any], before: SeenFile | None, s: StreamEvidence) -> bool:
    """Whether a file is another one than was seen after the end of this run, and no last save explains that."""
    settled, modified = settled_at(s), file.facts.modified_at
    if before is None or file.sha256 is None or settled is None or before.ended_at != end_of_run(s):
        return False
    ours = settled + (s.run.clock_lag if s.run is not None else 0.0)  # who looked has the writer's clock, or his own
    late = before.seen_at > ours or (modified is not None and modified > settled)
    return late and before.sha256 != file.sha256
