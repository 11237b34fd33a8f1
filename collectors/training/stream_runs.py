"""Event files -> runs: which records belong to one execution of training. Pure.

A stream's run starts at its event file's first record; a later file that continues the steps is the
same run, one that starts them again is a new run. Runs of all streams, in time order, fall
into groups: a run whose stream is already in the group starts the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from collectors.evidence.events import EventEvidence, EventFileName, ScalarSeries
from collectors.evidence.files import FileFacts
from collectors.numbers import YEAR_10000, is_instant


@dataclass(frozen=True, slots=True)
class EventFile:
    """One event file that was read."""

    facts: FileFacts
    name: EventFileName
    evidence: EventEvidence


@dataclass(frozen=True, slots=True)
class Curve:
    """One series of one run: parallel arrays, non-finite values kept, each step once."""

    step: Any
    """int64 array; -1 where unknown."""
    time: Any
    """float64 array, seconds since the Unix epoch; NaN where unknown."""
    value: Any
    """float64 array."""
    epoch: Any
    """float64 array; NaN where unknown."""
    nonfinite: Mapping[str, int] | None = None
    """Kind -> how many in the whole series, where this one is reduced; None: count them here."""
    recent: tuple[Any, Any] | None = None
    """Steps and times of the last points, none left out; None: these are all."""

    def __len__(self) -> int:
        return int(self.value.size)


@dataclass(frozen=True, slots=True)
class StreamRun:
    """One execution of one stream, as its event files tell it."""

    stream: str
    files: tuple[EventFile, ...]
    started_at: float
    """Seconds since the Unix epoch: its first record."""
    last_at: float
    """Its last record."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """Series name -> curve."""

    @property
    def latest_file(self) -> EventFile:
        """The file with its last record: others may hold no more than a header."""
        return max(self.files, key=lambda f: f.evidence.last_time if is_instant(f.evidence.last_time) else 0.0)

    @property
    def last_step(self) -> int | None:
        """Largest step of any series; None without a scalar record."""
        steps = [int(c.step[-1]) for c in self.curves.values() if len(c)]
        return max(steps) if steps else None


@dataclass(frozen=True, slots=True)
class RunGroup:
    """One execution of training over one or more streams."""

    runs: Mapping[str, StreamRun]
    """Stream id -> its run."""

    @property
    def started_at(self) -> float:
        """Its first start, seconds since the Unix epoch."""
        return min(r.started_at for r in self.runs.values())


def stream_runs(stream: str, files: Iterable[EventFile], tags: Mapping[str, Sequence[str]]) -> list[StreamRun]:
    """Split a stream's event files into runs, oldest first.

    `tags` maps a series name to its tags in order of preference. Files without a dated record are left
    out: a run that has written nothing has not started yet, and one without a moment has no place. A
    beginning without a step that another run followed tells nothing, and is left out too.
    """
    dated = [f for f in files if is_instant(f.evidence.first_time)]
    dated.sort(key=lambda f: (f.evidence.first_time or 0.0, f.facts.path))
    groups: list[list[EventFile]] = []
    for file in dated:
        if groups and _continues(groups[-1], file):
            groups[-1].append(file)
        else:
            groups.append([file])
    told = [group for group in groups[:-1] if any(_first_step(f) is not None for f in group)]
    return [_build_run(stream, group, tags) for group in (*told, *groups[-1:])]


def _continues(group: list[EventFile], file: EventFile) -> bool:
    """Whether a later file goes on with the steps: a resume, or a sub-run beside its parent."""
    first = _first_step(file)
    begun = min((s for f in group if (s := _first_step(f)) is not None), default=None)
    if first is None:
        # Each process of one training may open a file of its own and write nothing but its header.
        return _same_writer(group[-1], file) or any(_overlap(f, file) for f in group)
    if begun is None:
        return _same_writer(group[-1], file)
    # A resume may repeat a few steps, a rerun starts where the first one did.
    return first > begun or _is_sub_run(group[0], file)


def _same_writer(one: EventFile, other: EventFile) -> bool:
    return one.name.pid is not None and (one.name.pid, one.name.host) == (
        other.name.pid,
        other.name.host,
    )


def _is_sub_run(parent: EventFile, file: EventFile) -> bool:
    """`add_scalars` and hparams write sub-folders beside the parent, by the same process."""
    return _folder(parent) != _folder(file) and (_same_writer(parent, file) or _overlap(parent, file))


def _overlap(one: EventFile, other: EventFile) -> bool:
    return (other.evidence.first_time or 0.0) <= (one.evidence.last_time or 0.0)


def _folder(file: EventFile) -> str:
    return file.facts.path.rpartition("/")[0]


def _first_step(file: EventFile) -> int | None:
    return min((int(s.step[0]) for s in file.evidence.series.values() if s.step.size), default=None)


def _build_run(stream: str, files: list[EventFile], tags: Mapping[str, Sequence[str]]) -> StreamRun:
    curves = {name: curve for name in tags if (curve := _curve(files, tags[name])) is not None}
    return StreamRun(
        stream=stream,
        files=tuple(files),
        started_at=min(f.evidence.first_time or 0.0 for f in files),
        last_at=max(t for f in files for t in (f.evidence.first_time, f.evidence.last_time) if is_instant(t)),
        curves=curves,
    )


def _curve(files: list[EventFile], tags: Sequence[str]) -> Curve | None:
    """The first tag that any file holds, over all files, each step once with its last value."""
    for tag in tags:
        parts = [f.evidence.series[tag] for f in files if tag in f.evidence.series]
        parts = [p for p in parts if p.value.size]
        if parts:
            return _once_a_step(parts)
    return None


def _once_a_step(parts: list[ScalarSeries]) -> Curve:
    step, time, value = _joined(parts)
    if step.size > 1 and not bool(np.all(np.diff(step) > 0)):
        kept = step.size - 1 - np.unique(step[::-1], return_index=True)[1]
        step, time, value = step[kept], time[kept], value[kept]
    reduced = any(p.count is not None for p in parts)
    return Curve(
        step,
        _moments(time),
        value,
        step.astype(np.float64),
        nonfinite=_nonfinite(parts) if reduced else None,
        recent=(parts[-1].recent[0], _moments(parts[-1].recent[1])) if parts[-1].recent else None,
    )


def _moments(time: Any) -> Any:
    """Times, NaN where one cannot be a moment of a training."""
    possible = (time >= 0) & (time < YEAR_10000)
    return time if bool(possible.all()) else np.where(possible, time, np.nan)


def _joined(parts: list[ScalarSeries]) -> tuple[Any, Any, Any]:
    if len(parts) == 1:
        return parts[0].step, parts[0].time, parts[0].value
    return (
        np.concatenate([p.step for p in parts]),
        np.concatenate([p.time for p in parts]),
        np.concatenate([p.value for p in parts]),
    )


def _nonfinite(parts: list[ScalarSeries]) -> Mapping[str, int]:
    counts = [p.nonfinite if p.nonfinite is not None else count_nonfinite(p.value) for p in parts]
    return {kind: sum(c.get(kind, 0) for c in counts) for kind in ("nan", "inf", "-inf")}


def count_nonfinite(value: Any) -> dict[str, int]:
    """Kind -> how many values are NaN, infinite or minus infinite."""
    if bool(np.isfinite(value).all()):
        return {"nan": 0, "inf": 0, "-inf": 0}
    return {
        "nan": int(np.isnan(value).sum()),
        "inf": int((value == np.inf).sum()),
        "-inf": int((value == -np.inf).sum()),
    }


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


_EVENT_FILE = re.compile(r"tfevents")


def is_event_file(path: str) -> bool:
    """Whether a path is called like an event file."""
    return bool(_EVENT_FILE.search(path.rpartition("/")[2]))
