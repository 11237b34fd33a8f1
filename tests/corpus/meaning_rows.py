"""Rows about units, counts and ends: what a step is, how many there are to be, and what says that it is over."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import json
import math
import socket
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from meaning_case import Make, Meaning
from support.foreign import TRAIN, VAL, Foreign, Rows, both, falling_at, series, table_text

from series_rows import ROWS as SERIES_ROWS, living  # isort: skip

NAN = math.nan


def logged(rows: Rows, total: int | str | None = None, by: str = "epochs", *, events: Mapping[str, Any] | None = None,
           log: Mapping[str, Any] | None = None, **completion: Any) -> Make:  # fmt: skip
    """One event file, and what the description says of its end and of its steps."""

    def make(f: Foreign) -> None:
        f.events(**(events or {}))
        f.total(total, by, **completion)
        f.log(rows, **(log or {}))

    return make


def tabled(
    rows: Sequence[Sequence[Any]], *names: str, total: int | str | None = 10, by: str = "epochs", **completion: Any
) -> Make:
    """A table and nothing else."""

    def make(f: Foreign) -> None:
        f.table(table_text(rows, *names))
        f.total(total, by, **completion)
        f.without_events()

    return make


def also(*makes: Make) -> Make:
    """One after the other."""

    def make(f: Foreign) -> None:
        for one in makes:
            one(f)

    return make


def counted(rows: Rows, tag: str, epochs: Sequence[float]) -> Rows:
    """Rows that say their epoch in a series of their own."""
    return [(step, {**values, tag: epoch}) for (step, values), epoch in zip(rows, epochs, strict=True)]


def beat(**fields: Any) -> Make:
    """A heartbeat, written when the training ended unless it says otherwise."""

    def make(f: Foreign) -> None:
        at = datetime.fromtimestamp(f.end + fields.pop("after", 1.0), UTC).isoformat()
        f.put("run_status.json", json.dumps({"stream": "net", "updated_at": at, **fields}))

    return make


def keras(epochs: int, first: int = 0) -> list[tuple[int, float, float]]:
    """Epoch, loss and validation loss as Keras' CSVLogger has them."""
    return [(n, falling_at(n), falling_at(n, factor=1.25)) for n in range(first, first + epochs)]


def lightning(epochs: int, batches: int = 20, every: int = 10) -> tuple[Rows, str]:
    """Events and `metrics.csv` of Lightning with its defaults: points at 9, 19, 29, epochs in a series of their own."""
    rows: list[tuple[int, dict[str, float]]] = []
    table: list[tuple[Any, ...]] = []
    for epoch in range(epochs):
        for step in range(epoch * batches + every - 1, (epoch + 1) * batches, every):
            rows.append((step, {"train_loss_step": falling_at(step), "epoch": epoch}))
            table.append((epoch, step, None, falling_at(step), None))
        last = (epoch + 1) * batches - 1
        rows += [
            (last, {"val_loss": falling_at(last, factor=1.25), "epoch": epoch}),
            (last, {"train_loss_epoch": falling_at(last), "epoch": epoch}),
        ]
        table += [(epoch, last, None, None, falling_at(last, factor=1.25)), (epoch, last, falling_at(last), None, None)]
    return rows, table_text(table, "epoch", "step", "train_loss_epoch", "train_loss_step", "val_loss")


LIGHTNING = {"train_loss": "train_loss_epoch", "val_loss": "val_loss"}


def lightning_run(epochs: int, total: int, by: str = "epochs", *, table: bool = True) -> Make:
    """A finished or broken Lightning training, with or without its CSV."""

    def make(f: Foreign) -> None:
        rows, text = lightning(epochs)
        f.events(tags=LIGHTNING)
        f.log(rows, folder="tb/version_0")
        f.total(total, by)
        if table:
            f.table(text, "csv/version_0/metrics.csv")

    return make


def live_lightning(f: Foreign) -> None:
    """A process of this machine that has just written its first epoch of ten."""
    rows, _ = lightning(1)
    f.events(tags=LIGHTNING)
    f.log(rows, folder="tb/version_0", pid=living(f), host=socket.gethostname(), after=f.age)
    f.total(10)


