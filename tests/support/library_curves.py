"""What the page of each recorded folder is to show: names on screen -> columns and tags of its library's own files.

`expected` gives every curve with the steps, epochs and values that other readers found (`facts.json`), and refuses a
column that they did not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from support.recorded import facts

Place = tuple[str | None, str]
"""A curve on the page: `(None, name in the legend)` in the chart of the losses, else `(metric, "")`."""
LOSSES = {"train": "train_loss", "val": "val_loss"}


@dataclass(frozen=True)
class Shown:
    """What the page of one recorded folder is to show."""

    axis: str
    main: dict[str, str]
    """Name in the legend of the losses -> column or tag of the library's files."""
    cards: dict[str, str] = field(default_factory=dict)
    """Metric with a chart of its own -> column or tag."""
    alone: str = ""
    """The axis of those, where it is another."""
    file: str = ""
    """Part of the path of the file that counts, where several hold the same."""
    steps_are_epochs: bool = False
    """Its files say that it logged once an epoch."""


def same(*names: str) -> dict[str, str]:
    """Metrics that keep the name that their library gave them."""
    return {name: name for name in names}


TRAINERS = {
    "accelerate": Shown("epoch", {"train": "train_loss", "val": "eval_loss"}, same("accuracy"), steps_are_epochs=True),
    "catboost": Shown(
        "step", same("learn/Logloss", "test/Logloss"), same("learn/Accuracy", "test/AUC", "test/Accuracy")
    ),
    "detectron2": Shown(
        "step",
        {"train": "total_loss", **same("loss_box_reg", "loss_cls")},
        same("bbox/AP", "bbox/AP50", "lr"),
        file="metrics.json",
    ),
    "dvclive": Shown("epoch", {"train": "train/loss", "val": "val/loss"}, same("val/acc"), steps_are_epochs=True),
    "fairseq": Shown(
        "epoch",
        {"train": "train/train_loss", "val": "valid/valid_loss", "inner": "train_inner/loss"},
        {"valid_ppl": "valid/valid_ppl", "lr": "train_inner/lr", "train_lr": "train/train_lr"},
    ),
    "fastai": Shown("epoch", {"train": "train_loss", "val": "valid_loss"}, same("accuracy")),
    "huggingface": Shown(
        "epoch", {"train": "loss", "val": "eval_loss"}, same("eval_accuracy", "learning_rate"), file="trainer_state"
    ),
    "keras": Shown(
        "epoch", {"train": "loss", "val": "val_loss"}, same("accuracy", "val_accuracy"), file="training.csv"
    ),
    "lightgbm": Shown("step", same("train/l2", "valid/l2"), same("train/l1", "valid/l1")),
    "lightning": Shown("step", LOSSES, same("val_acc"), alone="epoch"),
    "mlflow": Shown("step", LOSSES),
    "mmengine": Shown(
        "epoch",
        {"train": "train/loss", "loss_cls": "train/loss_cls"},
        {"acc": "train/acc", "lr": "train/lr", "accuracy": "val/accuracy"},
    ),
    "nnunet": Shown("epoch", LOSSES, {"dice": "Pseudo dice"}),
    "plain": Shown("epoch", LOSSES, same("val_r2", "lr")),
    "timm": Shown("epoch", {"train": "train_loss", "val": "eval_loss"}, same("eval_top1", "eval_top5", "lr")),
    "ultralytics": Shown(
        "epoch",
        {"train/box": "train/box_loss", "val/box": "val/box_loss"},
        same(
            *(f"{split}/{loss}_loss" for split in ("train", "val") for loss in ("cls", "l1")),
            *(f"metrics/{name}(B)" for name in ("precision", "recall", "mAP50", "mAP50-95")),
            *(f"lr/pg{n}" for n in range(3)),
        ),
    ),
    "xgboost": Shown("step", same("train/logloss", "validation/logloss"), same("train/auc", "validation/auc")),
}
EVENTS = Shown("epoch", {"train": "Loss/train", "val": "Loss/val"}, same("R2/val"), steps_are_epochs=True)
OTHERS = {
    ("huggingface", "killed"): Shown(
        "epoch",
        {"train": "train/loss", "val": "eval/loss"},
        {"eval_accuracy": "eval/accuracy", "learning_rate": "train/learning_rate"},
        file="events",
    ),
    ("plain", "folder"): EVENTS,
    ("plain", "killed"): replace(EVENTS, axis="step", steps_are_epochs=False),
    ("plain", "jsonl"): Shown("epoch", LOSSES, same("val_r2")),
    ("plain", "steps"): Shown("step", {"train": "train/loss", "val": "val/loss"}),
    ("dvclive", "early"): replace(TRAINERS["dvclive"], axis="step", steps_are_epochs=False),
    ("xgboost", "killed"): Shown("epoch", {}),
}
"""Recordings that hold something else than their trainer's others."""


