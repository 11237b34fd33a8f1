"""Rows about logs as people keep them: JSON lines, text, own folders, totals and losses of odd kinds."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from kind_rows import undescribed
from meaning_case import Make, Meaning
from meaning_rows import EPOCHS, counted, logged, tabled, val_of
from series_rows import finals, logs, one_file
from support.build_checkpoints import safetensors, torch_zip, weights
from support.foreign import TRAIN, VAL, Foreign, both, falling_at, series, table_text

TEN = "epoch 10 of 10, completed"


def json_lines(rows: Iterable[Mapping[str, Any]], tail: str = "", **section: Any) -> Make:
    """A table of JSON lines, whose last one may be torn."""

    def make(f: Foreign) -> None:
        f.table("".join(json.dumps(row) + "\n" for row in rows) + tail, "log.jsonl", **section)
        f.total(10)
        f.without_events()

    return make


def text_log(losses: Iterable[tuple[int, object]]) -> Make:
    """A log of sentences."""

    def make(f: Foreign) -> None:
        lines = [f"10:00:{n:02d} Epoch {n}/10 loss={loss} val={falling_at(n, factor=1.25):.4f}" for n, loss in losses]
        f.put("train.log", "\n".join([*lines, ""]), 1.0)
        pattern = r"Epoch (?P<epoch>\d+)/\d+ loss=(?P<train_loss>\S+) val=(?P<val_loss>\S+)"
        f.said["loss_history"] = {"path": "train.log", "lines": [pattern]}
        f.without_events()
        f.total(10)

    return make


def split_rows() -> list[dict[str, Any]]:
    """Training and validation of each epoch on lines of their own, under one name."""
    parts = (("train", 1.0), ("val", 1.25))
    return [{"epoch": n, "split": of, "loss": falling_at(n, factor=by)} for n in range(1, 11) for of, by in parts]


def total_of(document: Mapping[str, Any]) -> Make:
    """Ten epochs, and a config that says how many there were to be."""

    def make(f: Foreign) -> None:
        logged(both(range(1, 11)), "epochs", events=EPOCHS)(f)
        f.put("config.json", json.dumps({"lr": 0.1, **document}), -3600.0)

    return make


def own_axes(f: Foreign) -> None:
    """The training by steps and the validation by epochs, in one file."""
    f.events()
    f.total(200, "steps")
    f.log([*series(TRAIN, range(10, 201, 10)), *series(VAL, range(1, 6), factor=1.25)])


def batches_beside(f: Foreign) -> None:
    """The loss of each batch under a tag of its own, beside those of the epochs."""
    f.events(tags={"train_loss": ["epoch/train_loss", "batch/train_loss"], "val_loss": "epoch/val_loss"}, **EPOCHS)
    f.total(10)
    f.log(series("batch/train_loss", range(1, 501)), gap=0.2)
    rows = [
        (n, {"epoch/train_loss": falling_at(n), "epoch/val_loss": falling_at(n, factor=1.25)}) for n in range(1, 11)
    ]
    f.log(rows, after=0.5)


def epochs_in_table(f: Foreign) -> None:
    """Event files of batches, and a table of epochs."""
    f.events(tags={"train_loss": "train/loss", "val_loss": "val/loss"})
    f.total(5)
    f.log([*series("train/loss", range(1, 501)), *series("val/loss", range(100, 501, 100), factor=2.0)], gap=0.2)
    f.table(table_text([(n, 0.9 / n, 1.0 / n) for n in range(1, 6)], "epoch", "train_loss", "val_loss"))


def moved(f: Foreign) -> None:
    """The folder of the event files is a link to another one of the workspace."""
    one_file(both(range(1, 11)))(f)
    (f.root / "tb").rename(f.root / "kept")
    (f.root / "tb").symlink_to("kept")


def losses(train: Sequence[float], val: Sequence[float]) -> Make:
    """An epoch a step, of these values."""
    return one_file([(n, {TRAIN: t, VAL: v}) for n, (t, v) in enumerate(zip(train, val, strict=True), 1)])


def hydra(f: Foreign) -> None:
    """A folder by date and time, with its config in `.hydra`."""
    root = "outputs/2026-11-27/10-00-00"
    f.put(f"{root}/.hydra/config.yaml", "trainer:\n  epochs: 10\nlr: 0.1\n", -200.0)
    rows = [(n, falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 11)]
    f.put(f"{root}/metrics.csv", table_text(rows, "epoch", "train_loss", "val_loss"))
    f.put(f"{root}/best.pt", torch_zip(), 0.5)


def tracked(f: Foreign) -> None:
    """Event files with the epoch beside the losses, a config at the top."""
    names = ("train_loss", "eval_loss", "epoch")
    rows = [(n, dict(zip(names, (falling_at(n), falling_at(n, factor=1.25), n), strict=True))) for n in range(1, 11)]
    f.log(rows, folder="logs/run")
    f.put("logs/run/model.safetensors", safetensors({"a.weight": weights(1)}), 0.5)
    f.put("config.yaml", "num_epochs: 10\n", -200.0)


def stream_below(steps: range) -> Make:
    """A second stream, trained later, whose folder lies below the first one's."""

    def make(f: Foreign) -> None:
        f.events(**EPOCHS)
        f.total(10)
        f.log(both(range(1, 11)), after=-500.0)
        f.log([(n, {TRAIN: 9.0 / n, VAL: 9.5 / n}) for n in steps], folder="tb/aux", pid=9)
        f.put("best.pt", torch_zip(), -499.0)
        f.put("aux.safetensors", safetensors({"a.weight": weights(3)}), 0.5)
        f.put("config.json", '{"lr": 0.1, "epochs": 10}', -900.0)
        named = {"id": "aux", "label": "Aux", "checkpoint": "aux.safetensors", "completion": {"total": 10}}
        below = {**named, "events": {**f.said["events"], "folder": "tb/aux"}}
        f.description = yaml.safe_dump({"title": "two", "streams": [f.said, below]})

    return make


