"""Runs of all streams -> the executions of training that they make up. Pure.

In time order they fall into groups: a run whose stream is already in the group starts the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from collectors.training.stream_runs import StreamRun


@dataclass(frozen=True, slots=True)
class RunGroup:
    """One execution of training over one or more streams."""

    runs: Mapping[str, StreamRun]
    """Stream id -> its run."""

    @property
    def started_at(self) -> float:
        """Its first start, seconds since the Unix epoch."""
        return min(r.started_at for r in self.runs.values())


def group_runs(runs: Iterable[StreamRun]) -> list[RunGroup]:
    """Group the runs of all streams in time order: the last group is the current run."""
    groups: list[dict[str, StreamRun]] = []
    for run in sorted(runs, key=lambda r: r.started_at):
        if not groups or run.stream in groups[-1]:
            groups.append({})
        groups[-1][run.stream] = run
    return [RunGroup(group) for group in groups]


def run_id_at(started_at: float) -> str:
    """The id of a run from its first start, in seconds since the Unix epoch."""
    return datetime.fromtimestamp(started_at, UTC).strftime("run-%Y%m%d-%H%M%S")


def is_event_file(path: str) -> bool:
    """Whether a path is called like an event file."""
    return "tfevents" in path.rpartition("/")[2]


def is_deeper(path: str, folder: str, others: Iterable[str]) -> bool:
    """Whether a file below a stream's folder lies in the folder of another stream, which is below it too."""
    below = (other for other in others if other != folder and (folder == "." or other.startswith(f"{folder}/")))
    return any(path.startswith(f"{other}/") for other in below)
