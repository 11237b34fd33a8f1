"""Evidence, checks and statuses -> DashboardState. Pure: "now" is an argument.

Times of content are carried over from the previous state while the content is the same, so that
nothing changes when nothing changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from collectors import __version__
from collectors.artifact_levels import build_artifacts
from collectors.checks.configs import highlights_of
from collectors.config import PipelineConfig, Stage
from collectors.divergence import number_or_none, step_or_none
from collectors.downsample import downsample
from collectors.progress import Progress
from collectors.runs import Curve
from collectors.stages import Judged, StageStatus, stage_statuses
from collectors.state import (
    MAX_POINTS,
    SCHEMA_VERSION,
    Artifacts,
    Check,
    Completion,
    DashboardState,
    EdgeInfo,
    GroupInfo,
    Meta,
    Node,
    Nonfinite,
    Pipeline,
    Point,
    Position,
    Series,
    StageInfo,
    Status,
    StreamInfo,
    StreamMetrics,
    Verdict,
    ViewInfo,
    Writer,
)
from collectors.words import utc
from collectors.workspace_evidence import StreamEvidence, WorkspaceEvidence


@dataclass(frozen=True, slots=True)
class Observation:
    """What surrounds the evidence: names, times and what was judged."""

    workspace: str
    """Name of the workspace folder."""
    now: datetime
    run_id: str
    checks: tuple[Check, ...]
    verdict: Verdict
    checklist_source: str
    snapshot_stored: bool
    notices: tuple[str, ...] = ()


def build_state(seen: WorkspaceEvidence, about: Observation, previous: DashboardState | None) -> DashboardState:
    """The state of one observation, with the times of `previous` where nothing changed."""
    checks = {c.id: c for c in about.checks}
    artifacts = build_artifacts(seen, checks)
    judged = Judged(seen, checks, about.verdict, about.snapshot_stored)
    statuses = stage_statuses(judged)
    state = DashboardState(
        schema_version=SCHEMA_VERSION,
        meta=_meta(seen, about),
        verdict=about.verdict,
        pipeline=build_pipeline(seen.config),
        nodes={s.id: _node(s, statuses[s.id], (seen, artifacts, checks), about.now) for s in seen.config.stages},
        checklist=about.checks,
        metrics={s.id: build_metrics(s) for s in seen.streams},
        artifacts=artifacts,
        notices=about.notices,
    )
    return with_kept_times(state, previous)


def with_kept_times(state: DashboardState, previous: DashboardState | None) -> DashboardState:
    """The same state with the instants of `previous` wherever the content is the same."""
    if previous is None:
        return state
    nodes = {stage: _kept_node(node, previous.nodes.get(stage)) for stage, node in state.nodes.items()}
    kept = state.model_copy(update={"nodes": nodes})
    as_before = kept.meta.model_copy(update={"timestamp": previous.meta.timestamp})
    unchanged = kept.model_copy(update={"meta": as_before})
    return previous if unchanged == previous else kept


def _kept_node(node: Node, before: Node | None) -> Node:
    if before is None or (before.status, before.message) != (node.status, node.message):
        return node
    return node.model_copy(update={"updated_at": before.updated_at, "since": node.since or before.since})


def _meta(seen: WorkspaceEvidence, about: Observation) -> Meta:
    ends = [s.progress.last_at for s in seen.streams if s.in_current_run]
    moving = any(s.progress.status is Status.RUNNING for s in seen.streams)
    known = [e for e in ends if e is not None]
    return Meta(
        run_id=about.run_id,
        timestamp=about.now,
        started_at=utc(seen.started_at),
        finished_at=utc(max(known)) if known and not moving else None,
        workspace=about.workspace,
        title=seen.config.title,
        collector_version=__version__,
        checklist_source=about.checklist_source,
    )


def build_pipeline(config: PipelineConfig) -> Pipeline:
    """All that the page needs to draw the graph."""
    return Pipeline(
        streams=tuple(StreamInfo(id=s.id, label=s.label) for s in config.streams),
        stages=tuple(_stage_info(s) for s in config.stages),
        edges=tuple(EdgeInfo(source=a, target=b) for a, b in config.edges),
        groups=tuple(GroupInfo(id=g.id, label=g.label, view=g.view) for g in config.groups),
        views=tuple(ViewInfo(id=v.id, label=v.label) for v in config.views),
    )


def _stage_info(stage: Stage) -> StageInfo:
    return StageInfo(
        id=stage.id,
        label=stage.label,
        group=stage.group,
        view=stage.view,
        position=Position(column=stage.column or 0.0, row=stage.row or 0.0),
    )


def _node(
    stage: Stage,
    found: StageStatus,
    judged: tuple[WorkspaceEvidence, Artifacts, Mapping[str, Check]],
    now: datetime,
) -> Node:
    seen, artifacts, checks = judged
    return Node(
        status=found.status,
        message=found.message,
        updated_at=now,
        since=utc(found.since),
        checks=tuple(c for c in stage.checks if c in checks),
        artifacts=tuple(dict.fromkeys(_files_of(stage, seen, artifacts, checks))),
    )


def _files_of(stage: Stage, seen: WorkspaceEvidence, artifacts: Artifacts, checks: Mapping[str, Check]) -> list[str]:
    """Paths of a stage's files, by its rule."""
    kind, _, argument = stage.status_from.partition(":")
    groups: dict[str, tuple[Any, ...]] = {
        "preparation": artifacts.scaler,
        "reports": tuple(a for a in artifacts.documents if a.path in {r.path for r in seen.reports}),
        "streams": artifacts.logs,
        "artifacts": (*artifacts.checkpoints, *artifacts.scaler, *artifacts.backup[:1]),
        "files": seen.stage_files.get(stage.id, ()),
    }
    if kind == "stream":
        of_stream = (*artifacts.checkpoints, *artifacts.configs, *artifacts.logs, *artifacts.loss_files)
        return [a.path for a in of_stream if a.stream == argument]
    if kind == "check":
        found = checks.get(argument)
        return [e.path for e in found.evidence if e.path] if found else []
    return [a.path for a in groups.get(kind, ())]


