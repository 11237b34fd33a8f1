"""A state, a heartbeat and the newest runs -> the row of a workspace. Pure.

The one place where a state is told as a row, whatever keeps the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from collectors.contract.metrics import StreamMetrics
from collectors.contract.run_row import RunRow
from collectors.contract.state import Check, DashboardState, ObserverHeartbeat
from collectors.contract.values import Outcome, Status
from collectors.contract.workspace_row import ActiveStage, CheckMark, LastRun, UnderWay, WorkspaceRow
from collectors.presentation.words import progress_words, reached_count

MOST_LAST: Final = 10
"""Runs of the strip."""
ACTIVE: Final = (Status.RUNNING, Status.STALLED, Status.FAIL)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a workspace beside its state."""

    name: str
    etag: str
    heartbeat: ObserverHeartbeat | None
    last: Sequence[LastRun]


def workspace_row(about: About, state: DashboardState) -> WorkspaceRow:
    """The row of a workspace whose state can be read."""
    name = about.name
    meta, verdict = state.meta, state.verdict
    labels = tuple(sorted(f"{label}:{value}" for label, value in meta.labels.items()))
    checks = tuple(map(_mark, state.checklist))
    failing = tuple(check for check in checks if check.outcome is Outcome.FAIL)
    searched = (name, meta.title, meta.workspace, meta.run_id, verdict.reason, *labels)
    return WorkspaceRow(
        name=name,
        etag=about.etag,
        title=meta.title,
        run_id=meta.run_id,
        verdict=verdict.value,
        reason=verdict.reason,
        steps=len(state.steps),
        checks=checks,
        failing=failing,
        stages=tuple(_active(state)),
        under_way=_under_way(state.metrics.values()),
        labels=labels,
        changed_at=meta.timestamp,
        changed=-int(meta.timestamp.timestamp() * 1e6),
        heartbeat=about.heartbeat,
        last=tuple(about.last[-MOST_LAST:]),
        searched="\n".join((*searched, *(check.title for check in failing))).lower(),
    )


def damaged_workspace(about: About, problem: str) -> WorkspaceRow:
    """The row of a workspace without a state that can be read."""
    return WorkspaceRow(
        name=about.name,
        etag=about.etag,
        reason=problem,
        heartbeat=about.heartbeat,
        last=tuple(about.last),
        searched=f"{about.name}\n{problem}".lower(),
    )


def last_runs(rows: Iterable[RunRow]) -> list[LastRun]:
    """Runs of the strip, of rows that come newest first."""
    found = [LastRun(row["run_id"], row["verdict"]) for _, row in zip(range(MOST_LAST), rows, strict=False)]
    return found[::-1]


def _mark(check: Check) -> CheckMark:
    return _same_mark(check.index, check.id, check.title, (check.outcome, check.not_yet))


@lru_cache(4096)
def _same_mark(index: int, check_id: str, title: str, found: tuple[object, bool]) -> CheckMark:
    """Thousands of workspaces have the same checks: one of each is kept."""
    return CheckMark(index, check_id, title, *found)  # type: ignore[arg-type] # an outcome, as a key


def _active(state: DashboardState) -> Iterable[ActiveStage]:
    first = state.pipeline.views[0].id if state.pipeline.views else ""
    for stage in state.pipeline.stages:
        node = state.nodes.get(stage.id)
        if node is not None and node.status in ACTIVE and stage.view == first:
            yield ActiveStage(stage.id, stage.label, node.status)


def _under_way(streams: Iterable[StreamMetrics]) -> UnderWay | None:
    """Of the stream that trains; where none does, of the one that fell silent."""
    found = {run.completion.status: run for run in reversed([*streams]) if not run.completion.from_previous_run}
    run = found.get(Status.RUNNING) or found.get(Status.STALLED)
    if run is None:
        return None
    done = run.completion
    is_silent = done.quiet or done.status is Status.STALLED
    ends_at, silent_since = (None, done.last_record_at) if is_silent else (done.expected_end_at, None)
    return UnderWay(f"{run.label} {progress_words(run)}", _share(run), ends_at, silent_since)


def _share(run: StreamMetrics) -> float | None:
    reached, total = reached_count(run), run.completion.epochs
    if run.completion.unit == "step":
        total = run.completion.steps
    return None if reached is None or not total else round(min(max(reached / total, 0.0), 1.0), 4)
