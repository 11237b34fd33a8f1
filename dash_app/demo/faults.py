"""A recording and the end that was asked for -> the steps of a replay, in order.

Pure. The good end is the recorded one. `diverge` is a training that really diverged; `stall` and
`corrupt` begin as the good one, and then happen to it what happens to trainings: the process is
killed, a byte on the disk flips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash_app.demo.recording import Library, RecordedRun, RecordingProblem, Smoke, Write

STALLED_STREAM = "swinmae"


@dataclass(frozen=True)
class Flip:
    """A byte in the middle of a file changes, and nobody is told."""

    at_seconds: float
    path: str


@dataclass(frozen=True)
class Die:
    """The writing process is killed."""

    at_seconds: float


Step = Write | Smoke | Flip | Die


def run_of(library: Library, fault: str | None) -> RecordedRun:
    """Give the recorded run that an end begins with."""
    return library.run("diverged" if fault == "diverge" else "good")


def steps_of(run: RecordedRun, fault: str | None) -> tuple[Step, ...]:
    """Give what happens, in order. Raises RecordingProblem where the run has no place for the fault."""
    happened = _in_order([*(w for w in run.writes if not w.is_left_out), *run.smoke])
    if fault == "stall":
        end = _middle_of(run, STALLED_STREAM)
        return (*(s for s in happened if s.at_seconds <= end), Die(end))
    if fault == "corrupt":
        last = _last(happened, ".pt")
        return _in_order([*happened, Flip(last.at_seconds, last.path)])
    return happened


def _in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Sort by time; what happens at the same time keeps its order."""
    return tuple(sorted(steps, key=lambda step: step.at_seconds))


def _middle_of(run: RecordedRun, stream: str) -> float:
    """Half-way between two epochs in the middle of a stream's training, in seconds."""
    rows = [w.at_seconds for w in run.writes if w.operation == "append" and f"{stream}_loss_history" in w.path]
    if len(rows) < 2:
        raise RecordingProblem(f"the recorded {stream} has too few epochs to stop between two")
    middle = len(rows) // 2
    return (rows[middle - 1] + rows[middle]) / 2


def _last(steps: Sequence[Step], ending: str) -> Write:
    writes = [s for s in steps if isinstance(s, Write) and s.path.endswith(ending)]
    if not writes:
        raise RecordingProblem(f"no {ending} file was recorded")
    return writes[-1]
