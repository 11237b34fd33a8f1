"""DVCLive 3.49.1: `python ../record.py dvclive`, with `torch`, `dvclive`, `pandas` and `pyyaml` installed.

`folder`: `Live` in a DVC repository, 12 of 12 epochs from step 0, one `.tsv` a metric, `metrics.json` with the last
values (and one that has no plot), `params.yaml`, a model. `early`: no repository, stopped by hand after 5 of 40
epochs, which no file says. DVC's cache is left out. Data made here, seed 7.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pandas as pd
import torch
import yaml
from dvc.repo import Repo
from dvclive import Live

LIBRARIES = ("dvclive", "dvc", "torch")
RECORDINGS = ("folder", "early")
LEFT_OUT = {"cache", "tmp"}
EPOCHS = {"folder": 12, "early": 40}


def train(recording: str) -> None:
    """Train in the present folder."""
    if recording == "folder":
        Repo.init(no_scm=True)
    torch.manual_seed(7)
    torch.set_num_threads(1)
    rows = torch.randn(200, 4)
    labels = (rows[:, 0] + rows[:, 1] > 0).long()
    model = torch.nn.Linear(4, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    with Live(save_dvc_exp=False, report=None) as live:
        live.log_params({"epochs": EPOCHS[recording], "lr": 0.5, "model": {"name": "linear"}})
        for _ in range(5 if recording == "early" else EPOCHS[recording]):
            loss = torch.nn.functional.cross_entropy(model(rows[:150]), labels[:150])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                scores = model(rows[150:])
            live.log_metric("train/loss", loss.item())
            live.log_metric("val/loss", torch.nn.functional.cross_entropy(scores, labels[150:]).item())
            live.log_metric("val/acc", (scores.argmax(1) == labels[150:]).float().mean().item())
            live.next_step()
            time.sleep(0.02)
        torch.save(model.state_dict(), "model.pt")
        live.log_artifact("model.pt", type="model", name="linear")
        live.log_metric("test/acc", 0.875, plot=False)


def read(recording: str, folder: Path) -> dict[str, object]:
    """What the tables, `metrics.json` and `params.yaml` say; by pandas."""
    plots = folder / "dvclive" / "plots" / "metrics"
    series = {}
    for path in sorted(plots.rglob("*.tsv")):
        table = pd.read_csv(path, sep="\t", float_precision="round_trip")
        column = table.columns.drop("step")[0]
        name = path.relative_to(plots).with_suffix("").as_posix()
        file = path.relative_to(folder).as_posix()
        series[name] = {"file": file, "column": column, "at": table["step"].tolist(), "values": table[column].tolist()}
    at = series["train/loss"]["at"]
    return {
        "ended": "stopped early by hand" if recording == "early" else "complete",
        "unit": "step",
        "first": at[0],
        "last": at[-1],
        "total": yaml.safe_load((folder / "dvclive" / "params.yaml").read_text())["epochs"],
        "total_said_by": "dvclive/params.yaml: epochs",
        "series": series,
        "summary": json.loads((folder / "dvclive" / "metrics.json").read_text()),
        "models": [{"file": "model.pt", "tensors": len(torch.load(folder / "model.pt"))}],
        "judged": "model.pt",
    }