# fmt: off
LOGS = [
    Meaning("JSON lines, training and validation by their split", json_lines(split_rows()), "ready", TEN, "a validation is no training", final=finals(10)),
    Meaning("JSON lines, the last one torn", json_lines([{"epoch": n, "train_loss": falling_at(n)} for n in range(1, 10)], '{"epoch": 10, "train_l'), "8 skip", "epoch 9 of 10 | not: completed", ""),
    Meaning("JSON lines of two runs", json_lines([*({"epoch": n, "train_loss": 3.0} for n in range(1, 11)), *({"epoch": n, "train_loss": falling_at(n)} for n in range(1, 11))]), "ready", f"{TEN} | begins again", "", final={"train_loss": falling_at(10)}),
    Meaning("JSON lines without a loss while it warms up", json_lines([{"epoch": n, "train_loss": None if n < 3 else falling_at(n), "val_loss": falling_at(n, factor=1.25)} for n in range(1, 11)]), "ready", f"{TEN} | epochs 1, 2 are missing", "plausibility warns"),
    Meaning("text log", text_log((n, falling_at(n)) for n in range(1, 11)), "ready", TEN, ""),
    Meaning("text log with NaN at the end", text_log((n, "nan" if n == 10 else falling_at(n)) for n in range(1, 11)), "8 fail", "train_loss NaN since epoch 10", ""),
    Meaning("text log of a training that was resumed", text_log([*((n, 3.0) for n in range(1, 8)), *((n, falling_at(n)) for n in range(5, 11))]), "ready", f"{TEN} | resumed there", ""),
    Meaning("epochs as floats in a table", tabled([(f"{n}.0", falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 11)], "epoch", "train_loss", "val_loss"), "ready", TEN, ""),
    Meaning("batches counted anew in each epoch", tabled([(e, b, falling_at(5 * e + b)) for e in range(1, 4) for b in range(1, 6)], "epoch", "step", "train_loss", total=3), "ready", "epoch 3 of 3, completed", "their steps fall, their epochs do not"),
    Meaning("event files of batches beside a table of epochs", epochs_in_table, "ready", "epoch 5 of 5, completed", ""),
    Meaning("losses of batches under a tag of their own", batches_beside, "ready", TEN, "the first tag counts", final=finals(10)),
    Meaning("validation by epochs, training by steps", own_axes, "ready", "step 200 of 200, completed", ""),
    Meaning("event folder that is a link", moved, "ready", TEN, "it stays inside"),
    Meaning("a stream's folder below another one's", stream_below(range(1, 11)), "ready", "net: checkpoint and losses of one run; aux: checkpoint and losses of one run", "each file is one stream's", final=finals(10)),
    Meaning("a stream's folder below another one's, killed there", stream_below(range(1, 4)), "8 fail", "aux: epoch 3 of 10, then silent | net: epoch 10 of 10, completed", "the other one is whole", final=finals(10)),
    Meaning("two hosts that log the same", logs(*((both(range(1, 11)), {"host": f"node{n}", "pid": 100 + n, "after": 0.1 * n}) for n in range(2))), "ready", TEN, "", final=finals(10)),
]

