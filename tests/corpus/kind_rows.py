"""Rows about clocks, cells that hold `nan`, trainings taken up again, early stops and folders that nobody described."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from control_rows import model, saved
from meaning_case import Make, Meaning
from meaning_rows import EPOCHS, also, beat, logged, tabled, val_of
from series_rows import checkpoint_of, finals, logs, one_file, resumed
from support.build_checkpoints import Numbers, a_model, safetensors, torch_zip, weights
from support.build_events import event, header, record, simple_value
from support.foreign import TRAIN, VAL, Foreign, Rows, both, falling_at, log_bytes, series, table_text
from support.workspaces import write

NAN, INF = math.nan, math.inf
TEN = "epoch 10 of 10, completed"
HOUR, DAY = 3600.0, 86_400.0


def off_by(seconds: float, *, checkpoint: float = 0.5) -> Make:
    """A whole training on a file server whose clock is off by so much."""

    def make(f: Foreign) -> None:
        logs((both(range(1, 11)), {"lag": seconds}))(f)
        f.put("best.pt", torch_zip(), seconds + checkpoint)
        f.put("config.json", json.dumps({"lr": 0.001, "epochs": 10}), seconds - 120.0)

    return make


def timed(at: Iterable[float], written: float = 0.0) -> Make:
    """Ten epochs, recorded so many seconds before the end; the event file and the checkpoint bear the time `written`."""

    def make(f: Foreign) -> None:
        f.events(**EPOCHS)
        f.total(10)
        moments = [f.end + before for before in at]
        out = [header(moments[0])]
        for (step, values), moment in zip(both(range(1, 11)), moments, strict=True):
            out += [record(event(step, [simple_value(tag, v)], moment)) for tag, v in values.items()]
        write(f.root / f"tb/events.out.tfevents.{int(f.end)}.gpu1.7.0", b"".join(out), f.end + written)
        f.put("best.pt", torch_zip(), written + 0.5)

    return make


def local_times(hours: float, *, checkpoint: float = 0.8) -> Make:
    """A table whose times of day have no zone, and are of one so many hours ahead."""

    def make(f: Foreign) -> None:
        rows = [
            (n, falling_at(n), falling_at(n, factor=1.25), _local(f.end - 100.0 + 10.0 * n + hours * HOUR))
            for n in range(1, 11)
        ]
        f.table(table_text(rows, "epoch", "train_loss", "val_loss", "time"), after=0.5)
        f.total(10)
        f.said.pop("events")
        f.put("best.pt", torch_zip(), checkpoint)

    return make


def _local(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def untimed(f: Foreign) -> None:
    """Every file bears the time that a build gives to all of them."""
    one_file(both(range(1, 11)))(f)
    f.put("best.pt", torch_zip())
    for path in f.root.rglob("*"):
        os.utime(path, (315_532_800.0,) * 2)


def cells(val: Sequence[Any], train: Sequence[Any] | None = None) -> Make:
    """A table of these cells, an epoch a row."""
    rows = [(n, falling_at(n) if train is None else train[n - 1], v) for n, v in enumerate(val, 1)]
    return tabled(rows, "epoch", "train_loss", "val_loss", total=len(rows))


def every(stride: int, *, spoilt: Sequence[int] = (), also_last: bool = False) -> list[Any]:
    """Ten validation cells with a value at every so many, and `nan` elsewhere."""
    due = [n for n in range(1, 11) if n % stride == 0 or (also_last and n == 10)]
    return [falling_at(n, factor=1.25) if n in due and n not in spoilt else "nan" for n in range(1, 11)]


def apart(*, diverged: bool = False) -> Make:
    """Training and validation on lines of their own, and `nan` in the other's cell."""
    rows: list[tuple[Any, ...]] = []
    for n in range(1, 6):
        rows += [
            (n, "nan" if diverged and n == 5 else falling_at(n), "nan"),
            (n, "nan", falling_at(n, factor=1.25)),
        ]
    return tabled(rows, "epoch", "train_loss", "val_loss", total=5)


