"""Honest trainings that must stay what they are: nothing in them is a fault, whatever it looks like."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import json
import math
import os
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from meaning_case import Make, Meaning
from meaning_rows import also, beat, counted, hugging_face, lightning_run, logged, tabled, val_of, with_rows
from series_rows import (
    DVC,
    EPOCHS,
    LOSSES,
    backed_up,
    bad,
    checkpoint_of,
    finals,
    logs,
    one_file,
    parts,
    resumed,
    table_of,
    tsv,
    with_table,
)
from support.build_checkpoints import Array, Numbers, a_model, safetensors, torch_zip, weights
from support.build_events import header
from support.foreign import TRAIN, VAL, Foreign, both, falling_at, log_bytes, series, table_text
from support.workspaces import Stream, write, write_good

DATA = Path(__file__).resolve().parents[1] / "data"
DEFAULT = Path(__file__).resolve().parents[2] / "collectors/trainers/reference.yaml"
INF = math.inf


def saved(make: Callable[[Numbers], Any]) -> Make:
    """A finished training whose checkpoint holds this."""

    def apply(f: Foreign) -> None:
        numbers = Numbers()
        checkpoint_of("best.pt", {"best.pt": torch_zip(make(numbers), numbers)})(f)

    return apply


def model(n: Numbers, **more: Array) -> dict[str, Any]:
    """A sound model with further tensors."""
    return n.add_all(a_model() | more)


def scalar(value: float) -> Array:
    """A tensor of one number."""
    return np.array(value, "<f4")


def reference(change: Callable[[Path, tuple[Stream, Stream]], object] = lambda root, streams: None) -> Make:
    """The reference pipeline's own outputs, whole; the smoke test, which nobody ran, is off."""

    def make(f: Foreign) -> None:
        streams = write_good(f.root, f.end - 60)
        change(f.root, streams)
        text = DEFAULT.read_text().replace("\nsmoke:", "\nchecks: {smoke: {enabled: false, reason: not run}}\nsmoke:")
        f.description = text

    return make


def recorded(running: bool = False) -> Make:
    """Event files, tables and configs of a real run of the reference trainers, with the times of its records."""

    def make(f: Foreign) -> None:
        ends = {"patchtst": 1795435137.0, "swinmae": 1795435157.0}
        for stream, end in ends.items():
            source = "swinmae_running" if running and stream == "swinmae" else stream
            for path in (DATA / "recorded" / source).iterdir():
                at = 1795435600.0 if source != stream else end
                folder = f"runs/{stream}_ssl" if "tfevents" in path.name else "artifacts/loss"
                write(f.root / folder / path.name, path.read_bytes(), at)
            write(
                f.root / f"configs/{stream}_ssl_real.yaml",
                (DATA / f"configs/{stream}_ssl_real.yaml").read_bytes(),
                1795435090.0,
            )
        f.description = DEFAULT.read_text()

    return make


def touched(path: str, after: float) -> Callable[[Path, tuple[Stream, Stream]], object]:
    """One file written again, as it was, so long after the end."""
    return lambda root, streams: os.utime(root / path, (streams[1].end + after,) * 2)


def under_a_top_folder(root: Path, streams: tuple[Stream, Stream]) -> None:
    """The backup as `zip -r` of the folder above makes it."""
    path = root / "artifacts/bundles/run_bundle.zip"
    when = path.stat().st_mtime
    with zipfile.ZipFile(path) as old:
        held = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in held.items():
            new.writestr(f"project/{name}", data)
    os.utime(path, (when, when))


def second_fit(f: Foreign) -> None:
    """Two trainings of one process; the second one's header bears the whole second, before the first one's end."""
    f.events(**EPOCHS)
    f.total(10)
    f.log(bad(range(1, 11)), after=-110.0, pid=30)
    rows = both(range(1, 11))
    start = f.end - 110.5
    points = log_bytes(rows, f.end - 100.0)[len(header(start)) :]
    name = f"tb/events.out.tfevents.{int(start)}.gpu1.30.1.v2"
    write(f.root / name, header(start) + points, f.end)


def sweep(f: Foreign) -> None:
    """Three trials of a sweep, one after the other, each in its folder; the description names the last."""
    for trial in range(3):
        f.log(both(range(1, 11)), folder=f"sweep/trial_{trial}", after=-600.0 * (2 - trial), pid=30 + trial)
    f.events("sweep/trial_2", **EPOCHS)
    f.total(10)


