"""Losses of two runs -> is it a regression? Pure: metrics and a policy -> a judgement.

Serves the comparison and check 10 alike. It refuses to call anything better or worse that was not
measured the same way: other data, another window or mask ratio, a stream that is missing, not
finished or diverged. A run that diverged where the baseline did not is a regression all the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from collectors.delta import Direction, Judgement, Policy, Quantity, Regression
from collectors.state import MAX_POINTS, Scalar, Status, StreamMetrics
from collectors.words import number_words

Streams = Mapping[str, StreamMetrics]
SLACK = 1e-9
"""Share of an allowance that rounding may use up: 1.05 against 1.00 is within 5 %."""


def judge_regression(run: Streams, baseline: Streams, policy: Policy) -> Judgement:
    """The policy's verdict on a whole run: its worst stream's."""
    judged = {s: found for s in ordered(run, baseline) if (found := judge_stream(run.get(s), baseline.get(s), policy))}
    for value in (Regression.REGRESSION, Regression.INCOMPARABLE, Regression.INCOMPLETE):
        told = [f"{stream}: {found.sentence}" for stream, found in judged.items() if found.value is value]
        if told:
            return Judgement(value=value, sentence="; ".join(told))
    if not judged:
        return Judgement(value=Regression.INCOMPLETE, sentence="Neither run has trained anything.")
    told = [f"{stream}: {found.sentence}" for stream, found in judged.items()]
    return Judgement(value=Regression.NONE, sentence="; ".join(told))


def ordered(run: Streams, baseline: Streams) -> list[str]:
    """Ids of every stream of either side, the run's order first."""
    return list(dict.fromkeys([*run, *baseline]))


def judge_stream(run: StreamMetrics | None, baseline: StreamMetrics | None, policy: Policy) -> Judgement | None:
    """The policy's verdict on one stream; None where neither side has trained it."""
    if not was_trained(run) and not was_trained(baseline):
        return None
    problem = _cannot_judge(run, baseline, policy)
    if problem is not None or run is None or baseline is None:
        return problem
    value = quantity(_mean_of_last(run, policy), _mean_of_last(baseline, policy))
    if value.difference is None:
        return _unmeasured(value, policy)
    return _measured(value, policy)


def was_trained(stream: StreamMetrics | None) -> bool:
    """Whether a stream has left any sign of training."""
    return stream is not None and (bool(stream.series) or stream.completion.status is not Status.IDLE)


def _cannot_judge(run: StreamMetrics | None, baseline: StreamMetrics | None, policy: Policy) -> Judgement | None:
    """What forbids comparing values at all, the worst first; None where nothing does."""
    if run is None or baseline is None:
        return _judgement(Regression.INCOMPARABLE, "; ".join(missing_side(run, baseline)))
    if has_diverged(run) and not has_diverged(baseline):
        return _judgement(Regression.REGRESSION, f"the run diverged{_at(run)}, the baseline did not")
    reasons = (*_untrained(run, baseline), *differing_setup(run, baseline, policy), *_diverged(run, baseline))
    if reasons:
        return _judgement(Regression.INCOMPARABLE, "; ".join(reasons))
    early = (*unfinished(run, "run"), *unfinished(baseline, "baseline"), *_too_short(run, baseline, policy))
    return _judgement(Regression.INCOMPLETE, "; ".join(early)) if early else None


def _judgement(value: Regression, sentence: str, metric: Quantity | None = None) -> Judgement:
    return Judgement(value=value, sentence=sentence, metric=metric)


def reasons_against(run: StreamMetrics | None, baseline: StreamMetrics | None, policy: Policy) -> tuple[str, ...]:
    """Why a stream's losses are neither better nor worse; empty where they can be compared."""
    if run is None or baseline is None:
        return missing_side(run, baseline)
    return (
        *_untrained(run, baseline),
        *differing_setup(run, baseline, policy),
        *_diverged(run, baseline),
        *unfinished(run, "run"),
        *unfinished(baseline, "baseline"),
    )


def missing_side(run: StreamMetrics | None, baseline: StreamMetrics | None) -> tuple[str, ...]:
    """Say which side does not have the stream at all."""
    sides = [name for name, side in (("run", run), ("baseline", baseline)) if side is None]
    return tuple(f"the {name} has no such stream" for name in sides)


def _untrained(run: StreamMetrics, baseline: StreamMetrics) -> tuple[str, ...]:
    sides = [name for name, side in (("run", run), ("baseline", baseline)) if not was_trained(side)]
    return tuple(f"the {name} has not trained it" for name in sides)


def differing_setup(run: StreamMetrics, baseline: StreamMetrics, policy: Policy) -> tuple[str, ...]:
    """What was set up differently, so that equal losses would mean nothing."""
    found = []
    for name in policy.must_match:
        ours, theirs = run.config.get(name), baseline.config.get(name)
        if same_value(ours, theirs):
            continue
        if ours is None or theirs is None:
            silent = "run" if ours is None else "baseline"
            found.append(f"the {silent} does not say its {name}")
        else:
            found.append(f"other {name}: {shown(ours)} against {shown(theirs)}")
    return tuple(found)


