"""LightGBM 4.7.0: `python ../record.py lightgbm`, with `lightgbm` installed.

`folder`: 40 of 40 rounds. `early_stopped`: `early_stopping(8)` of 300 rounds, the model holds the best round's trees.
`killed`: SIGKILL in a training whose own callback rewrites model and `evals_result.json` every 5 rounds: without one
nothing would be left. `train.log` is what `log_evaluation` prints. The data are made here, seed 7.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import lightgbm as lgb
import numpy as np

LIBRARIES = ("lightgbm",)
RECORDINGS = ("folder", "early_stopped", "killed")
ROUNDS = {"folder": 40, "early_stopped": 300, "killed": 300}
RATE = {"folder": 0.1, "early_stopped": 0.4, "killed": 0.05}
EVERY = 5


def _printed(folder: Path) -> int:
    path = folder / "train.log"
    return max(map(int, re.findall(rb"^\[(\d+)\]", path.read_bytes(), re.MULTILINE)), default=0) if path.exists() else 0


KILLED = {"killed": lambda folder: _printed(folder) >= 28}


def train(recording: str) -> None:
    """Train in the present folder."""
    draw = np.random.default_rng(7)
    rows = draw.normal(size=(400, 5))
    target = rows[:, 0] + rows[:, 1] * rows[:, 2] + draw.normal(scale=0.5, size=400)
    known = lgb.Dataset(rows[:300], target[:300])
    unseen = lgb.Dataset(rows[300:], target[300:], reference=known)
    settings = {
        "objective": "regression",
        "metric": ["l2", "l1"],
        "num_leaves": 7,
        "learning_rate": RATE[recording],
        "num_threads": 1,
        "seed": 7,
        "deterministic": True,
        "verbosity": -1,
    }
    Path("params.json").write_text(json.dumps({**settings, "num_boost_round": ROUNDS[recording]}, indent=2))
    result: dict[str, dict[str, list[float]]] = {}

    def save(env: lgb.callback.CallbackEnv) -> None:
        time.sleep(0.02)
        if recording == "killed" and (env.iteration + 1) % EVERY == 0:
            env.model.save_model("model.txt")
            Path("evals_result.json").write_text(json.dumps(result))

    save.order = 30  # after the callback that keeps this round's result
    after = [lgb.record_evaluation(result), lgb.log_evaluation(1), save]
    if recording == "early_stopped":
        after.append(lgb.early_stopping(8))
    with Path("train.log").open("w", buffering=1) as sys.stdout:
        model = lgb.train(
            settings,
            known,
            ROUNDS[recording],
            valid_sets=[known, unseen],
            valid_names=["train", "valid"],
            callbacks=after,
        )
    sys.stdout = sys.__stdout__
    model.save_model("model.txt")
    Path("evals_result.json").write_text(json.dumps(result))


def read(recording: str, folder: Path) -> dict[str, object]:
    """What `evals_result.json`, the parameters and the model say; the model by LightGBM itself."""
    result = json.loads((folder / "evals_result.json").read_text())
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
    model = lgb.Booster(model_file=str(folder / "model.txt"))
    asked = json.loads((folder / "params.json").read_text())["num_boost_round"]
    facts: dict[str, object] = {
        "ended": {"folder": "complete", "early_stopped": "early stopped", "killed": "killed"}[recording],
        "unit": "iteration",
        "first": 0,
        "last": len(result["train"]["l2"]) - 1,
        "printed_rounds": _printed(folder),
        "total": asked,
        "total_said_by": "params.json: num_boost_round (the model's own num_iterations says it too)",
        "series": series,
        "models": [{"file": "model.txt", "trees": model.num_trees(), "features": model.num_feature()}],
        "judged": "model.txt",
    }
    if recording == "early_stopped":
        facts["best"] = {"at": model.num_trees() - 1, "said_by": "model.txt holds the trees up to the best round"}
    return facts
