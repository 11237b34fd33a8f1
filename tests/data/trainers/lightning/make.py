"""Makes the folders beside it: `python ../record.py lightning`.

Made with lightning 2.6.6, torch 2.13.0 and tensorboard 2.21.0, on a CPU, seed 0, a net of 61 numbers on random points.
`folder`: all defaults, 5 of 5 epochs of 100 steps; the logger is the one that Lightning takes by itself where
TensorBoard is not installed (`CSVLogger(default_root_dir)`). `tensorboard`: `TensorBoardLogger`, `ModelCheckpoint` on
`val_loss`, `EarlyStopping`, and a second trainer's `test()`, which makes `version_1`. `killed`: SIGKILL in step
350 of 800. `resumed`: the same folder, `fit(ckpt_path=".../last.ckpt")` to the end, which makes `version_1`. `cli`:
`LightningCLI`, which stores the whole command as `config.yaml`, 4 of 4 epochs; with jsonargparse 4.41.0.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lightning
import torch
import yaml
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from lightning.pytorch.cli import LightningCLI
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from trainers.events import event_series
from trainers.record import ROOM
from trainers.recording import best_of, kill_now, points, table_series

LIBRARIES = ("lightning", "torch", "tensorboard")
BATCH, BATCHES = 4, 100
KILL_IN_STEP = 350
ENDED = {
    "folder": "complete",
    "tensorboard": "early stopped",
    "killed": "killed",
    "resumed": "complete",
    "cli": "complete",
}
CONTINUES = ("resumed",)
EPOCHS = {"folder": 5, "tensorboard": 40, "killed": 8, "resumed": 8, "cli": 4}


class Net(lightning.LightningModule):
    """Four numbers -> is their sum positive."""

    def __init__(self, hidden: int = 10, lr: float = 0.01) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(4, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 1), torch.nn.Flatten(0)
        )

    def _loss(self, batch: Any) -> tuple[torch.Tensor, torch.Tensor]:
        points, labels = batch
        found = self.layers(points)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(found, labels)
        return loss, ((found > 0) == (labels > 0)).float().mean()

    def training_step(self, batch: Any, index: int) -> torch.Tensor:
        loss, _ = self._loss(batch)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch: Any, index: int) -> None:
        loss, accuracy = self._loss(batch)
        self.log_dict({"val_loss": loss, "val_acc": accuracy})

    def test_step(self, batch: Any, index: int) -> None:
        loss, accuracy = self._loss(batch)
        self.log_dict({"test_loss": loss, "test_acc": accuracy})

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=self.hparams["lr"])


class Kill(lightning.Callback):
    """Ends the process in the middle of a step."""

    def on_train_batch_start(self, trainer: Any, *_: Any) -> None:
        if trainer.global_step == KILL_IN_STEP:
            kill_now()


def batches_of(batches: int, seed: int) -> Any:
    """Random points; one label in five is wrong, so a validation loss has a lowest point."""
    dice = torch.Generator().manual_seed(seed)
    found = torch.randn(batches * BATCH, 4, generator=dice)
    wrong = torch.rand(len(found), generator=dice) < 0.2
    labels = ((found.sum(1) > 0) ^ wrong).float()
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(found, labels), batch_size=BATCH)


class Points(lightning.LightningDataModule):
    """The same batches, as a command line needs them."""

    def train_dataloader(self) -> Any:
        return batches_of(BATCHES, 1)

    def val_dataloader(self) -> Any:
        return batches_of(20, 2)


def command(epochs: int) -> None:
    """A training by its command line, with the table that Lightning writes by itself."""
    logger = {"class_path": "lightning.pytorch.loggers.CSVLogger", "init_args": {"save_dir": "."}}
    said = {"max_epochs": epochs, "accelerator": "cpu", "logger": logger, "enable_progress_bar": False}
    LightningCLI(Net, Points, args={"subcommand": "fit", "fit": {"trainer": said}}, seed_everything_default=0)


def options(name: str) -> dict[str, Any]:
    """What this recording's script says to the trainer."""
    if name == "tensorboard":
        keep = ModelCheckpoint(monitor="val_loss", save_top_k=2, save_last=True)
        return {"callbacks": [keep, EarlyStopping("val_loss", patience=3)], "logger": TensorBoardLogger(ROOM)}
    said: dict[str, Any] = {"logger": CSVLogger(ROOM)}
    if name == "folder":
        return said
    return said | {"callbacks": [ModelCheckpoint(save_last=True)] + [Kill()] * (name == "killed")}


def train(name: str) -> None:
    """One recording, in the present folder."""
    if name == "cli":
        command(EPOCHS[name])
        return
    lightning.seed_everything(0)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS[name],
        default_root_dir=ROOM,
        accelerator="cpu",
        enable_progress_bar=False,
        enable_model_summary=False,
        **options(name),
    )
    net = Net(lr=0.05 if name == "tensorboard" else 0.01)
    last = ROOM / "lightning_logs/version_0/checkpoints/last.ckpt" if name == "resumed" else None
    trainer.fit(net, batches_of(BATCHES, 1), batches_of(20, 2), ckpt_path=last)
    if name == "tensorboard":
        best = Net.load_from_checkpoint(trainer.checkpoint_callback.best_model_path)
        lightning.Trainer(default_root_dir=ROOM, accelerator="cpu").test(best, batches_of(20, 3))


def read(name: str, _folder: Path) -> dict[str, Any]:
    """What tables, event files and checkpoints hold."""
    series = event_series(ROOM)
    for path in sorted(ROOM.rglob("metrics.csv")):
        series |= table_series(ROOM, path, "step", "epoch")
    kept = {
        path.relative_to(ROOM).as_posix(): torch.load(path, weights_only=True) for path in sorted(ROOM.rglob("*.ckpt"))
    }
    steps = [at for at, _ in points(series, "train_loss")]
    return {
        "unit": "step",
        "first": min(steps),
        "last": max(steps),
        "total": EPOCHS[name] if name == "cli" else None,
        "asked": {"epochs": EPOCHS[name], "steps": EPOCHS[name] * BATCHES},
        "best": best_of(series, "val_loss"),
        "hparams": {p.relative_to(ROOM).as_posix(): yaml.safe_load(p.read_text()) for p in ROOM.rglob("hparams.yaml")},
        "checkpoints": {
            path: {key: state[key] for key in ("epoch", "global_step")} | {"callbacks": _plain(state["callbacks"])}
            for path, state in kept.items()
        },
        "series": series,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, torch.Tensor):
        value = value.item()
    return value if isinstance(value, int) or value is None else str(value)
