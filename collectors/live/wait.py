"""`validate --wait`: look again and again until training has ended, then give the last state.

Input: a collector. Output: the state in which no stream is running any more, or the one at which
patience ended. Progress goes to the given voice, one line a change.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from collectors.collect import Collector
from collectors.contract.metrics import StreamMetrics
from collectors.contract.state import DashboardState
from collectors.contract.values import Status, VerdictValue
from collectors.live.file_changes import Changes
from collectors.presentation.words import progress_words, stream_word

LOOK_SECONDS: Final = 2.0
"""Silence has limits to run into, so the workspace is looked at this often without a change too."""
BETWEEN_SECONDS: Final = 180.0
"""A stream that has not begun this long after the last one ended is not waited for any more."""


def wait_until_ended(
    collector: Collector, changes: Changes, say: Callable[[str], None], patience_seconds: float | None
) -> DashboardState:
    """Collect until training has ended, at most `patience_seconds` (None: for ever)."""
    deadline = None if patience_seconds is None else time.monotonic() + patience_seconds
    said, state = "", collector.collect()
    while not has_ended(state, time.time()):
        now = progress_line(state)
        if now != said:
            say(now)
            said = now
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            say(f"waited {patience_seconds:g} s: training has not ended")
            return state
        changes.wait(LOOK_SECONDS if left is None else min(LOOK_SECONDS, left))
        state = collector.collect(state)
    return state


def has_ended(state: DashboardState, now: float) -> bool:
    """Whether no stream runs and none is about to begin. `now`: seconds since the Unix epoch."""
    statuses = [m.completion.status for m in state.metrics.values()]
    if Status.RUNNING in statuses:
        return False
    if Status.FAIL in statuses or Status.STALLED in statuses:
        return True
    if Status.IDLE not in statuses:
        return state.verdict.value is not VerdictValue.TRAINING
    ends = [m.completion.last_record_at for m in state.metrics.values() if m.completion.last_record_at]
    return bool(ends) and now - max(ends).timestamp() > BETWEEN_SECONDS


def progress_line(state: DashboardState) -> str:
    """How far every stream is, in one line."""
    parts = [f"{stream}: {_how_far(run)}" for stream, run in state.metrics.items()]
    return "waiting for training to end; " + ", ".join(parts)


def _how_far(run: StreamMetrics) -> str:
    words, status = progress_words(run), run.completion.status
    return words if status is Status.IDLE else f"{words} ({stream_word(run)})"
