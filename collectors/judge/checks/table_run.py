"""Whether a checkpoint is of the run that a table tells of, where a stream has no event files. Pure.

The table's own times, or a heartbeat, say when the run began. Without them only the files' times are left: a
checkpoint written with the last row or after it is the run's, and so is one written after the config of a trainer
that writes it first, or while the training lasted, where its seconds are told. One that the table's trainer itself
counts to its run, or saved with it into one folder, needs no time. Of an older one nothing is claimed.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from collectors.contract.pipeline import PipelineConfig
from collectors.evidence.files import FileFacts
from collectors.judge.checks.part import Part, failing, missing_text, passing, skipping
from collectors.judge.checks.records import records_again
from collectors.judge.remedy import training
from collectors.numbers import instant_words
from collectors.training.evidence import ReadFile, StreamEvidence
from collectors.training.facts import is_kept_time

SLACK_SECONDS: Final = 1.0
"""File systems round times; record times are exact."""
LOST: Final = (
    "File times were lost (a copy or a checkout): validate where the training ran, or keep times when copying."
)
STATE: Final = "trainer_state"
EARLIEST: Final = 1e8
"""Seconds since the Unix epoch; a smaller time in a table counts from the start of its training."""


def is_told_by_table(s: StreamEvidence, config: PipelineConfig) -> bool:
    """Whether the table alone tells of a stream's run: no event file does, and none is asked for."""
    is_alone = s.stream.events is None or s.is_told_by_table_alone or not config.settings_of("logs").enabled
    return s.run is None and is_alone and s.loss_table is not None


def table_part(s: StreamEvidence, trusted_seconds: float) -> Part:
    """What table and checkpoint say of each other; `trusted_seconds`: how far the last row may lie from its time."""
    table, times = s.loss_table, _times(s)
    written = table.facts.modified_at if table else None
    if table is None or table.evidence is None or written is None:
        text = f"{s.id}: no table, so nothing says when its run began"
        return skipping(None, s.id, text, records_again(s))
    if s.checkpoint is None:
        return passing(table.path, s.id, f"{s.id}: losses of one table")
    if times is not None and not is_kept_time(written, times[1], trusted_seconds):
        return skipping(None, s.id, f"{s.id}: times were lost", LOST)
    # Rows may bear another clock's time, or another zone's: the file's own clock dates the checkpoint too.
    began = times[0] - max(0.0, times[1] - written) if times is not None else s.progress.started_at
    return _compared(s, s.checkpoint, began, table.facts)


def _compared(s: StreamEvidence, file: ReadFile[Any], began: float | None, table: FileFacts) -> Part:
    """The checkpoint against the run's start; where nobody knows it, against the table's last writing."""
    modified, written = file.facts.modified_at, table.modified_at or 0.0
    good_end = training("Train {names} to a good end, or restore the run it belongs to.", s.stream.label)
    if modified is None:
        return skipping(file.path, s.id, f"{s.id}: {missing_text(file.facts)}", good_end)
    if began is not None and modified < began - SLACK_SECONDS:
        text = f"{s.id}: the checkpoint {file.path} ({instant_words(modified)}) was written before its run, which"
        return failing(file.path, s.id, f"{text} began {instant_words(began)}", good_end)
    is_after = _is_after_config(s, modified) or _is_while_it_lasted(s, modified, written) or _is_own(s, file.path)
    if began is None and modified < written - SLACK_SECONDS and not is_after:
        text = f"{s.id}: {file.path} is older than the last row of {table.path}, which does not say when its run began"
        return skipping(file.path, s.id, text, f"Write a column `time` into {table.path}, or event files beside it.")
    return passing(file.path, s.id, f"{s.id}: checkpoint and table of one run")


def _is_after_config(s: StreamEvidence, modified: float) -> bool:
    """Whether a file is younger than the config that this trainer writes when a run begins."""
    is_told = s.stream.config is not None and s.stream.config.starts_run
    written = s.config.facts.modified_at if s.config is not None and is_told else None
    return written is not None and modified >= written - SLACK_SECONDS


def _is_while_it_lasted(s: StreamEvidence, modified: float, written: float) -> bool:
    """Whether a file is no older than the training lasted, by a column that is said to count its seconds, or by the
    trainer's own sum."""
    table, evidence = s.stream.loss_history, s.loss_table.evidence if s.loss_table is not None else None
    lasted = evidence.lasted if evidence is not None else None
    is_told = (table is not None and "time" in table.columns) or (evidence is not None and evidence.format == STATE)
    return is_told and lasted is not None and modified >= written - lasted - SLACK_SECONDS


def _is_own(s: StreamEvidence, path: str) -> bool:
    """Whether a checkpoint is what the trainer calls its run's best, or lies in the folder of the state that was saved
    with it: what an earlier run left there was written over."""
    table = s.loss_table
    if table is None or table.evidence is None or table.evidence.format != STATE:
        return False
    place = path.rpartition("/")[0]
    is_beside = place == table.path.rpartition("/")[0]
    saved_with_it = f"checkpoint-{table.evidence.counted_step}" if is_beside else None
    return bool(place) and place.rpartition("/")[2] in {table.evidence.own_checkpoint, saved_with_it}


def _times(s: StreamEvidence) -> tuple[float, float] | None:
    """First and last instant that the table's rows tell; None where they tell none."""
    told = [curve.time[np.isfinite(curve.time) & (curve.time > EARLIEST)] for curve in s.losses.curves.values()]
    known = np.concatenate(told) if told else np.empty(0)
    return (float(known.min()), float(known.max())) if known.size else None
