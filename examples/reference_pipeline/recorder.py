"""Epochs of a stream -> event file, loss CSV and picture, heartbeat; each epoch at once.

A new event file is opened for every start, also a resumed one; its steps go on from the last.
"""

from __future__ import annotations

from torch.utils.tensorboard.writer import SummaryWriter

from . import loss_history
from .heartbeat import Heartbeat
from .layout import Layout, write_whole
from .loss_history import Epoch
from .loss_plot import draw

TITLES = {"patchtst": "PatchTST-SSL", "swinmae": "SwinMAE-SSL"}


class Recorder:
    """Writes down one stream's training while it goes on."""

    def __init__(self, stream: str, layout: Layout, heartbeat: Heartbeat) -> None:
        """Name what to write for; nothing is opened yet."""
        self.stream = stream
        self.layout = layout
        self.heartbeat = heartbeat
        self.epochs: list[Epoch] = []

    def open(self, done: int, epochs: int) -> None:
        """Open a new event file and the loss history, after ``done`` epochs of ``epochs``."""
        history = self.layout.history(self.stream)
        # An epoch that was begun but not kept is trained again, so its row goes.
        self.epochs = loss_history.read(history, up_to=done) if done else []
        loss_history.restart(history, self.epochs)
        self.writer = SummaryWriter(str(self.layout.events(self.stream)), flush_secs=1)
        self.heartbeat.begin(self.stream, done, epochs)

    def record(self, epoch: Epoch) -> None:
        """Write an epoch down."""
        self.epochs.append(epoch)
        for tag, loss in (("loss/train", epoch.train_loss), ("loss/val", epoch.val_loss)):
            self.writer.add_scalar(tag, loss, epoch.number)
        self.writer.flush()
        loss_history.append(self.layout.history(self.stream), epoch)
        self.heartbeat.advance(epoch.number)

    def close(self, outcome: str) -> None:
        """Draw the picture and tell the outcome."""
        self.writer.close()
        title = f"{TITLES[self.stream]}: masked reconstruction loss"
        write_whole(self.layout.curve(self.stream), draw(title, self.epochs))
        self.heartbeat.end(self.stream, outcome)
