"""What reconstruction costs without learning anything: the bar a trained model must clear.

Zero writes the training mean everywhere. Interpolation draws a straight line through each hidden
patch of a series. Position mean writes, at each place of an image, the mean of the training images.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .layout import Layout, write_whole
from .prepare import Task

Baselines = dict[str, float]


def measure(task: Task) -> Baselines:
    """Give the validation loss of each trivial reconstruction, in the unit of the model's loss."""
    guesses = {"zero": torch.zeros_like(task.val)}
    if task.stream.name == "patchtst":
        guesses["interpolation"] = interpolate(task.val, task.stream.spread(task.val_hidden, task.val))
    else:
        guesses["position_mean"] = task.train.mean(0, keepdim=True).expand_as(task.val)
    return {name: float(task.stream.errors(guess, task.val, task.val_hidden).mean()) for name, guess in guesses.items()}


def interpolate(series: Tensor, hidden: Tensor) -> Tensor:
    """Replace hidden values by a line between the nearest seen ones; both (n, channels, rows)."""
    rows = np.arange(series.shape[-1])
    flat, covered = series.flatten(0, 1).numpy().copy(), hidden.flatten(0, 1).numpy()
    for values, gone in zip(flat, covered, strict=True):
        values[gone] = np.interp(rows[gone], rows[~gone], values[~gone])
    return torch.from_numpy(flat).reshape(series.shape)


def compared(baselines: Baselines, best: float) -> str:
    """Say how a model's best validation loss stands to the better baseline."""
    name = min(baselines, key=lambda name: baselines[name])
    share = best / baselines[name] - 1
    return f"{abs(share):.0%} below {name}" if share < 0 else f"NOT below {name} ({baselines[name]:.4f})"


def write(task: Task, baselines: Baselines, layout: Layout, *, best: float | None = None) -> None:
    """Write the baselines, and the model's best validation loss once there is one."""
    better = min(baselines, key=lambda name: baselines[name])
    content: dict[str, Any] = {
        "stream": task.stream.name,
        "metric": "mean squared error of the hidden values, scaled units, fixed validation masks",
        "train_samples": len(task.train),
        "validation_samples": len(task.val),
        "parameters": task.parameters,
        "baselines": baselines,
        "better_baseline": better,
        "trained_val_loss": best,
        "beats_better_baseline": None if best is None else best < baselines[better],
    }
    write_whole(layout.baseline(task.stream.name), json.dumps(content, indent=2) + "\n")
