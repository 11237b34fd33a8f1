"""XGBoost 3.4.1: `python ../record.py xgboost`, with `xgboost-cpu` installed.

`folder`: 40 of 40 rounds, `model.json`, `model.ubj` and `checkpoints/` by `TrainingCheckPoint`. `early_stopped`: 10
rounds without a better validation; the model keeps all trees and says `best_iteration`. `killed`: SIGKILL, only
checkpoints are left and no table. The data are made here, seed 7.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import xgboost as xgb

LIBRARIES = ("xgboost-cpu",)
RECORDINGS = ("folder", "early_stopped", "killed")
ROUNDS = {"folder": 40, "early_stopped": 300, "killed": 300}
RATE = {"folder": 0.1, "early_stopped": 0.5, "killed": 0.05}


def _enough(folder: Path) -> bool:
    """Three checkpoints, the last of them whole: the next one begins 200 ms later."""
    written = sorted(folder.glob("checkpoints/*.ubj"), key=lambda path: path.stat().st_mtime)
    return len(written) >= 3 and time.time() - written[-1].stat().st_mtime > 0.05


KILLED = {"killed": _enough}


class Slow(xgb.callback.TrainingCallback):
    """A training of this size is over before it can be killed."""

    def after_iteration(self, *_: object) -> bool:
        """Wait, go on."""
        time.sleep(0.02)
        return False


def train(recording: str) -> None:
    """Train in the present folder."""
    draw = np.random.default_rng(7)
    rows = draw.normal(size=(400, 5))
    labels = (rows[:, 0] + rows[:, 1] * rows[:, 2] + draw.normal(scale=0.8, size=400) > 0).astype(int)
    known, unseen = xgb.DMatrix(rows[:300], labels[:300]), xgb.DMatrix(rows[300:], labels[300:])
    settings = {
        "objective": "binary:logistic",
        "eval_metric": ["auc", "logloss"],
        "max_depth": 3,
        "eta": RATE[recording],
        "seed": 7,
        "nthread": 1,
    }
    Path("params.json").write_text(json.dumps({**settings, "num_boost_round": ROUNDS[recording]}, indent=2))
    Path("checkpoints").mkdir()
    result: dict[str, dict[str, list[float]]] = {}
    model = xgb.train(
        settings,
        known,
        ROUNDS[recording],
        evals=[(known, "train"), (unseen, "validation")],
        evals_result=result,
        early_stopping_rounds=10 if recording == "early_stopped" else None,
        callbacks=[Slow(), xgb.callback.TrainingCheckPoint("checkpoints", interval=10)],
        verbose_eval=False,
    )
    model.save_model("model.json")
    model.save_model("model.ubj")
    Path("evals_result.json").write_text(json.dumps(result))


def read(recording: str, folder: Path) -> dict[str, object]:
    """What `evals_result.json`, the parameters and each model say; the models by XGBoost itself."""
    table = folder / "evals_result.json"
    result = json.loads(table.read_text()) if table.exists() else {}
    series = {
        f"{part}/{metric}": {
            "file": "evals_result.json",
            "key": [part, metric],
            "at": list(range(len(values))),
            "values": values,
        }
        for part, metrics in result.items()
        for metric, values in metrics.items()
    }
    models = []
    for path in sorted([*folder.glob("model.*"), *folder.glob("checkpoints/*")]):
        model = xgb.Booster(model_file=str(path))
        name = path.relative_to(folder).as_posix()
        models.append({"file": name, "trees": model.num_boosted_rounds(), "attributes": model.attributes()})
    lengths = [len(kept["values"]) for kept in series.values()]
    facts: dict[str, object] = {
        "ended": {"folder": "complete", "early_stopped": "early stopped", "killed": "killed"}[recording],
        "unit": "iteration",
        "first": 0,
        "last": max(lengths) - 1 if lengths else None,
        "total": json.loads((folder / "params.json").read_text())["num_boost_round"],
        "total_said_by": "params.json: num_boost_round",
        "series": series,
        "models": models,
    }
    final = [m for m in models if m["file"] == "model.json"]
    if final:
        facts["judged"] = "model.json"
    if final and "best_iteration" in final[0]["attributes"]:
        own = final[0]["attributes"]
        facts["best"] = {
            "at": int(own["best_iteration"]),
            "value": float(own["best_score"]),
            "series": "validation/logloss",
            "said_by": "model.json: learner.attributes.best_iteration",
        }
    return facts
