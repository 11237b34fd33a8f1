"""FINDINGS, and a judgement with what they say in it. Pure.

What fails stands before the check's own words, what cannot be told makes a pass a skip, what warns stands
behind. A finding that breaks, breaks its check: nothing defaults to good.
"""

from __future__ import annotations

from collectors.contract.pipeline import PipelineConfig
from collectors.contract.sections import Level
from collectors.judge.checks.part import Judgement, Part, Short, failing, joined, passing, skipping
from collectors.judge.findings import (
    after_end,
    backup_sets,
    boosted_rounds,
    checkpoint_says,
    config_says,
    empty_cell,
    epochs_missing,
    events_end_early,
    events_missing,
    layers,
    log_error,
    loss_course,
    loss_explodes,
    losses_damaged,
    no_loss,
    one_row,
    optimizer_state,
    run_status,
    scaler_age,
    scaler_says,
    short_policy,
    streams_apart,
    table_and_events,
    val_equals_train,
    val_rises,
    val_zero,
    validation_stops,
    weights,
)
from collectors.judge.findings.spec import FindingSpec, Found
from collectors.training.evidence import WorkspaceEvidence

FINDINGS: tuple[FindingSpec, ...] = (
    events_missing.SPEC,
    *weights.SPECS,
    *layers.SPECS,
    optimizer_state.SPEC,
    checkpoint_says.SPEC,
    boosted_rounds.SPEC,
    *config_says.SPECS,
    table_and_events.SPEC,
    scaler_says.METHOD,
    scaler_says.FLOAT32,
    scaler_says.CHANNELS,
    backup_sets.SCATTERED,
    backup_sets.SEVERAL,
    backup_sets.SCALER,
    backup_sets.LOSSES,
    scaler_age.SPEC,
    after_end.CHANGED,
    after_end.LATE,
    streams_apart.SPEC,
    no_loss.SPEC,
    short_policy.SPEC,
    val_equals_train.SPEC,
    val_zero.SPEC,
    loss_explodes.SPEC,
    loss_course.FROZEN,
    loss_course.RISEN,
    empty_cell.SPEC,
    losses_damaged.SPEC,
    epochs_missing.SPEC,
    one_row.SPEC,
    validation_stops.SPEC,
    events_end_early.SPEC,
    val_rises.SPEC,
    run_status.SPEC,
    log_error.SPEC,
)
"""Every finding, by the check that tells it and in the order in which they are told."""


def findings_by_id() -> dict[str, FindingSpec]:
    """Every finding by its id, in order."""
    return {spec.id: spec for spec in FINDINGS}


def with_findings(judged: Judgement, check: str, seen: WorkspaceEvidence) -> Judgement:
    """What a check says, together with the findings that it tells."""
    parts = [
        _part(found, spec, level, _in_short(found, spec, seen))
        for spec in FINDINGS
        if spec.check == check and _set(spec, seen.config) != "off"
        for found in spec.find(seen)
        if (level := _set(spec, seen.config) or found.level or spec.default) != "off"
    ]
    return joined(judged, parts)


def _set(spec: FindingSpec, config: PipelineConfig) -> Level | None:
    """The level that the configuration sets."""
    return config.settings_of(spec.id).level


def _in_short(found: Found, spec: FindingSpec, seen: WorkspaceEvidence) -> Short | None:
    name = seen.of(found.stream).stream.label if found.stream is not None else ""
    return Short(spec.short, name) if spec.short and (name or "{}" not in spec.short) else None


def _part(found: Found, spec: FindingSpec, level: Level, short: Short | None) -> Part:
    text = f"{found.text} ({spec.id})"
    if level == "warn":
        return passing(found.path, found.stream, "", [text])
    against = failing if level == "fail" else skipping
    return against(found.path, found.stream, text, found.remedy, short=short)
