"""Metrics of two runs -> is it a regression? Pure: metrics and a policy -> a judgement.

Serves the comparison and check 10 alike. It refuses to call anything better or worse that was not
measured the same way: other data, another window or mask ratio, a stream that is missing, not
finished or diverged. A run that diverged where the baseline did not is a regression all the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from collectors.compare.comparability import (
    Against,
    at_epoch,
    epochs_of,
    missing_side,
    reasons_for_good,
    standing_of,
    unfinished_sides,
    was_trained,
)
from collectors.contract.delta import Judgement, LossChange, Quantity
from collectors.contract.metric_rules import Better
from collectors.contract.metrics import MAX_POINTS, StreamMetrics
from collectors.contract.policy import Policy
from collectors.contract.values import Direction, Regression
from collectors.numbers import number_words, percent_words
from collectors.training.courses import course_of
from collectors.training.metric_facts import told_way

Streams = Mapping[str, StreamMetrics]
Which = Literal["final", "best"]
SEVERITY = (Regression.REGRESSION, Regression.INCOMPARABLE, Regression.INCOMPLETE, Regression.NONE)
"""The worst first."""
SLACK = 1e-9
"""Share of an allowance that rounding may use up: 1.05 against 1.00 is within 5 %."""


def judge_regression(run: Streams, baseline: Streams, policy: Policy) -> Judgement:
    """The policy's verdict on a whole run: its worst stream's."""
    judged = {s: found for s in ordered(run, baseline) if (found := judge_stream(run.get(s), baseline.get(s), policy))}
    for value in SEVERITY[:-1]:
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
    """The policy's verdict on one stream: its worst metric's; None where neither side has trained it."""
    if not was_trained(run) and not was_trained(baseline):
        return None
    problem = _cannot_judge(run, baseline, policy)
    if problem is not None or run is None or baseline is None:
        return problem
    judged = [_judge_metric(run, baseline, policy.of(name)) for name in _compared(run, baseline, policy)]
    worst = next(value for value in SEVERITY if any(found.value is value for found in judged))
    told = [found for found in judged if found.value is worst]
    return _judgement(worst, "; ".join(found.sentence for found in told), told[0].metric)


def _compared(run: StreamMetrics, baseline: StreamMetrics, policy: Policy) -> list[str]:
    """The metrics that are compared: of several those that a side has, but never none."""
    every = [policy.metric, *(name for name in policy.metrics if name != policy.metric)]
    return [name for name in every if name in run.series or name in baseline.series] or every[:1]


def _judge_metric(run: StreamMetrics, baseline: StreamMetrics, policy: Policy) -> Judgement:
    """The policy's verdict on its metric."""
    value = quantity(mean_of_last(run, policy), mean_of_last(baseline, policy))
    better = way_of(policy.metric, policy, run, baseline)
    if value.difference is None:
        return _unmeasured(value, policy)
    if better is None:
        words = f"{no_way(policy.metric)}: say `direction: lower` or `higher`"
        return _judgement(Regression.INCOMPARABLE, words, value)
    return _measured(value, policy, better)


def _cannot_judge(run: StreamMetrics | None, baseline: StreamMetrics | None, policy: Policy) -> Judgement | None:
    """What forbids comparing values at all, the worst first; None where nothing does."""
    if run is None or baseline is None:
        return _judgement(Regression.INCOMPARABLE, "; ".join(missing_side(run, baseline)))
    ours, theirs = standing_of(run), standing_of(baseline)
    if ours.has_diverged and not theirs.has_diverged:
        return _judgement(Regression.REGRESSION, f"the run diverged{at_epoch(ours)}, the baseline did not")
    reasons = reasons_for_good(ours, theirs, policy.must_match)
    if reasons:
        return _judgement(Regression.INCOMPARABLE, "; ".join(reasons))
    early = (*unfinished_sides(ours, theirs), *_too_short(run, baseline, policy))
    return _judgement(Regression.INCOMPLETE, "; ".join(early)) if early else None


def _judgement(value: Regression, sentence: str, metric: Quantity | None = None) -> Judgement:
    return Judgement(value=value, sentence=sentence, metric=metric)


def _too_short(run: StreamMetrics, baseline: StreamMetrics, policy: Policy) -> tuple[str, ...]:
    found = []
    for name, side in (("run", run), ("baseline", baseline)):
        epochs = epochs_of(side)
        if epochs is not None and epochs < policy.minimum_epochs:
            found.append(f"the {name} trained {number_words(epochs)} of at least {policy.minimum_epochs} epochs")
    return tuple(found)


