"""The loss history on disk: one CSV row an epoch, CRLF, there as soon as the epoch is over."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from .layout import write_whole

HEADER = ("epoch", "train_loss", "val_loss")
CRLF = "\r\n"


@dataclass(frozen=True)
class Epoch:
    """Losses of one epoch, counted from 1; not finite when the training diverged."""

    number: int
    train_loss: float
    val_loss: float

    @property
    def row(self) -> str:
        """The CSV line; ``repr`` of a float loses nothing."""
        return f"{self.number},{self.train_loss!r},{self.val_loss!r}{CRLF}"


def restart(path: Path, kept: list[Epoch]) -> None:
    """Begin the file anew with these epochs."""
    write_whole(path, ",".join(HEADER) + CRLF + "".join(epoch.row for epoch in kept))


def append(path: Path, epoch: Epoch) -> None:
    """Add a row and flush it to the disk; a line this short is written in one piece."""
    with path.open("a", encoding="utf-8", newline="") as handle:
        handle.write(epoch.row)
        handle.flush()
        os.fsync(handle.fileno())


def read(path: Path, *, up_to: int) -> list[Epoch]:
    """Give the epochs on disk up to one; none where there is no file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.reader(handle))[1:]
    epochs = [Epoch(int(row[0]), float(row[1]), float(row[2])) for row in rows]
    return [epoch for epoch in epochs if epoch.number <= up_to]
