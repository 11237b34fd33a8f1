"""Losses that never move or end above where they began, and checkpoints whose own words and state are of another run."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from meaning_case import Make, Meaning
from series_rows import one_file
from support.build_checkpoints import Array, Numbers, a_model, torch_zip, weights
from support.foreign import TRAIN, VAL, Foreign, both, falling_at

TEN = "epoch 10 of 10, completed"
ADAM = ("exp_avg", "exp_avg_sq")


def course(train: Callable[[int], float], val: Callable[[int], float]) -> Make:
    """Ten epochs of these losses."""
    return one_file([(n, {TRAIN: train(n), VAL: val(n)}) for n in range(1, 11)])


def falling(n: int) -> float:
    """A loss that falls, and is no other's."""
    return falling_at(n, factor=1.25)


def kept(*, said: Mapping[str, Any] | None = None, state: tuple[Array, ...] = (), part: str | None = None) -> Make:
    """Ten epochs, and a checkpoint with these words and an optimizer's state of these parameters."""

    def make(f: Foreign) -> None:
        one_file(both(range(1, 11)))(f)
        numbers = Numbers()
        value = {"model": numbers.add_all(a_model()), **(said or {})}
        of_each = {n: numbers.add_all(dict.fromkeys(ADAM, array)) for n, array in enumerate(state)}
        value |= {"optimizer": {"state": of_each, "param_groups": [{"lr": 0.1, "params": [*of_each]}]}} if state else {}
        f.put("best.pt", torch_zip(value, numbers), 0.5)
        f.said["checkpoint"] = {"path": "best.pt", **({"part": part} if part else {})}

    return make


ALSO, HEAD, FOREIGN = weights(5, (8, 4)), weights(6, (2, 8)), weights(7, (64, 64))
ROWS = [
    Meaning("validation that never moves", course(falling, lambda n: 0.7), "ready", f"{TEN} | val_loss is 0.6999999881 at each of 10 epochs (loss_frozen)", "it is not measured anew, or nothing is learnt"),
    Meaning("control: validation that moves in one epoch", course(falling, lambda n: 0.7 if n < 10 else 0.69), "ready", f"{TEN} | not: loss_frozen", "it moves"),
    Meaning("both losses rise", course(lambda n: 0.5 * n, lambda n: 0.6 * n), "ready", "train_loss is 0.5 at first and 5 at the end: it got worse (loss_risen) | val_loss is 0.6 at first and 6 at the end", "diverged without a NaN; may be a task that changed"),
    Meaning("control: a loss that rises and comes back", course(lambda n: abs(5 - n) + 1.0, falling), "ready", f"{TEN} | not: loss_risen", "a warm restart"),
    Meaning("control: one bad value at the end", course(lambda n: 2.0 if n == 10 else falling_at(n), falling), "ready", f"{TEN} | not: loss_risen", "one alone may be an outlier"),
    Meaning("optimizer's state of another model", kept(state=(FOREIGN,)), "9 fail", "best.pt: its optimizer's state is of weights of 64x64, and the model in it has none such (optimizer_state)", "one file, two trainings"),
    Meaning("control: optimizer's state of its own", kept(state=(ALSO, HEAD)), "ready", f"{TEN} | not: optimizer_state", "as Adam keeps it"),
    Meaning("control: optimizer's state of a part that is not saved", kept(state=(ALSO, FOREIGN)), "ready", f"{TEN} | not: optimizer_state", "a loss with weights of its own"),
    Meaning("control: optimizer's state that is flat", kept(state=(weights(8, (4096,)),)), "ready", f"{TEN} | not: optimizer_state", "sharded: nothing tells whose it is"),
    Meaning("control: a part of a model beside the state of the whole", kept(state=(FOREIGN,), part="head only"), "ready", f"{TEN} | not: optimizer_state", "the description says so"),
    Meaning("epoch beyond the training, in no key that is described", kept(said={"epoch": 57}), "ready", "best.pt says `epoch` 57, but | ends at epoch 10 (checkpoint_says)", "nobody says what it counts: it warns"),
    Meaning("loss of another training, in no key that is described", kept(said={"best_val_loss": 5.0}), "ready", "best.pt says `best_val_loss` 5, but | holds no such loss (checkpoint_says)", "nobody says whose it is: it warns"),
    Meaning("control: words of its own, in no key that is described", kept(said={"epoch": 11, "val_loss": falling_at(10, factor=1.25), "best_loss": float("inf")}), "ready", f"{TEN} | not: checkpoint_says", "counted when it was over"),
]  # fmt: skip