def in_json(f: Foreign) -> None:
    """The same in JSON lines."""
    rows = [{"epoch": n, "train_loss": falling_at(n), "val_loss": 0.5 / n if n % 5 == 0 else NAN} for n in range(1, 11)]
    f.table("".join(json.dumps(row) + "\n" for row in rows), "log.jsonl")
    f.total(10)
    f.without_events()


def other_batch_size(after: int, steps: tuple[int, int]) -> Make:
    """A Trainer of 80 steps that was resumed after some with another number of steps an epoch."""

    def make(f: Foreign) -> None:
        told = [{"epoch": n / steps[n > after], "loss": falling_at(n), "step": n} for n in range(10, 81, 10)]
        told.append({"epoch": 80 / steps[1], "step": 80, "train_loss": 0.5, "train_runtime": 3.2})
        state = {"epoch": 80 / steps[1], "global_step": 80, "max_steps": 80, "num_train_epochs": 4, "log_history": told}
        f.put("out/trainer_state.json", json.dumps(state))
        f.said.pop("events")
        f.said["loss_history"] = {"path": "out/trainer_state.json"}
        f.total(80, "steps")

    return make


def scored(values: Sequence[float]) -> Rows:
    """An accuracy of each epoch beside a falling loss."""
    return [(n, {TRAIN: falling_at(n), "acc": value}) for n, value in enumerate(values, 1)]


SCORED: dict[str, Any] = EPOCHS | {"tags": {"train_loss": TRAIN, "val_acc": "acc"}}


def undescribed(make: Make) -> Make:
    """A folder in which nothing was typed."""

    def bare(f: Foreign) -> None:
        f.bare = True
        make(f)

    return bare


def two_sides(*, table: bool = False, nan: bool = False, total: int | None = 10) -> Make:
    """A generator and its discriminator, whose losses need not fall."""

    def make(f: Foreign) -> None:
        rows = [(n, {"d_loss": NAN if nan and n == 9 else 0.7, "g_loss": 0.1 * n}) for n in range(1, 11)]
        root = "" if table else "runs/gan/"
        if table:
            f.put("log.csv", table_text([(n, *held.values()) for n, held in rows], "epoch", "d_loss", "g_loss"), 1.0)
        else:
            f.log(rows, folder="runs/gan")
        f.put(f"{root}model.pt", torch_zip(), 1.5)
        if total is not None:
            f.put(f"{root}config.json", json.dumps({"epochs": total, "lr": 0.1}), -200.0)

    return undescribed(make)


def trainer_folder(last: int = 100, *, nan_at: int = 0, stopped: bool = False, best: str | None = None) -> Make:
    """A Trainer's folder of 100 steps with two checkpoints, evaluated every 50 steps."""

    def make(f: Foreign) -> None:
        log: list[dict[str, Any]] = [
            {"epoch": n / 100, "loss": NAN if n == nan_at else falling_at(n), "step": n}
            for n in range(10, last + 1, 10)
        ]
        log += [{"epoch": n / 100, "eval_loss": falling_at(n, factor=1.25), "step": n} for n in range(50, last + 1, 50)]
        log.sort(key=lambda row: row["step"])
        common = {"max_steps": 100, "num_train_epochs": 1, "best_model_checkpoint": best}
        for step in range(50, last + 1, 50):
            held = [row for row in log if row["step"] <= step]
            state = {"epoch": step / 100, "global_step": step, "log_history": held, **common}
            f.put(f"out/checkpoint-{step}/trainer_state.json", json.dumps(state), step - 100.0)
            f.put(f"out/checkpoint-{step}/model.safetensors", safetensors({"a.weight": weights(step)}), step - 100.0)
        log.append({"epoch": last / 100, "step": last, "train_loss": 0.4, "train_runtime": 3.0, "total_flos": 1.0})
        state = {"epoch": last / 100, "global_step": last, "log_history": log, **common}
        if stopped:
            control = {"args": {"should_training_stop": True}, "attributes": {}}
            state["stateful_callbacks"] = {"TrainerControl": control}
        f.put("out/trainer_state.json", json.dumps(state), 1.0)
        f.put("out/model.safetensors", safetensors({"a.weight": weights(1)}), 0.5)

    return undescribed(make)