def hugging_face(step: int, max_steps: int, *, stopped: bool = False, every: int = 10, summary: bool = True) -> Make:
    """`trainer_state.json` and events of a Trainer that ended, logging every ten steps."""

    def make(f: Foreign) -> None:
        told = [{"epoch": n / 10, "loss": falling_at(n), "step": n} for n in range(every, step + 1, every)]
        told += [{"epoch": step / 10, "step": step, "train_loss": 0.5, "train_runtime": 3.2}] if summary else []
        state: dict[str, Any] = {
            "epoch": step / 10,
            "global_step": step,
            "max_steps": max_steps,
            "num_train_epochs": max_steps // 10,
            "log_history": told,
        }
        if stopped:
            control = {"args": {"should_training_stop": True}, "attributes": {}}
            state["stateful_callbacks"] = {"TrainerControl": control}
        f.put("out/trainer_state.json", json.dumps(state))
        f.events("out/runs", {"train_loss": "train/loss", "val_loss": "eval/loss"})
        f.log(
            counted(
                series("train/loss", range(every, step + 1, every)),
                "train/epoch",
                [n / 10 for n in range(every, step + 1, every)],
            ),
            folder="out/runs/Nov26",
        )
        f.said["loss_history"] = {"path": "out/trainer_state.json"}
        f.total("max_steps", "steps")
        f.said["config"] = {"candidates": "out/trainer_state.json"}

    return make


def with_rows(rows: Sequence[Sequence[Any]], *names: str, **settings: Any) -> Make:
    """A table beside the events."""
    return lambda f: f.table(table_text(rows, *names), **settings)


def val_of(values: Sequence[float]) -> Rows:
    """An epoch a step, with these validation losses."""
    return [(n, {TRAIN: falling_at(n), VAL: value}) for n, value in enumerate(values, 1)]


EPOCHS: dict[str, Any] = {"steps_are": "epochs"}

