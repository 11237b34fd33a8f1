"""A run against a baseline -> what is different, and whether it is a regression. Pure.

Input: two states and a policy. Output: a Delta. It judges losses only where both sides were measured
the same way, says why where they were not, and never guesses a value that one side does not have.
"""

from __future__ import annotations

from collections.abc import Iterable

from collectors.compare.artifacts import artifact_changes
from collectors.compare.comparability import Against, Standing, epochs_of, reasons_against, standing_of, steps_of
from collectors.compare.configs import compare_configs
from collectors.compare.decisions import decisions_differ
from collectors.compare.regression import (
    Which,
    judge_regression,
    judge_stream,
    loss_change,
    ordered,
    quantity,
    way_of,
    window_is_reduced,
)
from collectors.compare.rejudged import judgement_of, rejudged
from collectors.contract.delta import CheckChange, Delta, LossChange, Side, StreamDelta
from collectors.contract.metric_rules import Better
from collectors.contract.metrics import StreamMetrics
from collectors.contract.policy import Policy
from collectors.contract.state import Check, DashboardState
from collectors.contract.values import Direction, Outcome
from collectors.training.courses import course_of
from collectors.training.series import is_loss

RANK = {Outcome.FAIL: 0, Outcome.SKIP: 1, Outcome.PASS: 2}


def compare(run: DashboardState, baseline: DashboardState, policy: Policy | None = None) -> Delta:
    """Everything in which a run differs from a baseline, judged by the policy."""
    rules = policy or Policy()
    return Delta(
        run=_side(run),
        baseline=_side(baseline),
        policy=rules,
        regression=judge_regression(run.metrics, baseline.metrics, rules),
        passed_difference=run.verdict.passed - baseline.verdict.passed,
        verdict_changed=run.verdict.value is not baseline.verdict.value,
        checks=_check_changes(run, baseline),
        streams=tuple(_stream(s, run, baseline, rules) for s in ordered(run.metrics, baseline.metrics)),
        artifacts=tuple(artifact_changes(run.artifacts, baseline.artifacts)),
        notes=_notes(run, baseline),
    )


def _side(state: DashboardState) -> Side:
    return Side(
        run_id=state.meta.run_id,
        workspace=state.meta.workspace,
        started_at=state.meta.started_at,
        finished_at=state.meta.finished_at,
        verdict=state.verdict.value,
        passed=state.verdict.passed,
        failed=state.verdict.failed,
        skipped=state.verdict.skipped,
        total=state.verdict.total,
    )


def _notes(run: DashboardState, baseline: DashboardState) -> tuple[str, ...]:
    notes = []
    is_same, versions = run.meta.run_id == baseline.meta.run_id, _versions(run, baseline)
    if is_same:
        notes.append("The run is the baseline itself.")
        notes += rejudged(judgement_of(baseline), run)
    elif len(versions) > 1:
        words = f"version {versions[0]} judged the run, version {versions[1]} the baseline"
        notes.append(f"The judges differ: {words}; an outcome may be another one for that alone.")
    for name, side in (("run", run), ("baseline", baseline)):
        if side.judged_before is not None and not is_same:
            notes += [f"The {name}: {sentence}" for sentence in rejudged(side.judged_before, side)]
    if run.meta.checklist_source != baseline.meta.checklist_source:
        notes.append("The two checklists come from different validators; their outcomes are not the same gates.")
    decided = decisions_differ(run.decisions, baseline.decisions)
    return (*notes, decided) if decided else tuple(notes)


def _versions(run: DashboardState, baseline: DashboardState) -> list[str]:
    """The versions that judged, once each; a run that was taken over from elsewhere was judged by none."""
    return list(dict.fromkeys(v for s in (run, baseline) if (v := s.meta.collector_version)))


def _check_changes(run: DashboardState, baseline: DashboardState) -> tuple[CheckChange, ...]:
    ours, theirs = ({c.id: c for c in state.checklist} for state in (run, baseline))
    ids = dict.fromkeys([*ours, *theirs])
    changes = (_check_change(ours.get(i), theirs.get(i)) for i in ids)
    return tuple(change for change in changes if change is not None)


def _check_change(run: Check | None, baseline: Check | None) -> CheckChange | None:
    known = run or baseline
    if known is None or (run and baseline and run.outcome is baseline.outcome):
        return None
    return CheckChange(
        id=known.id,
        title=known.title,
        run=run.outcome if run else None,
        baseline=baseline.outcome if baseline else None,
        direction=_check_direction(run, baseline),
        run_detail=run.detail if run else "",
        baseline_detail=baseline.detail if baseline else "",
    )