def lightning_folder(epochs: range, total: int | None = None, *, nan_at: int = -1, val_every: int = 1) -> Make:
    """A Lightning version of 20 batches an epoch, with its hyperparameters and its last checkpoint."""

    def make(f: Foreign) -> None:
        rows: list[tuple[Any, ...]] = []
        for epoch in epochs:
            step = 20 * epoch + 19
            if (epoch + 1) % val_every == 0:
                rows.append((epoch, step, None, NAN if epoch == nan_at else falling_at(step, factor=1.25)))
            rows.append((epoch, step, falling_at(step), None))
        place, numbers = "lightning_logs/version_0", Numbers()
        f.put(f"{place}/metrics.csv", table_text(rows, "epoch", "step", "train_loss", "val_loss"))
        f.put(f"{place}/hparams.yaml", "lr: 0.1\n" + (f"max_epochs: {total}\n" if total else ""), -100.0)
        kept = {"pytorch-lightning_version": "2.5.0", "epoch": epochs[-1], "state_dict": numbers.add_all(a_model())}
        f.put(f"{place}/checkpoints/last.ckpt", torch_zip(kept, numbers), 0.5)

    return undescribed(make)


def second_run_beside(f: Foreign) -> None:
    """The event file was copied into a folder below, with its time."""
    one_file(both(range(1, 11)))(f)
    (path,) = (f.root / "tb").iterdir()
    write(f.root / "tb/copy" / path.name, path.read_bytes(), path.stat().st_mtime)


def one_after_the_other(*parts: Iterable[int]) -> Make:
    """Event files put together with `cat`, a minute apart."""

    def make(f: Foreign) -> None:
        f.events(**EPOCHS)
        f.total(10)
        start = f.end - 120.0
        data = b"".join(log_bytes(both(steps), start + 60.0 * n, 5.0) for n, steps in enumerate(parts))
        write(f.root / f"tb/events.out.tfevents.{int(start)}.gpu1.7.0", data, f.end)

    return make


# fmt: off
CLOCKS = [
    Meaning("file server an hour behind", off_by(-HOUR), "ready", f"{TEN} | checkpoint and losses of one run", "no copy is older than what it holds: another clock", final=finals(10)),
    Meaning("file server eight hours behind", off_by(-8 * HOUR), "ready", f"{TEN} | checkpoint and losses of one run", "a zone that was not set"),
    Meaning("file server an hour behind, checkpoint of the day before", off_by(-HOUR, checkpoint=-DAY), "9 fail", "was written before its run", "both bear one clock"),
    Meaning("file server an hour ahead", off_by(HOUR), "9 skip", "times were lost", "a copy made an hour later looks the same"),
    Meaning("files of a build without times", untimed, "9 skip", "times were lost", "older than their contents by decades"),
    Meaning("clock set back an hour while it trained", timed([10.0 * n - 100.0 - HOUR * (n > 5) for n in range(1, 11)], -HOUR), "ready", f"{TEN} | checkpoint and losses of one run", "the last files look older than the first record"),
    Meaning("the first records bear 1970", timed([*([-1.7e9] * 2), *(10.0 * n - 100.0 for n in range(3, 11))]), "ready", TEN, "a board without a clock, until the network came"),
    Meaning("times of day in another zone", local_times(8), "ready", f"{TEN} | checkpoint and table of one run", "the file's own clock dates the checkpoint too"),
    Meaning("times of day in another zone, checkpoint of the day before", local_times(8, checkpoint=-DAY), "9 fail", "was written before its run", ""),
    Meaning("times of day in the zone of the files", local_times(0), "ready", f"{TEN} | checkpoint and table of one run", ""),
]

