"""Further situations of evidence: what checkpoints, archives, scalers, tables and policies say in practice."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from evidence_rows_checkpoint import CKPT, config, filled, one_number
from evidence_rows_checkpoint import run as changed
from evidence_rows_files import (
    BUNDLE,
    CHECKPOINT,
    CHECKPOINT2,
    CONFIG,
    SCALER,
    STREAMS,
    TABLES,
    again,
    held,
    reports,
    scaler,
)
from evidence_rows_files import run as filed
from evidence_rows_losses import (
    EIGHT,
    POLICY,
    TABLE,
    VALUES,
    Streams,
    beside,
    honest,
    points_of,
    reference,
    rewritten,
    status,
    table,
    twice,
)
from meaning_case import Make, Meaning
from series_rows import one_file
from support.build_checkpoints import Numbers, a_model, torch_zip
from support.foreign import TRAIN, VAL, Foreign, Rows, both, falling_at
from support.workspaces import write

READY, TEN = "ready", "epoch 10 of 10, completed"
SCORED: dict[str, Any] = {"folder": "tb", "tags": {"train_loss": TRAIN, "val_acc": "acc"}, "steps_are": "epochs"}


def inside(says: Mapping[str, Any], values: Mapping[str, Any], rows: Rows | None = None, **section: Any) -> Make:
    """Ten epochs, and a checkpoint that holds these values under keys that the description maps."""

    def make(f: Foreign) -> None:
        one_file(rows or both(range(1, 11)))(f)
        numbers = Numbers()
        f.put("best.pt", torch_zip({"model": numbers.add_all(a_model()), **values}, numbers), 0.5)
        f.said |= {"checkpoint": {"path": "best.pt", "says": says}, **section}

    return make


def scored(best: float) -> Make:
    """A checkpoint of the best accuracy, which says that it was this."""
    rows = [(n, {TRAIN: falling_at(n), "acc": 0.05 * n if n < 9 else 0.3}) for n in range(1, 11)]
    says = {"val_acc": {"key": "best_acc", "at": "best"}}
    ends = {"by": "epochs", "total": 10, "monitor": "val_acc"}
    return inside(says, {"best_acc": best}, rows, events=SCORED, completion=ends)


def zipped(change: Callable[[dict[str, bytes]], Iterable[tuple[str, bytes]]]) -> Make:
    """The backup, zipped anew with what `change` makes of the good one."""

    def make(root: Path, streams: Streams) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in change(held(root)):
                archive.writestr(name, data)
        write(root / BUNDLE, out.getvalue(), streams[1].end + 5)

    return filed(make)


def swapped(root: Path, streams: Streams) -> None:
    """Each stream's checkpoint lies under the other's name, and the backup holds them so."""
    paths = [root / CHECKPOINT, root / CHECKPOINT2]
    data, times = [path.read_bytes() for path in paths], [path.stat().st_mtime for path in paths]
    for path, other, at in zip(paths, reversed(data), times, strict=True):
        write(path, other, at)
    again(root, streams)


def cut_off(root: Path, streams: Streams) -> None:
    """The newest archive was broken off; the one before it is sound."""
    write(root / "artifacts/bundles/zz_bundle.zip", b"PK\x03\x04broken", streams[1].end + 50)


def cell(row: int, text: str) -> Make:
    """One validation cell of the reference's table is this text."""

    def edited(old: str) -> str:
        lines = old.splitlines()
        lines[row] = f"{lines[row].rpartition(',')[0]},{text}"
        return "\r\n".join([*lines, ""])

    return reference(rewritten(TABLE, edited))


# fmt: off
SAYS = [
    Meaning("step of a checkpoint beyond the losses", inside({"step": "global_step"}, {"global_step": 99}), "9 fail", "best.pt says `global_step` 99, but | holds steps 1 to 10", ""),
    Meaning("control: step of a checkpoint, counted when it was over", inside({"step": "global_step"}, {"global_step": 11}), READY, TEN, "one more than the last that was logged"),
    Meaning("best accuracy of another training", scored(0.99), "9 fail", "best.pt says `best_acc` 0.99", "the highest counts"),
    Meaning("control: best accuracy", scored(0.4), READY, TEN, ""),
    Meaning("epoch 0 of a training that counts from 1", inside({"epoch": "epoch"}, {"epoch": 0}), "9 fail", "best.pt says `epoch` 0", ""),
    Meaning("loss that is NaN inside", inside({"val_loss": "loss"}, {"loss": math.nan}), "9 fail", "best.pt says `loss`", "no such value was recorded"),
    Meaning("control: epoch as a float, and as text", inside({"epoch": "epoch", "step": "at"}, {"epoch": 10.0, "at": "10"}), READY, TEN, ""),
    Meaning("control: the second of two epochs that are equally good", inside({"epoch": {"key": "epoch", "at": "best"}}, {"epoch": 8}, [(n, {TRAIN: falling_at(n), VAL: max(0.2, 1 / n)}) for n in range(1, 11)]), READY, TEN, ""),
    Meaning("mixed precision switched after the run", changed(config("amp: false", "amp: true")), "9 fail", "`device.amp` is true, it was false (config_says)", ""),
    Meaning("seed changed after the run", changed(config("seed: 42", "seed: 7")), "9 fail", "`seed` is 7, it was 42 (config_says)", ""),
    Meaning("control: learning rate spelled otherwise", changed(config("lr: 0.002", "lr: .2e-2")), READY, EIGHT, ""),
    Meaning("checkpoints of two streams changed places", filed(swapped), "9 fail", f"{CHECKPOINT} has the layers of swinmae, not of patchtst", ""),
    Meaning("weight that is infinite in float64", changed(one_number(math.inf, "<f8")), "1 fail", CKPT, ""),
    Meaning("control: very small weights", changed(filled(lambda k, v: v * v.dtype.type(1e-30))), READY, EIGHT, "they are not alike"),
    Meaning("control: no biases", changed(filled(lambda k, v: v * 0 if v.ndim < 2 else v)), READY, EIGHT, ""),
]

