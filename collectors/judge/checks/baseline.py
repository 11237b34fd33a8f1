"""Check 10: no regression against the pinned baseline, by the configured policy.

Asked only where it is switched on and a baseline is pinned. What cannot be compared is skipped, and
says why; `baseline_compared` compares.
"""

from __future__ import annotations

from collectors.contract.values import Outcome
from collectors.judge.checks.part import Judgement
from collectors.judge.checks.spec import CheckSpec, GatePlace, Meaning, When
from collectors.judge.remedy import Kind, Remedy
from collectors.training.evidence import WorkspaceEvidence

PIN = "`python -m collectors runs baseline RUN_ID`"


def check_baseline(seen: WorkspaceEvidence) -> Judgement:
    """The run is not worse than the baseline beyond what the policy allows."""
    pinned = seen.baseline
    if pinned is None:
        return Judgement(Outcome.SKIP, "no baseline is pinned")
    if pinned.run_id == seen.run_id:
        return Judgement(Outcome.PASS, f"this run is the baseline {pinned.run_id}")
    if pinned.state is None:
        text = f"the snapshot of the baseline {pinned.run_id} is gone or cannot be read"
        return Judgement(Outcome.SKIP, text, (Remedy(f"Pin another baseline: {PIN}.", Kind.CHOOSE),))
    from collectors.judge.checks.baseline_compared import compared_with  # most runs are compared with none

    return compared_with(seen, pinned.state)


SPEC = CheckSpec(
    number=10,
    id="baseline",
    title="Not worse than baseline",
    judge=check_baseline,
    gate=GatePlace("baseline-check", "judgement"),
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