def sweep_below(f: Foreign) -> None:
    """The same, and the description names the folder above: the last trial counts."""
    sweep(f)
    f.events("sweep", **EPOCHS)


def last_and_best(f: Foreign) -> None:
    """Lightning's two checkpoints: the best is older than the end."""
    lightning_run(5, 5)(f)
    f.said["checkpoint"] = "ckpt/last.ckpt"
    f.put("ckpt/last.ckpt", torch_zip(), 0.5)
    f.put("ckpt/epoch=2-step=60.ckpt", torch_zip(), -80.0)


def best_of_the_middle(f: Foreign) -> None:
    """The best checkpoint was written at epoch 4 of 10; nothing improved after it."""
    one_file(both(range(1, 11)))(f)
    f.put("best.pt", torch_zip(), -60.0)


def started_from(path: str) -> Make:
    """A fine-tuning: the checkpoint it started from lies beside its own, years old."""

    def make(f: Foreign) -> None:
        one_file(both(range(1, 11)))(f)
        f.put(path, torch_zip(), -1e8)

    return make


def observers(n: Numbers) -> Any:
    """A model prepared for quantization, some of whose observers have seen nothing."""
    seen = {
        "conv.activation_post_process.min_val": scalar(INF),
        "conv.activation_post_process.max_val": scalar(-INF),
        "conv.activation_post_process.eps": scalar(1e-7),
    }
    return model(n, **seen)


def several_rows(epochs: int, rows: int = 3) -> str:
    """A table of several rows an epoch."""
    return table_text(
        [(e, 30 * e + 10 * n, falling_at(30 * e + 10 * n)) for e in range(epochs) for n in range(1, rows + 1)],
        "epoch",
        "step",
        "train_loss",
    )


READY = "ready"
TEN = "epoch 10 of 10, completed"
save = partial(Meaning, expected=READY, words=TEN)

