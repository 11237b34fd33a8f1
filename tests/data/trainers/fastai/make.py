"""Makes the folder beside it: `cd tests/data && python -m trainers.fastai.make`.

Made with fastai 2.8.12 and torch 2.14.1, on a CPU, seed 0, a net of 72 numbers on random points.
`folder`: `fit_one_cycle` of 6 epochs with `CSVLogger` and `SaveModelCallback`, which loads the best one at the end, and
`learn.save("last")` after it. `learn.export` is left out: it wants a data set of fastai's own kinds.
"""

from __future__ import annotations

import sys
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
from trainers.recording import RUN, best_of, fresh, neutral_host, points, record, table_series, versions, write_facts

HERE = Path(__file__).parent
EPOCHS, BATCH = 6, 8


def data_of(count: int, seed: int) -> Any:
    """Random points; one label in five is wrong, so a validation loss has a lowest point."""
    dice = torch.Generator().manual_seed(seed)
    found = torch.randn(count, 4, generator=dice)
    labels = (found.sum(1) > 0) ^ (torch.rand(count, generator=dice) < 0.2)
    return list(zip(found, labels.long(), strict=True))


def run() -> None:
    """The training, in its own process."""
    neutral_host()
    fresh()
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
        path=RUN,
        cbs=[CSVLogger(), SaveModelCallback(monitor="valid_loss", with_opt=True)],
    )
    learn.fit_one_cycle(EPOCHS, 0.05)
    learn.save("last")


def says() -> dict[str, Any]:
    """What the table and the saved models hold."""
    series = table_series(RUN, RUN / "history.csv", "epoch")
    epochs = [at for at, _ in points(series, "valid_loss")]
    saved = {path.name: torch.load(path, weights_only=False) for path in sorted(RUN.glob("models/*.pth"))}
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


def main() -> None:
    """The only recording."""
    write_facts(HERE, versions("fastai", "torch"), {"folder": record("trainers.fastai.make", HERE, "folder") | says()})


if __name__ == "__main__":
    run() if sys.argv[1:] else main()
