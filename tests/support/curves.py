"""Event files and curves as evidence, for tests of pure modules: no bytes, only what readers say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from collectors.evidence.events import EventEvidence, EventFileName, ScalarSeries
from collectors.evidence.files import FileFacts
from collectors.evidence.tables import LossRow, LossTableEvidence
from collectors.training.axes import Declared, with_epochs
from collectors.training.series import EventFile
from collectors.training.stream_runs import StreamRun, stream_runs

T0 = 1_790_000_000.0
TAGS: Mapping[str, Sequence[str]] = {"train_loss": ("loss/train",), "val_loss": ("loss/val",)}


def event_file(
    start: float = T0,
    *,
    val: Sequence[float] = (0.9, 0.8, 0.7),
    first_step: int = 1,
    gap: float = 10.0,
    folder: str = "runs/patchtst_ssl",
    pid: int | None = 17,
) -> EventFile:
    """One event file of train and val losses, an epoch every `gap` seconds after its start."""
    steps = np.arange(first_step, first_step + len(val), dtype=np.int64)
    times = start + gap * np.arange(1, len(val) + 1)
    series = {
        tag: ScalarSeries(tag, steps, times + lag, np.asarray(val, dtype=float) * factor)
        for tag, lag, factor in (("loss/train", 0.0, 1.1), ("loss/val", 0.01, 1.0))
        if len(val)
    }
    last = float(times[-1]) + 0.01 if len(val) else start
    evidence = EventEvidence(
        findings=(),
        series=series,
        records=1 + 2 * len(val),
        damaged=0,
        first_time=start,
        last_time=last,
        end_offset=88 + 94 * len(val),
        partial_tail=False,
    )
    path = f"{folder}/events.out.tfevents.{int(start)}.host.{pid}.0"
    facts = FileFacts(path, True, 88 + 94 * len(val), last, (1, int(start), 0, 0))
    return EventFile(facts, EventFileName(start, "host", pid), evidence)


def one_run(**options: object) -> StreamRun:
    """The run of a single event file of a trainer whose steps are epochs."""
    run = stream_runs("patchtst", [event_file(**options)], TAGS)[-1]  # type: ignore[arg-type]
    return replace(run, curves=with_epochs(run.curves, None, {}, Declared(steps_are_epochs=True)).curves)


def loss_table(values: Sequence[float], *, first_epoch: float = 1) -> LossTableEvidence:
    """A loss history of train and val losses that agree with `event_file`."""
    rows = [LossRow(first_epoch + n, None, None, {"train_loss": v * 1.1, "val_loss": v}) for n, v in enumerate(values)]
    return LossTableEvidence("csv", (), rows, ("epoch", "train_loss", "val_loss"))
