"""Evidence, checks and statuses -> DashboardState. Pure: "now" is an argument.

Times of content are carried over from the previous state while the content is the same, so that
nothing changes when nothing changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from collectors import __version__
from collectors.contract.artifacts import Artifact, Artifacts
from collectors.contract.graph import EdgeInfo, GroupInfo, Node, Pipeline, Position, StageInfo, StreamInfo, ViewInfo
from collectors.contract.pipeline import PipelineConfig, Stage
from collectors.contract.state import SCHEMA_VERSION, Check, DashboardState, EarlierJudgement, Meta, Step, Verdict
from collectors.decisions.summary import summary_of
from collectors.judge.artifacts import build_artifacts
from collectors.judge.checklist import not_asked_by
from collectors.judge.checks.score_times import belongs_to_run
from collectors.judge.config_values import Digests, configs_of
from collectors.judge.shortlist import listed_stage_files
from collectors.judge.stages import Judged, StageStatus, stage_statuses
from collectors.numbers import utc
from collectors.training.evidence import WorkspaceEvidence

BUILTIN = "builtin"
"""Source of a checklist that no external validator gave."""


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
    steps: tuple[Step, ...] = ()
    """What is to be done until it is ready."""
    recognised: str | None = None
    """Which trainer describes the workspace, and why."""
    notices: tuple[str, ...] = ()
    digest_key: bytes | None = None
    """The store's own, for values that are compared and not shown."""
    judged_before: EarlierJudgement | None = None
    """What the run's stored snapshot says, where another version made it."""


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
        steps=about.steps,
        not_asked=not_asked_by(seen.config) if about.checklist_source == BUILTIN else (),
        metrics={s.id: s.metrics for s in seen.streams},
        configs=configs_of(seen, Digests(about.digest_key)),
        artifacts=artifacts,
        logs=seen.logs,
        notices=about.notices,
        decisions=summary_of(seen.decisions, belongs_to_run(seen.decisions, seen)) if seen.decisions else None,
    )
    return with_kept_times(_with_what_changed(state, about.judged_before), previous)


def _with_what_changed(state: DashboardState, before: EarlierJudgement | None) -> DashboardState:
    """The state with what it says otherwise than another version did of the same run."""
    if before is None:
        return state
    from collectors.compare.rejudged import rejudged

    told = rejudged(before, state)
    if not told:
        return state
    return state.model_copy(update={"notices": (*told, *state.notices), "judged_before": before})


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
    """A node that knows since when: where the files do not tell, since the status was first seen."""
    if before is None:
        return node
    first_seen = before.since if before.status is node.status else node.updated_at
    since = node.since or first_seen
    is_news = before.status is not node.status or before.message != node.message
    updated_at = node.updated_at if is_news else before.updated_at
    return node.model_copy(update={"updated_at": updated_at, "since": since})


def _meta(seen: WorkspaceEvidence, about: Observation) -> Meta:
    ends = [s.progress.last_at for s in seen.streams if s.in_current_run]
    known = [e for e in ends if e is not None]
    return Meta(
        run_id=about.run_id,
        timestamp=about.now,
        started_at=utc(seen.started_at),
        finished_at=utc(max(known)) if known and not seen.is_under_way else None,
        workspace=about.workspace,
        title=seen.config.title,
        labels=seen.config.labels,
        collector_version=__version__,
        checklist_source=about.checklist_source,
        recognised=about.recognised,
    )


def build_pipeline(config: PipelineConfig) -> Pipeline:
    """All that the page needs to draw the graph."""
    return Pipeline(
        streams=tuple(StreamInfo(id=s.id, label=s.label) for s in config.streams),
        stages=tuple(_stage_info(s) for s in config.stages),
        edges=tuple(EdgeInfo(source=a, target=b) for a, b in config.edges),
        groups=tuple(GroupInfo(id=g.id, label=g.label, view=g.view) for g in config.groups),
        views=tuple(ViewInfo(id=v.id, label=v.label) for v in config.views),
        link_template=config.links.template,
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
    if kind == "stream":
        of_stream = (*artifacts.checkpoints, *artifacts.configs, *artifacts.logs, *artifacts.loss_files)
        return [a.path for a in of_stream if a.stream == argument]
    if kind == "check":
        found = checks.get(argument)
        return [e.path for e in found.evidence if e.path] if found else []
    if kind == "files":
        return [f.path for f in listed_stage_files(seen)[stage.id].files] if stage.files else []
    groups: dict[str, tuple[Artifact, ...]] = {
        "preparation": artifacts.scaler,
        "reports": artifacts.documents[0 if seen.split_policy is None else 1 :],
        "streams": artifacts.logs,
        "artifacts": (*artifacts.checkpoints, *artifacts.scaler, *artifacts.backup[:1]),
    }
    return [a.path for a in groups.get(kind, ())]