# fmt: off
UNITS = [
    Meaning("Lightning, 4 of 50 epochs, CSV and events", lightning_run(4, 50), "8 fail", "epoch 4 of 50, then silent | not: completed | not: 79", "f01: the CSV's column says the epoch; the events reach step 79"),
    Meaning("Lightning, 4 of 50 epochs, events only", lightning_run(4, 50, table=False), "8 fail", "epoch 4 of 50, then silent", "f01: the `epoch` series says it too"),
    Meaning("Lightning, max_steps reached", lightning_run(6, 120, "steps"), "ready", "step 120 of 120, completed", "f04: its points lie at 9, 19 ... 119, counted from 0"),
    Meaning("Lightning, max_steps reached, events only", lightning_run(6, 120, "steps", table=False), "ready", "step 120 of 120, completed", "f04"),
    Meaning("README's ResNet, killed in epoch 1 of 90 after batch 100", logged(both(range(1, 101)), 90), "8 skip", "step 100 | nothing says which epoch a step is | steps_are: epochs | not: epoch 100", "100 batches are no epochs"),
    Meaning("README's ResNet, killed after batch 90 of epoch 1", logged(series(TRAIN, range(1, 91)), 90), "8 skip", "nothing says which epoch a step is | not: completed", "exactly 90 batches without a validation are no epochs"),
    Meaning("README's ResNet, killed after batch 90, one validation", logged([*series(TRAIN, range(1, 91)), *series(VAL, [90])], 90), "8 skip", "nothing says which epoch a step is", "a validation at each would make epochs of them, one does not"),
    Meaning("README's ResNet, killed, its process gone", lambda f: (f.total(90), f.here(both(range(1, 101)))), "8 skip", "nothing says which epoch a step is", "that it is gone does not say how far it was"),
    Meaning("live Lightning after epoch 1 of 10", live_lightning, "8 skip, 9 skip", "epoch 1 of 10, still training", "was READY for 56 seconds: step 19 of 10 epochs", verdict="training", age=2.0),
    Meaning("epoch series, from 0, whole", logged(counted(both(range(49, 500, 50)), "epoch", range(10)), 10), "ready", "epoch 10 of 10, completed", "epochs 0 to 9 are ten"),
    Meaning("epoch series, from 0, one epoch missing", logged(counted(both(range(49, 450, 50)), "epoch", range(9)), 10), "8 fail", "epoch 9 of 10, then silent", "450 steps are not 450 epochs"),
    Meaning("epoch series, from 1", logged(counted(both(range(50, 501, 50)), "epoch", range(1, 11)), 10), "ready", "epoch 10 of 10, completed", ""),
    Meaning("fractional epochs, whole", logged(counted(both(range(10, 61, 10)), "train/epoch", [0.5, 1, 1.5, 2, 2.5, 3]), 3), "ready", "epoch 3 of 3, completed", "as the Trainer writes them"),
    Meaning("fractional epochs, broken off", logged(counted(both(range(10, 51, 10)), "train/epoch", [0.5, 1, 1.5, 2, 2.5]), 4), "8 fail", "epoch 2.5 of 4, then silent", ""),
    Meaning("configured steps an epoch, whole", logged(both(range(50, 501, 50)), 10, events={"steps_per_epoch": 50}), "ready", "epoch 10 of 10, completed", ""),
    Meaning("configured steps an epoch, broken off", logged(both(range(50, 451, 50)), 10, events={"steps_per_epoch": 50}), "8 fail", "epoch 9 of 10, then silent", ""),
    Meaning("steps an epoch by the config's key", lambda f: (f.put("config.json", json.dumps({"steps": 25, "epochs": 4}), -3600), f.events(steps_per_epoch="steps"), f.total("epochs"), f.log(both(range(25, 101, 25)))), "ready", "epoch 4 of 4, completed", ""),
    Meaning("steps an epoch by a key that is not there", logged(both(range(50, 501, 50)), 10, events={"steps_per_epoch": "trainer.steps"}), "8 skip", "nothing says which epoch a step is", "a missing key says nothing"),
    Meaning("declared epochs, whole", logged(both(range(1, 11)), 10, events=EPOCHS), "ready", "epoch 10 of 10, completed", ""),
    Meaning("declared epochs, broken off", logged(both(range(1, 8)), 10, events=EPOCHS), "8 fail", "epoch 7 of 10, then silent", ""),
    Meaning("declared epochs from 0", logged(both(range(10)), 10, events=EPOCHS), "ready", "epoch 10 of 10, completed", ""),
    Meaning("steps 1 to 10, a validation at each, ten epochs", logged(both(range(1, 11)), 10), "ready", "epoch 10 of 10, completed | steps taken as epochs by their count: exactly 10", "that is said"),
    Meaning("steps 0 to 9, a validation at each, ten epochs", logged(both(range(10)), 10), "ready", "epoch 10 of 10, completed | steps taken as epochs by their count: exactly 10", "that is said"),
    Meaning("steps 1 to 7, a validation at each, ten epochs", logged(both(range(1, 8)), 10), "8 skip", "nothing says which epoch a step is", "they do not end at the total: seven batches look the same"),
    Meaning("steps 1 to 10 without the fifth", logged(both([1, 2, 3, 4, 6, 7, 8, 9, 10]), 10), "8 skip", "nothing says which epoch a step is", "not consecutive"),
    Meaning("steps 1 to 10, validations at every second", logged([*series(TRAIN, range(1, 11)), *series(VAL, range(2, 11, 2), factor=1.25)], 10), "8 skip", "nothing says which epoch a step is", "no validation at each"),
    Meaning("table with both step and epoch", also(logged(both(range(20, 101, 20)), 5), with_rows([(e, 20 * e, falling_at(20 * e), falling_at(20 * e, factor=1.25)) for e in range(1, 6)], "epoch", "step", "train_loss", "val_loss")), "ready", "epoch 5 of 5, completed", "the table says which epoch a step is"),
    Meaning("table with both, broken off", also(logged(both(range(20, 81, 20)), 5), with_rows([(e, 20 * e, falling_at(20 * e), falling_at(20 * e, factor=1.25)) for e in range(1, 5)], "epoch", "step", "train_loss", "val_loss")), "8 fail", "epoch 4 of 5, then silent", "step 80 is not epoch 80"),
    Meaning("table of epochs whose values stand at the same steps", also(logged(both(range(1, 6)), 8), with_rows([(e, falling_at(e), falling_at(e, factor=1.25)) for e in range(1, 6)], "epoch", "train_loss", "val_loss")), "8 fail", "epoch 5 of 8, then silent", "the same values at the same numbers: steps are epochs"),
    Meaning("table of epochs, events of batches", also(logged(both(range(1, 201)), 5), with_rows([(e, 0.5 / e, 0.6 / e) for e in range(1, 6)], "epoch", "train_loss", "val_loss")), "ready", "epoch 5 of 5, completed | not: of another run", "batches and epochs are not compared"),
    Meaning("table of steps alone, as many as there are epochs", tabled([(n, falling_at(n)) for n in range(1, 91)], "step", "loss", total=90), "8 skip", "step 90: nothing says which epoch a step is | not: epoch 90", "a step is no epoch in a table either"),
    Meaning("table of steps alone, steps are counted", tabled([(n, falling_at(n)) for n in range(10, 91, 10)], "step", "loss", total=90, by="steps"), "ready", "step 90 of 90, completed", ""),
    Meaning("table without epoch and step, as many rows as epochs", tabled([(falling_at(n),) for n in range(10)], "loss"), "8 skip", "10 rows: nothing says which epoch a row is | Write a column `epoch` or `step` | not: epoch 10", "rows are no epochs: a row may be a batch"),
    Meaning("table without epoch and step, ten rows of a thousand steps", tabled([(falling_at(n), falling_at(n)) for n in range(10)], "loss", "val_loss", total=1000, by="steps"), "8 skip", "10 rows: nothing says which step a row is | not: then silent", "logged every hundred steps, perhaps"),
    Meaning("table without epoch and step, a validation in each row, broken off", tabled([(falling_at(n), falling_at(n)) for n in range(7)], "loss", "val_loss"), "8 skip", "7 rows: nothing says which epoch a row is", ""),
    Meaning("table without epoch and step, NaN", tabled([(NAN if n == 7 else falling_at(n),) for n in range(10)], "loss"), "8 fail", "diverged, train_loss NaN", "it is found wherever it stands"),
    Meaning("table without epoch and step beside events", also(logged(both(range(1, 11)), 10, events=EPOCHS), lambda f: f.table(table_text([(falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 11)], "train_loss", "val_loss"))), "ready", "epoch 10 of 10, completed", "the events know"),
    Meaning("table of steps with a validation at each, exactly ten", tabled([(n, falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 11)], "step", "loss", "val_loss"), "ready", "epoch 10 of 10, completed | steps taken as epochs by their count", ""),
    Meaning("steps are counted", logged(both(range(10, 501, 10)), 500, "steps"), "ready", "step 500 of 500, completed", ""),
    Meaning("steps are counted, broken off", logged(both(range(10, 301, 10)), 500, "steps"), "8 fail", "step 300 of 500, then silent", ""),
    Meaning("NaN at a step whose epoch nobody knows", logged([*both(range(9, 39, 10)), (39, {TRAIN: 0.1, VAL: NAN})], 90), "8 fail", "val_loss NaN since step 39 | not: epoch 39", "units in every sentence"),
    Meaning("NaN at an epoch", logged([*both(range(1, 5)), (5, {TRAIN: 0.1, VAL: NAN})], 10, events=EPOCHS), "8 fail", "val_loss NaN since epoch 5", ""),
]