CELLS = [
    Meaning("`nan` between validations at every second epoch", cells(every(2)), "ready", f"{TEN} | val_loss is NaN in 5 rows between its values: not measured there", "it stands for no value", final={"train_loss": falling_at(10), "val_loss": falling_at(10, factor=1.25)}),
    Meaning("`nan` between validations at every fifth epoch", cells(every(5)), "ready", TEN, ""),
    Meaning("`nan` between validations at every third epoch and the last", cells(every(3, also_last=True)), "ready", TEN, ""),
    Meaning("`nan` until the last epoch was validated", cells([*["nan"] * 9, 0.5]), "ready", TEN, "measured once, at the end"),
    Meaning("`nan` around the first validation, broken off before the second", tabled([(n, falling_at(n), falling_at(n, factor=1.25) if n == 5 else "nan") for n in range(1, 8)], "epoch", "train_loss", "val_loss"), "8 skip", "epoch 7 of 10 | not: diverged", "the next one was not due"),
    Meaning("`nan` between a validation and that of the last epoch", cells([*["nan"] * 4, 0.5, "nan", 0.4]), "ready", "epoch 7 of 7, completed", "every fifth, and the last"),
    Meaning("`nan` long after an only validation", cells([*["nan"] * 3, 0.5, *["nan"] * 6]), "8 fail", "val_loss NaN since epoch 1", "the next one was due"),
    Meaning("`nan` in the other's cell", apart(), "ready", "epoch 5 of 5, completed | train_loss is NaN in 5 rows | val_loss is NaN in 5 rows", "each row holds one of the two"),
    Meaning("`NaN` between validations in JSON lines", in_json, "ready", TEN, ""),
    Meaning("`nan` between validations, and the training diverged", cells(every(5), [*(falling_at(n) for n in range(1, 10)), "nan"]), "8 fail", "train_loss NaN since epoch 10", "the training has a value in every row"),
    Meaning("`nan` where a validation was due", cells(every(2, spoilt=(8, 10))), "8 fail", "val_loss NaN since epoch 1", "its grid is broken: a diverged loss"),
    Meaning("`nan` in the other's cell, and both at last", apart(diverged=True), "8 fail", "train_loss NaN", "one row holds neither"),
    Meaning("`nan` in one cell", cells([0.5, 0.4, "nan", 0.4, 0.3]), "8 fail", "val_loss NaN since epoch 3", "one NaN is no pattern"),
    Meaning("`nan` after the first validation", cells([0.5, *["nan"] * 9]), "8 fail", "val_loss NaN since epoch 2", "it diverged at once"),
    Meaning("`nan` in the second half", cells([*([0.5] * 5), *["nan"] * 5]), "8 fail", "val_loss NaN since epoch 6", ""),
    Meaning("`nan` in every cell of the validation", cells(["nan"] * 10), "8 fail", "val_loss NaN since epoch 1", "nothing was ever measured"),
    Meaning("`inf` between validations", cells([0.5, "inf", 0.4, "inf", 0.3, "inf", 0.2]), "8 fail", "val_loss Inf since epoch 2", "an overflow is a value"),
]

