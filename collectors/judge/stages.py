"""Evidence and checks -> what each stage is doing. Pure.

Every stage's status comes from the rule its `status_from` names; a rule that knows nothing says
idle, never done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collectors.contract.pipeline import Stage
from collectors.contract.state import Check, Verdict
from collectors.contract.values import Outcome, Status, VerdictValue
from collectors.judge import checklist
from collectors.judge.checks.training import table_problem
from collectors.numbers import duration_words, plural
from collectors.training.divergence_words import divergence_words
from collectors.training.evidence import StreamEvidence, WorkspaceEvidence
from collectors.training.words import epoch_words

BRIEF = 90
"""Characters of a check's detail that its stage shows."""


@dataclass(frozen=True, slots=True)
class StageStatus:
    """What one stage is doing, with no time of observation."""

    status: Status
    message: str
    since: float | None = None
    """Seconds since the Unix epoch; None when the files do not tell."""


@dataclass(frozen=True, slots=True)
class Judged:
    """All that a rule may look at."""

    seen: WorkspaceEvidence
    checks: Mapping[str, Check]
    verdict: Verdict
    snapshot_stored: bool


def stage_statuses(judged: Judged) -> dict[str, StageStatus]:
    """Status of every stage of the pipeline, by id."""
    return {stage.id: _by_rule(stage, judged) for stage in judged.seen.config.stages}


def _by_rule(stage: Stage, judged: Judged) -> StageStatus:
    kind, _, argument = stage.status_from.partition(":")
    if kind == "stream":
        return stream_status(judged.seen.of(argument))
    if kind == "check":
        return _check_status(argument, judged)
    return _RULES[kind](stage, judged)


def stream_status(s: StreamEvidence) -> StageStatus:
    """A stream's state with its numbers; durations since now are left to the page."""
    p = s.progress
    parts = [epoch_words(s)]
    if p.status is Status.RUNNING:
        parts += [f"{duration_words(p.gap)} an epoch"] if p.gap and s.losses.unit == p.target.unit == "epoch" else []
        parts += ["quiet"] if p.quiet else []
    if p.status is Status.STALLED:
        parts += [f"silent, usual gap {duration_words(p.gap)}"] if p.gap else ["silent"]
        parts += [f"process {p.writer.pid} is gone"] if p.writer and p.writer.alive is False else []
    if p.status is Status.FAIL:
        parts = [divergence_words(d) for d in p.divergences[:1]] or ["recorded as failed"]
    if p.status is Status.IDLE:
        parts = [_unreadable(s) or "not started"]
    if p.early_stop:
        parts.append("stopped early")
    if not s.in_current_run and p.status is not Status.IDLE:
        parts.append("from the previous run")
    return StageStatus(p.status, ", ".join(parts), p.since)


def _unreadable(s: StreamEvidence) -> str | None:
    """What keeps its files from telling whether it started."""
    problem = table_problem(s) or next((f"{path}: {problem}" for path, problem in s.unreadable_events), None)
    return _brief(problem) if problem else None


def _check_status(check_id: str, judged: Judged) -> StageStatus:
    check = judged.checks.get(check_id)
    if check is None:
        return StageStatus(Status.IDLE, _why_absent(check_id, judged.seen))
    if judged.seen.nothing_trained:
        return StageStatus(Status.IDLE, _nothing_trained(judged))
    status = {Outcome.PASS: Status.DONE, Outcome.FAIL: Status.FAIL, Outcome.SKIP: Status.IDLE}
    told = "" if check.passed else check.headline or _brief(check.detail)  # that it passed, the status says
    return StageStatus(status[check.outcome], told)


def _nothing_trained(judged: Judged) -> str:
    return "nothing where it is looked for" if judged.seen.elsewhere else "nothing trained yet"


def _why_absent(check_id: str, seen: WorkspaceEvidence) -> str:
    spec = next((s for s in checklist.asked_by(seen.config) if s.id == check_id), None)
    if spec is None:
        reason = next((one.reason for one in checklist.not_asked_by(seen.config) if one.id == check_id), None)
        return f"not asked: {reason}" if reason else "not asked for in this pipeline"
    return "not in the external checklist" if spec.when.in_workspace(seen) else spec.when.waits_because


def _brief(detail: str) -> str:
    """The first thing a check says, short enough for a node."""
    first = detail.split("; ", maxsplit=1)[0].strip()
    return first if len(first) <= BRIEF else first[: BRIEF - 1].rstrip() + "…"


def _streams(_stage: Stage, judged: Judged) -> StageStatus:
    """The orchestrator: running while a stream runs, then the worst of them."""
    states = [s.progress.status for s in judged.seen.streams]
    begun = judged.seen.started_at
    done = states.count(Status.DONE)
    message = f"{done} of {plural(len(states), 'stream')} done"
    for status in (Status.RUNNING, Status.FAIL, Status.STALLED):
        if status in states:
            return StageStatus(status, message, begun if status is Status.RUNNING else None)
    if done == len(states):
        return StageStatus(Status.DONE, message, _last_end(judged))
    if judged.seen.to_follow:
        return StageStatus(Status.RUNNING, message, begun)
    return StageStatus(Status.IDLE, message if done else "no stream started")


def _last_end(judged: Judged) -> float | None:
    ends = [s.progress.last_at for s in judged.seen.streams]
    return max((e for e in ends if e is not None), default=None)


