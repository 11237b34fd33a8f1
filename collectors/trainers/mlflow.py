"""MLflow: a database `mlflow.db`, or a file store `mlruns/EXPERIMENT/RUN/` of `meta.yaml` and a file a metric.

Recognised by MLflow's own tables in the database, or by a `meta.yaml` with run id, experiment and status. The newest
run that logged a loss is shown; `runs import` takes over every one. It says how a run ended, and nowhere how long it
was to be; models are artifacts of which no file is named, so none is judged. Beside event files it stands back: a
training that writes its own logs is told best by them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from collectors.readers.mlflow.files import META, is_active, is_run, status_of
from collectors.readers.mlflow.points import MAGIC, seconds
from collectors.trainers.description import one_stream
from collectors.trainers.folder import Folder, join, parent, said
from collectors.trainers.names import TAGS, losses_in
from collectors.trainers.spec import Documented, Raw, Run, Sureness, TrainerSpec

STORE: Final = "mlflow.db"
"""What MLflow calls it where nobody says otherwise."""
LOOKED_AT: Final = 1 << 20
"""Bytes of a database in which the definitions of its tables are looked for: they are made before any run."""
TABLES: Final = (b"run_uuid", b"lifecycle_stage", b"experiment_id")
MOST_RUNS: Final = 200
"""Runs of files that are looked into, the newest first."""
LINE: Final = r"^(?P<time>\d+) (?P<value>\S+) (?P<step>\d+)"
NO_MODEL: Final = "MLflow keeps models among its artifacts and names no file; name one under `checkpoint:`"
IMPORT: Final = "take over every run with `python -m collectors runs import`"


def recognise(folder: Folder) -> Sequence[Run]:
    """Each database as one run, its newest; each run of files by itself."""
    stores = [_of_store(folder, path) for path in folder.named(STORE) if _is_store(folder, path)]
    metas = sorted(folder.matching(f"**/*/*/{META}"), key=folder.modified_at, reverse=True)[:MOST_RUNS]
    runs = [(path, meta) for path in metas if is_run(meta := folder.document(path)) and _is_kept(folder, path)]
    metrics = _metrics_in(folder) if runs else {}
    return [*stores, *(_of_files(folder, path, meta, metrics.get(parent(path), [])) for path, meta in runs)]


def _is_store(folder: Folder, path: str) -> bool:
    data = folder.beginning(path, LOOKED_AT)
    return data.startswith(MAGIC) and all(word in data for word in TABLES)


def _is_kept(folder: Folder, meta: str) -> bool:
    """Whether neither a run nor its experiment was deleted."""
    return is_active(folder.document(meta)) and is_active(folder.document(join(parent(parent(meta)), META)))


def _sure(folder: Folder) -> Sureness:
    return Sureness.BESIDE if folder.event_files else Sureness.LIKELY


def _of_store(folder: Folder, path: str) -> Run:
    return Run(
        root=parent(path),
        because=(said(path),),
        sure=_sure(folder),
        about=IMPORT,
        at=folder.modified_at(path),
        facts={"table": path},
    )


def _metrics_in(folder: Folder) -> dict[str, list[str]]:
    """Folder of each run -> the names of its metrics."""
    found: dict[str, list[str]] = {}
    for path in folder.files:
        place, is_metric, name = path.partition("/metrics/")
        if is_metric:
            found.setdefault(place, []).append(name)
    return found


def _of_files(folder: Folder, path: str, meta: Mapping[str, Any], metrics: Sequence[str]) -> Run:
    name = said(str(meta.get("run_name") or meta["run_id"]))
    words = f"{name}, which MLflow calls {status_of(meta) or 'nothing'}"
    return Run(
        root=parent(path),
        because=(said(path),),
        sure=_sure(folder),
        about=f"{words}; {IMPORT}",
        at=seconds(meta.get("start_time")) or 0.0,  # many runs are written in the same moment
        trained=bool(losses_in(metrics)),
        facts={"metrics": metrics},
    )


def describe(_folder: Folder, run: Run) -> Raw:
    """The losses of one run, by their usual names."""
    metrics = run.facts.get("metrics")
    if metrics is None:
        columns = {series: list(names) for series, names in TAGS.items()}
        table: Raw = {"path": run.facts.get("table", STORE), "columns": columns}
    else:
        columns = losses_in(metrics)
        paths = [join(run.root, "metrics", names[0]) for names in columns.values()]
        table = {"path": paths or [join(run.root, "metrics/*")], "lines": LINE, "columns": columns}
    described = one_stream(SPEC.label, checkpoint={"none": NO_MODEL}, table=table)
    return described if metrics is None else {**described, "heartbeat": join(run.root, META)}


SPEC = TrainerSpec(
    id="mlflow",
    label="MLflow",
    recognise=recognise,
    describe=describe,
    documented=Documented(
        recognised_by="MLflow's tables in `mlflow.db`; `mlruns/*/*/meta.yaml` with a run id and a status",
        reads="losses with usual names of the newest run that logged one, and whether MLflow says that it ended; every "
        "run with its params by `runs import`",
        judged="none: artifacts are not named",
        proven="recorded with MLflow 2 and 3",
        opaque="artifacts, models, traces",
    ),
)
