"""Hand-written torch 2.13.0 loops: `python ../record.py plain`, with `torch`, `tensorboard`, `pandas`, `pyyaml`.

`folder`: `SummaryWriter` below its usual `runs/<date>_<host>`, a point an epoch from 0, `config.json`, best and last
checkpoint. `steps`: the training loss each 5 steps, the validation at the last step of an epoch, nothing says epochs.
`csv`: `log.csv` from epoch 1, one model, `config.yaml`. `jsonl`: rows of training (step, epoch) and of validation in
one file, stopped early by patience. `killed`, `killed_csv`: SIGKILL after some epochs. Data made here, seed 7.
"""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pandas as pd
import torch
import yaml
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from torch.utils.tensorboard import SummaryWriter

LIBRARIES = ("torch", "tensorboard", "pandas")
RECORDINGS = ("folder", "steps", "csv", "jsonl", "killed", "killed_csv")
EPOCHS = {"folder": 20, "steps": 6, "csv": 15, "jsonl": 60, "killed": 50, "killed_csv": 50}
BATCHES = 10
PATIENCE = 5


def _between(record: Path, model: Path) -> bool:
    """The model of the last recorded epoch is written, the next epoch runs."""
    if not model.exists() or not model.stat().st_size:
        return False
    last = max(path.stat().st_mtime for path in [record, *model.parent.glob("*.pt")])
    return model.stat().st_mtime > record.stat().st_mtime and 0.012 < time.time() - last < 0.025


def _epochs_in_events(folder: Path) -> bool:
    files = list(folder.glob("runs/*/events*"))
    return bool(files) and files[0].stat().st_size > 2500 and _between(files[0], folder / "checkpoints" / "last.pt")


def _rows_in_csv(folder: Path) -> bool:
    path = folder / "log.csv"
    return path.exists() and path.read_bytes().count(b"\n") > 12 and _between(path, folder / "model.pt")


KILLED = {"killed": _epochs_in_events, "killed_csv": _rows_in_csv}


class Regression:
    """A small network, its data, and what an epoch is."""

    def __init__(self, rate: float) -> None:
        torch.manual_seed(7)
        torch.set_num_threads(1)
        rows = torch.randn(300, 4)
        target = rows[:, :1] * rows[:, 1:2] + 0.3 * torch.randn(300, 1)
        self.known, self.unseen = (rows[:200], target[:200]), (rows[200:], target[200:])
        self.model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=rate)

    def steps(self) -> list[float]:
        """One epoch; the loss of each batch."""
        losses = []
        for rows, target in zip(self.known[0].split(20), self.known[1].split(20), strict=True):
            loss = torch.nn.functional.mse_loss(self.model(rows), target)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        time.sleep(0.03)
        return losses

    def validate(self) -> tuple[float, float]:
        """Loss and R2 of the rows that were not trained on."""
        with torch.no_grad():
            loss = torch.nn.functional.mse_loss(self.model(self.unseen[0]), self.unseen[1]).item()
        return loss, 1 - loss / self.unseen[1].var(unbiased=False).item()

    def save(self, path: str, epoch: int, loss: float) -> None:
        """A checkpoint as tutorials write it."""
        held = {"epoch": epoch, "model_state_dict": self.model.state_dict(), "loss": loss}
        torch.save({**held, "optimizer_state_dict": self.optimizer.state_dict()}, path)


def train(recording: str) -> None:
    """Train in the present folder."""
    trained = Regression(rate=0.05 if recording in {"folder", "jsonl"} else 0.01)
    epochs = EPOCHS[recording]
    settings = {"epochs": epochs, "lr": trained.optimizer.param_groups[0]["lr"], "batch_size": 20, "seed": 7}
    {"csv": _csv, "killed_csv": _csv, "jsonl": _jsonl, "steps": _steps}.get(recording, _events)(trained, settings)


def _events(trained: Regression, settings: dict[str, float]) -> None:
    Path("config.json").write_text(json.dumps(settings, indent=2))
    Path("checkpoints").mkdir()
    best = float("inf")
    with SummaryWriter() as writer:
        for epoch in range(int(settings["epochs"])):
            losses = trained.steps()
            loss, r2 = trained.validate()
            writer.add_scalar("Loss/train", sum(losses) / len(losses), epoch)
            writer.add_scalar("Loss/val", loss, epoch)
            writer.add_scalar("R2/val", r2, epoch)
            writer.flush()
            trained.save("checkpoints/last.pt", epoch, loss)
            if loss < best:
                best = loss
                trained.save("checkpoints/best.pt", epoch, loss)