# fmt: off
TRAININGS = [
    Meaning("control: one file, ten epochs", one_file(both(range(1, 11))), READY, TEN, "the plainest training", final=finals(10)),
    Meaning("control: early stop recorded", also(logged(both(range(1, 7)), 50, events=EPOCHS), beat(outcome="early_stopped")), READY, "stopped early", ""),
    Meaning("control: early stop by patience", logged(val_of([0.9, 0.4, 0.6, 0.6]), 50, events=EPOCHS, patience=2), READY, "stopped early", ""),
    Meaning("control: DVCLive, both files named", parts({"path": ["dvc/train/loss.tsv", "dvc/val/loss.tsv"]}, *DVC), READY, "step 4 of 4, completed, all losses finite", "two series of one table", final={"train_loss": 0.125, "val_loss": 0.25}),
    Meaning("control: a data set beside the table", parts({"path": "run/train.csv"}, ("run/train.csv", tsv(LOSSES, "step", "loss").replace("\t", ",")), ("run/val.csv", "text,label\na,1\nb,0\n")), READY, "step 4 of 4, completed", "it holds no loss"),
    Meaning("control: one evaluation beside the table", parts({"path": "run/train.csv"}, ("run/train.csv", tsv(LOSSES, "step", "loss").replace("\t", ",")), ("run/test.csv", "step,loss\n4,0.3\n")), READY, "step 4 of 4, completed", "a test at the end is no curve"),
    Meaning("control: a table without epoch and step, a validation in each of its ten rows", tabled([(falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 11)], "loss", "val_loss"), READY, f"{TEN} | rows taken as epochs by the number of rows: exactly 10, each with a validation", "that is said", final=finals(10)),
    Meaning("control: a backup with every shard and the index", backed_up(), READY, f"{TEN} | backup.zip: ", "the whole checkpoint"),
    Meaning("control: event files described, only the table is there", lambda f: (with_table([(n, falling_at(n)) for n in range(10)], "epoch", "loss")(f), f.whole.clear(), f.total(10), f.put("best.pt", torch_zip(), 2.0)), READY, f"{TEN} | net: log.csv, 10 rows | no event file below tb: no such folder | (events_missing) | checkpoint and table of one run", "each is optional; that they are missing is said"),
    Meaning("control: resumed once", resumed(both(range(1, 6)), both(range(6, 11)), 10, "epochs"), READY, TEN, "goes on at the next step", final=finals(10)),
    Meaning("control: a START record at step 0 and a training that goes on", resumed(both(range(1, 6)), both(range(6, 11)), 10, "epochs", restart_at=0), READY, TEN, "nothing goes back", final=finals(10)),
    Meaning("control: opened again with purge_step at its end", resumed(both(range(10, 101, 10)), [], 100, restart_at=100), READY, "step 100 of 100, completed", "a START record alone is no resume", final=finals(100)),
    Meaning("control: resumed with purge_step and finished", resumed(both(range(1, 8)), both(range(6, 11)), 10, "epochs", restart_at=6), READY, TEN, "", final=finals(10)),
    Meaning("control: resumed three times", logs(*((both(range(3 * n + 1, 3 * n + 4)), {"after": -300.0 + 100 * n, "pid": 40 + n}) for n in range(3)), (both([10]), {"pid": 50})), READY, TEN, "", final=finals(10)),
    Meaning("control: resumed an epoch back", resumed(both(range(1, 7)), both(range(6, 11)), 10, "epochs"), READY, TEN, "one stride back", final=finals(10)),
    Meaning("control: resumed with another learning rate", lambda f: (resumed(both(range(1, 6)), both(range(6, 11)), 10, "epochs")(f), f.put("config.json", json.dumps({"lr": 0.0001, "epochs": 10}), -50.0)), READY, TEN, "the config is newer than the run's start", final=finals(10)),
    Meaning("control: config reformatted later", lambda f: (one_file(both(range(1, 11)))(f), f.put("config.json", json.dumps({"lr": 0.001, "epochs": 10}, indent=2), 3000.0)), READY, TEN, ""),
    Meaning("control: warm restarts", one_file([(n, {TRAIN: 0.2 + 0.1 * (n % 4), VAL: 0.3 + 0.1 * (n % 4)}) for n in range(1, 11)]), READY, TEN, "a loss that rises again is no fault"),
    Meaning("control: fine-tuned start from another checkpoint", started_from("pretrained/base.pt"), READY, TEN, "an old file beside it is no previous run"),
    Meaning("control: trained again, whole", logs((both(range(1, 11)), {"after": -3600.0}), (both(range(1, 11)), {"pid": 8})), READY, TEN, "", final=finals(10)),
    Meaning("control: best checkpoint of the middle", best_of_the_middle, READY, TEN, "nothing improved after it"),
    Meaning("control: last and best checkpoint", last_and_best, READY, "epoch 5 of 5, completed", ""),
    Meaning("control: RL overshoot below a stride", logged(both(range(2048, 100_353, 2048)), 100_000, "steps"), READY, "step 100,352 of 100,000, completed", ""),
    Meaning("control: GAN with two losses", logs(([(n, {"d_loss": 0.7, "g_loss": 0.1 * n}) for n in range(1, 11)], {}), tags={"d_loss": "d_loss", "g_loss": "g_loss"}), READY, TEN, "a generator's loss may rise"),
    Meaning("control: GAN that counts two steps a batch", logged(series(TRAIN, range(1, 200, 2)), 200, "steps"), READY, "completed", "steps 1, 3 ... 199 of 200"),
    Meaning("control: validation every 5 epochs", one_file([(n, {TRAIN: falling_at(n), **({VAL: falling_at(n)} if n % 5 == 0 else {})}) for n in range(1, 11)]), READY, TEN, ""),
    Meaning("control: validation every 3 epochs, not at the last", one_file([(n, {TRAIN: falling_at(n), **({VAL: falling_at(n)} if n % 3 == 0 else {})}) for n in range(1, 11)]), READY, TEN, "the training counts"),
    Meaning("control: gradient accumulation", logged(counted(both(range(8, 81, 8)), "epoch", range(1, 11)), 10), READY, TEN, "steps of eight batches"),
    Meaning("control: validation only", logs((series(VAL, range(1, 11)), {}), tags={"val_loss": VAL}), READY, TEN, "where there is nothing else it leads"),
    Meaning("control: training only", logs((series(TRAIN, range(1, 11)), {}), tags={"train_loss": TRAIN}), READY, TEN, ""),
    Meaning("control: two event writers with different series", logs((series(TRAIN, range(1, 11)), {"pid": 21}), (series("lr", range(0, 1000, 7)), {"pid": 22, "after": 3.0, "gap": 0.6}), (series(VAL, range(1, 11), factor=1.25), {"pid": 23, "after": 1.0})), READY, TEN, "one run", final=finals(10)),
    Meaning("control: evaluation afterwards", logs((both(range(1, 11)), {}), ([(10, {VAL: 0.4})], {"after": 900.0, "pid": 9})), READY, TEN, "", final=finals(10)),
    Meaning("control: evaluation at step 0 before the first epoch", one_file([(0, {VAL: 1.0}), *both(range(1, 11))]), READY, TEN, "a sanity check"),
    Meaning("control: 0-based CatBoost", logs((series("RMSE", range(200)), {"folder": "catboost_info/learn", "gap": 0.5}), (series("RMSE", range(200), factor=1.25), {"folder": "catboost_info/test", "gap": 0.5}), tags={"train_loss": "RMSE"}, folder="catboost_info", total=200, by="steps"), READY, "step 200 of 200, completed", "", final=finals(199)),
    Meaning("control: Lightning with defaults", lightning_run(5, 5), READY, "epoch 5 of 5, completed", ""),
    Meaning("control: Lightning without its CSV", lightning_run(5, 5, table=False), READY, "epoch 5 of 5, completed", ""),
    Meaning("control: Trainer with fractional epochs", also(hugging_face(60, 60), lambda f: f.total(6)), READY, "epoch 6 of 6, completed", ""),
    Meaning("control: Trainer, steps", hugging_face(60, 60), READY, "step 60 of 60, completed", ""),
    Meaning("control: one-epoch training", lightning_run(1, 1), READY, "epoch 1 of 1, completed", ""),
    Meaning("control: one epoch, one point", one_file(both([1]), total=1), READY, "epoch 1 of 1, completed", ""),
    Meaning("control: one epoch from 0", one_file(both([0]), total=1), READY, "epoch 1 of 1, completed", ""),
    Meaning("control: sweep, one trial named", sweep, READY, TEN, ""),
    Meaning("control: sweep, the folder above named", sweep_below, READY, TEN, "the last trial, trained after the others", final=finals(10)),
    Meaning("control: several rows an epoch", table_of(several_rows(4), 4), READY, "epoch 4 of 4, completed", ""),
    Meaning("control: timm's table from epoch 0", table_of(table_text([(n, falling_at(n), falling_at(n, factor=1.25), 70 + n) for n in range(10)], "epoch", "train_loss", "eval_loss", "eval_top1"), 10), READY, TEN, ""),
    Meaning("control: table and events of one run", also(one_file(both(range(1, 11))), with_rows([(n, falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 11)], "epoch", "train_loss", "val_loss")), READY, TEN, "", final=finals(10)),
    Meaning("control: table from 0 beside events from 1", also(one_file(both(range(1, 11))), with_rows([(n - 1, falling_at(n), falling_at(n, factor=1.25)) for n in range(1, 11)], "epoch", "train_loss", "val_loss")), READY, f"{TEN} | not: of another run", "two counts of the same epochs", final=finals(10)),
    Meaning("control: table rounded to four digits", also(one_file(both(range(1, 11))), with_rows([(n, round(falling_at(n), 4), round(falling_at(n, factor=1.25), 4)) for n in range(1, 11)], "epoch", "train_loss", "val_loss")), READY, f"{TEN} | not: of another run", "printed precision"),
    Meaning("control: NaN in a branch that was thrown away", resumed([*both(range(10, 81, 10)), *bad([90, 100], train=math.nan, val=math.nan)], both(range(60, 201, 10)), 200), READY, "step 200 of 200, completed", "", final=finals(200)),
    Meaning("control: header-only files of other ranks", logs((both(range(1, 11)), {}), ([], {"after": -99.0, "pid": 8}), ([], {"after": -98.0, "pid": 9})), READY, TEN, ""),
    Meaning("control: file server two minutes behind", lambda f: (logs((both(range(1, 11)), {"lag": -120.0}))(f), f.put("best.pt", torch_zip(), -119.5)), READY, TEN, ""),
    Meaning("control: perplexity and accuracy beside the losses", logs(([(n, {TRAIN: falling_at(n), VAL: falling_at(n, factor=1.25), "acc": 0.1 * n}) for n in range(1, 11)], {}), tags={"train_loss": TRAIN, "val_loss": VAL, "val_acc": "acc"}), READY, TEN, ""),
]

