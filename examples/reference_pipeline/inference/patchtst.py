"""PatchTST-SSL: series with hidden patches -> reconstructed series, each channel on its own.

A channel is cut into patches, hidden patches are replaced by one learnt token, a transformer
encoder looks at all of them, and a linear head writes every patch back.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from .problems import PipelineProblem

# Half the height of the usual sines: at full height position drowns the content at the start,
# at the customary 0.02 noise the encoder needs several epochs to find out what is beside what.
POSITION_GAIN = 0.5


class PatchTST(nn.Module):
    """Masked-patch reconstruction, channel-independent.

    Args:
        model: The config's ``model`` section (patch_len, d_model, nhead, num_layers, ff_dim,
            dropout).
        seq_len: Rows in a window; a multiple of patch_len.
    """

    def __init__(self, model: dict[str, Any], seq_len: int) -> None:
        """Build the layers; their sizes follow from the config alone."""
        super().__init__()
        self.patch_len = int(model["patch_len"])
        if seq_len % self.patch_len:
            raise PipelineProblem(
                "data.seq_len",
                expected=f"a multiple of model.patch_len ({self.patch_len})",
                found=str(seq_len),
                next_step="change one of the two in the config",
            )
        width = int(model["d_model"])
        self.input_proj = nn.Linear(self.patch_len, width)
        self.mask_token = nn.Parameter(torch.zeros(width))
        self.pos_emb = nn.Parameter(positions(seq_len // self.patch_len, width))
        self.encoder = _encoder(model, width)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, self.patch_len)

    def forward(self, series: Tensor, hidden: Tensor) -> Tensor:
        """Reconstruct windows.

        Args:
            series: (windows, channels, seq_len), scaled; its hidden patches are not looked at.
            hidden: (windows, channels, patches), True where hidden.

        Returns:
            (windows, channels, seq_len).
        """
        windows, channels, rows = series.shape
        patches = series.reshape(windows * channels, -1, self.patch_len)
        tokens = self.input_proj(patches)
        is_hidden = hidden.reshape(windows * channels, -1, 1)
        tokens = torch.where(is_hidden, self.mask_token.expand_as(tokens), tokens) + self.pos_emb
        written: Tensor = self.head(self.norm(self.encoder(tokens)))
        return written.reshape(windows, channels, rows)


def positions(count: int, width: int) -> Tensor:
    """Sines and cosines of each position, (1, count, width); where the learning starts from."""
    place = torch.arange(count).unsqueeze(1)
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(100.0) / width))
    angle = place * rate
    return POSITION_GAIN * torch.stack([angle.sin(), angle.cos()], -1).reshape(1, count, width)


def _encoder(model: dict[str, Any], width: int) -> nn.TransformerEncoder:
    layer = nn.TransformerEncoderLayer(
        width,
        int(model["nhead"]),
        dim_feedforward=int(model["ff_dim"]),
        dropout=float(model["dropout"]),
        activation="gelu",
        batch_first=True,
        norm_first=True,
    )
    return nn.TransformerEncoder(layer, int(model["num_layers"]), enable_nested_tensor=False)