def _preparation(_stage: Stage, judged: Judged) -> StageStatus:
    """Done once the scaler is sound. Without a scaler to judge nobody knows, and nothing is claimed."""
    scaler, check = judged.seen.scaler, judged.checks.get("scaler")
    if scaler is None or check is None:
        return StageStatus(Status.IDLE, _why_absent("scaler", judged.seen))
    if scaler.missing:
        return StageStatus(Status.IDLE, "no scaler")  # not there yet, or lost: the check says which
    if check.outcome is Outcome.PASS:
        channels = len(scaler.evidence.center or ()) if scaler.evidence else 0
        return StageStatus(Status.DONE, f"scaler, {plural(channels, 'channel')}", scaler.facts.modified_at)
    if check.outcome is Outcome.SKIP:
        return StageStatus(Status.RUNNING, "scaler is being written", scaler.facts.modified_at)
    return StageStatus(Status.FAIL, "scaler is not sound", scaler.facts.modified_at)


def _reports(_stage: Stage, judged: Judged) -> StageStatus:
    """The newest data-quality report of each input: all keep, or a hard fail."""
    reports = judged.seen.reports
    if not reports:
        return StageStatus(Status.IDLE, "no report found")
    kept = [r for r in reports if r.evidence and _is_kept(r.evidence.data)]
    newest = max((r.facts.modified_at or 0.0 for r in reports), default=None)
    message = f"{len(kept)} of {plural(len(reports), 'input')} kept"
    return StageStatus(Status.DONE if len(kept) == len(reports) else Status.FAIL, message, newest)


def _is_kept(data: object) -> bool:
    return isinstance(data, Mapping) and data.get("decision") == "keep" and not data.get("hard_fails")


def _artifacts(_stage: Stage, judged: Judged) -> StageStatus:
    """Idle until the streams that began have ended; then as the checks of saved artifacts allow.

    While one still trains there is nothing to bundle yet, and that is no failure.
    """
    states = [s.progress.status for s in judged.seen.streams]
    if judged.seen.is_under_way or not {Status.DONE, Status.FAIL, Status.STALLED} & set(states):
        return StageStatus(Status.IDLE, "waiting for training to end")
    checks = [judged.checks[s.id] for s in checklist.CHECKS if s.at_saving and s.id in judged.checks]
    return _of_checks(checks, "checked")


def _of_checks(checks: list[Check], word: str) -> StageStatus:
    passed = sum(c.passed for c in checks)
    failed = sorted((c for c in checks if c.outcome is Outcome.FAIL and c.blocking), key=lambda c: bool(c.follows_from))
    message = f"{passed} of {len(checks)} {word}"
    if failed:
        return StageStatus(Status.FAIL, f"{message}, {failed[0].title.lower()} failed")
    skipped = any(c.outcome is Outcome.SKIP and c.blocking for c in checks)
    return StageStatus(Status.IDLE if skipped else Status.DONE, message)


def _gate(_stage: Stage, judged: Judged) -> StageStatus:
    """Idle until every stream ended or when only skips are left; done when ready."""
    if judged.seen.nothing_trained:
        return StageStatus(Status.IDLE, _nothing_trained(judged))
    if any(s.progress.status in {Status.RUNNING, Status.IDLE} for s in judged.seen.streams):
        return StageStatus(Status.IDLE, "waiting for every stream to end")
    checks = list(judged.checks.values())
    found = _of_checks(checks, "passed")
    waiting = [c.title.lower() for c in checks if c.outcome is Outcome.SKIP and c.blocking]
    if found.status is Status.IDLE and waiting:
        return StageStatus(Status.IDLE, f"cannot be told: {waiting[0]}")
    return found


def _snapshot(_stage: Stage, judged: Judged) -> StageStatus:
    """Idle while anything trains: a snapshot stored between two streams is not yet the run's last."""
    if judged.seen.is_under_way:
        return StageStatus(Status.IDLE, "waiting for training to end")
    failed = judged.verdict.failed
    if judged.snapshot_stored and judged.verdict.value is VerdictValue.NOT_READY and failed:
        return StageStatus(Status.IDLE, f"snapshot stored, {plural(failed, 'check')} failed")
    if judged.snapshot_stored:
        return StageStatus(Status.DONE, "snapshot stored")
    return StageStatus(Status.IDLE, "no snapshot yet")


def _files(stage: Stage, judged: Judged) -> StageStatus:
    """An own stage of files: done once each of its patterns matches a non-empty file."""
    files = judged.seen.stage_files.get(stage.id, ())
    filled = [f for f in files if f.size_bytes and not f.problem]
    if not filled:
        return StageStatus(Status.IDLE, "no file yet")
    newest = max((f.modified_at for f in filled if f.modified_at is not None), default=None)
    return StageStatus(Status.DONE, plural(len(filled), "file"), newest)


def _verdict(_stage: Stage, judged: Judged) -> StageStatus:
    """The verdict as a stage: only ready is done."""
    value = judged.verdict.value
    if judged.seen.nothing_trained:
        return StageStatus(Status.IDLE, _nothing_trained(judged))
    status = {
        VerdictValue.READY: Status.DONE,
        VerdictValue.NOT_READY: Status.FAIL,
        VerdictValue.INCOMPLETE: Status.IDLE,
        VerdictValue.TRAINING: Status.RUNNING,
    }[value]
    return StageStatus(status, f"{judged.verdict.passed} of {judged.verdict.total} passed")


_RULES: dict[str, Callable[[Stage, Judged], StageStatus]] = {
    "streams": _streams,
    "preparation": _preparation,
    "reports": _reports,
    "artifacts": _artifacts,
    "gate": _gate,
    "snapshot": _snapshot,
    "files": _files,
    "verdict": _verdict,
}