TOTALS = [
    Meaning("total as text", total_of({"epochs": "10"}), "ready", TEN, ""),
    Meaning("total as 10.0", total_of({"epochs": 10.0}), "ready", TEN, ""),
    Meaning("total as 1e1 in quotes", total_of({"epochs": "1e1"}), "8 skip", "nothing says how many epochs", "a text that is no count"),
    Meaning("total at the top, another one deeper", total_of({"epochs": 10, "training": {"epochs": 99}}), "ready", TEN, "the key that is named"),
    Meaning("epoch series that never rises", logged(counted(both(range(10, 101, 10)), "epoch", [0] * 10), 10), "8 fail", "epoch 1 of 10, then silent", "a counter that somebody forgot"),
    Meaning("epoch series that ends a hair before the total", logged(counted(both(range(10, 101, 10)), "epoch", [0.998 * n for n in range(1, 11)]), 10), "8 skip", "logged to 9.98 of 10 epochs", "the last batch was dropped, perhaps"),
    Meaning("epoch series beside the validations alone", logged([(n, {TRAIN: falling_at(n), **({VAL: falling_at(n, factor=1.25), "epoch": n // 10} if n % 10 == 0 else {})}) for n in range(1, 101)], 10), "ready", TEN, "the steps between are of the epoch before"),
    Meaning("logged every third epoch, and the last", one_file(series(TRAIN, (1, 4, 7, 10))), "ready", TEN, ""),
    Meaning("logged every third epoch, the last not due", one_file(series(TRAIN, (3, 6, 9))), "8 skip", "logged to 9 of 10 epochs", ""),
    Meaning("patience used up in the very last epoch", logged(val_of([0.9, 0.4, 0.5, 0.6, 0.7]), 5, events=EPOCHS, patience=3), "ready", "epoch 5 of 5", "either way it ended"),
]

LOSSES = [
    Meaning("losses below zero", losses([-1.0 * n for n in range(1, 11)], [-0.9 * n for n in range(1, 11)]), "ready", TEN, "a likelihood"),
    Meaning("losses that stay the same", losses([0.693147] * 10, [0.693147] * 10), "ready", TEN, "it learnt nothing, and nothing was copied"),
    Meaning("losses of 1e30", losses([1e30 / n for n in range(1, 11)], [1.1e30 / n for n in range(1, 11)]), "ready", TEN, ""),
    Meaning("losses that a 32-bit float hardly holds", losses([1e-40] * 10, [1e-41] * 10), "ready", TEN, ""),
    Meaning("loss scale that fell to zero", logs(([(n, {TRAIN: falling_at(n), "loss_scale": 0.0 if n > 8 else 65536.0 / 2**n}) for n in range(1, 11)], {}), tags={"train_loss": TRAIN, "loss_scale": "loss_scale"}), "ready", TEN, "it is no loss"),
]

FOLDERS = [
    Meaning("nobody described: a folder by date and time", undescribed(hydra), "ready", TEN, ""),
    Meaning("nobody described: an epoch beside the losses", undescribed(tracked), "ready", TEN, ""),
    Meaning("checkpoint a quarter of an hour after the end", lambda f: (one_file(both(range(1, 11)))(f), f.put("best.pt", torch_zip(), 900.0)), "ready", f"{TEN} | (written_after_end)", "averaged weights, perhaps"),
    Meaning("checkpoint of tomorrow", lambda f: (one_file(both(range(1, 11)))(f), f.put("best.pt", torch_zip(), f.age + 86_400.0)), "ready", f"{TEN} | (written_after_end)", "plausibility warns"),
]
# fmt: on

ROWS = [*LOGS, *TOTALS, *LOSSES, *FOLDERS]