COUNTS = [
    Meaning("79 of 10 epochs", logged(both(range(1, 80)), 10, events=EPOCHS), "8 skip", "counted 79 of 10 epochs | not: completed", "more than everything is no completion"),
    Meaning("11 of 10 epochs", logged(both(range(1, 12)), 10, events=EPOCHS), "8 skip", "counted 11 of 10 epochs", "cooldown epochs, or a wrong total"),
    Meaning("1000 of 500 steps", logged(both(range(10, 1001, 10)), 500, "steps"), "8 skip", "counted 1,000 of 500 steps", ""),
    Meaning("table of 12 of 10 epochs", tabled(keras(12), "epoch", "loss", "val_loss"), "8 skip", "counted 12 of 10 epochs", ""),
    Meaning("overshoot of less than a stride", logged(both(range(2048, 20481, 2048)), 20000, "steps"), "ready", "step 20,480 of 20,000, completed", "RL counts whole rollouts"),
    Meaning("overshoot of a whole stride", logged(both(range(2000, 22001, 2000)), 20000, "steps"), "8 skip", "counted 22,000 of 20,000 steps", ""),
    Meaning("logged to 100 of 120", logged(both(range(25, 101, 25)), 120, "steps"), "8 skip", "logged to 100 of 120 steps | not: completed, all", "the last 20 steps are less than a stride: cannot tell"),
    Meaning("logged to 100 of 120, and completed says the heartbeat", also(logged(both(range(25, 101, 25)), 120, "steps"), beat(outcome="completed")), "ready", "losses logged to step 100 of 120, completed", "something written later says the end"),
    Meaning("logged to 100 of 120, its process is gone", lambda f: (f.total(120, "steps"), f.here(both(range(25, 101, 25)))), "8 skip", "logged to 100 of 120 steps", "that it is gone does not say whether it ended"),
    Meaning("logged to 75 of 120", logged(both(range(25, 76, 25)), 120, "steps"), "8 fail", "step 75 of 120, then silent", "more than a stride is missing"),
    Meaning("Trainer logged to 30 of 37 and says 37", hugging_face(37, 37), "ready", "step 37 of 37, completed", "f06: global_step is max_steps"),
    Meaning("Trainer logged to 30 of 37 and says 30", hugging_face(30, 37, summary=False), "8 skip", "logged to 30 of 37 steps", "nothing says that it went on"),
    Meaning("Trainer stopped by its callback", hugging_face(50, 200, stopped=True), "ready", "stopped early", "should_training_stop"),
    Meaning("Trainer broken off", hugging_face(50, 200, summary=False), "8 fail", "step 50 of 200, then silent", ""),
    Meaning("no total known", logged(both(range(1, 11)), events=EPOCHS), "8 skip", "nothing says how many epochs there are to be | completion | not: then silent", "a missing total is no failure"),
    Meaning("no total known, in steps", logged(both(range(10, 101, 10)), "trainer.max_steps", "steps"), "8 skip", "nothing says how many steps there are to be", ""),
    Meaning("total that is no number", lambda f: (f.put("config.json", '{"epochs": "many"}', -3600), f.events(**EPOCHS), f.total("epochs"), f.log(both(range(1, 11)))), "8 skip", "nothing says how many epochs", ""),
    Meaning("total of -1, without an end", lambda f: (f.put("config.json", '{"epochs": -1}', -3600), f.events(**EPOCHS), f.total("epochs"), f.log(both(range(1, 11)))), "8 skip", "nothing says how many epochs", "Lightning's max_epochs=-1"),
]

