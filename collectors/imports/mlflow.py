"""An MLflow store (SQLite) -> a folder a run with what the ordinary collector reads.

Input: an open folder and the store's name in it. Output: for each run a loss history, a config and,
where MLflow says how it ended, the outcome, written into a temporary folder. The store itself is read
in a child process with limits. It refuses stores over 256 MiB, and invents nothing: a run that MLflow
left *running* ends where its last metric was written.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from collectors.contract.table import PLACES
from collectors.contract.values import normalised_run_id
from collectors.evidence.mlflow import OUTCOMES, MlflowEvidence, MlflowRun
from collectors.files.workspace import CannotRead, Workspace
from collectors.imports.sources import Source
from collectors.numbers import visible_text
from collectors.readers.child.process import ReaderProcess, ReadLimits
from collectors.readers.child.registry import MIB
from collectors.readers.mlflow.points import MAGIC
from collectors.store.atomic import replace_file
from collectors.trainers.description import config_of, epochs_of, one_stream
from collectors.trainers.folder import Folder
from collectors.trainers.mlflow import NO_MODEL, SPEC

LIMITS: Final = ReadLimits(seconds=60, memory_bytes=1024 * MIB)
AT_A_TIME: Final = 50
TABLE, CONFIG, BEAT = "metrics", "params", "run"
"""What a run has, by MLflow's own words: no file of these names lies in a store."""
Say = Callable[[str], None]


def is_store(workspace: Workspace, name: str) -> bool:
    """Whether a file is SQLite's."""
    try:
        with workspace.open(name) as found:
            return found.handle.read(len(MAGIC)) == MAGIC
    except (CannotRead, OSError):
        return False


def runs_in(workspace: Workspace, name: str, tags: Mapping[str, Sequence[str]], say: Say) -> Iterator[MlflowRun]:
    """Yield every run of a store, the oldest first; what is wrong with it is said."""
    beside = workspace.facts(f"{name}-wal")
    if beside.size_bytes:
        say(f"{name}: MLflow is writing into it; what stands in {beside.path} only is not taken over yet")
    with ReaderProcess(LIMITS) as reader:
        first, is_last = 0, False
        while not is_last:
            found = _read(workspace, name, reader, {"tags": dict(tags), "first": first, "count": AT_A_TIME})
            for finding in found.findings:
                say(str(visible_text(f"{name}: not taken over: {finding}")))
            yield from found.runs
            first, is_last = first + AT_A_TIME, found.is_last


def _read(workspace: Workspace, name: str, reader: ReaderProcess, options: Mapping[str, object]) -> MlflowEvidence:
    with workspace.open(name) as file:
        found: MlflowEvidence = reader.read("mlflow", file, **options)
    return found


def name_of(run: MlflowRun) -> str:
    """What a run is called here: names repeat in MLflow, ids do not."""
    return f"{run.name or 'run'}-{run.run_id[:8]}"


def unnamed_words(run: MlflowRun) -> str | None:
    """Why none of a run's metrics is a loss here, with their names; None where one is."""
    if run.curves:
        return None
    if not run.metrics:
        return "it has no metrics"
    more = run.metric_count - len(run.metrics)
    names = ", ".join(run.metrics) + (f" and {more:,} more" if more else "")
    return f"none of its metrics has a usual name of a loss; say which one is with --tag val_loss=TAG. It has {names}"


def lay_out(run: MlflowRun, room: Path, stream: str) -> Path:
    """Write a run's files below `room`, into a folder called like its experiment; the folder. Raises StoreProblem."""
    folder = room / _folder_name(run.experiment)
    folder.mkdir(parents=True, exist_ok=True)
    last = max((t for c in run.curves.values() for t in c.time if t is not None), default=run.started_at or 0.0)
    files = {TABLE: _table(run), CONFIG: _config(run), BEAT: _beat(run, stream, run.ended_at or last)}
    for name, text in files.items():
        (folder / name).unlink(missing_ok=True)
        if text is not None:
            replace_file(folder / name, text.encode(), durable=False)
            os.utime(folder / name, (last, last))
    return folder


def laid_out(folder: Folder, name: str) -> Source:
    """The run whose files were laid out in this folder, called so."""
    names = [column for column in folder.columns(TABLE) if column not in PLACES]
    config = config_of(folder, [CONFIG])
    described = one_stream(
        SPEC.label,
        checkpoint={"none": NO_MODEL},
        table={"path": TABLE, "columns": {series: {"column": series} for series in names}},
        config=config,
        completion=epochs_of(folder, config),
    )
    title = f"imported from {SPEC.label}"
    return Source(name, {**described, "heartbeat": BEAT}, title, folder, folder.modified_at(TABLE))


def _folder_name(experiment: str) -> str:
    try:
        return normalised_run_id(experiment)
    except ValueError:
        return "mlflow"


def _table(run: MlflowRun) -> str:
    """A loss history: a row a step, the last value of each series there."""
    rows: dict[int, dict[str, object]] = {}
    for series, curve in run.curves.items():
        for step, time, value in zip(curve.step, curve.time, curve.value, strict=True):
            row = rows.setdefault(step, {"step": step})
            row |= {series: repr(value), "time": "" if time is None else repr(time)}
    text = io.StringIO()
    writer = csv.DictWriter(text, ["step", "time", *run.curves], restval="")
    writer.writeheader()
    writer.writerows(rows[step] for step in sorted(rows))
    return text.getvalue()


def _config(run: MlflowRun) -> str:
    return json.dumps({key: _plain(value) for key, value in sorted(run.params.items())})


def _plain(text: str) -> bool | float | str:
    """A param as what it was before MLflow made text of it."""
    try:
        found = json.loads(text.lower() if text in {"True", "False"} else text)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, (bool, int, float)) and abs(found) < 1e308 else text


def _beat(run: MlflowRun, stream: str, ended_at: float) -> str | None:
    """How the run ended, where MLflow says so."""
    if run.status not in OUTCOMES:
        return None
    times = {"started_at": run.started_at, "updated_at": ended_at}
    told = {name: _iso(at) for name, at in times.items() if at is not None}
    return json.dumps({"stream": stream, "outcome": OUTCOMES[run.status], **told})


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
