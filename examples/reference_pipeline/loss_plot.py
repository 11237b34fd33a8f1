"""Loss history -> PNG: train and validation loss over the epochs, drawn with Pillow.

A loss that is not finite has no height; it is marked with a cross on the top edge.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from .loss_history import Epoch

WIDTH, HEIGHT = 960, 540
LEFT, RIGHT, TOP, BOTTOM = 90, 30, 60, 60
INK, GRID, PAPER = "#222222", "#dddddd", "#ffffff"
# Okabe-Ito blue and vermillion: told apart by everyone, and dashed points help besides.
TRAIN, VAL = "#0072B2", "#D55E00"
TICKS = 5


@dataclass(frozen=True)
class Axes:
    """Epochs and losses -> pixels."""

    last_epoch: int
    low: float
    high: float

    def x(self, epoch: float) -> float:
        """Column of an epoch."""
        span = max(self.last_epoch - 1, 1)
        return LEFT + (epoch - 1) / span * (WIDTH - LEFT - RIGHT)

    def y(self, loss: float) -> float:
        """Row of a loss; the top edge for one that is not finite."""
        if not math.isfinite(loss):
            return TOP
        return HEIGHT - BOTTOM - (loss - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def draw(title: str, epochs: Sequence[Epoch]) -> bytes:
    """Draw the losses of all epochs; gives the bytes of a PNG file."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    axes = _axes(epochs)
    _draw_grid(pen, axes, title)
    for name, color, loss in _curves():
        _draw_curve(pen, axes, color, [(epoch.number, loss(epoch)) for epoch in epochs])
        _draw_legend(pen, name, color)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _curves() -> list[tuple[str, str, Callable[[Epoch], float]]]:
    return [
        ("train", TRAIN, lambda epoch: epoch.train_loss),
        ("validation", VAL, lambda epoch: epoch.val_loss),
    ]


def _axes(epochs: Sequence[Epoch]) -> Axes:
    losses = [loss for epoch in epochs for loss in (epoch.train_loss, epoch.val_loss)]
    finite = [loss for loss in losses if math.isfinite(loss)] or [0.0, 1.0]
    low, high = min(0.0, *finite), max(finite)
    return Axes(max((epoch.number for epoch in epochs), default=1), low, high if high > low else low + 1)


def _draw_grid(pen: ImageDraw.ImageDraw, axes: Axes, title: str) -> None:
    small, large = ImageFont.load_default(16), ImageFont.load_default(22)
    pen.text((LEFT, 18), title, INK, large)
    for tick in range(TICKS + 1):
        loss = axes.low + (axes.high - axes.low) * tick / TICKS
        pen.line([(LEFT, axes.y(loss)), (WIDTH - RIGHT, axes.y(loss))], GRID)
        pen.text((LEFT - 10, axes.y(loss)), f"{loss:.3g}", INK, small, anchor="rm")
    step = max(1, math.ceil(axes.last_epoch / 12))
    for epoch in range(1, axes.last_epoch + 1, step):
        pen.text((axes.x(epoch), HEIGHT - BOTTOM + 8), str(epoch), INK, small, anchor="ma")
    pen.text((WIDTH / 2, HEIGHT - 26), "epoch", INK, small, anchor="ma")
    pen.rectangle([LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM], outline=INK)


def _draw_curve(pen: ImageDraw.ImageDraw, axes: Axes, color: str, points: list[tuple[int, float]]) -> None:
    for (epoch, loss), (after, later) in pairwise(points):
        if math.isfinite(loss) and math.isfinite(later):
            pen.line([(axes.x(epoch), axes.y(loss)), (axes.x(after), axes.y(later))], color, width=3)
    for epoch, loss in points:
        x, y = axes.x(epoch), axes.y(loss)
        if math.isfinite(loss):
            pen.ellipse([x - 4, y - 4, x + 4, y + 4], fill=color)
        else:
            pen.line([(x - 6, y - 6), (x + 6, y + 6)], color, width=3)
            pen.line([(x - 6, y + 6), (x + 6, y - 6)], color, width=3)


def _draw_legend(pen: ImageDraw.ImageDraw, name: str, color: str) -> None:
    x = WIDTH - RIGHT - (230 if name == "train" else 130)
    pen.line([(x, 32), (x + 24, 32)], color, width=3)
    pen.text((x + 32, 32), name, INK, ImageFont.load_default(16), anchor="lm")
