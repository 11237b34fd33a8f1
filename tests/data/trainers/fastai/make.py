"""Makes the folder beside it: `python ../record.py fastai`.

Made with fastai 2.8.12 and torch 2.14.1, on a CPU, seed 0, a net of 72 numbers on random points.
`folder`: `fit_one_cycle` of 6 epochs with `CSVLogger` and `SaveModelCallback`, which loads the best one at the end, and
`learn.save("last")` after it. `learn.export` is left out: it wants a data set of fastai's own kinds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from fastai.callback.progress import CSVLogger
from fastai.callback.schedule import Learner  # the schedule adds `fit_one_cycle`
from fastai.callback.tracker import SaveModelCallback
from fastai.data.core import DataLoaders
from fastai.data.load import DataLoader
from fastai.losses import CrossEntropyLossFlat
from fastai.metrics import accuracy
from fastai.torch_core import set_seed
from trainers.record import ROOM
from trainers.recording import best_of, points, table_series

LIBRARIES = ("fastai", "torch")
ENDED = {"folder": "complete"}
EPOCHS, BATCH = 6, 8


def data_of(count: int, seed: int) -> Any:
    """Random points; one label in five is wrong, so a validation loss has a lowest point."""
    dice = torch.Generator().manual_seed(seed)
    found = torch.randn(count, 4, generator=dice)
    labels = (found.sum(1) > 0) ^ (torch.rand(count, generator=dice) < 0.2)
    return list(zip(found, labels.long(), strict=True))


def train(_name: str) -> None:
    """The training, in the present folder."""
    set_seed(0, reproducible=True)
    data = DataLoaders(
        DataLoader(data_of(160, 1), bs=BATCH, shuffle=True, num_workers=0),
        DataLoader(data_of(80, 2), bs=BATCH, num_workers=0),
    )
    net = torch.nn.Sequential(torch.nn.Linear(4, 10), torch.nn.ReLU(), torch.nn.Linear(10, 2))
    learn = Learner(
        data,
        net,
        loss_func=CrossEntropyLossFlat(),
        metrics=accuracy,
        path=ROOM,
        cbs=[CSVLogger(), SaveModelCallback(monitor="valid_loss", with_opt=True)],
    )
    learn.fit_one_cycle(EPOCHS, 0.05)
    learn.save("last")


def read(_name: str, _folder: Path) -> dict[str, Any]:
    """What the table and the saved models hold."""
    series = table_series(ROOM, ROOM / "history.csv", "epoch")
    epochs = [at for at, _ in points(series, "valid_loss")]
    saved = {path.name: torch.load(path, weights_only=False) for path in sorted(ROOM.glob("models/*.pth"))}
    return {
        "unit": "epoch",
        "first": epochs[0],
        "last": epochs[-1],
        "total": None,
        "asked": {"epochs": EPOCHS},
        "best": best_of(series, "valid_loss"),
        "saved": {name: sorted(state) for name, state in saved.items()},
        "series": series,
    }
