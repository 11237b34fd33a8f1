"""Config of a stream -> its windows, its hidden patches, its model, its error.

Both streams do the same with different shapes: scale the windows, hide patches, reconstruct,
and measure the squared error where something was hidden. Training and scoring use this one
description, so they cannot disagree.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor, nn

from .masks import hide
from .patchtst import PatchTST
from .problems import PipelineProblem
from .series import Array
from .swinmae import SwinMAE
from .wavelet import WaveletImage
from .windows import Scaler, cut, load_scaler

Config = dict[str, Any]


class Stream(ABC):
    """One self-supervised stream, described by its config."""

    name: str

    def __init__(self, config: Config) -> None:
        """Keep the config; nothing is read yet."""
        self.config = config

    @abstractmethod
    def unscaled(self, recordings: Sequence[Array], limit: int | None = None) -> Array:
        """Cut recordings (rows, channels) into model inputs (n, channels, ...), not scaled yet."""

    @abstractmethod
    def mask_shape(self, samples: Tensor) -> tuple[int, ...]:
        """Shape (..., patches) of the choice that ``hide`` makes for these samples."""

    @abstractmethod
    def spread(self, hidden: Tensor, samples: Tensor) -> Tensor:
        """Spread a choice of hidden patches over the values they cover, shaped like samples."""

    @abstractmethod
    def build(self, channels: int) -> nn.Module:
        """Build the model, untrained, for so many channels."""

    @abstractmethod
    def scaler(self, root: Path) -> Scaler:
        """Read back the scaler of a finished training below the workspace ``root``."""

    def hidden(self, samples: Tensor, rng: Generator) -> Tensor:
        """Choose what to hide in each sample, as the model wants it."""
        ratio = float(self.config["model"]["mask_ratio"])
        return torch.from_numpy(hide(self.mask_shape(samples), ratio, rng))

    def errors(self, written: Tensor, samples: Tensor, hidden: Tensor) -> Tensor:
        """Mean squared error over the hidden values, (n, channels), in scaled units squared."""
        weight = self.spread(hidden, samples).to(samples.dtype)
        rest = tuple(range(2, samples.ndim))
        return ((written - samples).square() * weight).sum(rest) / weight.sum(rest)

    def samples(self, recordings: Sequence[Array], scaler: Scaler, limit: int | None) -> Tensor:
        """Cut and scale recordings into model inputs (n, channels, ...)."""
        return torch.from_numpy(scaler.apply(self.unscaled(recordings, limit)))


class PatchTSTStream(Stream):
    """Windows of a multichannel series; patches of a channel are hidden."""

    name = "patchtst"

    def unscaled(self, recordings: Sequence[Array], limit: int | None = None) -> Array:
        """Give windows (n, channels, seq_len)."""
        data = self.config["data"]
        return cut(recordings, int(data["seq_len"]), int(data["seq_stride"]), limit=limit)

    def mask_shape(self, samples: Tensor) -> tuple[int, ...]:
        """Give (n, channels, patches): every channel has its own hidden patches."""
        windows, channels, rows = samples.shape
        return windows, channels, rows // int(self.config["model"]["patch_len"])

    def spread(self, hidden: Tensor, samples: Tensor) -> Tensor:
        """Repeat each patch over its rows, (n, channels, seq_len)."""
        return hidden.repeat_interleave(int(self.config["model"]["patch_len"]), -1)

    def build(self, channels: int) -> nn.Module:
        """Build a PatchTST; being channel-independent it fits any number of channels."""
        return PatchTST(self.config["model"], int(self.config["data"]["seq_len"]))

    def scaler(self, root: Path) -> Scaler:
        """Read the scaler JSON named by ``data.scaler_path``."""
        return load_scaler(root / str(self.config["data"]["scaler_path"]))


class SwinMAEStream(Stream):
    """Wavelet images of a motion series; squares, the same on every axis, are hidden."""

    name = "swinmae"

    def unscaled(self, recordings: Sequence[Array], limit: int | None = None) -> Array:
        """Give images (n, axes, size, size)."""
        data, cwt = self.config["data"], self.config["cwt"]
        fs = float(data["fs"])
        rows, stride = round(data["win_sec"] * fs), round(data["win_stride_sec"] * fs)
        image = WaveletImage(
            fs=fs,
            freq_min=float(cwt["freq_min"]),
            freq_max=float(cwt["freq_max"]),
            size=int(self.config["image"]["size"]),
            floor=float(cwt["floor"]),
        )
        return image.images(cut(recordings, rows, stride, limit=limit))

    def mask_shape(self, samples: Tensor) -> tuple[int, ...]:
        """Give (n, squares): all squares of an image stand in one row."""
        return len(samples), self._squares(samples) ** 2

    def hidden(self, samples: Tensor, rng: Generator) -> Tensor:
        """Choose squares, (n, squares down, squares across)."""
        side = self._squares(samples)
        return super().hidden(samples, rng).reshape(len(samples), side, side)

    def spread(self, hidden: Tensor, samples: Tensor) -> Tensor:
        """Repeat each square over its pixels, (n, axes, size, size)."""
        square = int(self.config["model"]["patch_size"])
        pixels = hidden.repeat_interleave(square, 1).repeat_interleave(square, 2)
        return pixels.unsqueeze(1).expand_as(samples)

    def build(self, channels: int) -> nn.Module:
        """Build a SwinMAE for so many axes."""
        return SwinMAE(self.config["model"], channels, int(self.config["image"]["size"]))

    def scaler(self, root: Path) -> Scaler:
        """Take the scaler from the config, where the training wrote it."""
        cwt = self.config["cwt"]
        return Scaler(tuple(cwt["center"]), tuple(cwt["scale"]))

    def _squares(self, samples: Tensor) -> int:
        return int(samples.shape[-1]) // int(self.config["model"]["patch_size"])


STREAMS: dict[str, type[Stream]] = {s.name: s for s in (PatchTSTStream, SwinMAEStream)}


def make_stream(name: str, config: Config) -> Stream:
    """Give the stream of that name.

    Raises:
        PipelineProblem: When there is no such stream.
    """
    if name not in STREAMS:
        raise PipelineProblem("stream", expected=" or ".join(STREAMS), found=repr(name), next_step="correct the name")
    return STREAMS[name](config)


@torch.no_grad()
def score(stream: Stream, model: nn.Module, samples: Tensor, hidden: Tensor) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Reconstruct samples and give their errors, (n, channels), batch by batch."""
    model.eval()
    size = int(stream.config["training"]["batch_size"])
    pairs = zip(torch.split(samples, size), torch.split(hidden, size), strict=True)
    return torch.cat([stream.errors(model(x, h), x, h) for x, h in pairs]).numpy()