BOTH = [
    Meaning("last row of another training's table", beside([honest(n) if n < 10 else (10, 0.01, 0.02) for n in range(1, 11)]), "9 fail", "train_loss at epoch 10 is 0.01 there | 2 of 20 values", ""),
    Meaning("half a table of another training", beside([honest(n) if n < 6 else (n, 1 / n, 2 / n) for n in range(1, 11)]), "9 fail", "10 of 20 values", ""),
    Meaning("table in percent", beside([(n, 100 * falling_at(n), 125 * falling_at(n)) for n in range(1, 11)]), "9 skip", "nothing says whether it should", "an unknown unit"),
    Meaning("control: table in three digits", beside([(n, float(f"{falling_at(n):.3g}"), float(f"{falling_at(n, factor=1.25):.3g}")) for n in range(1, 11)]), READY, TEN, "printed precision"),
    Meaning("control: rows out of order", beside([honest(n) for n in (1, 2, 3, 5, 4, 6, 7, 8, 9, 10)]), READY, TEN, ""),
    Meaning("last number torn, and a line end behind it", reference(rewritten(TABLE, lambda old: old.rstrip()[:-5] + "\r\n")), "9 fail", "1 of 16 values of val_loss differ", "the events say what it was"),
    Meaning("control: last number torn, without a line end", reference(rewritten(TABLE, lambda old: old.rstrip()[:-5])), READY, EIGHT, "it was being written"),
    Meaning("`NA` in one cell", cell(4, "NA"), "8 skip", "val_loss is empty at epoch 4, and full in 7 other rows (empty_cell)", "it says that there is none"),
    Meaning("`nan` in one cell", cell(4, "nan"), "8 fail", "val_loss NaN since epoch 4", "a value"),
    Meaning("two empty cells one after the other", reference(table([(n, t, None if n in {4, 5} else v) for n, t, v in VALUES])), "8 skip", "val_loss is empty at epochs 4, 5, and full in 6 other rows", ""),
    Meaning("control: validation repeats the training in four epochs", twice([(n, v if n < 5 else t, v) for n, t, v in VALUES]), READY, EIGHT, "fewer than five"),
    Meaning("validation repeats the training in five epochs", twice([(n, v if n < 6 else t, v) for n, t, v in VALUES]), "8 fail", "val_loss equals train_loss in 6 digits at 5 epochs", ""),
    Meaning("control: a loss that grew and came back", twice(points_of([0.5, 5e2, 5e5, 5e6, 5e3, 5.0, 0.6, 0.5])), READY, EIGHT, "its last value counts"),
]

FILES = [
    Meaning("scaler of no method", scaler(method=""), "2 fail", "missing: method", "an empty word says nothing"),
    Meaning("scaler that does nothing, and the config normalizes", scaler(method="none"), "2 fail", "says method `none` (scaler_method)", ""),
    Meaning("control: scaler by mean and deviation", scaler(method="mean_std"), READY, "not: scaler_method", "a synonym"),
    Meaning("control: reports of several devices", reports(6, 6, 3), READY, "not: scaler_channels", ""),
    Meaning("control: scaler written while it trained", filed(lambda root, streams: write(root / SCALER, (root / SCALER).read_bytes(), STREAMS[0].start + 3.0)), READY, "not: scaler_age", ""),
    Meaning("backup whose configs changed places", zipped(lambda files: (files | {CONFIG: files["configs/swinmae_ssl_real.yaml"], "configs/swinmae_ssl_real.yaml": files[CONFIG]}).items()), "9 fail", f"{BUNDLE} holds another {CONFIG}", ""),
    Meaning("backup with an empty checkpoint", zipped(lambda files: (files | {CHECKPOINT: b""}).items()), "5 fail, 9 fail", f"{BUNDLE} holds no {CHECKPOINT} (or an empty one)", ""),
    Meaning("newest backup broken off", filed(cut_off), "5 fail", "zz_bundle.zip", "the older one does not count"),
    Meaning("control: backup with another loss history", zipped(lambda files: (files | {TABLES[0]: files[TABLES[0]] + b"9,1,1\n"}).items()), READY, "not: (backup_", "losses are a note"),
    Meaning("control: backup whose names begin with a dot", zipped(lambda files: ((f"./{name}", data) for name, data in files.items())), READY, "not: (backup_", "zip -r . of some programs"),
    Meaning("policy that says its words in headings", reference(rewritten(POLICY, "# Train\n\n# Calibration\n\n# Normal\n")), READY, "(short_policy)", "they stand there, and say nothing"),
    Meaning("policy in another language", reference(rewritten(POLICY, "Wir trainieren auf 80 Prozent. Kalibriert wird danach. Normal ist der Rest.\n")), "7 fail", "does not speak of train, calibration", "its own words can be set"),
    Meaning("control: policy in capitals", reference(rewritten(POLICY, "TRAIN COMES FIRST. CALIBRATION IS THE SECOND PART. NORMAL WINDOWS ONLY.\n")), READY, "not: short_policy", ""),
    Meaning("control: failed before this run began", reference(status(-99_999, outcome="failed")), READY, EIGHT, "of a run before"),
    Meaning("failed behind the last epoch", reference(status(1, outcome="failed")), "8 fail", "recorded that it failed", ""),
]
# fmt: on

ROWS = [*SAYS, *BOTH, *FILES]