def _check_direction(run: Check | None, baseline: Check | None) -> Direction:
    if run is None or baseline is None:
        return Direction.NEW
    return Direction.BETTER if RANK[run.outcome] > RANK[baseline.outcome] else Direction.WORSE


def _stream(stream: str, run: DashboardState, baseline: DashboardState, policy: Policy) -> StreamDelta:
    ours, theirs = run.metrics.get(stream), baseline.metrics.get(stream)
    against = reasons_against(_standing(ours), _standing(theirs), policy.must_match)
    sides = [s for s in (ours, theirs) if s]
    by_steps = all(epochs_of(s) is None for s in sides) and any(steps_of(s) is not None for s in sides)
    count = steps_of if by_steps else epochs_of
    configs = compare_configs(stream, run, baseline)
    return StreamDelta(
        id=stream,
        label=next(s.label for s in (ours, theirs) if s),
        comparable=not against.reasons,
        reasons=against.reasons,
        notes=_stream_notes(ours, theirs, policy),
        losses=tuple(_losses(ours, theirs, against, policy)),
        counted_in="step" if by_steps else "epoch",
        epochs=quantity(*(count(s) if s else None for s in (ours, theirs))),
        duration_seconds=quantity(*(duration_of(s) if s else None for s in (ours, theirs))),
        seconds_per_epoch=quantity(*(_pace(s, count(s)) if s else None for s in (ours, theirs))),
        config=configs.changes,
        configs_compared=configs.compared,
        configs_untold=configs.untold,
        judgement=judge_stream(ours, theirs, policy),
    )


def _standing(stream: StreamMetrics | None) -> Standing | None:
    return standing_of(stream) if stream else None


def duration_of(stream: StreamMetrics) -> float | None:
    """Seconds from the first to the last record of the stream's latest run; None where unknown."""
    done = stream.completion
    if done.started_at is None or done.last_record_at is None:
        return None
    return max(0.0, (done.last_record_at - done.started_at).total_seconds())


def _pace(stream: StreamMetrics, count: float | None) -> float | None:
    """Seconds that one of `count` epochs or steps took on average; None where either is unknown."""
    seconds = duration_of(stream)
    return seconds / count if seconds is not None and count else None


def _stream_notes(run: StreamMetrics | None, baseline: StreamMetrics | None, policy: Policy) -> tuple[str, ...]:
    notes = []
    for name, side in (("run", run), ("baseline", baseline)):
        if side is None:
            continue
        if side.completion.from_previous_run:
            notes.append(f"The {name} did not train it; its files are of the run before.")
        for rule in map(policy.of, [policy.metric, *policy.metrics]):
            if window_is_reduced(side, rule):
                notes.append(_reduced_words(name, rule, policy))
    return tuple(notes)


def _reduced_words(side: str, rule: Policy, policy: Policy) -> str:
    which = "curve" if rule.metric == policy.metric else f"curve of {rule.metric}"
    return f"The {side}'s {which} is reduced: the window covers its last {rule.window} kept points."


def _losses(
    run: StreamMetrics | None, baseline: StreamMetrics | None, against: Against, policy: Policy
) -> Iterable[LossChange]:
    names = {name for side in (run, baseline) if side for name in side.final}
    for name in sorted(names, key=lambda n: _place(n, policy)):
        better = way_of(name, policy, run, baseline)
        whichs: tuple[Which, ...] = ("final", "best") if better else ("final",)
        for which in whichs:
            value = quantity(*(_value(s, name, which, better) for s in (run, baseline)))
            yield loss_change((name, which), value, against, (policy, better))


def _place(name: str, policy: Policy) -> tuple[bool, bool, bool, bool, str]:
    """What the policy compares comes first, then losses, validations before the others."""
    return (name != policy.metric, name not in policy.metrics, not is_loss(name), not name.startswith("val"), name)


def _value(stream: StreamMetrics | None, series: str, which: Which, better: Better | None) -> float | None:
    if stream is None:
        return None
    facts = stream.about.get(series)
    if which == "best" and (better != (facts.better if facts else "lower") or series not in stream.best):
        # The policy may say another way, and older states kept the lowest of all; a curve keeps its extremes.
        if series not in stream.series:
            return None
        course = course_of(stream, series)
        return course.highest if better == "higher" else course.lowest
    point = (stream.final if which == "final" else stream.best).get(series)
    return point.value if point else None