def same_value(one: Scalar, other: Scalar) -> bool:
    """Whether two config values mean the same: 8 and 8.0 do, true and 1 do not."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def shown(value: Scalar) -> str:
    """A config value as a person would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_words(value) if isinstance(value, (int, float)) else str(value)


def has_diverged(stream: StreamMetrics) -> bool:
    """Whether a loss of the stream became non-finite, or its training recorded that it failed."""
    return stream.diverged_at is not None or bool(stream.nonfinite) or stream.completion.status is Status.FAIL


def _diverged(run: StreamMetrics, baseline: StreamMetrics) -> tuple[str, ...]:
    sides = [(name, side) for name, side in (("run", run), ("baseline", baseline)) if has_diverged(side)]
    return tuple(f"the {name} diverged{_at(side)}" for name, side in sides)


def _at(stream: StreamMetrics) -> str:
    place = stream.diverged_at
    if place is None or place.epoch is None:
        return ""
    return f" at epoch {number_words(place.epoch)}"


def unfinished(stream: StreamMetrics, side: str) -> tuple[str, ...]:
    """Say that a stream's last value is not its final one."""
    done = stream.completion
    total = done.steps if done.unit == "step" else done.epochs
    if done.status is Status.RUNNING:
        return (f"the {side} is still training ({_reached(stream)})",)
    # Without a configured number of epochs nobody knows whether silence means the end.
    if done.status is Status.STALLED and total is not None:
        return (f"the {side} stopped at {_reached(stream)}",)
    return ()


def _reached(stream: StreamMetrics) -> str:
    done = stream.completion
    if done.unit == "step":
        return f"step {done.step} of {done.steps}" if done.steps else f"step {done.step}"
    seen = number_words(epochs_of(stream))
    return f"epoch {seen} of {done.epochs}" if done.epochs else f"epoch {seen}"


def _too_short(run: StreamMetrics, baseline: StreamMetrics, policy: Policy) -> tuple[str, ...]:
    found = []
    for name, side in (("run", run), ("baseline", baseline)):
        epochs = epochs_of(side)
        if epochs is not None and epochs < policy.minimum_epochs:
            found.append(f"the {name} trained {number_words(epochs)} of at least {policy.minimum_epochs} epochs")
    return tuple(found)


def epochs_of(stream: StreamMetrics) -> float | None:
    """Epochs that are over: counted from 0 or 1, as the source does; None where it does not say."""
    known = [e for series in stream.series.values() for e in series.epoch if e is not None]
    if not known:
        return stream.completion.epoch
    last = max(known)
    return last + 1 if min(known) == 0 and last.is_integer() else last


def _mean_of_last(stream: StreamMetrics, policy: Policy) -> float | None:
    series = stream.series.get(policy.metric)
    values = [v for v in series.value if v is not None] if series else []
    last = values[-policy.window :]
    return math.fsum(last) / len(last) if last else None


def quantity(run: float | None, baseline: float | None) -> Quantity:
    """Two numbers with their difference, absolute and relative."""
    if run is None or baseline is None:
        return Quantity(run=run, baseline=baseline, difference=None, relative=None)
    difference = run - baseline
    relative = difference / abs(baseline) if baseline else None
    return Quantity(run=run, baseline=baseline, difference=_finite(difference), relative=_finite(relative))


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def direction_of(value: Quantity, policy: Policy, better: str) -> Direction:
    """Which way a value went, beyond the policy's tolerance; `better` is `lower` or `higher`."""
    if value.difference is None:
        return Direction.INCOMPARABLE
    if abs(value.difference) <= allowance(value, policy) * (1 + SLACK):
        return Direction.WITHIN
    return Direction.BETTER if (value.difference < 0) == (better == "lower") else Direction.WORSE


def allowance(value: Quantity, policy: Policy) -> float:
    """The change that is allowed: the larger of the absolute and the relative one."""
    return max(policy.allowed_absolute, policy.allowed_relative * abs(value.baseline or 0.0))


def _unmeasured(value: Quantity, policy: Policy) -> Judgement:
    if value.run is None:
        return _judgement(Regression.INCOMPLETE, f"the run has no {policy.metric}", value)
    return _judgement(Regression.INCOMPARABLE, f"the baseline has no {policy.metric}", value)


def _measured(value: Quantity, policy: Policy) -> Judgement:
    worse = direction_of(value, policy, policy.direction) is Direction.WORSE
    change = f"{value.relative:+.1%}" if value.relative is not None else f"{value.difference:+.4g}"
    of = policy.metric if policy.window == 1 else f"mean of the last {policy.window} {policy.metric}"
    allowed = f"{number_words(allowance(value, policy))} allowed"
    sentence = f"{of} {number_words(value.run)} against {number_words(value.baseline)} ({change}, {allowed})"
    return _judgement(Regression.REGRESSION if worse else Regression.NONE, sentence, value)


def window_is_reduced(stream: StreamMetrics, policy: Policy) -> bool:
    """Whether the window covers kept points of a reduced curve rather than every value."""
    series = stream.series.get(policy.metric)
    return policy.window > 1 and series is not None and len(series.value) >= MAX_POINTS
