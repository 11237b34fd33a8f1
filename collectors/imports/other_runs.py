"""The other runs of a workspace -> its history, one after the other: a folder of many runs shows them all.

Input: the workspace, what the operator asked for, and the store. Output: the ids of the runs that are new there. Each
is judged as it would be as the newest one. It refuses runs that still train, those without a series, more than
`MOST_RUNS`, and a training that was stored when it was followed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Final

from collectors.collect import CollectOptions, Collector
from collectors.contract.pipeline import PipelineConfig
from collectors.contract.run_row import RunRow
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.evidence.mlflow import OUTCOMES, MlflowRun
from collectors.files.workspace import Workspace
from collectors.imports.mlflow import is_store, name_of, runs_in
from collectors.imports.mlflow_files import FileStore
from collectors.imports.sources import Asked, name_of_root
from collectors.imports.take_over import as_ended, called, from_mlflow, id_for, is_silent
from collectors.observe.described import describe
from collectors.observe.other_runs import OtherRun, other_runs
from collectors.store.runs import RunStore
from collectors.store.store import Store
from collectors.trainers import mlflow
from collectors.trainers.folder import join
from collectors.trainers.names import TAGS

MOST_RUNS: Final = 50
"""The newest ones; `runs import` takes over all of them."""
READ_BYTES: Final = 64 << 20
"""Larger checkpoints of an old run are judged by their structure alone."""


def take_others(root: Path, options: CollectOptions, store: Store) -> Iterator[str | None]:
    """Look at one other run after the other; the id of each that is new in the store, None for one that is not.

    Raises ConfigProblem, WorkspaceProblem and StoreProblem.
    """
    if options.pipeline is not None:
        return
    with Workspace(root, options.allow_roots) as workspace:
        described = describe(workspace, options.config_file)
        if (described.trainer or described.config.trainer) == mlflow.SPEC.id:
            yield from _of_mlflow(workspace, store)
            return
        known = RunStore(store.backend)
        for run in islice(other_runs(workspace, options.config_file), MOST_RUNS):
            run_id = id_for(name_of_root(run.root, workspace.name))
            state = _seen(root, run, options) if _is_news(known.row(run_id), run.at) else None
            is_new = state is not None and not store.has_snapshot(
                state.meta.run_id
            )  # its id where it was followed here
            if state is not None and is_new:
                store.write_snapshot(called(state, run_id))
            yield run_id if is_new else None


def _is_news(stored: RunRow | None, at: float) -> bool:
    """Whether a run is not stored, or went on since it was."""
    return stored is None or datetime.fromisoformat(stored["timestamp"]).timestamp() < at


def _seen(root: Path, run: OtherRun, options: CollectOptions) -> DashboardState | None:
    """A run's state; None where it still trains, or nothing of it can be drawn."""
    state = _collected(root, _bounded(run), options)
    if is_silent(state, run.at):
        state = _collected(root, as_ended(_bounded(run)), options)
    return state if not _is_open(state) and any(stream.series for stream in state.metrics.values()) else None


def _collected(root: Path, config: PipelineConfig, options: CollectOptions) -> DashboardState:
    asked = CollectOptions(allow_roots=options.allow_roots, pipeline=config, announce=_unsaid)
    with Collector(root, None, asked) as collector:
        return collector.collect(snapshot=True)


def _is_open(state: DashboardState) -> bool:
    return any(stream.completion.status is Status.RUNNING for stream in state.metrics.values())


def _bounded(run: OtherRun) -> PipelineConfig:
    """Its description with a lower cost of reading, and no heartbeat of another run."""
    limits = run.config.limits.model_copy(update={"read_bytes": min(READ_BYTES, run.config.limits.read_bytes)})
    return run.config.model_copy(update={"limits": limits, "heartbeat": join(run.root, run.config.heartbeat)})


def _of_mlflow(workspace: Workspace, store: Store) -> Iterator[str | None]:
    """The runs of an MLflow store that have ended, but the newest: it is shown."""
    asked = Asked()
    of_base = runs_in(workspace, mlflow.STORE, TAGS, _unsaid) if is_store(workspace, mlflow.STORE) else ()
    found = [run for run in chain(of_base, FileStore(workspace, _unsaid).runs(TAGS)) if run.curves]
    found.sort(key=_started, reverse=True)
    for run in found[1 : 1 + MOST_RUNS]:
        if run.status in OUTCOMES and not store.has_snapshot(id_for(name_of(run))):
            yield from from_mlflow([run], asked, (store, _unsaid))


def _started(run: MlflowRun) -> float:
    return run.started_at or 0.0


def _unsaid(_: str) -> None:
    """Nobody asked for these runs one by one."""