CHECKPOINTS = [
    save("control: EMA weights beside the model", saved(lambda n: {"model": model(n), "model_ema": {"decay": 0.999, "module": model(n)}}), why="two copies of a model"),
    save("control: SWA with its counter", saved(lambda n: model(n, n_averaged=np.array(0, "<i8"))), why=""),
    save("control: LoRA adapter", checkpoint_of("adapter_model.safetensors", {"adapter_model.safetensors": safetensors({"q.lora_A.weight": weights(1), "q.lora_B.weight": weights(2) * 0})}), why="B begins with zeros"),
    save("control: AMP scaler state", saved(lambda n: {"model": model(n), "scaler": {"scale": 65536.0, "growth_factor": 2.0, "_growth_tracker": 0}}), why=""),
    save("control: zero-initialised layers and biases", saved(lambda n: model(n, **{"out.weight": weights(1) * 0, "out.bias": np.zeros(8, "<f4")})), why="zero convolution"),
    save("control: LayerNorm of ones", saved(lambda n: model(n, **{"norm.weight": np.ones(8, "<f4"), "norm.bias": np.zeros(8, "<f4")})), why=""),
    save("control: empty buffers", saved(lambda n: model(n, cache=np.zeros(0, "<f4"), position_ids=np.zeros((1, 0), "<i8"))), why="shape [0] that is no weight"),
    save("control: int8 weights", checkpoint_of("m.safetensors", {"m.safetensors": safetensors({"layer.weight": np.arange(32, dtype="u1").reshape(8, 4), "layer.scale": weights(1, (8,))})}), why=""),
    save("control: observers that have seen nothing", saved(observers), why="min_val: inf"),
    save("control: attention mask of -inf", saved(lambda n: model(n, attn_mask=np.where(np.tri(4) > 0, 0, -INF).astype("<f4"))), why="a tensor of 0 and -inf"),
    save("control: Lightning's callbacks", saved(lambda n: {"state_dict": model(n), "callbacks": {"ModelCheckpoint": {"kth_value": n.add(scalar(INF))}}}), why="kth_value: inf is its default"),
    save("control: two shards and their index", checkpoint_of("out", {
        "out/model-00001-of-00002.safetensors": safetensors({"a.weight": weights(1)}), "out/model-00002-of-00002.safetensors": safetensors({"b.weight": weights(2)}),
        "out/model.safetensors.index.json": json.dumps({"metadata": {}, "weight_map": {"a.weight": "model-00001-of-00002.safetensors", "b.weight": "model-00002-of-00002.safetensors"}}).encode()}), why="a folder"),
]