ENDS = [
    Meaning("one epoch by steps, killed at step 20", tabled([(0, 9, falling_at(9), None), (0, 19, falling_at(19), None)], "epoch", "step", "train_loss", "val_loss", total=1), "8 skip", "nothing says that it is over | not: completed, all", "f09: two rows of epoch 0 do not say that it is over"),
    Meaning("one epoch by steps, ended with a validation", tabled([(0, 9, falling_at(9), None), (0, 19, falling_at(19), None), (0, 19, None, 0.5)], "epoch", "step", "train_loss", "val_loss", total=1), "ready", "epoch 1 of 1, completed", "a validation stands at the end of an epoch"),
    Meaning("last epoch with fewer rows than the others", tabled([(e, 30 * e + n, falling_at(30 * e + n)) for e in range(3) for n in (9, 19, 29)][:-1], "epoch", "step", "train_loss", total=3), "8 skip", "train_loss has 2 rows in its last epoch, 3 before", "the last epoch is done with its last row"),
    Meaning("last epoch with as many rows as the others", tabled([(e, 30 * e + n, falling_at(30 * e + n)) for e in range(3) for n in (9, 19, 29)], "epoch", "step", "train_loss", total=3), "ready", "epoch 3 of 3, completed", ""),
    Meaning("Keras' early_stopping column", lambda f: (f.table(table_text([(n, falling_at(n), falling_at(n, factor=1.25), int(n == 11)) for n in range(12)], "epoch", "loss", "val_loss", "early_stopping")), f.total(100, early_stop_key="early_stopping"), f.without_events()), "ready", "epoch 12 of 100, stopped early", "f11: the key is read"),
    Meaning("early-stop column of true and false", tabled([(n, falling_at(n), falling_at(n, factor=1.25), str(n == 5).lower()) for n in range(6)], "epoch", "loss", "val_loss", "stopped", total=100, early_stop_key="stopped"), "ready", "epoch 6 of 100, stopped early", ""),
    Meaning("early-stop column of True and False", tabled([(n, falling_at(n), falling_at(n, factor=1.25), n == 5) for n in range(6)], "epoch", "loss", "val_loss", "stopped", total=100, early_stop_key="stopped"), "ready", "epoch 6 of 100, stopped early", "as Python spells them"),
    Meaning("early-stop column of zeros", also(logged(both(range(1, 7)), 100, events=EPOCHS, early_stop_key="stopped"), with_rows([(n, falling_at(n), falling_at(n, factor=1.25), 0) for n in range(1, 7)], "epoch", "train_loss", "val_loss", "stopped")), "8 fail", "epoch 6 of 100, then silent", "0 says that it did not"),
    Meaning("early-stop column of false", also(logged(both(range(1, 7)), 100, events=EPOCHS, early_stop_key="stopped"), with_rows([(n, falling_at(n), falling_at(n, factor=1.25), "false") for n in range(1, 7)], "epoch", "train_loss", "val_loss", "stopped")), "8 fail", "epoch 6 of 100, then silent", ""),
    Meaning("early-stop key that is no column", also(logged(both(range(1, 7)), 100, events=EPOCHS, early_stop_key="stopped"), with_rows([(n, falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 7)], "epoch", "train_loss", "val_loss")), "8 fail", "epoch 6 of 100, then silent", "what is not there says nothing"),
    Meaning("early-stop flag in JSON lines", lambda f: (f.table("".join(json.dumps({"epoch": n, "train_loss": falling_at(n), "stopped": n == 4}) + "\n" for n in range(5)), "log.jsonl"), f.total(100, early_stop_key="stopped"), f.without_events()), "ready", "epoch 5 of 100, stopped early", ""),
    Meaning("patience used up", logged(val_of([0.9, 0.5, 0.4, 0.6, 0.6, 0.6]), 50, events=EPOCHS, patience=3), "ready", "epoch 6 of 50, stopped early", "last minus best is the patience"),
    Meaning("patience not used up", logged(val_of([0.9, 0.5, 0.4, 0.6, 0.6]), 50, events=EPOCHS, patience=3), "8 fail", "epoch 5 of 50, then silent", ""),
    Meaning("more than the patience", logged(val_of([0.9, 0.4, 0.5, 0.6, 0.6, 0.6]), 50, events=EPOCHS, patience=3), "8 fail", "epoch 6 of 50, then silent", "it went on: patience did not end it"),
    Meaning("patience with another monitor", logged([(n, {TRAIN: v, VAL: 1.0 / n}) for n, v in enumerate([0.9, 0.4, 0.6, 0.6], 1)], 50, events=EPOCHS, patience=2, monitor="train_loss"), "ready", "epoch 4 of 50, stopped early", ""),
    Meaning("an AUC of one class beside finite losses", logged([(n, {TRAIN: falling_at(n), "auc": float("nan") if n == 1 else 0.8}) for n in range(1, 11)], 10, events=EPOCHS | {"tags": {"train_loss": TRAIN, "val_auc": "auc"}}), "ready", "val_auc NaN since epoch 1", "a metric is no loss: it is told, and fails nothing"),
    Meaning("a loss of a GAN that is not finite", logged([(n, {TRAIN: falling_at(n), "d": float("inf") if n == 4 else 0.8}) for n in range(1, 11)], 10, events=EPOCHS | {"tags": {"g_loss": TRAIN, "d_loss": "d"}}), "8 fail", "d_loss Inf since epoch 4", "a loss without a better way is one"),
    Meaning("a reward that is not finite where nothing else is recorded", logged([(n, {"reward": float("nan") if n == 9 else 0.8}) for n in range(1, 11)], 10, events=EPOCHS | {"tags": {"reward": "reward"}}), "8 fail", "reward NaN since epoch 9", "there is no loss to look at instead"),
    Meaning("a target that the best epoch reached", also(logged([(n, {TRAIN: falling_at(n), "acc": v}) for n, v in enumerate([0.5, 0.9, 0.8, 0.8], 1)], 4, events=EPOCHS | {"tags": {"train_loss": TRAIN, "val_acc": "acc"}}), lambda f: f.said.update(targets=[{"metric": "val_acc", "at": "best", "at_least": 0.9}])), "ready", "best val_acc 0.9 at epoch 2, at least 0.9", "0.9 is written as a 32-bit float a little below"),
    Meaning("a target that the last epoch missed", also(logged([(n, {TRAIN: falling_at(n), "acc": v}) for n, v in enumerate([0.5, 0.9, 0.8, 0.8], 1)], 4, events=EPOCHS | {"tags": {"train_loss": TRAIN, "val_acc": "acc"}}), lambda f: f.said.update(targets=[{"metric": "val_acc", "at": "final", "at_least": 0.9}])), "15 fail", "final val_acc 0.8 at epoch 4, not at least 0.9", ""),
    Meaning("patience with an accuracy that rose", logged([(n, {TRAIN: falling_at(n), "acc": v}) for n, v in enumerate([0.5, 0.9, 0.8, 0.8], 1)], 50, events=EPOCHS | {"tags": {"train_loss": TRAIN, "val_acc": "acc"}}, patience=2, monitor="val_acc"), "ready", "epoch 4 of 50, stopped early", "higher is better"),
    Meaning("patience with an accuracy that still rises", logged([(n, {TRAIN: falling_at(n), "acc": v}) for n, v in enumerate([0.5, 0.4, 0.6, 0.8], 1)], 50, events=EPOCHS | {"tags": {"train_loss": TRAIN, "val_acc": "acc"}}, patience=2, monitor="val_acc"), "8 fail", "epoch 4 of 50, then silent", "its lowest value is not its best"),
    Meaning("patience, and a NaN", logged(val_of([0.9, 0.4, NAN, 0.6]), 50, events=EPOCHS, patience=2), "8 fail", "val_loss NaN since epoch 3", "an early stop heals nothing"),
    Meaning("heartbeat says stopped early", also(logged(both(range(1, 7)), 50, events=EPOCHS), beat(outcome="early_stopped")), "ready", "epoch 6 of 50, stopped early", ""),
    Meaning("heartbeat says completed, losses say 6 of 50", also(logged(both(range(1, 7)), 50, events=EPOCHS), beat(outcome="completed")), "8 fail", "epoch 6 of 50, then silent", "an outcome counts only while the losses agree with it"),
    Meaning("heartbeat of an older run says stopped early", also(logged(both(range(1, 7)), 50, events=EPOCHS), beat(outcome="early_stopped", after=-5000.0)), "8 fail", "epoch 6 of 50, then silent", ""),
    Meaning("heartbeat says failed at the last epoch", also(logged(both(range(1, 11)), 10, events=EPOCHS), beat(outcome="failed")), "8 fail", "recorded that it failed", ""),
    Meaning("evaluation at epoch 0 is no epoch", logged([(0, {VAL: 1.0}), *both(range(1, 10))], 10, events=EPOCHS), "8 fail", "epoch 9 of 10, then silent", "each series is judged for itself"),
    Meaning("Keras table from 0, one epoch missing, long ago", tabled(keras(9), "epoch", "loss", "val_loss"), "8 skip", "epoch 9 of 10 | not: completed", "no times, no process: silence is no proof"),
]
# fmt: on

ROWS = [*UNITS, *COUNTS, *ENDS, *SERIES_ROWS]
