"""Event files of one stream -> which of them one execution of training wrote. Pure.

Going back is judged by the training series alone: a later file whose training goes on is the same run, one
that begins again where the run began is a new one, and one in between is a resume. Files that hold no
configured series, and evaluations afterwards, start and cut nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from collectors.evidence.events import ScalarSeries
from collectors.evidence.order import distinct, median
from collectors.numbers import YEAR_10000, is_instant
from collectors.training.remembered import per_object
from collectors.training.series import EventFile, TagChoice

SAME = 1e-6
"""Relative difference up to which two writers recorded one number."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A resume: points of the run that are older than `time` and at or beyond `step` were thrown away."""

    time: float
    """Seconds since the Unix epoch."""
    step: int


@dataclass(slots=True)
class RunFiles:
    """The files of one run, in time order."""

    files: list[EventFile]
    left_out: list[EventFile] = field(default_factory=list)
    """Evaluations afterwards and files without a configured series: of this run, but not its curves."""
    cuts: list[Cut] = field(default_factory=list)
    rivals: list[str] = field(default_factory=list)
    """Folders of other trainings that ran at the same time."""
    repeats: bool = False
    """A resume wrote some steps again: the later value of a step counts, of a validation too."""
    conflicts: list[tuple[str, EventFile]] = field(default_factory=list)
    """Series of which a second writer recorded other values at the same steps."""


def split_runs(files: Iterable[EventFile], choice: TagChoice, begun: Collection[str] = ()) -> list[RunFiles]:
    """Split a stream's event files into runs, oldest first.

    `begun`: paths of files without a record of the stream whose process lives, so that a training has
    begun. Files without a dated record have no place in time and are left out.
    """
    dated = [f for f in files if is_instant(f.evidence.first_time)]
    dated.sort(key=lambda f: (f.evidence.first_time or 0.0, f.facts.path))
    runs: list[RunFiles] = []
    for file in dated:
        if choice.series_of(file):
            _place(runs, file, choice)
        else:
            _place_bare(runs, file, file.facts.path in begun)
    told = [run for run in runs[:-1] if any(choice.series_of(f) for f in run.files)]
    return [*told, *runs[-1:]]


def _place_bare(runs: list[RunFiles], file: EventFile, begun: bool) -> None:
    """A file without a configured series: it starts a run only where its process lives, or where it is the first."""
    goes_on = bool(runs) and (_belongs(runs[-1], file) or any(start.step > 0 for start in file.evidence.starts))
    if not runs or (begun and not goes_on):
        runs.append(RunFiles([file]))
    elif begun or _belongs(runs[-1], file):
        runs[-1].files.append(file)
    else:
        runs[-1].left_out.append(file)


def _belongs(run: RunFiles, file: EventFile) -> bool:
    return any(same_writer(f, file) or _overlap(f, file) for f in run.files)


def _place(runs: list[RunFiles], file: EventFile, choice: TagChoice) -> None:
    """Put a file with points into the run that it goes on with, or begin one."""
    run = runs[-1] if runs else None
    if run is None or not any(choice.series_of(f) for f in run.files):
        if run is not None and any(same_writer(f, file) for f in run.files):
            run.files.append(file)
        else:
            runs.append(RunFiles([file]))
        return
    if _first_point(file, choice) <= _last_point(run, choice):
        _place_beside(runs, file, choice)
    elif not _common(run, file, choice):
        _place_validation(run, file, choice)
    else:
        _place_later(runs, file, choice)


def _first_point(file: EventFile, choice: TagChoice) -> float:
    """When a file's first configured value was written: TensorFlow's header bears the whole second before its own."""
    return max(file.evidence.first_time or 0.0, min(_moments(file, choice), default=0.0))


def _last_point(run: RunFiles, choice: TagChoice) -> float:
    every = [moment for file in run.files for moment in _moments(file, choice)]
    return max(every, default=max((f.evidence.last_time or 0.0 for f in run.files), default=0.0))


def _moments(file: EventFile, choice: TagChoice) -> list[float]:
    """First and last moment of each configured series that has possible ones."""
    times = [s.time[(s.time > 0) & (s.time < YEAR_10000)] for s in choice.series_of(file).values()]
    return [float(moment) for of in times if of.size for moment in (of.min(), of.max())]


Pair = tuple[str, ScalarSeries, list[ScalarSeries]]
"""Name of a series, what the file holds of it and what the run does."""


def _common(run: RunFiles, file: EventFile, choice: TagChoice) -> list[Pair]:
    """Training series that both hold."""
    held = [choice.series_of(f) for f in run.files]
    return [
        (name, series, before)
        for name, series in choice.series_of(file).items()
        if not choice.validates(name) and (before := [h[name] for h in held if name in h])
    ]


