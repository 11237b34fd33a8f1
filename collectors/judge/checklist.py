"""CHECKS in their order, and what follows from it. Pure: evidence -> checks of the state.

Refuses nothing: a check that breaks fails with what broke, and hides no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.state import Check, NotAsked
from collectors.contract.values import Outcome
from collectors.judge.checks import (
    alarm_rate,
    alignment,
    backup,
    baseline,
    checkpoints,
    configs,
    logs,
    provenance,
    scaler,
    scores,
    smoke,
    split_policy,
    targets,
    thresholds,
    training,
)
from collectors.judge.checks.part import Judgement
from collectors.judge.checks.spec import CheckSpec
from collectors.judge.findings.every import with_findings
from collectors.judge.remedy import Remedy
from collectors.judge.steps import Answer, Judged, judged
from collectors.training.evidence import WorkspaceEvidence

CHECKS = (
    checkpoints.SPEC,
    scaler.SPEC,
    logs.SPEC,
    configs.SPEC,
    backup.SPEC,
    smoke.SPEC,
    split_policy.SPEC,
    training.SPEC,
    provenance.SPEC,
    baseline.SPEC,
    thresholds.SPEC,
    scores.SPEC,
    alarm_rate.SPEC,
    alignment.SPEC,
    targets.SPEC,
)
"""Every check, by its number."""


@dataclass(frozen=True, slots=True)
class DocumentedCheck:
    """One row of the documented table."""

    number: int
    id: str
    title: str
    passes_when: str
    proves: str
    cannot_prove: str


def documented_checks() -> tuple[DocumentedCheck, ...]:
    """The table of all checks, for the documentation."""
    return tuple(
        DocumentedCheck(c.number, c.id, c.title, c.meaning.passes_when, c.meaning.proves, c.meaning.cannot_prove)
        for c in CHECKS
    )


def specs_by_id() -> dict[str, CheckSpec]:
    """Every check by its id, in order."""
    return {spec.id: spec for spec in CHECKS}


def asked_by(config: PipelineConfig) -> tuple[CheckSpec, ...]:
    """The checks a pipeline has, in order: what it has no section for is left out."""
    return tuple(spec for spec in CHECKS if spec.when.in_pipeline(config, spec.id))


def not_asked_by(config: PipelineConfig) -> tuple[NotAsked, ...]:
    """The checks that a description switches off, with its reason, in order."""
    asked = asked_by(config)
    return tuple(
        NotAsked(index=spec.number, id=spec.id, title=spec.title, reason=reason)
        for spec in CHECKS
        if spec not in asked and (reason := spec.when.why_not(config, spec.id)) is not None
    )


def judge(seen: WorkspaceEvidence, external: Sequence[Check] = ()) -> Judged:
    """The checklist of one workspace, in order, and the steps to READY.

    A check keeps its number where others are left out; an `external` checklist stands before those that follow one.
    """
    asked = [spec for spec in asked_by(seen.config) if spec.when.in_workspace(seen)]
    if not external:
        return judged([_judge_one(spec, seen) for spec in asked])
    is_wanted = seen.config.validator is None or seen.config.validator.append_builtin
    followers = [_judge_one(spec, seen) for spec in asked if spec.follows_external and is_wanted]
    told = [Answer(check, (Remedy(check.hint),) if check.hint else ()) for check in external]
    return judged([*told, *(_renumbered(one, n) for n, one in enumerate(followers, len(external) + 1))])


def _judge_one(spec: CheckSpec, seen: WorkspaceEvidence) -> Answer:
    try:
        found = with_findings(spec.judge(seen), spec.id, seen)
    except Exception as error:  # noqa: BLE001 -- the edge: one broken check must not hide the others
        text = f"this check broke: {type(error).__name__}: {error}"
        found = Judgement(Outcome.FAIL, text, (Remedy("Report it, with the state file."),))
    if spec.id in seen.untold and not seen.has_diverged:
        found = replace(
            found, outcome=Outcome.SKIP, detail=f"{found.detail} ({seen.untold[spec.id]})", not_yet=False, short=None
        )
    settings = seen.config.settings_of(spec.id)
    detail = found.detail if settings.blocking else f"{found.detail} (a warning only: {settings.reason})"
    check = Check(
        index=spec.number,
        id=spec.id,
        title=spec.title,
        outcome=found.outcome,
        passed=found.outcome is Outcome.PASS,
        blocking=settings.blocking,
        detail=detail,
        hint=None if found.outcome is Outcome.PASS else found.hint,
        evidence=found.evidence,
        not_yet=found.not_yet,
        headline=None if found.outcome is Outcome.PASS else found.short,
    )
    return Answer(check, found.remedies)


def _renumbered(answer: Answer, index: int) -> Answer:
    title = f"{answer.check.title} (built-in)"
    return replace(answer, check=answer.check.model_copy(update={"index": index, "title": title}))