def windowed(policy: Policy) -> frozenset[str]:
    """Series whose mean of several last values is compared: their whole curves are needed, sparks do not do."""
    every = map(policy.of, [policy.metric, *policy.metrics])
    return frozenset(rule.metric for rule in every if rule.window > 1)


def mean_of_last(stream: StreamMetrics, policy: Policy) -> float | None:
    """The value that the policy compares; None where the stream has none, or a lost curve does not tell it."""
    series = stream.series.get(policy.metric)
    if series is None:
        return None
    if series.is_spark:  # whoever asks for a window brings the curve; of a lost one the mean cannot be told
        return course_of(stream, policy.metric).last if policy.window == 1 else None
    last = [v for v in series.value if v is not None][-policy.window :]
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


def direction_of(value: Quantity, policy: Policy, better: Better) -> Direction:
    """Which way a value went, beyond the policy's tolerance; `better` is `lower` or `higher`."""
    if value.difference is None:
        return Direction.INCOMPARABLE
    if abs(value.difference) <= allowance(value, policy) * (1 + SLACK):
        return Direction.WITHIN
    return Direction.BETTER if (value.difference < 0) == (better == "lower") else Direction.WORSE


def way_of(series: str, policy: Policy, *sides: StreamMetrics | None) -> Better | None:
    """Which way a series gets better by the policy, a side's description or its name; None where nothing says so."""
    declared = policy.of(series).direction
    if declared is not None:
        return declared
    return told_way(series, *sides)


def no_way(series: str) -> str:
    """Why a series is neither better nor worse, in words."""
    return f"nothing says whether a lower or a higher {series} is better"


def loss_change(
    named: tuple[str, Which], value: Quantity, against: Against, by: tuple[Policy, Better | None]
) -> LossChange:
    """One metric on both sides; `against` is what forbids comparing its stream at all, `by` its policy and way."""
    (series, which), (policy, better) = named, by
    reason = "; ".join(against.reasons) or _value_reason(series, value, better)
    direction = against.direction if against.reasons else Direction.INCOMPARABLE
    if not reason and better is not None:
        direction = direction_of(value, policy.of(series), better)
    return LossChange(series=series, which=which, value=value, direction=direction, reason=reason or None)


def _value_reason(series: str, value: Quantity, better: Better | None) -> str:
    """Why one value cannot be called better or worse though its stream can be compared."""
    if value.difference is None:
        sides = [name for name, side in (("run", value.run), ("baseline", value.baseline)) if side is None]
        return "; ".join(f"the {name} has no {series}" for name in sides) or "the difference is beyond all numbers"
    return "" if better else no_way(series)


def allowance(value: Quantity, policy: Policy) -> float:
    """The change that is allowed: the larger of the absolute and the relative one."""
    return max(policy.allowed_absolute, policy.allowed_relative * abs(value.baseline or 0.0))


def _unmeasured(value: Quantity, policy: Policy) -> Judgement:
    if value.run is None:
        return _judgement(Regression.INCOMPLETE, f"the run has no {policy.metric}", value)
    return _judgement(Regression.INCOMPARABLE, f"the baseline has no {policy.metric}", value)


def _measured(value: Quantity, policy: Policy, better: Better) -> Judgement:
    worse = direction_of(value, policy, better) is Direction.WORSE
    of = policy.metric if policy.window == 1 else f"mean of the last {policy.window} {policy.metric}"
    change = _change_words(value, policy, better)
    sentence = f"{of} {number_words(value.run)} against {number_words(value.baseline)}: {change}"
    return _judgement(Regression.REGRESSION if worse else Regression.NONE, sentence, value)


def _change_words(value: Quantity, policy: Policy, better: Better) -> str:
    """How far a value went, and where it is less than good how far it may: `2 % worse, 5 % allowed (limit 0.194)`."""
    difference = value.difference or 0.0
    size = number_words(abs(difference)) if value.relative is None else percent_words(value.relative)
    if not difference:
        return "the same"
    if (difference < 0) == (better == "lower"):
        return f"{size} better"
    room, reference = allowance(value, policy), value.baseline or 0.0
    is_share = value.relative is not None and room <= policy.allowed_relative * abs(reference)
    allowed = percent_words(policy.allowed_relative) if is_share else number_words(room)
    limit = reference + room if better == "lower" else reference - room
    return f"{size} worse, {allowed} allowed (limit {number_words(limit)})"


def window_is_reduced(stream: StreamMetrics, policy: Policy) -> bool:
    """Whether the window covers kept points of a reduced curve rather than every value."""
    series, facts = stream.series.get(policy.metric), stream.about.get(policy.metric)
    if policy.window == 1 or series is None:
        return False
    return facts.reduced if facts else len(series.value) >= MAX_POINTS
