"""Runs from elsewhere -> snapshots of this store.

Input: snapshots of another state directory, output folders of TensorBoard, Lightning and Hugging Face, and
runs of an MLflow store, all of which the ordinary collector reads. Output: one line a run saying what became
of it. Nothing that is here is overwritten by another run of the same name: both are kept. It refuses
snapshots that break the contract, folders without a loss, and trainings that are still going on.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from collectors.collect import CollectOptions, Collector
from collectors.contract.pipeline import PipelineConfig
from collectors.contract.state import DashboardState, state_from_json
from collectors.contract.streams import StallLimits
from collectors.contract.values import Status, normalised_run_id
from collectors.evidence.mlflow import MlflowRun
from collectors.files.workspace import CannotRead, Workspace, WorkspaceProblem
from collectors.imports.mlflow import is_store, laid_out, lay_out, name_of, runs_in, unnamed_words
from collectors.imports.mlflow_files import FileStore
from collectors.imports.sources import Asked, Source, pipeline_of, sources_in, tags_of, untold_of
from collectors.numbers import visible_text
from collectors.options import UsageError
from collectors.store.backend import MAX_BYTES
from collectors.store.curves import Source as CurveSource
from collectors.store.curves import read_curves
from collectors.store.folder import Folder as StateFolder
from collectors.store.folder import snapshots_in
from collectors.store.rows import first_error
from collectors.store.store import Store
from collectors.trainers.folder import Folder
from collectors.trainers.mlflow import STORE
from collectors.trainers.names import TAGS
from collectors.training.series import better_way
from collectors.training.summary import leaned

MOST_RUNS = 100_000
SILENT_SECONDS: Final = 600.0
"""An older run of no known pace that was silent for so long has ended."""
Say = Callable[[str], None]


def import_runs(paths: Iterable[Path], asked: Asked, store: Store, say: Say) -> list[str]:
    """Take over every run below `paths`; the ids of those that are here now.

    Raises UsageError for what cannot be looked at, StoreProblem where nothing can be written.
    """
    return [run_id for path in paths for run_id in _from_path(path, asked, store, say) if run_id]


def _from_path(path: Path, asked: Asked, store: Store, say: Say) -> Iterable[str | None]:
    folder = path if path.is_dir() else path.parent
    try:
        with Workspace(folder) as workspace:
            if path.is_file() and is_store(workspace, path.name):
                return from_mlflow(runs_in(workspace, path.name, tags_of(asked), say), asked, (store, say))
            snapshots = [path.name] if path.is_file() else snapshots_in(workspace, MOST_RUNS)
            if snapshots:
                return [_take_snapshot(workspace, (name, folder / name), store, say) for name in snapshots]
            runs = runs_in(workspace, STORE, tags_of(asked), say) if is_store(workspace, STORE) else ()
            in_files = FileStore(workspace, say).runs(tags_of(asked))
            stored = from_mlflow(chain(runs, in_files), asked, (store, say))
            sources = sources_in(workspace, folder.resolve().name)
            if not sources and not stored:
                known = "snapshot, event file, metrics.csv, trainer_state.json, mlflow.db or mlruns"
                say(f"{path.name}: no {known} below it")
            return [*stored, *(_take_outputs(folder, source, asked, (store, say)) for source in sources)]
    except WorkspaceProblem as problem:
        raise UsageError(f"{path}: {problem}") from None


def from_mlflow(runs: Iterable[MlflowRun], asked: Asked, to: tuple[Store, Say]) -> list[str | None]:
    """Every run of an MLflow store, laid out one after the other for the ordinary collector."""
    with tempfile.TemporaryDirectory() as room:
        return [_take_run(run, Path(room) / str(number), asked, to) for number, run in enumerate(runs)]


def _take_run(run: MlflowRun, room: Path, asked: Asked, to: tuple[Store, Say]) -> str | None:
    """One run of an MLflow store; of one without a loss its metrics are named."""
    problem = unnamed_words(run)
    if problem:
        to[1](str(visible_text(f"{id_for(name_of(run))}: not taken over: {problem}")))
        return None
    place = lay_out(run, room, asked.stream)
    with Workspace(place) as laid:
        source = laid_out(Folder(laid), name_of(run))
        return _take_outputs(place, source, asked, to)


def _take_snapshot(workspace: Workspace, at: tuple[str, Path], store: Store, say: Say) -> str | None:
    """One snapshot, with the curves that lie in the state directory around its folder of runs."""
    name = visible_text(at[1].name)
    try:
        state = state_from_json(workspace.read_bytes(at[0], MAX_BYTES))
    except CannotRead as problem:
        say(f"{name}: not taken over: {problem.problem}")
        return None
    except ValidationError as error:
        say(f"{name}: not taken over: {first_error(error)}")
        return None
    beside = StateFolder(at[1].resolve().parent.parent)
    return _keep(state, store, say, partial(_document_beside, beside, state))


def _document_beside(place: StateFolder, state: DashboardState, stream: str) -> bytes | None:
    """The curves of one stream as they lie in the state directory that the snapshot is from."""
    digest = state.metrics[stream].curves
    found = read_curves(place, state.meta.run_id, stream, digest)
    return None if found is None else found.model_dump_json().encode() + b"\n"


def _take_outputs(folder: Path, source: Source, asked: Asked, to: tuple[Store, Say]) -> str | None:
    """Let the ordinary collector read one folder of outputs."""
    pipeline = pipeline_of(source, asked)
    options = CollectOptions(
        pipeline=pipeline, untold=untold_of(source, pipeline), run_id=id_for(source.name), announce=to[1]
    )
    with Collector(folder, None, options) as collector:
        state = collector.collect(snapshot=True)
        if not is_silent(state, source.at):
            return _take_state(state, asked, to, collector.curves)
    with Collector(folder, None, replace(options, pipeline=as_ended(pipeline))) as collector:
        return _take_state(collector.collect(snapshot=True), asked, to, collector.curves)


def _take_state(state: DashboardState, asked: Asked, to: tuple[Store, Say], curves: CurveSource) -> str | None:
    store, say = to
    problem = _unfit(state, asked)
    if problem:
        say(f"{state.meta.run_id}: not taken over: {problem}")
        return None
    return _keep(state, store, say, curves, is_own=True)


def is_silent(state: DashboardState, at: float) -> bool:
    """Whether nothing says that a run has ended, and nothing was written since long before now; `at`: seconds since
    the Unix epoch."""
    open_ones = [s.completion for s in state.metrics.values() if s.completion.status is Status.RUNNING]
    may_live = any(one.writer is not None and one.writer.alive for one in open_ones)
    return bool(open_ones) and not may_live and time.time() - at > SILENT_SECONDS


def as_ended(config: PipelineConfig) -> PipelineConfig:
    """A description by which a run that was silent for `SILENT_SECONDS` has ended."""
    limits = StallLimits(quiet_seconds=SILENT_SECONDS, stalled_seconds=SILENT_SECONDS)
    return config.model_copy(update={"streams": tuple(s.model_copy(update={"stall": limits}) for s in config.streams)})


def id_for(name: str) -> str:
    """The id of a run that is called so."""
    try:
        return normalised_run_id(name)
    except ValueError:
        return "imported"


def _unfit(state: DashboardState, asked: Asked) -> str | None:
    """Why a folder of outputs makes no run of the history; None where it does."""
    stream = state.metrics[asked.stream]
    if stream.completion.status is Status.RUNNING:
        return "it is still training; import it when it has ended"
    if stream.series.keys() & {*TAGS, *asked.tags} or any(map(better_way, stream.series)):
        return None
    told = [c for c in state.checklist if c.id in {"logs", "training"} and not c.passed]
    details = next((c.detail for c in sorted(told, key=lambda c: bool(c.follows_from))), "its logs are not asked for")
    if (stream.completion.step, stream.completion.epoch) == (None, None):
        return f"nothing that it logged was found ({details})"
    return f"no loss of a known name ({details}); say which it is with --tag val_loss=TAG"


def _keep(found: DashboardState, store: Store, say: Say, curves: CurveSource, *, is_own: bool = False) -> str:
    """Store a run under its id, or beside another run that has it already; `curves` makes documents it has none of."""
    state, documents = leaned(found)
    run_id, number = state.meta.run_id, 1
    while store.has_snapshot(run_id):
        stored = store.read_snapshot(run_id)
        if stored is not None and _is_same(stored, state):
            say(f"{run_id}: is here already")
            return run_id
        if is_own and stored is not None and _is_older(stored, state):
            break
        number += 1
        run_id = _with_number(state.meta.run_id, number)
    renamed = called(state, run_id)
    if number > 1:
        say(f"{state.meta.run_id}: another run of this name is here, both are kept")
    say(f"{run_id}: {'brought up to date' if store.has_snapshot(run_id) else 'taken over'}")
    store.write_snapshot(renamed, lambda stream: documents.get(stream) or curves(stream))
    return run_id


def _with_number(run_id: str, number: int) -> str:
    suffix = f"-{number}"
    return f"{run_id[: 64 - len(suffix)]}{suffix}"


def called(state: DashboardState, run_id: str) -> DashboardState:
    """The state under another id."""
    return state.model_copy(update={"meta": state.meta.model_copy(update={"run_id": run_id})})


def _is_same(one: DashboardState, other: DashboardState) -> bool:
    """Whether two snapshots tell the same, whatever they are called and whenever they were made."""
    return _timeless(one) == _timeless(other)


def _timeless(state: DashboardState) -> DashboardState:
    began = datetime(1970, 1, 1, tzinfo=UTC)
    nodes = {stage: node.model_copy(update={"updated_at": began}) for stage, node in state.nodes.items()}
    meta = state.meta.model_copy(update={"run_id": "any", "timestamp": began, "collector_version": ""})
    return state.model_copy(update={"meta": meta, "nodes": nodes})


def _is_older(stored: DashboardState, state: DashboardState) -> bool:
    """Whether the same training was taken over when it had not come as far."""
    known = (stored.meta.started_at, stored.meta.workspace, stored.meta.title)
    return stored.meta.started_at is not None and known == (
        state.meta.started_at,
        state.meta.workspace,
        state.meta.title,
    )
