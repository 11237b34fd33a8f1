"""What was seen and the pinned baseline -> the judgement of check 10, by the configured policy. Pure.

It refuses to compare what was trained otherwise, and says why.
"""

from __future__ import annotations

from functools import partial

from collectors.compare.regression import judge_regression, judge_stream, ordered, way_of, windowed
from collectors.contract.metrics import StreamMetrics
from collectors.contract.policy import Policy
from collectors.contract.state import CheckEvidence, DashboardState
from collectors.contract.values import Outcome, Regression
from collectors.judge.checks.part import Judgement
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
    Regression.INCOMPLETE: waiting("Wait until the training has ended."),
}
SAY_WAY = Remedy("Say which way is better: `baseline: {direction: lower}` or `direction: higher`.")


def compared_with(seen: WorkspaceEvidence, baseline: DashboardState) -> Judgement:
    """Whether the run is worse than the baseline beyond what the policy allows."""
    policy = seen.config.baseline
    whole = windowed(policy)
    run = {s.id: s.with_curves(whole) if whole else s.metrics for s in seen.streams}
    found = judge_regression(run, baseline.metrics, policy)
    has_way = found.value is not Regression.INCOMPARABLE or not any(map(partial(_lacks_way, policy), run.values()))
    known = REMEDIES.get(found.value) if has_way else SAY_WAY
    return Judgement(
        outcome=OUTCOMES.get(found.value, Outcome.SKIP),
        detail=f"against {baseline.meta.run_id}: {found.sentence}",
        remedies=(known,) if known is not None else (),
        evidence=tuple(_evidence(stream, (run, baseline), seen) for stream in ordered(run, baseline.metrics)),
        not_yet=found.value is Regression.INCOMPLETE,
        short=IN_SHORT.get(found.value),
    )


def _lacks_way(policy: Policy, stream: StreamMetrics) -> bool:
    """Whether nothing says which way a metric gets better that the policy compares."""
    held = (name for name in (policy.metric, *policy.metrics) if name in stream.series)
    return any(way_of(name, policy, stream) is None for name in held)


def _evidence(
    stream: str, sides: tuple[dict[str, StreamMetrics], DashboardState], seen: WorkspaceEvidence
) -> CheckEvidence:
    run, baseline = sides
    judged = judge_stream(run.get(stream), baseline.metrics.get(stream), seen.config.baseline)
    return CheckEvidence(path=None, stream=stream, text=judged.sentence if judged else "trained on neither side")
