"""Makes the stores beside it: `python make.py NAME.db.xz`, with `mlflow-skinny`, `sqlalchemy` and `alembic` installed.

`mlflow2.db.xz` is by mlflow-skinny 2.22.5 (with sqlalchemy 2.0), `mlflow3.db.xz` by 3.17.2. What is logged is
written down in `EXPECTED` of tests/unit/collectors/imports/test_recorded_mlflow.py.
"""

from __future__ import annotations

import logging
import lzma
import os
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import mlflow
from mlflow import MlflowClient


def log(name: str, metrics: dict[str, list[float]], status: str = "FINISHED", *, nested: bool = False) -> str:
    """One run, a value a step from 0; its id."""
    with mlflow.start_run(run_name=name, nested=nested) as run:
        mlflow.log_params({"lr": 0.001, "epochs": 4})
        for metric, values in metrics.items():
            for step, value in enumerate(values):
                mlflow.log_metric(metric, value, step=step)
    MlflowClient().set_terminated(run.info.run_id, status)
    return str(run.info.run_id)


def main(target: Path) -> None:
    """Log the runs into a new store, and pack it."""
    logging.disable(logging.INFO)
    os.environ["LOGNAME"] = os.environ["USER"] = "trainer"
    os.environ["MLFLOW_DISABLE_ENV_MANAGER_CONDA_WARNING"] = "true"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mlflow.db"
        mlflow.set_tracking_uri(f"sqlite:///{path}")
        mlflow.create_experiment("detector", artifact_location="mlflow-artifacts:/detector")
        mlflow.set_experiment("detector")
        losses = [0.75, 0.5, 0.375, 0.25]
        log("usual", {"train_loss": losses, "val_loss": [v + 0.125 for v in losses]})
        log("sklearn", {"training_mse": [0.5], "training_r2_score": [0.75]})
        log("killed", {"val_loss": losses[:2]}, "KILLED")
        log("failed", {"val_loss": losses[:3]}, "FAILED")
        log("odd", {"val_loss": [0.5, float("nan"), float("inf"), 0.25]})
        log("empty", {})
        with mlflow.start_run(run_name="parent"):
            mlflow.log_metric("best", 0.25)
            log("child", {"val_loss": losses}, nested=True)
        MlflowClient().delete_run(log("deleted", {"val_loss": losses}))
        with closing(sqlite3.connect(path, isolation_level=None)) as store:
            store.execute("PRAGMA journal_mode = DELETE")
            store.execute("UPDATE experiments SET artifact_location = 'mlflow-artifacts:/0' WHERE experiment_id = 0")
            store.execute("VACUUM")
        target.write_bytes(lzma.compress(path.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
