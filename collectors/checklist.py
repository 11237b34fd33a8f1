"""CHECKS in their order, and the verdict they lead to. Pure: evidence -> checks -> verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from collectors.checks.baseline import check_baseline
from collectors.checks.configs import check_configs
from collectors.checks.files import (
    check_backup,
    check_checkpoints,
    check_logs,
    check_scaler,
    check_split_policy,
    is_running,
)
from collectors.checks.judgement import Judgement
from collectors.checks.provenance import check_provenance
from collectors.checks.smoke import check_smoke
from collectors.checks.training import check_training
from collectors.state import Check, Outcome, Status, Verdict, VerdictValue
from collectors.workspace_evidence import WorkspaceEvidence

NOT_NEEDED_WHEN_SKIPPED = ("smoke", "provenance")
"""With `--allow-skips` these may be skipped and still be ready; never `training`."""


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One gate: its number, its id, its name and how it judges."""

    index: int
    id: str
    title: str
    judge: Callable[[WorkspaceEvidence], Judgement]


CHECKS = (
    CheckSpec(1, "checkpoints", "Trained checkpoints", check_checkpoints),
    CheckSpec(2, "scaler", "Scaler", check_scaler),
    CheckSpec(3, "logs", "Training logs", check_logs),
    CheckSpec(4, "configs", "Final configs", check_configs),
    CheckSpec(5, "backup", "Backup bundle", check_backup),
    CheckSpec(6, "smoke", "Scoring smoke test", check_smoke),
    CheckSpec(7, "split_policy", "Split policy", check_split_policy),
    CheckSpec(8, "training", "Training finished", check_training),
    CheckSpec(9, "provenance", "Same run", check_provenance),
    CheckSpec(10, "baseline", "No regression", check_baseline),
)


def judge(seen: WorkspaceEvidence) -> tuple[Check, ...]:
    """The checklist of one workspace, in order."""
    return tuple(_judge_one(spec, seen) for spec in CHECKS if _is_asked(spec, seen))


def _is_asked(spec: CheckSpec, seen: WorkspaceEvidence) -> bool:
    pinned = seen.baseline is not None
    return spec.id in seen.config.asked_checks and (spec.id != "baseline" or pinned)


def _judge_one(spec: CheckSpec, seen: WorkspaceEvidence) -> Check:
    try:
        found = spec.judge(seen)
    except Exception as error:  # noqa: BLE001 -- the edge: one broken check must not hide the others
        found = Judgement(
            Outcome.FAIL, f"this check broke: {type(error).__name__}: {error}", "Report it, with the state file."
        )
    if spec.id in seen.untold and not _has_diverged(seen):
        found = Judgement(Outcome.SKIP, f"{found.detail} ({seen.untold[spec.id]})", found.hint, found.evidence)
    settings = seen.config.settings_of(spec.id)
    detail = found.detail if settings.blocking else f"{found.detail} (a warning only: {settings.reason})"
    return Check(
        index=spec.index,
        id=spec.id,
        title=spec.title,
        outcome=found.outcome,
        passed=found.outcome is Outcome.PASS,
        blocking=settings.blocking,
        detail=detail,
        hint=None if found.outcome is Outcome.PASS else found.hint,
        evidence=found.evidence,
    )


def _has_diverged(seen: WorkspaceEvidence) -> bool:
    return any(s.progress.status is Status.FAIL for s in seen.streams)


def renumbered(checks: Iterable[Check], start: int) -> tuple[Check, ...]:
    """The same checks with indexes from `start`, for those appended to an external checklist."""
    return tuple(
        c.model_copy(update={"index": n, "title": f"{c.title} (built-in)"}) for n, c in enumerate(checks, start)
    )


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
        total=len(checks),
    )


def _value_and_reason(checks: tuple[Check, ...], seen: WorkspaceEvidence) -> tuple[VerdictValue, str]:
    if seen.nothing_trained:
        return VerdictValue.NOT_READY, "Nothing has been trained here yet."
    failing = [c for c in checks if c.blocking and c.outcome is Outcome.FAIL]
    skipped = [c for c in checks if c.blocking and c.outcome is Outcome.SKIP]
    if _has_diverged(seen):
        training = [c for c in failing if c.id == "training"]
        return VerdictValue.NOT_READY, _about(training or failing) or "A stream failed."
    running = [s.stream.label for s in seen.streams if is_running(s)]
    if running:
        already = f" Already failing: {', '.join(_name(c) for c in failing)}." if failing else ""
        return VerdictValue.TRAINING, f"{' and '.join(running)} still training.{already}"
    if failing:
        return VerdictValue.NOT_READY, _about(_root_cause_first(failing, seen))
    if skipped:
        return VerdictValue.INCOMPLETE, _about(skipped)
    return VerdictValue.READY, "Every blocking check passes."


def _root_cause_first(failing: list[Check], seen: WorkspaceEvidence) -> list[Check]:
    """A stream that stopped on the way explains the files that are missing after it."""
    stalled = any(s.progress.status is Status.STALLED for s in seen.streams)
    return sorted(failing, key=lambda c: not (stalled and c.id == "training"))


def _about(checks: list[Check]) -> str:
    """The first blocking item in one sentence, and how many more there are."""
    if not checks:
        return ""
    more = f" (and {len(checks) - 1} more)" if len(checks) > 1 else ""
    first = checks[0].detail.split("; ")[0].rstrip(".")
    return f"{_name(checks[0])}: {first}{more}."


def _name(check: Check) -> str:
    return f"{check.index}. {check.title}"


def is_ready_but_for_skips(checks: tuple[Check, ...], verdict: Verdict) -> bool:
    """Whether only checks that `--allow-skips` may leave out stand between the run and ready."""
    if verdict.value is not VerdictValue.INCOMPLETE:
        return False
    skipped = [c for c in checks if c.blocking and c.outcome is Outcome.SKIP]
    return all(c.id in NOT_NEEDED_WHEN_SKIPPED for c in skipped)
