"""CHECKS in their order, and the verdict they lead to. Pure: evidence -> checks -> verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from collectors.contract.state import Check
from collectors.contract.values import Outcome
from collectors.judge.checks.backup import check_backup
from collectors.judge.checks.baseline import check_baseline
from collectors.judge.checks.checkpoints import check_checkpoints
from collectors.judge.checks.configs import check_configs
from collectors.judge.checks.logs import check_logs
from collectors.judge.checks.part import Judgement
from collectors.judge.checks.provenance import check_provenance
from collectors.judge.checks.scaler import check_scaler
from collectors.judge.checks.smoke import check_smoke
from collectors.judge.checks.split_policy import check_split_policy
from collectors.judge.checks.training import check_training
from collectors.judge.verdict import has_diverged
from collectors.training.evidence import WorkspaceEvidence


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
    if spec.id in seen.untold and not has_diverged(seen):
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


def renumbered(checks: Iterable[Check], start: int) -> tuple[Check, ...]:
    """The same checks with indexes from `start`, for those appended to an external checklist."""
    return tuple(
        c.model_copy(update={"index": n, "title": f"{c.title} (built-in)"}) for n, c in enumerate(checks, start)
    )
