"""The other runs of a workspace -> its history, one after the other: a folder of many runs shows them all.

Input: the workspace, what the operator asked for, and the store. Output: the ids of the runs that are new there. Each
is judged as it would be as the newest one. It refuses runs that still train, those without a series, more than
`MOST_RUNS`, and a training that was stored when it was followed here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final

from collectors.collect import CollectOptions, Collector
from collectors.contract.pipeline import PipelineConfig
from collectors.contract.state import DashboardState
from collectors.contract.streams import StallLimits
from collectors.contract.values import Status
from collectors.evidence.mlflow import OUTCOMES, MlflowRun
from collectors.files.workspace import Workspace
from collectors.imports.mlflow import is_store, name_of, runs_in
from collectors.imports.mlflow_files import FileStore
from collectors.imports.sources import Asked, name_of_root
from collectors.imports.take_over import called, from_mlflow, id_for
from collectors.observe.described import describe
from collectors.observe.other_runs import OtherRun, other_runs
from collectors.store.store import Store
from collectors.trainers import mlflow
from collectors.trainers.folder import join
from collectors.trainers.names import TAGS

MOST_RUNS: Final = 50
"""The newest ones; `runs import` takes over all of them."""
SILENT_SECONDS: Final = 600.0
"""A newer run has begun: an older one of no known pace that was silent for so long has ended."""
READ_BYTES: Final = 64 << 20
"""Larger checkpoints of an old run are judged by their structure alone."""


def take_others(root: Path, options: CollectOptions, store: Store) -> Iterator[str]:
    """Store one other run after the other; the id of each. Raises ConfigProblem, WorkspaceProblem and StoreProblem."""
    if options.pipeline is not None:
        return
    with Workspace(root, options.allow_roots) as workspace:
        described = describe(workspace, options.config_file)
        if (described.trainer or described.config.trainer) == mlflow.SPEC.id:
            yield from _of_mlflow(workspace, store)
            return
        for run in islice(other_runs(workspace, options.config_file), MOST_RUNS):
            run_id = id_for(name_of_root(run.root, workspace.name))
            state = _seen(root, run, options) if _is_news(store, run_id, run.at) else None
            if state is not None and not store.has_snapshot(state.meta.run_id):  # its id where it was followed here
                store.write_snapshot(called(state, run_id))
                yield run_id


def _is_news(store: Store, run_id: str, at: float) -> bool:
    """Whether a run is not stored, or went on since it was."""
    stored = store.read_snapshot(run_id)
    return stored is None or stored.meta.timestamp.timestamp() < at


def _seen(root: Path, run: OtherRun, options: CollectOptions) -> DashboardState | None:
    """A run's state; None where it still trains, or nothing of it can be drawn."""
    state = _collected(root, _bounded(run), options)
    if _is_open(state) and not _may_live(state) and time.time() - run.at > SILENT_SECONDS:
        ended = StallLimits(quiet_seconds=SILENT_SECONDS, stalled_seconds=SILENT_SECONDS)
        streams = [s.model_copy(update={"stall": ended}) for s in run.config.streams]
        state = _collected(root, _bounded(run).model_copy(update={"streams": tuple(streams)}), options)
    return state if not _is_open(state) and any(stream.series for stream in state.metrics.values()) else None


def _collected(root: Path, config: PipelineConfig, options: CollectOptions) -> DashboardState:
    asked = CollectOptions(allow_roots=options.allow_roots, pipeline=config, announce=_unsaid)
    with Collector(root, None, asked) as collector:
        return collector.collect(snapshot=True)


def _is_open(state: DashboardState) -> bool:
    return any(stream.completion.status is Status.RUNNING for stream in state.metrics.values())


def _may_live(state: DashboardState) -> bool:
    """Whether a process that is known here writes on."""
    writers = (stream.completion.writer for stream in state.metrics.values())
    return any(writer is not None and writer.alive for writer in writers)


def _bounded(run: OtherRun) -> PipelineConfig:
    """Its description with a lower cost of reading, and no heartbeat of another run."""
    limits = run.config.limits.model_copy(update={"read_bytes": min(READ_BYTES, run.config.limits.read_bytes)})
    return run.config.model_copy(update={"limits": limits, "heartbeat": join(run.root, run.config.heartbeat)})


def _of_mlflow(workspace: Workspace, store: Store) -> Iterator[str]:
    """The runs of an MLflow store that have ended, but the newest: it is shown."""
    asked = Asked()
    of_base = runs_in(workspace, mlflow.STORE, TAGS, _unsaid) if is_store(workspace, mlflow.STORE) else ()
    found = [run for run in chain(of_base, FileStore(workspace, _unsaid).runs(TAGS)) if run.curves]
    found.sort(key=_started, reverse=True)
    for run in found[1 : 1 + MOST_RUNS]:
        if run.status in OUTCOMES and not store.has_snapshot(id_for(name_of(run))):
            yield from filter(None, from_mlflow([run], asked, (store, _unsaid)))


def _started(run: MlflowRun) -> float:
    return run.started_at or 0.0


def _unsaid(_: str) -> None:
    """Nobody asked for these runs one by one."""