def shown_of(trainer: str, name: str) -> Shown:
    """What the page of one is to show."""
    return OTHERS.get((trainer, name), TRAINERS[trainer])


def expected(trainer: str, name: str) -> dict[Place, dict[str, list[Any]]]:
    """Each curve -> `value` and, as far as its file says it, `step` and `epoch` of its points."""
    said, shown = facts(trainer, name), shown_of(trainer, name)
    series = {**_newest(said["runs"])["series"]} if "runs" in said else said["series"]
    places: dict[Place, str] = {(None, name): column for name, column in shown.main.items()}
    places |= {(name, ""): column for name, column in shown.cards.items()}
    begins = next((_begins(series, column, shown.file) for column in shown.main.values()), [])
    return {
        place: _joined([_points(one, said["unit"], shown) for one in _of(series, column, shown.file)], begins)
        for place, column in places.items()
    }


def _newest(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The newest run of a store that was not deleted and logged a loss."""
    kept = [run for run in runs if run["lifecycle"] == "active" and run["series"].keys() & set(LOSSES.values())]
    found: dict[str, Any] = max(kept, key=lambda run: run["started_ms"])
    return found


def _of(series: dict[str, Any], column: str, file: str) -> list[dict[str, Any]]:
    """A column's series, one a file, in the order of the files."""
    found = [s for name, s in series.items() if column in (name, s.get("column"), s.get("tag")) and _is_in(s, file)]
    assert found, f"no {column} in {file or 'any file'}"
    return found


def _is_in(series: dict[str, Any], file: str) -> bool:
    return file in series.get("file", "")


def _begins(series: dict[str, Any], column: str, file: str) -> list[float]:
    """Where the training series begins in each file that holds it."""
    return [one["at"][0] for one in _of(series, column, file)]


def _points(series: dict[str, Any], unit: str, shown: Shown) -> dict[str, list[Any]]:
    at, values = series["at"], [float(value) for value in series["values"]]
    if {"iter", "tag"} & series.keys() or series.get("axis", unit) != "epoch":
        epochs = at if shown.steps_are_epochs else series.get("epoch", series.get("epochs"))
        return {"step": at, "value": values, **({"epoch": epochs} if epochs else {})}
    return {"epoch": at, "value": values, **({"step": series["steps"]} if "steps" in series else {})}


def _joined(files: list[dict[str, list[Any]]], begins: list[float]) -> dict[str, list[Any]]:
    """Points of a run and its resumes: what one wrote beyond the step at which the next begins was thrown away."""
    whole: dict[str, list[Any]] = {column: [] for column in files[0]}
    for number, points in enumerate(files):
        at = points.get("step", points.get("epoch", []))
        end = begins[number + 1] if number + 1 < len(files) else float("inf")
        for column, values in points.items():
            whole[column] += [value for value, place in zip(values, at, strict=True) if place < end]
    return whole


def assert_drawn(drawn: dict[Place, dict[str, list[Any]]], told: dict[Place, dict[str, list[Any]]]) -> None:
    """Exactly these curves are there, and each point of each is the library's, wherever its files say where it is."""
    assert set(drawn) == set(told)
    for place, columns in told.items():
        for column in columns.keys() & drawn[place].keys():
            assert drawn[place][column] == pytest.approx(columns[column], rel=1e-6), (place, column)
