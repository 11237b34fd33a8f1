"""Check 10: no regression against the pinned baseline, by the configured policy.

Asked only where it is switched on and a baseline is pinned. What cannot be compared is skipped, and
says why.
"""

from __future__ import annotations

from functools import partial

from collectors.compare.regression import judge_regression, judge_stream, ordered, way_of, windowed
from collectors.contract.delta import Regression
from collectors.contract.metrics import StreamMetrics
from collectors.contract.policy import Policy
from collectors.contract.state import CheckEvidence, DashboardState
from collectors.contract.values import Outcome
from collectors.judge.checks.part import Judgement
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.training.evidence import WorkspaceEvidence

PIN = "`python -m collectors runs baseline RUN_ID`"
OUTCOMES = {Regression.NONE: Outcome.PASS, Regression.REGRESSION: Outcome.FAIL}
HINTS = {
    Regression.REGRESSION: f"Train again, or pin another baseline with {PIN} if this one is no longer the measure.",
    Regression.INCOMPARABLE: f"Pin a baseline that was trained the same way: {PIN}.",
    Regression.INCOMPLETE: "Wait until the training has ended.",
}
SAY_WAY = "Say which way is better: `baseline: {direction: lower}` or `direction: higher`."


def check_baseline(seen: WorkspaceEvidence) -> Judgement:
    """The run is not worse than the baseline beyond what the policy allows."""
    pinned = seen.baseline
    if pinned is None:
        return Judgement(Outcome.SKIP, "no baseline is pinned", f"Pin one: {PIN}.")
    if pinned.run_id == seen.run_id:
        return Judgement(Outcome.PASS, f"this run is the baseline {pinned.run_id}")
    if pinned.state is None:
        text = f"the snapshot of the baseline {pinned.run_id} is gone or cannot be read"
        return Judgement(Outcome.SKIP, text, f"Pin another baseline: {PIN}.")
    return _judged(seen, pinned.state)


def _judged(seen: WorkspaceEvidence, baseline: DashboardState) -> Judgement:
    policy = seen.config.baseline
    whole = windowed(policy)
    run = {s.id: s.with_curves(whole) if whole else s.metrics for s in seen.streams}
    found = judge_regression(run, baseline.metrics, policy)
    has_way = found.value is not Regression.INCOMPARABLE or not any(map(partial(_lacks_way, policy), run.values()))
    return Judgement(
        outcome=OUTCOMES.get(found.value, Outcome.SKIP),
        detail=f"against {baseline.meta.run_id}: {found.sentence}",
        hint=HINTS.get(found.value) if has_way else SAY_WAY,
        evidence=tuple(_evidence(stream, (run, baseline), seen) for stream in ordered(run, baseline.metrics)),
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


SPEC = CheckSpec(
    number=10,
    id="baseline",
    title="No regression",
    judge=check_baseline,
    gate=GatePlace("baseline-check", "No regression", "judgement"),
    meaning=Meaning(
        passes_when="no stream's compared metric is worse than the pinned baseline's by more than the policy allows",
        proves=(
            "the compared numbers of both runs, as their states hold them, lie within the policy's allowance, and the "
            "config values that must match are equal"
        ),
        cannot_prove=(
            "that the baseline is a good measure, or that the model is better at its task; runs that cannot be "
            "compared are skipped, never passed"
        ),
    ),
    when=When(
        is_extra=True,
        switched_on=True,
        at_hand=lambda seen: seen.baseline is not None,
        waits_because="no baseline is pinned",
    ),
    follows_external=True,
)
