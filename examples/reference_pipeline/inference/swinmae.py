"""SwinMAE-SSL: wavelet images with hidden squares -> reconstructed images.

Windows need a full map, so hidden tokens are not taken out but replaced by one learnt token
before the first block; a small decoder writes every square back as pixels.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .problems import PipelineProblem
from .swin import PatchMerging, SwinBlock


class SwinMAE(nn.Module):
    """Masked image modelling with a Swin encoder.

    Args:
        model: The config's ``model`` section (embed_patch, embed_dim, depths, num_heads,
            window_size, patch_size, decoder_dim).
        axes: Channels of an image.
        size: Height and width of an image in pixels.
    """

    def __init__(self, model: dict[str, Any], axes: int, size: int) -> None:
        """Build the layers; their sizes follow from the config and the number of axes."""
        super().__init__()
        self.axes = axes
        self.encoder = SwinEncoder(model, axes, size)
        # One token of the last map covers this many pixels a side: exactly one hidden square.
        self.square = size // self.encoder.out_resolution
        if self.square != int(model["patch_size"]):
            raise PipelineProblem(
                "model.patch_size",
                expected=f"{self.square}, what one token of the last stage covers",
                found=str(model["patch_size"]),
                next_step="change it, or image.size, model.embed_patch and model.depths",
            )
        self.norm = nn.LayerNorm(self.encoder.out_width)
        self.decoder = nn.Linear(self.encoder.out_width, int(model["decoder_dim"]))
        self.head = nn.Linear(int(model["decoder_dim"]), axes * self.square**2)

    def forward(self, images: Tensor, hidden: Tensor) -> Tensor:
        """Reconstruct images.

        Args:
            images: (images, axes, size, size); hidden squares are not looked at.
            hidden: (images, squares down, squares across), True where hidden.

        Returns:
            (images, axes, size, size).
        """
        tokens = self.norm(self.encoder(images, hidden))
        pixels = self.head(functional.gelu(self.decoder(tokens))).permute(0, 3, 1, 2)
        return functional.pixel_shuffle(pixels, self.square)


class SwinEncoder(nn.Module):
    """Patch embedding and stages of Swin blocks, halving the map between stages."""

    def __init__(self, model: dict[str, Any], axes: int, size: int) -> None:
        """Build from the config's ``model`` section for images (axes, size, size)."""
        super().__init__()
        width, patch = int(model["embed_dim"]), int(model["embed_patch"])
        side, depths = int(model["window_size"]), [int(depth) for depth in model["depths"]]
        resolution = size // patch
        self.patch_embed = nn.Conv2d(axes, width, patch, stride=patch)
        self.mask_token = nn.Parameter(torch.zeros(width))
        self.pos_embed = nn.Parameter(0.02 * torch.randn(1, resolution, resolution, width))
        stages: list[nn.Module] = []
        for stage, (depth, heads) in enumerate(zip(depths, model["num_heads"], strict=True)):
            _check_map(size, patch, resolution, side)
            stages.append(_stage(width, int(heads), depth, (resolution, side)))
            if stage < len(depths) - 1:
                stages.append(PatchMerging(width))
                width, resolution = 2 * width, resolution // 2
        self.layers = nn.Sequential(*stages)
        self.out_width, self.out_resolution = width, resolution

    def forward(self, images: Tensor, hidden: Tensor) -> Tensor:
        """Map images (n, axes, size, size) to tokens (n, rows, columns, width)."""
        tokens = self.patch_embed(images).permute(0, 2, 3, 1)
        times = tokens.shape[1] // hidden.shape[1]
        is_hidden = hidden.repeat_interleave(times, 1).repeat_interleave(times, 2).unsqueeze(-1)
        tokens = torch.where(is_hidden, self.mask_token.expand_as(tokens), tokens)
        out: Tensor = self.layers(tokens + self.pos_embed)
        return out


def _stage(width: int, heads: int, depth: int, grid: tuple[int, int]) -> nn.Sequential:
    """Blocks in pairs: every second one looks through windows shifted by half a window."""
    resolution, side = grid
    return nn.Sequential(
        *(
            SwinBlock(width, heads, resolution=resolution, side=side, shift=side // 2 if block % 2 else 0)
            for block in range(depth)
        )
    )


def _check_map(size: int, patch: int, resolution: int, side: int) -> None:
    if size % patch or resolution % side or resolution < side:
        raise PipelineProblem(
            "image.size",
            expected=f"a map that windows of {side} tokens tile in every stage",
            found=f"{size} pixels in patches of {patch}, giving {resolution} tokens a side",
            next_step="change image.size, model.embed_patch or model.window_size",
        )