RESUMES = [
    Meaning("Trainer resumed with a larger batch", other_batch_size(30, (10, 20)), "ready", "step 80 of 80, completed | epochs go back while steps rise | not: missing | not: thrown away", "its epochs count anew, its steps go on"),
    Meaning("Trainer resumed with a smaller batch", other_batch_size(30, (20, 10)), "ready", "step 80 of 80, completed", ""),
    Meaning("resumed one stride back without a record, killed after one point", resumed(both(range(10, 101, 10)), both([90]), 100), "8 fail", "step 90 of 100, then silent", "a later writer goes back on purpose", final=finals(90)),
    Meaning("resumed one stride back without a record, and finished", resumed(both(range(10, 101, 10)), both([90, 100]), 100), "ready", "step 100 of 100, completed", "", final=finals(100)),
    Meaning("epochs from 5 to 9 of ten, and nobody knows the first", logged(both(range(5, 10)), 10, events=EPOCHS), "8 skip", "epoch 9 of 10: epochs begin at a later one, and nothing says whether they count from 0 | epochs_from: 0 | not: then silent", "the first part lies elsewhere"),
    Meaning("epochs from 5 to 9 of ten, counted from 0", logged(both(range(5, 10)), 10, events=EPOCHS, epochs_from=0), "ready", "epoch 10 of 10, completed", "the description says it"),
    Meaning("epochs from 5 to 9 of ten, counted from 1", logged(both(range(5, 10)), 10, events=EPOCHS, epochs_from=1), "8 fail", "epoch 9 of 10, then silent", ""),
    Meaning("epochs from 5 to 10 of ten", logged(both(range(5, 11)), 10, events=EPOCHS), "ready", TEN, "either way it is the last"),
    Meaning("epochs from 5 to 7 of ten", logged(both(range(5, 8)), 10, events=EPOCHS), "8 fail", "epoch 7 of 10, then silent", "either way some are missing"),
    Meaning("ranks that log every second step each", logs((both(range(1, 11, 2)), {"pid": 21}), (both(range(2, 11, 2)), {"pid": 22, "after": 1.0})), "ready", TEN, "two writers, and no step twice", final=finals(10)),
    Meaning("two event files put together", one_after_the_other(range(1, 6), range(6, 11)), "ready", TEN, "", final=finals(10)),
    Meaning("one event file twice in one", one_after_the_other(range(1, 11), range(1, 11)), "ready", TEN, "", final=finals(10)),
    Meaning("an event file copied into a folder below", second_run_beside, "ready", TEN, "the same values", final=finals(10)),
    Meaning("a profiler's empty file after the end", also(one_file(both(range(1, 11))), lambda f: f.put("tb/events.out.tfevents.1795000000.gpu1.profile-empty", header(f.end + 30.0), 30.0)), "ready", TEN, "it starts nothing"),
    Meaning("folds one after the other, the last one whole", logs(*((both(range(1, 11)) if fold != 1 else [*both(range(1, 10)), (10, {TRAIN: NAN, VAL: NAN})], {"folder": f"tb/fold_{fold}", "after": -600.0 * (2 - fold), "pid": 30 + fold}) for fold in range(3))), "ready", TEN, "the last training is the run", final=finals(10)),
]

STOPS = [
    Meaning("patience used up by gains that are too small", logged(val_of([0.9, 0.4, 0.399, 0.3985, 0.3981]), 50, events=EPOCHS, patience=3, min_delta=0.01), "ready", "epoch 5 of 50, stopped early", "min_delta"),
    Meaning("patience not used up, gains too small", logged(val_of([0.9, 0.4, 0.399, 0.3985]), 50, events=EPOCHS, patience=3, min_delta=0.01), "8 fail", "epoch 4 of 50, then silent", ""),
    Meaning("small gains that add up begin the patience anew", logged(val_of([0.9, 0.4, 0.395, 0.389, 0.388, 0.387, 0.386]), 50, events=EPOCHS, patience=3, min_delta=0.01), "ready", "epoch 7 of 50, stopped early", "against the best that counted, not against the last"),
    Meaning("patience used up by an accuracy that hardly rises", logged(scored([0.5, 0.9, 0.901, 0.902]), 50, events=SCORED, patience=2, min_delta=0.01, monitor="val_acc"), "ready", "epoch 4 of 50, stopped early", "higher is better"),
    Meaning("patience without min_delta, small gains", logged(val_of([0.9, 0.4, 0.399, 0.3985, 0.3981]), 50, events=EPOCHS, patience=3), "8 fail", "epoch 5 of 50, then silent", "every gain counts"),
    Meaning("patience and a monitor that nobody recorded", logged(both(range(1, 7)), 50, events=EPOCHS, patience=3, monitor="val_f2"), "8 skip", "it may have stopped early: `val_f2`, which it waited for, is not recorded; what is there: train_loss, val_loss | completion: {monitor: NAME} | not: then silent", "a name that is wrong says nothing of the end"),
    Meaning("patience and a monitor of unknown way", logged([(n, {TRAIN: falling_at(n), "r": n % 3}) for n in range(1, 7)], 50, events=EPOCHS | {"tags": {"train_loss": TRAIN, "reward": "r"}}, patience=3, monitor="reward"), "8 skip", "nothing says which way `reward` gets better", ""),
    Meaning("patience without a validation, whole", logged(series(TRAIN, range(1, 11)), 10, events=EPOCHS, patience=3), "ready", TEN, "the count says it"),
    Meaning("patience by F1", logged([(n, {TRAIN: falling_at(n), "f1": v}) for n, v in enumerate([0.1, 0.5, 0.7, 0.6, 0.65, 0.69], 1)], 50, events=EPOCHS | {"tags": {"train_loss": TRAIN, "val_f1": "f1"}}, patience=3, monitor="val_f1"), "ready", "stopped early", ""),
    Meaning("steps that count samples", logged(both(range(3200, 32001, 3200)), 10), "8 skip", "nothing says which epoch a step is", ""),
    Meaning("steps that count tokens", logged(both(range(10**11, 10**12 + 1, 10**11)), 10**12, "steps"), "ready", "completed", ""),
    Meaning("heartbeat still running, long ago", also(one_file(both(range(1, 11))), beat(epoch=10, epochs=10)), "ready", TEN, "the losses say it"),
]

