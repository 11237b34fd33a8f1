"""Event files of one stream -> runs: which records belong to one execution of training. Pure.

A stream's run starts at its event file's first record; `run_files` says which files are one run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from collectors.contract.metric_rules import Better
from collectors.evidence.events import ScalarSeries
from collectors.numbers import YEAR_10000, is_instant
from collectors.training.resumes import cuts_at_starts
from collectors.training.run_files import Cut, RunFiles, cuts_within, series_parts, split_runs
from collectors.training.series import EPOCH_TAGS, EventFile, TagChoice, choose_tags, is_gradient_norm

MOST_BESIDE: Final = 200
"""Tags that nobody configured, of which the state tells."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
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
    count: int | None = None
    """Points it stands for where it was reduced; None: these are all, or nobody can tell."""

    def __len__(self) -> int:
        return int(self.value.size)

    def best_at(self, better: Better | None, min_delta: float = 0.0) -> int | None:
        """Index of the first of its best values; None where none is finite, or neither way is better.

        `min_delta`: a value that is better than the best one by no more than this does not count.
        """
        finite = np.isfinite(self.value)
        if better is None or not finite.any():
            return None
        losses = np.where(finite, self.value if better == "lower" else -self.value, np.inf)
        best = int(np.argmin(losses))
        return _last_gain(losses, min_delta) if min_delta else best


def _last_gain(losses: Any, min_delta: float) -> int:
    """Index of the last value that lies below the best one before by more than `min_delta`."""
    least, at = np.inf, 0
    lower = losses < np.minimum.accumulate(np.concatenate(([np.inf], losses[:-1])))
    for place in np.flatnonzero(lower).tolist():
        if losses[place] < least - min_delta:
            least, at = losses[place], place
    return at


@dataclass(frozen=True, slots=True, weakref_slot=True)
class StreamRun:
    """One execution of one stream, as its event files tell it."""

    stream: str
    files: tuple[EventFile, ...]
    started_at: float
    """Seconds since the Unix epoch: its first record."""
    last_at: float
    """Its last record."""
    curves: Mapping[str, Curve] = field(default_factory=dict)
    """Series name -> curve by step; its epochs are unknown until something says which."""
    counter: Curve | None = None
    """Step -> epoch as the files record it; None where they do not."""
    gradients: Mapping[str, Curve] = field(default_factory=dict)
    """Tag of a gradient norm -> curve, asked for or not."""
    at_odds: Mapping[str, Curve] = field(default_factory=dict)
    """What a second writer recorded of a series otherwise, by the series and its file."""
    rivals: tuple[str, ...] = ()
    """Folders of other trainings that ran at the same time."""
    beside: tuple[str, ...] = ()
    """Tags that nobody configured, at most `MOST_BESIDE`, in file order."""
    left_out: tuple[str, ...] = ()
    """Files of evaluations afterwards, and without any configured series: nothing of them is a curve."""

    @property
    def hparams(self) -> Mapping[str, bool | float | str]:
        """Hyperparameters that its writers recorded."""
        return {key: value for file in self.files for key, value in file.evidence.hparams.items()}

    @property
    def latest_file(self) -> EventFile:
        """The file with its last record: others may hold no more than a header."""
        return max(self.files, key=lambda f: f.evidence.last_time if is_instant(f.evidence.last_time) else 0.0)

    @property
    def clock_lag(self) -> float:
        """Seconds by which the file server's clock is behind the writer's: no file is older than its last record."""
        modified, last = self.latest_file.facts.modified_at, self.latest_file.evidence.last_time
        return max(0.0, last - modified) if modified is not None and is_instant(last) else 0.0

    @property
    def set_back(self) -> float:
        """Seconds by which the writer's clock was set back while it wrote: later files look so much older."""
        steps = (np.diff(c.time[np.isfinite(c.time)]) for c in self.curves.values())
        return max((-float(of.min(initial=0.0)) for of in steps), default=0.0)

    @property
    def last_step(self) -> int | None:
        """Largest step of any series; None without a scalar record."""
        steps = [int(c.step[-1]) for c in self.curves.values() if len(c)]
        return max(steps) if steps else None


def stream_runs(
    stream: str, files: Iterable[EventFile], tags: Mapping[str, Sequence[str]], begun: Collection[str] = ()
) -> list[StreamRun]:
    """Split a stream's event files into runs, oldest first.

    `tags` maps a series name to its tags in order of preference; `begun` names files without a record
    whose process lives. Files without a dated record are left out: a run that has written nothing has not
    started yet, and one without a moment has no place.
    """
    every = list(files)
    choice = choose_tags(every, tags)
    return [_build_run(stream, run, choice) for run in split_runs(every, choice, begun)]


