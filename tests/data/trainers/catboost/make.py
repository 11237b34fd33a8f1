"""CatBoost 1.2.10: `python ../record.py catboost`, with `catboost`, `pandas`, `tensorboard` installed.

`folder`: 60 of 60 iterations, the model cut to the best one (`use_best_model`). `early_stopped`: `od_wait` ended it.
`killed`: SIGKILL once 60 iterations stood in `learn_error.tsv`, a snapshot beside it. The data are made here, seed 7.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from catboost import CatBoost, CatBoostClassifier
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

LIBRARIES = ("catboost", "pandas", "tensorboard")
RECORDINGS = ("folder", "early_stopped", "killed")
SETTINGS = {
    "folder": {"iterations": 60, "learning_rate": 0.4},
    "early_stopped": {"iterations": 400, "learning_rate": 0.6, "od_type": "Iter", "od_wait": 12},
    "killed": {"iterations": 500, "learning_rate": 0.05, "save_snapshot": True, "snapshot_interval": 1},
}


def _written(folder: Path) -> int:
    path = folder / "catboost_info" / "learn_error.tsv"
    return len(path.read_bytes().splitlines()) - 1 if path.exists() else 0


KILLED = {"killed": lambda folder: _written(folder) >= 60}


class _Slow:
    """A training of this size is over before it can be killed."""

    def after_iteration(self, info: object) -> bool:
        time.sleep(0.02)
        return True


def train(recording: str) -> None:
    """Train in the present folder; CatBoost's own `catboost_info` is where it always is."""
    draw = np.random.default_rng(7)
    rows = draw.normal(size=(400, 5))
    labels = (rows[:, 0] + rows[:, 1] * rows[:, 2] + draw.normal(scale=0.8, size=400) > 0).astype(int)
    settings = {
        "depth": 3,
        "loss_function": "Logloss",
        "custom_metric": ["AUC", "Accuracy"],
        "random_seed": 7,
        "thread_count": 1,
        "verbose": False,
        "use_best_model": recording != "killed",
        **SETTINGS[recording],
    }
    model = CatBoostClassifier(**settings)
    model.fit(rows[:300], labels[:300], eval_set=(rows[300:], labels[300:]), callbacks=[_Slow()])
    model.save_model("model.cbm")
    model.save_model("model.json", format="json")


def read(recording: str, folder: Path) -> dict[str, object]:
    """What the tables, CatBoost's own JSON, its event files and its models say."""
    series = {}
    for part in ("learn", "test"):
        name = f"catboost_info/{part}_error.tsv"
        table = pd.read_csv(folder / name, sep="\t", float_precision="round_trip")
        for column in table.columns.drop("iter"):
            series[f"{part}/{column}"] = {
                "file": name,
                "column": column,
                "at": table["iter"].tolist(),
                "values": table[column].tolist(),
            }
    at = series["learn/Logloss"]["at"]
    facts: dict[str, object] = {
        "ended": {"folder": "complete", "early_stopped": "early stopped", "killed": "killed"}[recording],
        "unit": "iteration",
        "first": at[0],
        "last": at[-1],
        "series": series,
        "events": _events(folder, series),
    }
    return facts | _own_record(folder) | _models(folder)


def _events(folder: Path, series: dict[str, dict[str, list[float]]]) -> dict[str, int]:
    """How many points each tag has; they are the tables' numbers in single precision, or this is no sound recording."""

    found = {}
    for part in ("learn", "test"):
        read = EventAccumulator(str(folder / "catboost_info" / part)).Reload()
        for tag in read.Tags()["scalars"]:
            points = read.Scalars(tag)
            table = series[f"{part}/{tag}"]
            assert [p.step for p in points] == table["at"]
            assert np.allclose([p.value for p in points], table["values"], rtol=1e-6)
            found[f"{part}/{tag}"] = len(points)
    return found


def _own_record(folder: Path) -> dict[str, object]:
    """`catboost_training.json` is whole after each iteration, and in a killed training too."""
    name = "catboost_info/catboost_training.json"
    record = json.loads((folder / name).read_text())
    return {"total": record["meta"]["iteration_count"], "total_said_by": f"{name}: meta.iteration_count"}


def _models(folder: Path) -> dict[str, object]:

    models = []
    for name in ("model.cbm", "model.json"):
        if (folder / name).exists():
            model = CatBoost().load_model(str(folder / name), format=name.rpartition(".")[2])
            models.append({"file": name, "trees": model.tree_count_, "features": len(model.feature_names_)})
    if not models:
        return {"models": []}
    best = models[0]["trees"] - 1
    return {"models": models, "judged": "model.cbm", "best": {"at": best, "said_by": "use_best_model: trees - 1"}}
