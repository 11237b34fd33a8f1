"""Whether one stream's losses were measured the same way in two runs. Pure.

Input: how a stream stands on either side, from its whole metrics or from a row of the index, and what
must be equal. Output: the reasons why its losses are neither better nor worse; none where they can be
compared. The comparison and the history ask here, so that they never contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collectors.contract.metrics import StreamMetrics
from collectors.contract.values import Direction, Scalar, Status
from collectors.numbers import place_words, reached_words, value_words
from collectors.training.courses import course_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whether a stream's losses can be compared."""

    was_trained: bool
    """Whether it has left any sign of training."""
    config: Mapping[str, Scalar]
    """Highlights of its final config."""
    has_diverged: bool
    """Whether a loss became non-finite, or its training recorded that it failed."""
    diverged_epoch: float | None
    """Where; None when unknown."""
    unfinished: str | None
    """Why its last value is not its final one, as `stopped at epoch 3 of 30`; None where it is."""


def standing_of(stream: StreamMetrics) -> Standing:
    """How a stream stands by its whole metrics."""
    place = stream.diverged_at
    return Standing(
        was_trained=was_trained(stream),
        config=stream.config,
        has_diverged=has_diverged(stream),
        diverged_epoch=place.epoch if place else None,
        unfinished=_unfinished(stream),
    )


def was_trained(stream: StreamMetrics | None) -> bool:
    """Whether a stream has left any sign of training."""
    return stream is not None and (bool(stream.series) or stream.completion.status is not Status.IDLE)


def has_diverged(stream: StreamMetrics) -> bool:
    """Whether a loss of the stream became non-finite, or its training recorded that it failed."""
    return stream.diverged_at is not None or bool(stream.nonfinite) or stream.completion.status is Status.FAIL


def _unfinished(stream: StreamMetrics) -> str | None:
    done = stream.completion
    total = done.steps if done.unit == "step" else done.epochs
    if done.status is Status.RUNNING:
        return f"is still training ({_reached(stream)})"
    # Without a configured number of epochs nobody knows whether silence means the end.
    if done.status is Status.STALLED and total is not None:
        return f"stopped at {_reached(stream)}"
    return None


def _reached(stream: StreamMetrics) -> str:
    done = stream.completion
    seen, total = (done.step, done.steps) if done.unit == "step" else (epochs_of(stream), done.epochs)
    return f"an unknown {done.unit}" if seen is None else reached_words(done.unit, seen, total)


def epochs_of(stream: StreamMetrics) -> float | None:
    """Epochs that are over: counted from 0 or 1, as the source does; None where it does not say."""
    courses = [course_of(stream, name) for name in stream.series]
    first = min((c.first_epoch for c in courses if c.first_epoch is not None), default=None)
    last = max((c.last_epoch for c in courses if c.last_epoch is not None), default=None)
    if last is None:
        return stream.completion.epoch
    return last + 1 if first == 0 and last.is_integer() else last


def steps_of(stream: StreamMetrics) -> int | None:
    """The last step, where nothing says which epoch a step is; None where epochs are known."""
    return None if epochs_of(stream) is not None else stream.completion.step


class Against(NamedTuple):
    """Why a stream's losses are neither better nor worse; no reasons where they can be compared."""

    reasons: tuple[str, ...]
    direction: Direction
    """`unfinished` where every reason goes away with the end of the training, else `incomparable`."""


def reasons_against(run: Standing | None, baseline: Standing | None, must_match: Sequence[str]) -> Against:
    """Why a stream's losses are neither better nor worse."""
    if run is None or baseline is None:
        return Against(missing_side(run, baseline), Direction.INCOMPARABLE)
    for_good, early = reasons_for_good(run, baseline, must_match), unfinished_sides(run, baseline)
    return Against((*for_good, *early), Direction.INCOMPARABLE if for_good else Direction.UNFINISHED)


def reasons_for_good(run: Standing, baseline: Standing, must_match: Sequence[str]) -> tuple[str, ...]:
    """The reasons that no further epoch would take away."""
    untrained = (f"the {side} has not trained it" for side, one in _sides(run, baseline) if not one.was_trained)
    diverged = (f"the {side} diverged{at_epoch(one)}" for side, one in _sides(run, baseline) if one.has_diverged)
    return (*untrained, *_differing_setup(run, baseline, must_match), *diverged)


def missing_side(run: object | None, baseline: object | None) -> tuple[str, ...]:
    """Say which side does not have the stream at all."""
    sides = [name for name, side in (("run", run), ("baseline", baseline)) if side is None]
    return tuple(f"the {name} has no such stream" for name in sides)


def unfinished_sides(run: Standing, baseline: Standing) -> tuple[str, ...]:
    """Say whose last value is not the final one."""
    return tuple(f"the {side} {one.unfinished}" for side, one in _sides(run, baseline) if one.unfinished)


def at_epoch(one: Standing) -> str:
    """Where a stream diverged, in words; nothing where that is unknown."""
    return "" if one.diverged_epoch is None else f" at {place_words(one.diverged_epoch, None)}"


def _sides(run: Standing, baseline: Standing) -> tuple[tuple[str, Standing], tuple[str, Standing]]:
    return (("run", run), ("baseline", baseline))


def _differing_setup(run: Standing, baseline: Standing, must_match: Sequence[str]) -> tuple[str, ...]:
    """What was set up differently, so that equal losses would mean nothing."""
    found = []
    for name in must_match:
        ours, theirs = run.config.get(name), baseline.config.get(name)
        if same_value(ours, theirs):
            continue
        if ours is None or theirs is None:
            silent = "run" if ours is None else "baseline"
            found.append(f"the {silent} does not say its {name}")
        else:
            found.append(f"other {name}: {value_words(ours)} against {value_words(theirs)}")
    return tuple(found)


def same_value(one: Scalar, other: Scalar) -> bool:
    """Whether two config values mean the same: 8 and 8.0 do, true and 1 do not."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