STATES = [
    Meaning("NaN in averaged weights", saved(lambda n: {"model": model(n), "model_ema": {"module": model(n, bad=np.array([1.0, NAN], "<f4"))}}), "1 fail", "NaN", "they are a model too"),
    Meaning("NaN in the optimizer's state", saved(lambda n: {"model": model(n), "optimizer_state_dict": {"state": {0: {"exp_avg": n.add(np.array([NAN, 1.0], "<f4"))}}, "param_groups": []}}), "ready", TEN, "only the model must be finite"),
    Meaning("half precision that overflowed", saved(lambda n: model(n, **{"fc.weight": np.array([[1.0, INF], [2.0, 3.0]], "<f2")})), "1 fail", "fc.weight", ""),
    Meaning("infinite scale of mixed precision", saved(lambda n: {"model": model(n), "scaler": {"scale": n.add(np.array(INF, "<f4"))}}), "ready", TEN, "state of the training, no weight"),
    Meaning("adapter with an infinite weight", checkpoint_of("adapter_model.safetensors", {"adapter_model.safetensors": safetensors({"q.lora_A.weight": weights(1), "q.lora_B.weight": weights(2) * np.float32(INF)})}), "1 fail", "q.lora_B.weight", ""),
]

UNDESCRIBED = [
    Meaning("nobody described: a GAN's event files", two_sides(total=None), "8 skip", "step 10: nothing says how many steps or epochs there are to be | not: not found", "its losses are read, its end is not known"),
    Meaning("nobody described: a GAN's event files with NaN", two_sides(nan=True), "8 fail", "d_loss NaN since step 9", ""),
    Meaning("nobody described: a GAN's table", two_sides(table=True), "ready", TEN, ""),
    Meaning("nobody described: a GAN's table with NaN", two_sides(table=True, nan=True), "8 fail", "d_loss NaN since epoch 9", ""),
    Meaning("nobody described: a Trainer's folder, whole", trainer_folder(), "ready", "step 100 of 100, completed", ""),
    Meaning("nobody described: a Trainer's folder, stopped early", trainer_folder(50, stopped=True), "ready", "stopped early", ""),
    Meaning("nobody described: a Trainer's folder, NaN at the end", trainer_folder(nan_at=100), "8 fail", "train_loss NaN since", ""),
    Meaning("nobody described: a Trainer's folder, its best checkpoint deleted", trainer_folder(best="/scratch/out/checkpoint-70"), "ready", "step 100 of 100, completed", "its own model counts"),
    Meaning("nobody described: Lightning, 5 of 5", lightning_folder(range(5), 5), "ready", "epoch 5 of 5, completed", ""),
    Meaning("nobody described: Lightning, the second half alone", lightning_folder(range(5, 8), 8), "ready", "epoch 8 of 8, completed", "it counts from 0"),
    Meaning("nobody described: Lightning, validated every second epoch", lightning_folder(range(6), 6, val_every=2), "ready", "epoch 6 of 6, completed", ""),
    Meaning("nobody described: Lightning, NaN in the last validation", lightning_folder(range(5), 5, nan_at=4), "8 fail", "val_loss NaN since epoch 4", ""),
    Meaning("nobody described: Lightning without a total", lightning_folder(range(5)), "8 skip, 9 skip", "nothing says how many epochs there are to be", ""),
]
# fmt: on

ROWS = [*CLOCKS, *CELLS, *RESUMES, *STOPS, *STATES, *UNDESCRIBED]
