"""Swin transformer blocks: attention inside windows, then inside windows shifted by half.

Maps of tokens are (images, height, width, channels) throughout.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

# Added to attention between tokens that only the cyclic shift made neighbours.
FORBIDDEN = -100.0


def to_windows(tokens: Tensor, side: int) -> Tensor:
    """Cut a map into windows, (images x windows, side x side, channels)."""
    images, height, width, channels = tokens.shape
    tiles = tokens.reshape(images, height // side, side, width // side, side, channels)
    return tiles.transpose(2, 3).reshape(-1, side * side, channels)


def from_windows(windows: Tensor, side: int, height: int, width: int) -> Tensor:
    """Put windows back together into a map; the inverse of ``to_windows``."""
    channels = windows.shape[-1]
    tiles = windows.reshape(-1, height // side, width // side, side, side, channels)
    return tiles.transpose(2, 3).reshape(-1, height, width, channels)


def relative_index(side: int) -> Tensor:
    """Row of the bias table for each pair of tokens of a window, (side^2, side^2)."""
    grid = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij"))
    places = grid.flatten(1)
    offset = places[:, :, None] - places[:, None, :] + side - 1
    return offset[0] * (2 * side - 1) + offset[1]


def shift_mask(resolution: int, side: int, shift: int) -> Tensor:
    """Attention bias that keeps wrapped-round tokens apart, (windows, side^2, side^2)."""
    stretches = (slice(0, -side), slice(-side, -shift), slice(-shift, None))
    region = torch.zeros(1, resolution, resolution, 1)
    for number, (down, across) in enumerate((d, a) for d in stretches for a in stretches):
        region[:, down, across] = number
    owner = to_windows(region, side).squeeze(-1)
    return (owner[:, :, None] != owner[:, None, :]).float() * FORBIDDEN


class WindowAttention(nn.Module):
    """Multi-head attention inside one window, with a learnt bias for each relative position."""

    relative_position_index: Tensor

    def __init__(self, width: int, heads: int, side: int) -> None:
        """Build for ``width`` channels, ``heads`` heads, windows of ``side`` x ``side``."""
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.relative_position_bias_table = nn.Parameter(torch.zeros((2 * side - 1) ** 2, heads))
        self.register_buffer("relative_position_index", relative_index(side), persistent=False)

    def forward(self, tokens: Tensor, mask: Tensor | None) -> Tensor:
        """Attend; tokens (windows, side^2, width), mask (windows of one image, side^2, side^2)."""
        windows, count, width = tokens.shape
        split = self.qkv(tokens).reshape(windows, count, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        bias = self.relative_position_bias_table[self.relative_position_index]
        bias = bias.permute(2, 0, 1).unsqueeze(0)
        if mask is not None:
            bias = (bias + mask.unsqueeze(1)).repeat(windows // len(mask), 1, 1, 1)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        out: Tensor = self.proj(mixed.transpose(1, 2).reshape(windows, count, width))
        return out


class Mlp(nn.Module):
    """Two linear layers with a GELU between, token by token."""

    def __init__(self, width: int, hidden: int) -> None:
        """Build for ``width`` channels with ``hidden`` ones in the middle."""
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (..., width) to (..., width)."""
        out: Tensor = self.fc2(functional.gelu(self.fc1(tokens)))
        return out


class SwinBlock(nn.Module):
    """One block: window attention (shifted or not) and an MLP, each beside a shortcut."""

    mask: Tensor | None

    def __init__(self, width: int, heads: int, *, resolution: int, side: int, shift: int) -> None:
        """Build for a map of ``resolution`` tokens a side and windows of ``side`` tokens."""
        super().__init__()
        self.side = side
        # With one window for the whole map there is nothing to shift into.
        self.shift = shift if resolution > side else 0
        self.norm1 = nn.LayerNorm(width)
        self.attn = WindowAttention(width, heads, side)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = Mlp(width, 2 * width)
        mask = shift_mask(resolution, side, self.shift) if self.shift else None
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (images, height, width, channels) to the same shape."""
        height, width = tokens.shape[1:3]
        moved = self.norm1(tokens).roll((-self.shift, -self.shift), (1, 2))
        mixed = self.attn(to_windows(moved, self.side), self.mask)
        back = from_windows(mixed, self.side, height, width).roll((self.shift, self.shift), (1, 2))
        tokens = tokens + back
        out: Tensor = tokens + self.mlp(self.norm2(tokens))
        return out


class PatchMerging(nn.Module):
    """Join each 2 x 2 neighbourhood into one token with twice the channels."""

    def __init__(self, width: int) -> None:
        """Build for ``width`` channels coming in; twice as many go out."""
        super().__init__()
        self.norm = nn.LayerNorm(4 * width)
        self.reduction = nn.Linear(4 * width, 2 * width, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (images, h, w, channels) to (images, h/2, w/2, 2 x channels)."""
        images, height, width, channels = tokens.shape
        quads = tokens.reshape(images, height // 2, 2, width // 2, 2, channels).transpose(2, 3)
        joined = quads.reshape(images, height // 2, width // 2, 4 * channels)
        out: Tensor = self.reduction(self.norm(joined))
        return out
