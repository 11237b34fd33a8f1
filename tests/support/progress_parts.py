"""One stream before it is judged, and its state a moment after its last record, for tests of progress."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from support.curves import T0, one_run

from collectors.contract.streams import StallLimits
from collectors.evidence.documents import Heartbeat
from collectors.evidence.files import FileFacts
from collectors.training.completion import Target
from collectors.training.curves import Losses, merge_losses
from collectors.training.progress import Observed, Progress, progress_of
from collectors.training.stream_runs import Curve

END = T0 + 30.01
"""The last record of three epochs, ten seconds each."""
NO_LOSSES = Losses(None)


def seen(target: Target | None = None, **more: Any) -> Observed:
    """A run of three epochs whose end is far; `run` holds what differs in its event file."""
    run = one_run(**more.pop("run_", {}))
    losses = merge_losses(run, None, FileFacts("x", False), times_trusted=True)
    known = {
        "run": run, "losses": losses, "target": target or Target("epoch", 30), "limits": StallLimits(),
        "writer": None, "heartbeat": None, "table_modified_at": None,
    }  # fmt: skip
    return Observed(**(known | more))


def beat(at: float | None = END, **more: Any) -> Heartbeat:
    """A heartbeat that was written then and says no more than a test says."""
    known = {
        "stream": "patchtst", "pid": 1, "host": "h", "epoch": None, "epochs": None, "started_at": None, "outcome": None,
        "updated_at": None if at is None else instant(at),
    }  # fmt: skip
    return Heartbeat(**(known | more))


def instant(seconds: float) -> datetime:
    """A moment, from seconds since the Unix epoch."""
    return datetime.fromtimestamp(seconds, UTC)


def found(after: float = 1.0, **more: Any) -> Progress:
    """The state so many seconds after the last record."""
    return progress_of(seen(**more), END + after)


def curve(epochs: Sequence[float], steps: Sequence[int] | None = None) -> Curve:
    """A curve of ones at these epochs, its times unknown."""
    step = np.array(steps) if steps is not None else np.full(len(epochs), -1)
    return Curve(step, np.full(len(epochs), math.nan), np.ones(len(epochs)), np.array(epochs, float))
