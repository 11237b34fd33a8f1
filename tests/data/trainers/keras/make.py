"""Makes the folders beside it: `python ../record.py keras`.

Made with keras 3.15.1, tensorflow-cpu 2.21.0 and tensorboard 2.21.0, on a CPU, seed 0, a net of 61 numbers on
random points.
`folder`: 8 of 8 epochs with `CSVLogger`, `TensorBoard`, `ModelCheckpoint` (best and each epoch's weights),
`EarlyStopping` that does not fire, the model saved last and the `History` as JSON. `early_stopped`: `EarlyStopping`
ends 40 epochs. `killed`: SIGKILL in the sixth epoch, with `BackupAndRestore`. `resumed`: the same script once more.
"""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}

import keras
from trainers.events import event_series
from trainers.record import ROOM
from trainers.recording import best_of, kill_now, points, table_series

LIBRARIES = ("keras", "tensorflow-cpu", "tensorboard")
BATCH, BATCHES = 8, 10
KILL_IN = (5, 4)  # epoch and batch, from 0
ENDED = {"folder": "complete", "early_stopped": "early stopped", "killed": "killed", "resumed": "complete"}
CONTINUES = ("resumed",)
EPOCHS = {"folder": 8, "early_stopped": 40, "killed": 8, "resumed": 8}
PATIENCE = 3


class Kill(keras.callbacks.Callback):
    """Ends the process in the middle of an epoch."""

    epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == KILL_IN:
            kill_now()


def data(batches: int, seed: int) -> tuple[Any, Any]:
    """Random points; one label in five is wrong, so a validation loss has a lowest point."""
    dice = np.random.default_rng(seed)
    found = dice.normal(size=(batches * BATCH, 4)).astype("float32")
    return found, ((found.sum(1) > 0) ^ (dice.random(len(found)) < 0.2)).astype("float32")


def model(rate: float) -> Any:
    """Four numbers -> is their sum positive."""
    net = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(10, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
    )
    net.compile(keras.optimizers.Adam(rate), loss="binary_crossentropy", metrics=["accuracy"])
    return net


def callbacks(name: str) -> list[Any]:
    """What a training script of Keras has."""
    said = [
        keras.callbacks.CSVLogger(ROOM / "training.csv", append=name in ("killed", "resumed")),
        keras.callbacks.TensorBoard(ROOM / "logs", write_graph=False),
        keras.callbacks.ModelCheckpoint(ROOM / "best.keras", monitor="val_loss", save_best_only=True),
    ]
    if name in ("killed", "resumed"):
        return [*said, keras.callbacks.BackupAndRestore(ROOM / "backup")] + [Kill()] * (name == "killed")
    each = keras.callbacks.ModelCheckpoint(ROOM / "weights.{epoch:02d}.weights.h5", save_weights_only=True)
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=PATIENCE, restore_best_weights=True)
    return [*said, stop] + [each] * (name == "folder")


def train(name: str) -> None:
    """One recording, in the present folder."""
    keras.utils.set_random_seed(0)
    found, labels = data(BATCHES, 1)
    net = model(0.05 if name == "early_stopped" else 0.01)
    history = net.fit(
        found,
        labels,
        batch_size=BATCH,
        epochs=EPOCHS[name],
        validation_data=data(5, 2),
        callbacks=callbacks(name),
        verbose=0,
    )
    (ROOM / "history.json").write_text(json.dumps(history.history))
    net.save(ROOM / "model.keras")


def read(name: str, _folder: Path) -> dict[str, Any]:
    """What the table, the event files, the history and the saved models hold."""
    path = ROOM / "history.json"
    series = table_series(ROOM, ROOM / "training.csv", "epoch")
    best, epochs = best_of(series, "val_loss"), [at for at, _ in points(series, "val_loss")]
    for column, values in json.loads(path.read_text() if path.exists() else "{}").items():
        place = {"file": path.name, "column": column, "axis": "index", "at": list(range(len(values)))}
        series[f"{path.name}:{column}"] = place | {"values": values}
    saved = {}
    for kept in sorted(ROOM.glob("*.keras")):
        with zipfile.ZipFile(kept) as archive:
            saved[kept.name] = json.loads(archive.read("metadata.json"))
    return {
        "unit": "epoch",
        "first": epochs[0],
        "last": epochs[-1],
        "total": None,
        "asked": {"epochs": EPOCHS[name], "patience": PATIENCE if name in ("folder", "early_stopped") else None},
        "best": best,
        "saved": saved,
        "series": series | event_series(ROOM),
    }
