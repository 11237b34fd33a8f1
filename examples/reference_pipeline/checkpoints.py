"""Model and optimizer -> files: the released checkpoint, and the state to resume from.

Both hold plain types and tensors only, so that nobody must trust a pickle to read them.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim import Optimizer

from .inference.checkpoint import load_checkpoint
from .layout import Layout, write_whole
from .loss_history import Epoch
from .prepare import Task


@dataclass(frozen=True)
class Progress:
    """How far a stream is.

    Attributes:
        epoch: Last whole epoch, counted from 1; 0 before the first.
        best: Best validation loss so far.
        best_epoch: The epoch that had it.
        outcome: How the stream ended; None while it has not.
    """

    epoch: int = 0
    best: float = float("inf")
    best_epoch: int = 0
    outcome: str | None = None


def save_checkpoint(task: Task, epoch: Epoch, layout: Layout) -> int:
    """Write the released checkpoint and give its size in bytes."""
    content = {
        "epoch": epoch.number,
        "model_state_dict": task.model.state_dict(),
        "config": task.config,
        "val_loss": epoch.val_loss,
    }
    data = _bytes(content)
    write_whole(layout.checkpoint(task.stream.name), data)
    return len(data)


def save_progress(task: Task, optimizer: Optimizer, progress: Progress, layout: Layout) -> None:
    """Write what an interrupted training needs to go on from here."""
    content = {
        "model_state_dict": task.model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "epoch": progress.epoch,
        "best": progress.best,
        "best_epoch": progress.best_epoch,
        "outcome": progress.outcome,
    }
    write_whole(layout.resume_state(task.stream.name), _bytes(content))


def load_progress(task: Task, optimizer: Optimizer, layout: Layout) -> Progress:
    """Fill model and optimizer from the resume state; the start, where there is none."""
    path = layout.resume_state(task.stream.name)
    if not path.is_file():
        return Progress()
    content = load_checkpoint(path)
    task.model.load_state_dict(content["model_state_dict"])
    optimizer.load_state_dict(content["optimizer_state_dict"])
    return Progress(content["epoch"], content["best"], content["best_epoch"], content["outcome"])


def _bytes(content: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()