def build_metrics(s: StreamEvidence) -> StreamMetrics:
    """One stream's losses, reduced to at most 2,000 points a series."""
    curves = {name: c for name, c in s.losses.curves.items() if len(c)}
    divergences = s.progress.divergences
    first = min(divergences, key=lambda d: d.first_epoch if d.first_epoch is not None else np.inf, default=None)
    return StreamMetrics(
        label=s.stream.label,
        config=highlights_of(s),
        source=s.losses.source,
        completion=_completion(s, s.progress),
        series={name: build_series(c) for name, c in curves.items()},
        nonfinite=tuple(
            Nonfinite(
                series=d.series,
                kind=d.kind,
                first_epoch=d.first_epoch,
                first_step=d.first_step,
                last_step=d.last_step,
                count=d.count,
            )
            for d in divergences
        ),
        final={name: _point(c, -1) for name, c in curves.items()},
        best={name: p for name, c in curves.items() if (p := _best(c)) is not None},
        diverged_at=Point(value=None, epoch=first.first_epoch, step=first.first_step) if first else None,
    )


def build_series(curve: Curve) -> Series:
    """A curve as parallel arrays: reduced with minima and maxima kept, non-finite values null."""
    kept = np.arange(len(curve)) if len(curve) <= MAX_POINTS else downsample(curve.epoch, curve.value, MAX_POINTS)
    return Series(
        epoch=_numbers(curve.epoch[kept]),
        step=tuple(None if v < 0 else v for v in curve.step[kept].tolist()),
        time=_numbers(curve.time[kept]),
        value=_numbers(curve.value[kept]),
    )


def _numbers(column: Any) -> tuple[float | None, ...]:
    """Finite numbers as they are, others as None."""
    if bool(np.isfinite(column).all()):
        return tuple(column.tolist())
    return tuple(number_or_none(v) for v in column.tolist())


def _point(curve: Curve, at: int) -> Point:
    return Point(
        value=number_or_none(curve.value[at]),
        epoch=number_or_none(curve.epoch[at]),
        step=step_or_none(curve.step[at]),
    )


def _best(curve: Curve) -> Point | None:
    finite = np.isfinite(curve.value)
    if not finite.any():
        return None
    return _point(curve, int(np.argmin(np.where(finite, curve.value, np.inf))))


def _completion(s: StreamEvidence, p: Progress) -> Completion:
    total = p.target.total
    return Completion(
        status=p.status,
        epoch=p.epoch,
        epochs=total if p.target.unit == "epoch" else None,
        step=p.step,
        steps=total if p.target.unit == "step" else None,
        unit=p.target.unit,
        early_stop=p.early_stop,
        quiet=p.quiet,
        started_at=utc(p.started_at),
        last_record_at=utc(p.last_at),
        gap_seconds=p.gap,
        quiet_at=utc(p.quiet_at),
        stalled_at=utc(p.stalled_at),
        expected_end_at=utc(p.expected_end_at),
        writer=Writer(host=p.writer.host, pid=p.writer.pid, alive=p.writer.alive) if p.writer else None,
        from_previous_run=not s.in_current_run,
    )
