"""A task -> a trained stream: epochs, the best checkpoint, and how it ended.

Chance depends on seed and epoch only, so a resumed training takes exactly the steps that an
uninterrupted one would have taken.
"""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from .checkpoints import load_progress, save_checkpoint, save_progress
from .inference.streams import score
from .layout import Layout
from .loss_history import Epoch
from .prepare import Task
from .recorder import Recorder

# Large enough that squared errors leave the range of a float within the first steps.
ABSURD_LR = 1e20
# One epoch that is not finite may be one bad batch; after two the weights are lost.
LOST_AFTER = 2
FINAL_LR_SHARE = 0.01


@dataclass(frozen=True)
class Ended:
    """How a stream's training ended: the outcome, the best epoch and its validation loss."""

    outcome: str
    best: float
    best_epoch: int
    seconds: float


class Trainer:
    """Trains one stream."""

    def __init__(self, task: Task, recorder: Recorder, layout: Layout, *, kill_at: int | None = None) -> None:
        """Take over where an interrupted training stopped, if one left its state."""
        self.task, self.recorder, self.layout, self.kill_at = task, recorder, layout, kill_at
        self.training = task.config["training"]
        self.optimizer = torch.optim.AdamW(
            task.model.parameters(),
            lr=float(self.training["lr"]),
            weight_decay=float(self.training["weight_decay"]),
        )
        self.progress = load_progress(task, self.optimizer, layout)
        self.batches = math.ceil(len(task.train) / int(self.training["batch_size"]))

    def run(self) -> Ended:
        """Train to the end, or do nothing where the end was reached before."""
        began = time.monotonic()
        if self.progress.outcome is None:
            self.recorder.open(self.progress.epoch, int(self.training["epochs"]))
            for epoch in self._epochs():
                self._keep(epoch)
            self.recorder.close(self._outcome())
            self._advance(self.progress.epoch, outcome=self._outcome())
        seconds = time.monotonic() - began
        progress = self.progress
        return Ended(str(progress.outcome), progress.best, progress.best_epoch, seconds)

    def _epochs(self) -> Iterator[Epoch]:
        """Train epoch after epoch and yield each, until the last or a reason to stop."""
        for number in range(self.progress.epoch + 1, int(self.training["epochs"]) + 1):
            began = time.monotonic()
            train_loss = self._train_epoch(number)
            val_loss = float(score(self.task.stream, self.task.model, self.task.val, self.task.val_hidden).mean())
            epoch = Epoch(number, train_loss, val_loss)
            self.recorder.record(epoch)
            self._tell(epoch, time.monotonic() - began)
            yield epoch
            if self._is_lost() or self._is_stuck(number):
                return

    def _train_epoch(self, number: int) -> float:
        """Go once through the training samples and give the mean loss of its batches."""
        self.task.model.train()
        # Batches and masks follow from seed and epoch: nothing else must be kept to resume.
        rng = np.random.default_rng([int(self.task.config["seed"]), number])
        order = torch.from_numpy(rng.permutation(len(self.task.train)))
        losses = []
        for batch, chosen in enumerate(order.chunk(self.batches)):
            self._kill_if_asked(number, batch)
            samples = self.task.train[chosen]
            self._set_rate(number, batch)
            losses.append(self._step(samples, self.task.stream.hidden(samples, rng), number))
            self.recorder.heartbeat.beat()
        return float(np.mean(losses))

    def _step(self, samples: Tensor, hidden: Tensor, epoch: int) -> float:
        """Take one optimizer step and give the loss before it."""
        loss = self.task.stream.errors(self.task.model(samples, hidden), samples, hidden).mean()
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if not self._is_absurd(epoch):
            nn.utils.clip_grad_norm_(self.task.model.parameters(), float(self.training["grad_clip"]))
        self.optimizer.step()
        return loss.item()

    def _set_rate(self, epoch: int, batch: int) -> None:
        step = (epoch - 1) * self.batches + batch
        rate = learning_rate(step, int(self.training["epochs"]) * self.batches, self.training)
        for group in self.optimizer.param_groups:
            group["lr"] = ABSURD_LR if self._is_absurd(epoch) else rate

    def _is_absurd(self, epoch: int) -> bool:
        return epoch >= float(self.training.get("diverge_from_epoch", math.inf))

    def _kill_if_asked(self, epoch: int, batch: int) -> None:
        """Die as by a power cut, half-way through the epoch; nothing is cleaned up."""
        if epoch == self.kill_at and batch == self.batches // 2:
            print(f"--kill-at-epoch {epoch}: SIGKILL to process {os.getpid()}", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def _keep(self, epoch: Epoch) -> None:
        """Release the weights if they are the best so far; weights that are not finite never are."""
        if epoch.val_loss < self.progress.best and math.isfinite(epoch.train_loss):
            self.progress = replace(self.progress, best=epoch.val_loss, best_epoch=epoch.number)
            save_checkpoint(self.task, epoch, self.layout)
        self._advance(epoch.number)

    def _advance(self, epoch: int, outcome: str | None = None) -> None:
        self.progress = replace(self.progress, epoch=epoch, outcome=outcome)
        save_progress(self.task, self.optimizer, self.progress, self.layout)

    def _is_lost(self) -> bool:
        tail = self.recorder.epochs[-LOST_AFTER:]
        return len(tail) == LOST_AFTER and not any(map(_is_finite, tail))

    def _is_stuck(self, epoch: int) -> bool:
        patience = int(self.training["patience"])
        return bool(patience) and epoch - self.progress.best_epoch >= patience

    def _outcome(self) -> str:
        epochs = self.recorder.epochs
        if not all(map(_is_finite, epochs)):
            return "diverged"
        return "completed" if epochs[-1].number >= int(self.training["epochs"]) else "early_stopped"

    def _tell(self, epoch: Epoch, seconds: float) -> None:
        total = int(self.training["epochs"])
        left = (total - epoch.number) * seconds
        mark = "  best so far" if epoch.val_loss < self.progress.best else ""
        print(
            f"  {self.task.stream.name}  epoch {epoch.number:>{len(str(total))}}/{total}"
            f"  train {epoch.train_loss:.4f}  val {epoch.val_loss:.4f}"
            f"  {seconds:.1f} s  ETA {left:.0f} s{mark}",
            flush=True,
        )


def learning_rate(step: int, steps: int, training: dict[str, float]) -> float:
    """Rate of an optimizer step: a straight rise over the warm-up, then half a cosine down."""
    peak, warmup = float(training["lr"]), max(1, round(steps * float(training["warmup_share"])))
    if step < warmup:
        return peak * (step + 1) / warmup
    share = (step - warmup) / max(1, steps - warmup)
    return peak * (FINAL_LR_SHARE + (1 - FINAL_LR_SHARE) * 0.5 * (1 + math.cos(math.pi * share)))


def _is_finite(epoch: Epoch) -> bool:
    return math.isfinite(epoch.train_loss) and math.isfinite(epoch.val_loss)