REFERENCE = [
    Meaning("control: the reference pipeline, whole", reference(), READY, "epoch 8 of 8 | epoch 5 of 5", "check 6 is off"),
    Meaning("control: scaler reused from an earlier training", reference(lambda root, streams: os.utime(root / "artifacts/scaler_fdc.json", (streams[0].start - 90_000,) * 2)), READY, "epoch 8 of 8", "no previous run is seen"),
    Meaning("control: backup under a top folder", reference(under_a_top_folder), READY, "epoch 8 of 8", "zip -r of the folder above"),
    Meaning("control: config reformatted after the run", reference(touched("configs/patchtst_ssl_real.yaml", 500.0)), READY, "epoch 8 of 8", ""),
    Meaning("control: the reference pipeline without its scaler", reference(lambda root, streams: (root / "artifacts/scaler_fdc.json").unlink()), "2 fail", "epoch 8 of 8, completed", "one file is missing, nothing else is wrong"),
    Meaning("control: second fit of one process", second_fit, "ready", "epoch 10 of 10, completed | not: two writers", "TensorFlow's header bears the whole second before its own, in which the first fit still wrote", final=finals(10)),
    Meaning("control: recorded run", recorded(), "1 fail, 2 fail, 5 fail, 6 skip, 7 fail", "epoch 8 of 8, completed | epoch 5 of 5, completed | patchtst: losses of one run | not: checkpoint and losses of one run", "its curves are right; the files that are not recorded are missing"),
    Meaning("control: recorded run that was going on", recorded(running=True), "1 fail, 2 fail, 5 fail, 6 skip, 7 fail, 8 fail", "patchtst: epoch 8 of 8, completed | swinmae: epoch 3 of 5, then silent", "long ago"),
]
# fmt: on

ROWS = [*TRAININGS, *CHECKPOINTS, *REFERENCE]