def _place_beside(runs: list[RunFiles], file: EventFile, choice: TagChoice) -> None:
    """Two writers at one time: one run, a second training beside it, or one series with two values."""
    run = runs[-1]
    shared = [*_common(run, file, choice), *_validations(run, file, choice)]
    at_odds = [name for name, series, before in shared if any(differ(series, b) for b in before)]
    apart = all(f.folder != file.folder for f in run.files if choice.series_of(f))
    if at_odds and apart:
        rivals = sorted({f.folder for f in run.files if choice.series_of(f)})
        runs.append(RunFiles([file], rivals=rivals))
        return
    run.files.append(file)
    run.conflicts += [(name, file) for name in at_odds]


def _validations(run: RunFiles, file: EventFile, choice: TagChoice) -> list[Pair]:
    held = [choice.series_of(f) for f in run.files]
    return [
        (name, series, before)
        for name, series in choice.series_of(file).items()
        if choice.validates(name) and (before := [h[name] for h in held if name in h])
    ]


def _place_validation(run: RunFiles, file: EventFile, choice: TagChoice) -> None:
    """A later file of validation, or of a series new to the run: it goes on, or it is an evaluation afterwards."""
    goes_back = any(
        series.step[0] <= max(int(b.step.max()) for b in before)
        for _, series, before in _validations(run, file, choice)
    )
    if goes_back:
        run.left_out.append(file)
    else:
        run.files.append(file)


def _place_later(runs: list[RunFiles], file: EventFile, choice: TagChoice) -> None:
    """A later file with training: it goes on, it is a resume at one of its steps, or another run."""
    training = _common(runs[-1], file, choice)
    first = min(int(series.step[0]) for _, series, _ in training)
    begun = min(int(b.step.min()) for _, _, before in training for b in before)
    if first <= begun:
        # The validation's file of a new training may have been opened before its own: it goes with it.
        ahead = [f for f in runs[-1].left_out if _overlap(f, file) and choice.series_of(f)]
        runs[-1].left_out = [f for f in runs[-1].left_out if f not in ahead]
        runs.append(RunFiles([*ahead, file]))
        return
    last = max(int(b.step.max()) for _, _, before in training for b in before)
    run = runs[-1]
    stride = max(stride_of(b.step) for _, _, before in training for b in before)
    # One stride may be out of order; but what another process has not reached again is not its own.
    is_short = first < last and max(int(series.step.max()) for _, series, _ in training) < last
    is_another = not any(same_writer(f, file) for f in run.files)
    run.files.append(file)
    run.repeats |= first <= last
    if last - first > stride or (is_short and is_another):
        run.cuts.append(Cut(file.evidence.first_time or 0.0, first))


def cuts_within(series: ScalarSeries) -> list[Cut]:
    """Resumes that one file holds: its training begins again, later, by more than one stride.

    A single point that goes back is out of order and cuts nothing.
    """
    step, time = series.step, series.time
    falls = np.flatnonzero(step[1:] < step[:-1]) + 1
    if not falls.size:
        return []
    stride = stride_of(step)
    reached = np.maximum.accumulate(step)
    return [
        Cut(float(time[at]), int(step[at]))
        for at in falls.tolist()
        if reached[at] - step[at] > stride
        and at + 1 < step.size
        and step[at + 1] <= reached[at]
        and time[at] >= time[at - 1]
    ]


@per_object
def stride_of(step: Any) -> float:
    """The usual distance between two records of a series; 1 where there are fewer than two."""
    gaps = np.diff(distinct(step))
    return median(gaps) if gaps.size else 1.0


def differ(one: ScalarSeries, other: ScalarSeries) -> bool:
    """Whether two writers recorded different values at a step that both have."""
    _, left, right = np.intersect1d(one.step, other.step, return_indices=True)
    with np.errstate(all="ignore"):
        same = np.isclose(one.value[left], other.value[right], rtol=SAME, atol=1e-12, equal_nan=True)
    return not bool(same.all())


def same_writer(one: EventFile, other: EventFile) -> bool:
    """Whether one process wrote both, by host and process id in their names."""
    return one.name.pid is not None and (one.name.pid, one.name.host) == (other.name.pid, other.name.host)


def _overlap(one: EventFile, other: EventFile) -> bool:
    first, last = other.evidence.first_time, one.evidence.last_time
    return first is None or (last is not None and first <= last)


def series_parts(run: RunFiles, choice: TagChoice) -> Mapping[str, Sequence[ScalarSeries]]:
    """Series name -> its parts in time order, without what a second writer recorded otherwise."""
    at_odds = {(name, file.facts.path) for name, file in run.conflicts}
    parts: dict[str, list[ScalarSeries]] = {}
    for file in run.files:
        for name, series in choice.series_of(file).items():
            if (name, file.facts.path) not in at_odds:
                parts.setdefault(name, []).append(series)
    return {name: parts[name] for name in choice.tags if name in parts}