def _build_run(stream: str, run: RunFiles, choice: TagChoice) -> StreamRun:
    parts = series_parts(run, choice)
    training = [of for name, of in parts.items() if not choice.validates(name)]
    starts = [start for f in (*run.files, *run.left_out) for start in f.evidence.starts]
    cuts = [*run.cuts, *(c for of in training for s in of for c in cuts_within(s)), *cuts_at_starts(training, starts)]
    again = run.repeats or bool(cuts)
    also = {
        f"{name} in {file.facts.path.rpartition('/')[2]}": _curve([choice.series_of(file)[name]], cuts)
        for name, file in run.conflicts
    }
    every = [t for f in run.files for t in (f.evidence.first_time, f.evidence.last_time) if is_instant(t)]
    return StreamRun(
        stream=stream,
        files=tuple(run.files),
        started_at=min(f.evidence.first_time or 0.0 for f in run.files),
        last_at=max(every),
        curves={name: _curve(of, cuts, keep_first=choice.validates(name) and not again) for name, of in parts.items()},
        counter=next((c for tag in EPOCH_TAGS if (c := _beside(tag, run.files, cuts)) is not None), None),
        gradients=_gradients(run.files, cuts),
        at_odds=also,
        rivals=tuple(run.rivals),
        beside=_tags_beside(run.files, choice),
        left_out=tuple(f.facts.path for f in run.left_out),
    )


def _tags_beside(files: Sequence[EventFile], choice: TagChoice) -> tuple[str, ...]:
    used = {*choice.tags.values(), *EPOCH_TAGS, "hp_metric"}  # the last one is Lightning's place for hyperparameters
    held = dict.fromkeys(tag for f in files for tag, s in f.evidence.series.items() if tag not in used and s.value.size)
    return tuple(held)[:MOST_BESIDE]


def _beside(tag: str, files: Sequence[EventFile], cuts: Sequence[Cut]) -> Curve | None:
    """What the files record under a tag beside the losses; None where they do not."""
    parts = [s for f in files if (s := f.evidence.series.get(tag)) is not None and s.value.size]
    return _curve(parts, cuts) if parts else None


def _gradients(files: Sequence[EventFile], cuts: Sequence[Cut]) -> dict[str, Curve]:
    tags = dict.fromkeys(tag for f in files for tag in f.evidence.series if is_gradient_norm(tag))
    return {tag: curve for tag in tags if (curve := _beside(tag, files, cuts)) is not None}


def _curve(parts: Sequence[ScalarSeries], cuts: Sequence[Cut], *, keep_first: bool = False) -> Curve:
    """All parts as one curve without what resumes threw away, each step once with its last value.

    `keep_first`: a step that comes again is an evaluation afterwards, and the first value counts.
    """
    step, time, value = _joined(parts)
    kept = np.ones(step.size, np.bool_)
    for cut in cuts:
        kept &= ~((time < cut.time) & (step >= cut.step))
    was_cut = not bool(kept.all())
    if was_cut:
        step, time, value = step[kept], time[kept], value[kept]
    is_once = bool(np.all(np.diff(step) > 0))
    if not is_once:
        once = _first_of_each(step) if keep_first else step.size - 1 - _first_of_each(step[::-1])
        step, time, value = step[once], time[once], value[once]
    reduced = any(p.count is not None for p in parts) and not was_cut
    recent = parts[-1].recent
    return Curve(
        step,
        _moments(time),
        value,
        np.broadcast_to(np.nan, step.shape),  # one number, however long the curve is
        nonfinite=_nonfinite(parts) if reduced else None,
        recent=(recent[0], _moments(recent[1])) if recent else None,
        count=sum(p.points for p in parts) if reduced and is_once else None,
    )


def _first_of_each(step: Any) -> Any:
    return np.unique(step, return_index=True)[1]


def _moments(time: Any) -> Any:
    """Times, NaN where one cannot be a moment of a training."""
    possible = (time >= 0) & (time < YEAR_10000)
    return time if bool(possible.all()) else np.where(possible, time, np.nan)


def _joined(parts: Sequence[ScalarSeries]) -> tuple[Any, Any, Any]:
    if len(parts) == 1:
        return parts[0].step, parts[0].time, parts[0].value
    return (
        np.concatenate([p.step for p in parts]),
        np.concatenate([p.time for p in parts]),
        np.concatenate([p.value for p in parts]),
    )


def _nonfinite(parts: Sequence[ScalarSeries]) -> Mapping[str, int]:
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
