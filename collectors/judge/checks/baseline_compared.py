"""What was seen and the pinned baseline -> the judgement of check 10, by the configured policy. Pure.

It refuses to compare what was trained otherwise, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable

from collectors.compare.regression import judge_regression, judge_stream, ordered, way_of, windowed
from collectors.contract.metrics import StreamMetrics
from collectors.contract.policy import Policy
from collectors.contract.state import CheckEvidence, DashboardState
from collectors.contract.values import Outcome, Regression
from collectors.judge.checks.part import Judgement, is_running
from collectors.judge.remedy import Kind, Remedy, waiting
from collectors.training.evidence import WorkspaceEvidence

PIN = "`python -m collectors runs baseline RUN_ID`"
IN_SHORT = {
    Regression.REGRESSION: "The run is worse than its baseline",
    Regression.INCOMPARABLE: "The run cannot be compared with its baseline",
}
OUTCOMES = {Regression.NONE: Outcome.PASS, Regression.REGRESSION: Outcome.FAIL}
REMEDIES = {
    Regression.REGRESSION: Remedy(
        f"Train again, or pin another baseline with {PIN} if this one is no longer the measure.", Kind.CHOOSE
    ),
    Regression.INCOMPARABLE: Remedy(f"Pin a baseline that was trained the same way: {PIN}.", Kind.CHOOSE),
    Regression.INCOMPLETE: Remedy(f"Train to the end, or pin another baseline: {PIN}.", Kind.CHOOSE),
}
WAIT = waiting("Wait until the training has ended.")


def compared_with(seen: WorkspaceEvidence, baseline: DashboardState) -> Judgement:
    """Whether the run is worse than the baseline beyond what the policy allows."""
    policy = seen.config.baseline
    whole = windowed(policy)
    run = {s.id: s.with_curves(whole) if whole else s.metrics for s in seen.streams}
    found = judge_regression(run, baseline.metrics, policy)
    undirected = _undirected(policy, run.values()) if found.value is Regression.INCOMPARABLE else ()
    is_early = found.value is Regression.INCOMPLETE and any(map(is_running, seen.streams))
    known = WAIT if is_early else _say_way(undirected[0]) if undirected else REMEDIES.get(found.value)
    return Judgement(
        outcome=OUTCOMES.get(found.value, Outcome.SKIP),
        detail=f"against {baseline.meta.run_id}: {found.sentence}",
        remedies=(known,) if known is not None else (),
        evidence=tuple(_evidence(stream, (run, baseline), seen) for stream in ordered(run, baseline.metrics)),
        not_yet=is_early,
        short=IN_SHORT.get(found.value),
    )


def _undirected(policy: Policy, streams: Iterable[StreamMetrics]) -> tuple[str, ...]:
    """Metrics that the policy compares and of which nothing says which way they get better."""
    held = [(name, s) for s in streams for name in (policy.metric, *policy.metrics) if name in s.series]
    return tuple(name for name, stream in held if way_of(name, policy, stream) is None)


def _say_way(metric: str) -> Remedy:
    return Remedy(f"Say which way {metric} gets better: `metrics: {{{metric}: {{better: higher}}}}` (or `lower`).")


def _evidence(
    stream: str, sides: tuple[dict[str, StreamMetrics], DashboardState], seen: WorkspaceEvidence
) -> CheckEvidence:
    run, baseline = sides
    judged = judge_stream(run.get(stream), baseline.metrics.get(stream), seen.config.baseline)
    return CheckEvidence(path=None, stream=stream, text=judged.sentence if judged else "trained on neither side")
