"""Checks -> one verdict and the sentence that names what blocks. Pure.

It refuses to be ready while a blocking check fails or was skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from collectors.contract.state import Check, Verdict
from collectors.contract.values import Outcome, Status, VerdictValue
from collectors.judge import checklist
from collectors.judge.checks.part import is_running
from collectors.numbers import joined, listed
from collectors.training.evidence import WorkspaceEvidence

MOST_NAMED: Final = 4
"""Streams that a sentence names."""


def verdict_of(checks: tuple[Check, ...], seen: WorkspaceEvidence) -> Verdict:
    """The verdict, by the order of the contract: failed stream, training, failed check, skip."""
    value, reason = _value_and_reason(checks, seen)
    count = {outcome: sum(c.outcome is outcome for c in checks) for outcome in Outcome}
    return Verdict(
        value=value,
        reason=reason,
        passed=count[Outcome.PASS],
        failed=count[Outcome.FAIL],
        skipped=count[Outcome.SKIP],
        not_yet=sum(c.not_yet for c in checks),
        total=len(checks),
    )


def _value_and_reason(checks: tuple[Check, ...], seen: WorkspaceEvidence) -> tuple[VerdictValue, str]:
    if seen.nothing_trained or seen.unrecognised is not None:
        return VerdictValue.NOT_READY, _nothing(seen)
    failing = [c for c in checks if c.blocking and c.outcome is Outcome.FAIL]
    skipped = [c for c in checks if c.blocking and c.outcome is Outcome.SKIP]
    if seen.has_diverged:
        training = [c for c in failing if c.id == "training"]
        return VerdictValue.NOT_READY, _about(training or failing) or "A stream failed."
    running = [s.stream.label for s in seen.streams if is_running(s) and not s.progress.silent]
    if running:
        already = [_name(c) for c in failing if not c.follows_from]
        told = f" Already failing: {', '.join(already)}." if already else ""
        return VerdictValue.TRAINING, f"{_names(running)} still training.{told}"
    if failing:
        return VerdictValue.NOT_READY, _about(_root_cause_first(failing, seen))
    if skipped:
        return VerdictValue.INCOMPLETE, _about(skipped)
    return VerdictValue.READY, _every(checks, seen)


def _nothing(seen: WorkspaceEvidence) -> str:
    """Nothing has been trained, or not where the description looks for it."""
    if seen.unrecognised is not None:
        return f"No trainer is recognised here; found: {seen.unrecognised}."
    if not seen.elsewhere:
        return "Nothing has been trained here yet."
    return f"No output lies where the description says; found: {listed(seen.elsewhere, most=3)}."


def _every(checks: tuple[Check, ...], seen: WorkspaceEvidence) -> str:
    """All that blocks passes; of a pipeline that has less than all checks, how many were asked."""
    named = {c.id for c in checks}
    usual = {spec.id for spec in checklist.CHECKS if not spec.when.is_extra}
    if usual <= named or not named <= {spec.id for spec in checklist.CHECKS}:
        return "Every blocking check passes."
    off = listed(f"{one.index}. {one.title} ({one.reason})" for one in checklist.not_asked_by(seen.config))
    passed = sum(c.passed for c in checks)
    return f"Every blocking check passes, {passed} of {len(checks)} asked{f'; not asked: {off}' if off else ''}."


def _root_cause_first(failing: list[Check], seen: WorkspaceEvidence) -> list[Check]:
    """A stream that stopped on the way explains the files that are missing after it; what follows stands behind."""
    stalled = any(s.progress.status is Status.STALLED for s in seen.streams)
    return sorted(failing, key=lambda c: (bool(c.follows_from), not (stalled and c.id == "training")))


def _names(labels: Sequence[str]) -> str:
    """A few names; of many the first, and how many more."""
    return joined(labels) if len(labels) <= MOST_NAMED else listed(labels, most=MOST_NAMED)


def _about(checks: list[Check]) -> str:
    """The first blocking item in one sentence, and how many more there are."""
    if not checks:
        return ""
    causes = [c for c in checks if not c.follows_from] or checks
    follow = [str(c.index) for c in checks if c not in causes]
    told = [f"and {len(causes) - 1} more"] if len(causes) > 1 else []
    told += [f"{joined(follow)} {'follows' if len(follow) == 1 else 'follow'}"] if follow else []
    more = f" ({'; '.join(told)})" if told else ""
    first = checks[0].detail.split("; ")[0].rstrip(".")
    return f"{_name(checks[0])}: {first}{more}."


def _name(check: Check) -> str:
    return f"{check.index}. {check.title}"


def is_ready_but_for_skips(checks: tuple[Check, ...], verdict: Verdict) -> bool:
    """Whether only checks that `--allow-skips` may leave out stand between the run and ready."""
    if verdict.value is not VerdictValue.INCOMPLETE:
        return False
    forgiven = {spec.id for spec in checklist.CHECKS if spec.may_be_skipped}
    return all(c.id in forgiven for c in checks if c.blocking and c.outcome is Outcome.SKIP)
