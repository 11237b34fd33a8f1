"""Checks -> one verdict and the sentence that names what blocks. Pure.

It refuses to be ready while a blocking check fails or was skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from collectors.contract.state import Check, Verdict
from collectors.contract.values import Outcome, Status, VerdictValue
from collectors.judge import checklist
from collectors.judge.checks.part import is_running
from collectors.numbers import joined, listed, named
from collectors.training.evidence import WorkspaceEvidence

_PLAIN_WORD: Final = re.compile(r"[a-z]+(?=[ ,.]|$)")
"""A first word that is written large: no path, no number, no name of a series."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What stands in the way."""

    reason: str
    evidence: str | None = None
    """The check that says so, and what it found."""


def verdict_of(checks: tuple[Check, ...], seen: WorkspaceEvidence) -> Verdict:
    """The verdict, by the order of the contract: failed stream, training, failed check, skip."""
    value, told = _value_and_reason(checks, seen)
    count = {outcome: sum(c.outcome is outcome for c in checks) for outcome in Outcome}
    return Verdict(
        value=value,
        reason=told.reason,
        evidence=told.evidence,
        passed=count[Outcome.PASS],
        failed=count[Outcome.FAIL],
        skipped=count[Outcome.SKIP],
        not_yet=sum(c.not_yet for c in checks),
        total=len(checks),
    )


def _value_and_reason(checks: tuple[Check, ...], seen: WorkspaceEvidence) -> tuple[VerdictValue, _Told]:
    if seen.nothing_trained or seen.unrecognised is not None:
        return VerdictValue.NOT_READY, _Told(_nothing(seen))
    failing = [c for c in checks if c.blocking and c.outcome is Outcome.FAIL]
    skipped = [c for c in checks if c.blocking and c.outcome is Outcome.SKIP]
    if seen.has_diverged:
        return VerdictValue.NOT_READY, _about(sorted(failing, key=lambda c: c.id != "training"), seen)
    under_way = _under_way(seen)
    if under_way is not None:
        already = [_name(c) for c in failing if not c.follows_from]
        told = f" Already failing: {', '.join(already)}." if already else ""
        return VerdictValue.TRAINING, _Told(f"{under_way}.{told}")
    if failing:
        return VerdictValue.NOT_READY, _about(_root_cause_first(failing, seen), seen)
    if skipped:
        return VerdictValue.INCOMPLETE, _about(skipped, seen)
    return VerdictValue.READY, _Told(_every(checks, seen))


def _under_way(seen: WorkspaceEvidence) -> str | None:
    """Which streams train, or are to follow; None where none does."""
    running = [s.stream.label for s in seen.streams if is_running(s) and not s.progress.silent]
    if running:
        return f"{named(running)} still training"
    return f"{named([s.stream.label for s in seen.to_follow])} still to come" if seen.to_follow else None


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


def _about(checks: list[Check], seen: WorkspaceEvidence) -> _Told:
    """The first blocking item in one sentence, how many more there are, and below it what its check found."""
    if not checks:
        return _Told("A stream failed.")
    causes = [c for c in checks if not c.follows_from] or checks
    follow = [str(c.index) for c in checks if c not in causes]
    told = [f"and {len(causes) - 1} more"] if len(causes) > 1 else []
    told += [f"{joined(follow)} {'follows' if len(follow) == 1 else 'follow'}"] if follow else []
    more = f" ({'; '.join(told)})" if told else ""
    found = checks[0].detail.split("; ")[0].rstrip(".")
    short = checks[0].headline
    evidence = _name(checks[0]) if short is None else f"{_name(checks[0])}: {found}."
    return _Told(f"{short or _as_sentence(found, seen)}{more}.", evidence)


def _as_sentence(found: str, seen: WorkspaceEvidence) -> str:
    """A detail as a sentence: streams by their names on screen, a first word written large."""
    label = next((s.stream.label for s in seen.streams if found.startswith(f"{s.id}: ")), None)
    if label is not None:
        return f"{label}: {found.partition(': ')[2]}"
    return found[0].upper() + found[1:] if _PLAIN_WORD.match(found) else found


def _name(check: Check) -> str:
    return f"{check.index}. {check.title}"


def is_ready_but_for_skips(checks: tuple[Check, ...], verdict: Verdict) -> bool:
    """Whether only checks that `--allow-skips` may leave out stand between the run and ready."""
    if verdict.value is not VerdictValue.INCOMPLETE:
        return False
    forgiven = {spec.id for spec in checklist.CHECKS if spec.may_be_skipped}
    return all(c.id in forgiven for c in checks if c.blocking and c.outcome is Outcome.SKIP)
