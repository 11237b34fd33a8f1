"""Makes the folders beside it: `python ../record.py ultralytics`.

Made with ultralytics 8.4.190, torch 2.14.1 and torchvision 0.29.1, on a CPU, seed 0: a detector of its own layers,
shrunk by `tiny.yaml`, on pictures of 32 pixels with a bright or a dark square in each. Nothing is downloaded; pictures
of curves are off by `plots=False`.
`folder`: 10 of 10 epochs; the library rewrites its weights after the end (half precision, no optimizer, epoch -1).
`early_stopped`: `patience=3` of 60 epochs. `killed`: SIGKILL in the fifth epoch of 10; its weights are as in training.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import yaml

os.environ |= {"YOLO_OFFLINE": "true", "YOLO_CONFIG_DIR": "/tmp/yolo-settings", "YOLO_AUTOINSTALL": "false"}

import cv2
import matplotlib
import torch
from trainers.record import ROOM
from trainers.recording import best_of, kill_now, points, table_series
from ultralytics import YOLO

LIBRARIES = ("ultralytics", "torch")
SETTINGS = Path(os.environ["YOLO_CONFIG_DIR"])
DATA = Path("/tmp/squares")
SIZE = 32
ENDED = {"folder": "complete", "early_stopped": "early stopped", "killed": "killed"}
EPOCHS = {"folder": 10, "early_stopped": 60, "killed": 10}
KILL_IN_BATCH = 50  # of twelve an epoch, from 0
MODEL = {
    "nc": 2,
    "reg_max": 1,
    "backbone": [[-1, 1, "Conv", [8, 3, 2]], [-1, 1, "Conv", [8, 3, 2]], [-1, 1, "Conv", [8, 3, 2]]],
    "head": [[[2], 1, "Detect", ["nc"]]],
}


def pictures() -> Path:
    """A data set of two kinds of squares, in the layout of YOLO; the path of its description."""
    shutil.rmtree(DATA, ignore_errors=True)
    dice = np.random.default_rng(0)
    for split, count in (("train", 96), ("val", 16)):
        for kind in ("images", "labels"):
            (DATA / kind / split).mkdir(parents=True)
        for index in range(count):
            side, label = 12, index % 2
            left, top = dice.integers(0, SIZE - side, 2)
            picture = np.full((SIZE, SIZE, 3), 127, np.uint8)
            picture[top : top + side, left : left + side] = 255 * label
            cv2.imwrite(str(DATA / "images" / split / f"{index}.png"), picture)
            box = [(left + side / 2) / SIZE, (top + side / 2) / SIZE, side / SIZE, side / SIZE]
            (DATA / "labels" / split / f"{index}.txt").write_text(" ".join(map(str, [label, *box])))
    described = {"path": str(DATA), "train": "images/train", "val": "images/val", "names": ["dark", "bright"]}
    path = DATA / "squares.yaml"
    path.write_text(yaml.safe_dump(described))
    return path


class Kill:
    """Ends the process in the middle of an epoch."""

    batch = -1

    def __call__(self, _: Any) -> None:
        self.batch += 1
        if self.batch == KILL_IN_BATCH:
            kill_now()


def font() -> None:
    """The library fetches a font for its pictures, if it finds none of that name."""
    (SETTINGS / "Ultralytics").mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf", SETTINGS / "Ultralytics/Arial.ttf")


def train(name: str) -> None:
    """One recording, in the present folder."""
    font()
    described = pictures()
    model = DATA / "tiny.yaml"
    model.write_text(yaml.safe_dump(MODEL))
    yolo = YOLO(str(model), task="detect")
    if name == "killed":
        yolo.add_callback("on_train_batch_start", Kill())
    yolo.train(
        data=str(described),
        epochs=EPOCHS[name],
        patience=3 if name == "early_stopped" else 100,
        imgsz=SIZE,
        batch=8,
        nbs=8,
        mosaic=0.0,
        erasing=0.0,
        warmup_epochs=1,
        workers=0,
        device="cpu",
        seed=0,
        plots=False,
        optimizer="AdamW",
        lr0=0.01,
        project=str(ROOM / "runs/detect"),
        name="train",
    )


def read(_name: str, _folder: Path) -> dict[str, Any]:
    """What table, arguments and weights hold."""
    folder = ROOM / "runs/detect/train"
    weights = {path.name: torch.load(path, weights_only=False) for path in sorted(folder.glob("weights/*.pt"))}
    series = table_series(ROOM, folder / "results.csv", "epoch")
    epochs = [at for at, _ in points(series, "time")]
    args = yaml.safe_load((folder / "args.yaml").read_text())
    return {
        "unit": "epoch",
        "first": epochs[0],
        "last": epochs[-1],
        "total": args["epochs"],
        "total_said_by": "runs/detect/train/args.yaml: epochs",
        "patience": args["patience"],
        "best": best_of(series, "metrics/mAP50-95(B)", higher=True),
        "judged": "runs/detect/train/weights/best.pt",
        "weights": {
            path: {key: state[key] for key in ("epoch", "best_fitness", "version", "train_metrics")}
            | {"optimizer": state["optimizer"] is not None, "type": str(next(_model(state).parameters()).dtype)}
            for path, state in weights.items()
        },
        "series": series,
    }


def _model(state: dict[str, Any]) -> Any:
    return state["model"] or state["ema"]
