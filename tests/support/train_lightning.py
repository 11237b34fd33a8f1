"""A live Lightning training: `python tests/support/train_lightning.py FOLDER [--resume] [--hold STEP ...]`.

The recorded folders' own net and points (tests/data/trainers/lightning/make.py), 4 epochs of 20 steps, a record and a
pause each 5 steps, event files and a table. After each step to `--hold` it waits until the file `go-STEP` stands
beside the folder, and says so by `at-STEP`. Resumed, Lightning begins its next folder, `version_1`, by itself.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / part) for part in ("", "data")]

import lightning  # noqa: E402 -- found since the line above
from lightning.pytorch.callbacks import ModelCheckpoint  # noqa: E402 -- found since the line above
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger  # noqa: E402 -- found since the line above
from support.training_pace import hold_at, options_of  # noqa: E402 -- found since the line above
from trainers.lightning.make import Net, batches_of  # noqa: E402 -- found since the line above

EPOCHS, BATCHES, STRIDE = 4, 20, 5


class Planned(Net):
    """Its hyperparameters say how long it trains, as those of a net with a schedule do."""

    def __init__(self, max_epochs: int = EPOCHS, **more: Any) -> None:
        super().__init__(**more)
        self.save_hyperparameters()


class Pace(lightning.Callback):
    """Lets somebody watch: slow enough for a pace to be seen, and it waits where it is asked to."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    def on_train_batch_start(self, trainer: Any, *_: Any) -> None:
        """The record of the step before is on the disk."""
        if trainer.global_step and trainer.global_step % STRIDE == 0:
            hold_at(self.options, trainer.global_step)


def main() -> None:
    """Train to the end, from the beginning or from the last checkpoint."""
    options = options_of(__doc__)
    lightning.seed_everything(0)
    events = TensorBoardLogger(options.folder)
    trainer = lightning.Trainer(
        max_epochs=EPOCHS,
        default_root_dir=options.folder,
        accelerator="cpu",
        log_every_n_steps=STRIDE,
        callbacks=[ModelCheckpoint(save_last=True), Pace(options)],
        logger=[events, CSVLogger(options.folder, version=events.version)],
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    last = options.folder / "lightning_logs/version_0/checkpoints/last.ckpt" if options.resume else None
    trainer.fit(Planned(), batches_of(BATCHES, 1), batches_of(5, 2), ckpt_path=last)


if __name__ == "__main__":
    main()
