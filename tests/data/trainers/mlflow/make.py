"""MLflow 2.22.5 and 3.17.2: `python ../record.py mlflow store2 files2` with 2 (and `sqlalchemy<2.1`), then 3 with 3.

`store*`: `mlflow.db` with its artifacts in `mlruns/`. `files*`: the file store `mlruns/` alone. Each holds two
experiments and the same runs: `usual` (a scikit-learn model beside it), `own names`, `odd` (NaN and infinity), `one
step`, `empty` (parameters only), `parent` with two children, `failed` (an exception), `killed` (KILLED, as
`mlflow.projects` ends one), `interrupted` (its process got SIGKILL: RUNNING for ever), `deleted`. Versions stand in
facts.json.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import warnings
from pathlib import Path

import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import ViewType
from sklearn.linear_model import LinearRegression

LIBRARIES = ("mlflow", "scikit-learn")
RECORDINGS = ("store2", "files2", "store3", "files3")
LOSSES = [0.75, 0.5, 0.375, 0.25]
EPOCHS = 4
ENVIRONMENT = {"MLFLOW_ALLOW_FILE_STORE": "true"}  # MLflow 3 writes no file store unless told to


def _log(metrics: dict[str, list[float]], first: int = 0) -> None:
    mlflow.log_params({"lr": 0.001, "epochs": EPOCHS})
    for metric, values in metrics.items():
        for step, value in enumerate(values, first):
            mlflow.log_metric(metric, value, step=step)


def _address(recording: str) -> str:
    return "sqlite:///mlflow.db" if recording.startswith("store") else "./mlruns"


def _interrupted(address: str) -> None:
    mlflow.set_tracking_uri(address)
    mlflow.set_experiment("detector")
    with mlflow.start_run(run_name="interrupted"):
        _log({"train_loss": LOSSES[:2], "val_loss": LOSSES[:2]})
        os.kill(os.getpid(), signal.SIGKILL)


def train(recording: str) -> None:
    """Log the runs into a store in the present folder."""
    warnings.simplefilter("ignore")
    address = _address(recording)
    mlflow.set_tracking_uri(address)
    mlflow.set_experiment("other")
    with mlflow.start_run(run_name="elsewhere"):
        _log({"val_loss": [0.9, 0.8]})
    mlflow.set_experiment("detector")
    with mlflow.start_run(run_name="usual", tags={"team": "line 3"}):
        _log({"train_loss": LOSSES, "val_loss": [v + 0.125 for v in LOSSES], "val_acc": [0.5, 0.625, 0.75, 0.875]}, 1)
        rows = np.arange(12.0).reshape(6, 2)
        mlflow.sklearn.log_model(LinearRegression().fit(rows, rows.sum(1)), "model", pip_requirements=["scikit-learn"])
    with mlflow.start_run(run_name="own names"):
        _log({"training_mse": [0.5, 0.25], "validation/r2 score": [0.5, 0.75], "system time": [1.5, 2.5]})
    with mlflow.start_run(run_name="odd"):
        _log({"val_loss": [0.5, math.nan, math.inf, 0.25]})
    with mlflow.start_run(run_name="one step"):
        mlflow.log_metrics({"rmse": 0.5, "mae": 0.375})
    with mlflow.start_run(run_name="empty"):
        _log({})
    with mlflow.start_run(run_name="parent"):
        mlflow.log_metric("best_val_loss", 0.25)
        for name in ("child 1", "child 2"):
            with mlflow.start_run(run_name=name, nested=True):
                _log({"train_loss": LOSSES, "val_loss": LOSSES})
    try:
        with mlflow.start_run(run_name="failed"):
            _log({"train_loss": LOSSES[:3], "val_loss": LOSSES[:3]})
            raise RuntimeError("out of memory")
    except RuntimeError:
        pass
    with mlflow.start_run(run_name="killed") as run:
        _log({"train_loss": LOSSES[:2], "val_loss": LOSSES[:2]})
        mlflow.end_run("KILLED")
    with mlflow.start_run(run_name="deleted") as run:
        _log({"val_loss": LOSSES})
    MlflowClient().delete_run(run.info.run_id)
    child = multiprocessing.get_context("fork").Process(target=_interrupted, args=(address,))
    child.start()
    child.join()


def read(recording: str, folder: Path) -> dict[str, object]:
    """Every run, as MLflow's own client reads the store again."""
    os.chdir(folder)
    os.environ.update(ENVIRONMENT)
    client = MlflowClient(tracking_uri=_address(recording))
    runs = []
    for experiment in client.search_experiments():
        for run in client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL):
            names = sorted(run.data.metrics)
            histories = {name: client.get_metric_history(run.info.run_id, name) for name in names}
            runs.append(
                {
                    "id": run.info.run_id,
                    "name": run.info.run_name,
                    "experiment": experiment.name,
                    "status": run.info.status,
                    "lifecycle": run.info.lifecycle_stage,
                    "parent": run.data.tags.get("mlflow.parentRunId"),
                    "started_ms": run.info.start_time,
                    "ended_ms": run.info.end_time,
                    "params": run.data.params,
                    "series": {
                        name: {"at": [m.step for m in kept], "values": [m.value for m in kept]}
                        for name, kept in histories.items()
                    },
                }
            )
    models = [{"folder": path.parent.relative_to(folder).as_posix()} for path in folder.rglob("MLmodel")]
    runs.sort(key=lambda run: run["started_ms"])
    return {"ended": "many runs", "unit": "step", "runs": runs, "models": models}