def _steps(trained: Regression, settings: dict[str, float]) -> None:
    Path("config.json").write_text(json.dumps(settings, indent=2))
    step = 0
    with SummaryWriter("tb") as writer:
        for _ in range(int(settings["epochs"])):
            for loss in trained.steps():
                step += 1
                if step % 5 == 0:
                    writer.add_scalar("train/loss", loss, step)
            writer.add_scalar("val/loss", trained.validate()[0], step)
    torch.save(trained.model.state_dict(), "model.pth")


def _csv(trained: Regression, settings: dict[str, float]) -> None:
    Path("config.yaml").write_text(yaml.safe_dump({"training": settings}))
    with Path("log.csv").open("w", newline="", buffering=1) as file:
        writer = csv.writer(file)
        writer.writerow(["epoch", "train_loss", "val_loss", "val_r2", "lr"])
        for epoch in range(1, int(settings["epochs"]) + 1):
            losses = trained.steps()
            loss, r2 = trained.validate()
            writer.writerow([epoch, sum(losses) / len(losses), loss, r2, settings["lr"]])
            torch.save(trained.model.state_dict(), "model.pt")


def _jsonl(trained: Regression, settings: dict[str, float]) -> None:
    Path("config.json").write_text(json.dumps({**settings, "patience": PATIENCE}, indent=2))
    best, since, step = float("inf"), 0, 0
    with Path("metrics.jsonl").open("w", buffering=1) as file:
        for epoch in range(int(settings["epochs"])):
            for loss in trained.steps():
                step += 1
                if step % BATCHES == 0:
                    print(json.dumps({"step": step, "epoch": epoch, "train_loss": loss}), file=file)
            loss, r2 = trained.validate()
            print(json.dumps({"step": step, "epoch": epoch, "val_loss": loss, "val_r2": r2}), file=file)
            since += 1
            if loss < best:
                best, since = loss, 0
                trained.save("best.pt", epoch, loss)
            if since >= PATIENCE:
                break


def read(recording: str, folder: Path) -> dict[str, object]:
    """What the tables, the event files and the checkpoints say; by pandas, TensorBoard and torch."""
    series = _tables(folder) | _scalars(folder)
    main = next(kept for name, kept in series.items() if "loss" in name.lower())
    config = next(folder.glob("config.*"))
    told = yaml.safe_load(config.read_text())
    models = []
    for path in sorted([*folder.rglob("*.pt"), *folder.rglob("*.pth")]):
        held = torch.load(path)
        own = {key: held[key] for key in ("epoch", "loss") if key in held}
        models.append({"file": path.relative_to(folder).as_posix(), "says": own})
    facts: dict[str, object] = {
        "ended": {"jsonl": "early stopped", "killed": "killed", "killed_csv": "killed"}.get(recording, "complete"),
        "unit": "step" if recording == "steps" else "epoch",
        "first": main["at"][0],
        "last": main["at"][-1],
        "total": told.get("training", told)["epochs"],
        "total_said_by": f"{config.name}: epochs",
        "series": series,
        "models": models,
    }
    best = [m for m in models if m["file"].endswith("best.pt")]
    if best:
        facts |= {
            "best": {"at": best[0]["says"]["epoch"], "value": best[0]["says"]["loss"], "said_by": best[0]["file"]}
        }
    return facts | {"judged": (best or models)[0]["file"]}


def _tables(folder: Path) -> dict[str, dict[str, object]]:
    found = {}
    for path in [*folder.glob("*.csv"), *folder.glob("*.jsonl")]:
        lines = path.suffix == ".jsonl"
        table = (
            pd.read_json(path, lines=True, precise_float=True)
            if lines
            else pd.read_csv(path, float_precision="round_trip")
        )
        for column in table.columns.drop(["epoch", "step"], errors="ignore"):
            held = table.dropna(subset=column)
            found[column] = {"file": path.name, "column": column, "at": held["epoch"].tolist()}
            found[column]["values"] = held[column].tolist()
            if lines:
                found[column]["steps"] = held["step"].tolist()
    return found


def _scalars(folder: Path) -> dict[str, dict[str, object]]:
    found = {}
    for path in folder.rglob("events.out.*"):
        read = EventAccumulator(str(path)).Reload()
        for tag in read.Tags()["scalars"]:
            points = read.Scalars(tag)
            found[tag] = {"file": path.relative_to(folder).as_posix(), "tag": tag, "at": [p.step for p in points]}
            found[tag]["values"] = [p.value for p in points]
    return found
