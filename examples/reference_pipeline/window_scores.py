"""Stretches and a trained checkpoint -> a score a window, with the time at which the window ended.

A score is the mean squared error over what was hidden. What is hidden is drawn eight times, always the same way, and
the mean of the eight counts: one draw moves a score by more than windows differ. `recorded_style` draws once, and by
chance, as the pipeline that this one stands for does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from .inference.checkpoint import fill_model, load_checkpoint
from .inference.masks import VALIDATION_SEED
from .inference.streams import Stream, score
from .layout import Layout
from .operation import Stretch
from .prepare import Task

DRAWS = 8
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """Windows of one stream.

    Attributes:
        end: When each window ended, seconds since 1970.
        score: Mean squared error over what was hidden.
    """

    end: Floats
    score: Floats

    def at(self, places: NDArray[np.int64]) -> Scored:
        """Give the windows at these places."""
        return Scored(self.end[places], self.score[places])


@dataclass(frozen=True)
class Scorer:
    """A stream with its released weights."""

    stream: Stream
    model: nn.Module
    layout: Layout
    fs: float
    recorded_style: bool = False

    @classmethod
    def of(cls, task: Task, layout: Layout, fs: float, *, recorded_style: bool = False) -> Scorer:
        """Load the released checkpoint into the task's model."""
        path = layout.checkpoint(task.stream.name)
        fill_model(task.model, load_checkpoint(path), path)
        return cls(task.stream, task.model, layout, fs, recorded_style)

    def scored(self, found: Sequence[Stretch]) -> list[Scored]:
        """Score every window of every stretch."""
        return [self._stretch(one) for one in found]

    def _stretch(self, one: Stretch) -> Scored:
        rows = one.values[self.stream.name]
        samples = self.stream.samples([rows], self.stream.scaler(self.layout.root), None)
        draws = [self._draw(samples, number) for number in range(1 if self.recorded_style else DRAWS)]
        length, stride = self.shape()
        ends = one.start + (length + stride * np.arange(len(samples))) / self.fs
        return Scored(ends, np.mean(draws, axis=0, dtype=np.float64))

    def _draw(self, samples: torch.Tensor, number: int) -> NDArray[np.float32]:
        rng = np.random.default_rng() if self.recorded_style else np.random.default_rng([VALIDATION_SEED, number])
        errors = score(self.stream, self.model, samples, self.stream.hidden(samples, rng))
        return np.asarray(errors.mean(axis=1))

    def shape(self) -> tuple[int, int]:
        """Rows of a window, and from one window to the next."""
        data: Mapping[str, float] = self.stream.config["data"]
        if "seq_len" in data:
            return int(data["seq_len"]), int(data["seq_stride"])
        return round(data["win_sec"] * self.fs), round(data["win_stride_sec"] * self.fs)
