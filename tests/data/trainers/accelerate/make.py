"""Makes the folder beside it: `python ../record.py accelerate`.

Made with accelerate 1.15.0, torch 2.13.0 and tensorboard 2.21.0, on a CPU, seed 0, a net of 61 numbers on random
points.
`folder`: a loop of one's own over 5 epochs, as Accelerate's example scripts write it: its tensorboard tracker, and
`save_state` each epoch with automatic names (the two newest are kept), `save_model` at the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import ProjectConfiguration, set_seed
from trainers.events import event_series
from trainers.record import ROOM
from trainers.recording import best_of, points

LIBRARIES = ("accelerate", "torch", "tensorboard")
ENDED = {"folder": "complete"}
EPOCHS, BATCH = 5, 8
LOSS = torch.nn.functional.binary_cross_entropy_with_logits


def batches_of(count: int, seed: int) -> Any:
    """Random points; one label in five is wrong."""
    dice = torch.Generator().manual_seed(seed)
    found = torch.randn(count, 4, generator=dice)
    labels = ((found.sum(1) > 0) ^ (torch.rand(count, generator=dice) < 0.2)).float()
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(found, labels), batch_size=BATCH)


def train(_name: str) -> None:
    """The training, in the present folder."""
    set_seed(0)
    kept = ProjectConfiguration(
        project_dir=str(ROOM), logging_dir=str(ROOM / "logs"), automatic_checkpoint_naming=True, total_limit=2
    )
    accelerator = Accelerator(cpu=True, log_with="tensorboard", project_config=kept)
    accelerator.init_trackers("points", config={"epochs": EPOCHS, "lr": 0.02})
    net = torch.nn.Sequential(torch.nn.Linear(4, 10), torch.nn.ReLU(), torch.nn.Linear(10, 1), torch.nn.Flatten(0))
    net, optimizer, train, held = accelerator.prepare(
        net, torch.optim.Adam(net.parameters(), lr=0.02), batches_of(80, 1), batches_of(40, 2)
    )
    for epoch in range(EPOCHS):
        total = 0.0
        for found, labels in train:
            loss = LOSS(net(found), labels)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            total += loss.item()
        with torch.no_grad():
            pairs = [(net(found), labels) for found, labels in held]
        accelerator.log(
            {
                "train_loss": total / len(train),
                "eval_loss": sum(LOSS(*pair).item() for pair in pairs) / len(pairs),
                "accuracy": sum(((f > 0) == (y > 0)).float().mean().item() for f, y in pairs) / len(pairs),
                "epoch": epoch,
            },
            step=epoch,
        )
        accelerator.save_state()
    accelerator.save_model(net, ROOM / "model")
    accelerator.end_training()


def read(_name: str, _folder: Path) -> dict[str, Any]:
    """What the event files hold; that the tracker's steps are epochs is this script's choice."""
    series = event_series(ROOM)
    steps = [at for at, _ in points(series, "train_loss")]
    return {
        "unit": "step",
        "first": steps[0],
        "last": steps[-1],
        "total": None,
        "asked": {"epochs": EPOCHS},
        "best": best_of(series, "eval_loss"),
        "checkpoints": sorted(path.name for path in (ROOM / "checkpoints").iterdir()),
        "series": series,
    }
