"""Rows about series, resumes, silence, clocks and what is not there."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import io
import json
import math
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from meaning_case import Make, Meaning
from support.build_checkpoints import safetensors, torch_zip, weights
from support.foreign import TRAIN, VAL, Foreign, Rows, both, falling_at, series, table_text
from support.workspaces import GONE_PID

NAN = math.nan
TEN = "epoch 10 of 10, completed"
EPOCHS = {"steps_are": "epochs"}
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n"


def living(f: Foreign) -> int:
    """The process id of a child that does nothing and lives as long as the row does."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    f.notes.append(child)
    return child.pid


def alive(rows: Rows, total: int = 10, **log: Any) -> Make:
    """A training of this machine whose process lives."""

    def make(f: Foreign) -> None:
        f.events(**EPOCHS)
        f.total(total)
        # named as if it had been opened when its process began: an older name would be of another process
        f.log(rows, pid=living(f), host=socket.gethostname(), **log)
        for path in (f.root / "tb").iterdir():
            parts = path.name.split(".")
            parts[3] = str(int(f.now))
            path.rename(path.with_name(".".join(parts)))

    return make


def unsaved(make: Make) -> Make:
    """The same, and no checkpoint is there."""

    def without(f: Foreign) -> None:
        make(f)
        f.said["checkpoint"] = "last.pt"

    return without


def bad(steps: Iterable[int], *, train: float = 2.0, val: float = 2.5) -> Rows:
    """A branch that was thrown away."""
    return [(n, {TRAIN: train, VAL: val}) for n in steps]


def logs(*files: tuple[Rows, dict[str, Any]], total: int = 10, by: str = "epochs", tags: dict[str, Any] | None = None, folder: str = "tb", epochs: bool = True) -> Make:  # fmt: skip
    """Several event files of one stream."""

    def make(f: Foreign) -> None:
        f.events(folder, tags, **(EPOCHS if epochs and by == "epochs" else {}))
        f.total(total, by)
        for rows, more in files:
            f.log(rows, **more)

    return make


def resumed(first: Rows, then: Rows, total: int, by: str = "steps", **more: Any) -> Make:
    """A training that was broken off and taken up again in a second file."""
    return logs((first, {"after": -20.0 * (len(then) + 2), "pid": 11}), (then, {"pid": 12, **more}), total=total, by=by)


def parts(described: dict[str, Any], *files: tuple[str, str], total: int = 4) -> Make:
    """A training that writes a table a part of the data, counted in steps, and what the description says of them."""

    def make(f: Foreign) -> None:
        for path, text in files:
            f.put(path, text, 1.0)
        f.said["loss_history"] = described
        f.total(total, "steps")
        f.without_events()

    return make


def tsv(values: Iterable[float], *names: str) -> str:
    """A tab-separated table of one series."""
    return "".join("\t".join(map(str, row)) + "\n" for row in [names, *enumerate(values)])


LOSSES = [1.0, 0.5, 0.25, 0.125]
DVC = [("dvc/train/loss.tsv", tsv(LOSSES, "step", "loss")), ("dvc/val/loss.tsv", tsv([2 * v for v in LOSSES], "step", "loss"))]  # fmt: skip
DVC_TRAIN = {"path": "dvc/train/loss.tsv", "columns": {"step": "step", "train_loss": "loss"}}


def ended_by(said: dict[str, Any], at: float | None = None) -> Make:
    """A whole training and its heartbeat, written so many seconds after its end."""

    def make(f: Foreign) -> None:
        logs((both(range(1, 11)), {}))(f)
        when = {} if at is None else {"updated_at": datetime.fromtimestamp(f.end + at, UTC).isoformat()}
        f.put("run_status.json", json.dumps(said | when), 1.0)
        f.whole["heartbeat"] = "run_status.json"

    return make


def finals(step: float) -> dict[str, float]:
    """The last values of `both`."""
    return {"train_loss": falling_at(step), "val_loss": falling_at(step, factor=1.25)}


def keras_logs(tags: dict[str, Any], *, table: bool = True) -> Make:
    """Keras' callbacks: `train/` and `validation/` with one tag, and a CSV from epoch 0."""

    def make(f: Foreign) -> None:
        f.events("logs", tags)
        f.log(series("epoch_loss", range(6)), folder="logs/train")
        f.log(series("epoch_loss", range(6), factor=1.25), folder="logs/validation", pid=7)
        f.total(6)
        if table:
            rows = [(n, falling_at(n), falling_at(n, factor=1.25)) for n in range(6)]
            f.table(table_text(rows, "epoch", "loss", "val_loss"), "training.csv")

    return make


def add_scalars(tags: dict[str, Any]) -> Make:
    """`add_scalars("loss", {"train": ..., "val": ...})`: two sub-folders with one tag."""
    return logs(
        (series("loss", range(1, 11)), {"folder": "tb/loss_train"}),
        (series("loss", range(1, 11), factor=1.25), {"folder": "tb/loss_val"}),
        tags=tags,
    )


def both_writers(second: Rows, **more: Any) -> Make:
    """Two processes that write into one folder at one time."""
    return logs((both(range(1, 11)), {"pid": 21}), (second, {"pid": 22, "after": 2.0, **more}))


def with_table(rows: Sequence[Sequence[Any]], *names: str, total: int = 10, **settings: Any) -> Make:
    """A table alone."""

    def make(f: Foreign) -> None:
        f.table(table_text(rows, *names), **settings)
        f.total(total)
        f.without_events()

    return make


def table_of(text: str, total: int) -> Make:
    """A table alone, as text."""
    return lambda f: (f.table(text), f.total(total), f.without_events())


def epochs_text(epochs: Iterable[int], factor: float = 1.0, *, head: bool = True) -> str:
    """A Keras table."""
    text = table_text(
        [(n, falling_at(n, factor=factor), falling_at(n, factor=1.25 * factor)) for n in epochs],
        "epoch",
        "loss",
        "val_loss",
    )
    return text if head else text.partition("\r\n")[2]


def one_file(rows: Rows, total: int = 10, **log: Any) -> Make:
    """A training of steps that are epochs."""
    return logs((rows, log), total=total)


def skewed(lag: float, *, checkpoint: float | None = None) -> Make:
    """Every file written by a server whose clock is `lag` seconds ahead; the checkpoint's own age may differ."""

    def make(f: Foreign) -> None:
        logs((both(range(1, 11)), {"lag": lag}))(f)
        f.put("best.pt", torch_zip(), (0.5 if checkpoint is None else checkpoint) + lag)

    return make


def checkpoint_of(path: str, files: dict[str, bytes], named: str | None = None) -> Make:
    """A finished training with these files as its checkpoint."""

    def make(f: Foreign) -> None:
        one_file(both(range(1, 11)))(f)
        f.said["checkpoint"] = named or path
        for name, data in files.items():
            f.put(name, data, 0.5)

    return make


def backed_up(without: str = "") -> Make:
    """Two shards with their index, and a backup of all files but perhaps one."""

    def make(f: Foreign) -> None:
        names = (*SHARDS, "out/model.safetensors.index.json")
        files = dict(zip(names, (shard(1), shard(2), index(*(name[4:] for name in SHARDS))), strict=True))
        checkpoint_of("out", files)(f)
        config = json.dumps({"epochs": 10}).encode()
        f.put("config.json", config, -3600.0)
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as bundle:
            for name, data in {**files, "config.json": config}.items():
                if name != without:
                    bundle.writestr(name, data)
        f.put("backup.zip", held.getvalue(), 2.0)
        f.whole["backup"] = {"paths": ["backup.zip"]}

    return make


def shard(n: int) -> bytes:
    """A safetensors file with one tensor of its own."""
    return safetensors({f"layer{n}.weight": weights(n)})


def index(*shards: str) -> bytes:
    """The index that names each tensor's shard."""
    return json.dumps(
        {"metadata": {}, "weight_map": {f"layer{n}.weight": name for n, name in enumerate(shards, 1)}}
    ).encode()


def linked(f: Foreign) -> None:
    """The checkpoint is a link that leads nowhere."""
    one_file(both(range(1, 11)))(f)
    f.root.mkdir(parents=True, exist_ok=True)
    (f.root / "best.pt").symlink_to("weights/epoch10.pt")


SHARDS = ("out/model-00001-of-00002.safetensors", "out/model-00002-of-00002.safetensors")

# fmt: off
SERIES = [
    Meaning("Keras: train/ and validation/ with one tag", keras_logs({"train_loss": "epoch_loss"}), "ready", "epoch 6 of 6, completed | not: of another run", "f13: two curves", final=finals(5)),
    Meaning("Keras: the same without its CSV", keras_logs({"train_loss": "epoch_loss"}, table=False), "ready", "epoch 6 of 6, completed", "f13: the training loss is that of train/", final=finals(5)),
    Meaning("Keras: tags written with their sub-folder", keras_logs({"train_loss": "train/epoch_loss", "val_loss": "validation/epoch_loss"}, table=False), "ready", "epoch 6 of 6, completed", "f13: `validation/epoch_loss` matched nothing, in silence", final=finals(5)),
    Meaning("Keras: one tag for both", keras_logs({"train_loss": "epoch_loss", "val_loss": "epoch_loss"}, table=False), "ready", "epoch 6 of 6, completed", "each series its own folder", final=finals(5)),
    Meaning("add_scalars, one tag for both", add_scalars({"train_loss": "loss", "val_loss": "loss"}), "ready", "epoch 10 of 10, completed", "sub-runs are series", final=finals(10)),
    Meaning("add_scalars, only the training asked for", add_scalars({"train_loss": "loss"}), "ready", "epoch 10 of 10, completed", "the validation was shown as training", final=finals(10)),
    Meaning("add_scalars, tags with their sub-folder", add_scalars({"train_loss": "loss_train/loss", "val_loss": "loss_val/loss"}), "ready", "epoch 10 of 10, completed", "", final=finals(10)),
    Meaning("CatBoost: learn/ and test/", logs((series("Logloss", range(100)), {"folder": "catboost_info/learn", "gap": 1.0}), (series("Logloss", range(100), factor=1.25), {"folder": "catboost_info/test", "gap": 1.0}), tags={"train_loss": "Logloss"}, folder="catboost_info", total=100, by="steps"), "ready", "step 100 of 100, completed", "iterations 0 to 99", final=finals(99)),
    Meaning("two writers hide a NaN", both_writers([*both(range(1, 5)), (5, {TRAIN: NAN, VAL: NAN}), *both(range(6, 11))]), "8 fail, 9 fail", "two writers recorded different values at the same steps", "one curve of both came out READY"),
    Meaning("two writers, other values, one training loss", both_writers(series(TRAIN, range(1, 11), factor=3.0)), "9 fail", "two writers recorded different values at the same steps: train_loss", "one curve of both", final=finals(10)),
    Meaning("two writers, the same values", both_writers(both(range(1, 11))), "ready", "epoch 10 of 10, completed", "two ranks that both log", final=finals(10)),
    Meaning("two writers with different series", logs((series(TRAIN, range(1, 11)), {"pid": 21}), (series(VAL, range(1, 11), factor=1.25), {"pid": 22, "after": 1.0})), "ready", "epoch 10 of 10, completed", "one run", final=finals(10)),
    Meaning("two trials below one folder at one time", logs((bad(range(1, 11), train=5.0), {"folder": "tb/version_0", "after": -3.0}), (both(range(1, 11)), {"folder": "tb/version_1", "pid": 8})), "ready", "another training ran at the same time in tb/version_0; tb/version_1 is shown", "f22: one of them, and that is said", final=finals(10)),
]

GONE = [
    Meaning("resumed with purge_step, killed", resumed(bad(range(10, 1001, 10)), both(range(500, 701, 10)), 1000, restart_at=500), "8 fail", "step 700 of 1,000, then silent", "f16: the discarded branch had reached 1000", final=finals(700)),
    Meaning("resumed without a purge record, killed", resumed(bad(range(10, 1001, 10)), both(range(500, 701, 10)), 1000), "8 fail", "step 700 of 1,000, then silent", "f16", final=finals(700)),
    Meaning("resumed by exactly one stride with purge_step, killed after one point", resumed(both(range(10, 101, 10)), both([90]), 100, restart_at=90), "8 fail", "step 90 of 100, then silent", "the START record says that 100 is void", final=finals(90)),
    Meaning("the same with a purge_step between two records", resumed(both(range(10, 101, 10)), both([90]), 100, restart_at=81), "8 fail", "step 90 of 100, then silent", "what lies beyond 81 is void", final=finals(90)),
    Meaning("resumed with purge_step, killed before its first record", resumed(bad(range(10, 1001, 10)), [], 1000, restart_at=500), "8 fail", "step 490 of 1,000, then silent", "nothing follows a step long passed", final={"train_loss": 2.0, "val_loss": 2.5}),
    Meaning("resumed with purge_step, NaN at the step that is void", resumed([*both(range(10, 91, 10)), *bad([100], train=NAN, val=NAN)], both(range(110, 201, 10)), 200, restart_at=100), "8 fail", "train_loss NaN since step 100", "nothing goes back: the step was not repeated"),
    Meaning("gradient norm NaN beside finite losses, from step 50 on", one_file([(n, {TRAIN: falling_at(n), VAL: falling_at(n, factor=1.25), "train/grad_norm": NAN if n >= 5 else 1.0}) for n in range(1, 11)]), "ready", "train/grad_norm: the gradient norm is NaN from step 5 on (6 of 10 rows) | all losses finite", "odd, and no diverged loss", final=finals(10)),
    Meaning("gradient norm infinite once, asked for as a series", logs(([(n, {TRAIN: falling_at(n), "gn": math.inf if n == 3 else 1.0}) for n in range(1, 11)], {}), tags={"train_loss": TRAIN, "grad_norm": "gn"}), "ready", "grad_norm: the gradient norm is infinite at step 3 (1 of 10 rows) | not: diverged", "a series by its name"),
    Meaning("gradient norm NaN, losses dead", one_file([(n, {TRAIN: 0.0 if n >= 5 else 0.5, "grad_norm": NAN if n >= 5 else 1.0}) for n in range(1, 11)]), "ready", "train_loss is 0.0 from then on: nothing is learnt any more", "f49 in events"),
    Meaning("gradient norm NaN in a branch that was thrown away", resumed([(n, {TRAIN: falling_at(n), "grad_norm": NAN if n > 500 else 1.0}) for n in range(10, 1001, 10)], [(n, {TRAIN: falling_at(n), "grad_norm": 1.0}) for n in range(500, 1001, 10)], 1000), "ready", "step 1,000 of 1,000, completed | not: gradient norm", "gone is gone"),
    Meaning("resumed within one file, killed", logs(([*bad(range(10, 1001, 10)), *both(range(500, 701, 10))], {}), total=1000, by="steps"), "8 fail", "step 700 of 1,000, then silent", "one writer that was told to go back", final=finals(700)),
    Meaning("resumed and finished, NaN in the discarded branch", resumed([*both(range(10, 801, 10)), *bad(range(810, 901, 10), train=NAN, val=NAN)], both(range(700, 1001, 10)), 1000), "ready", "step 1,000 of 1,000, completed", "what was thrown away is gone", final=finals(1000)),
    Meaning("resumed and finished, NaN before the resume", resumed([*both(range(10, 301, 10)), (310, {TRAIN: NAN, VAL: 0.1}), *both(range(320, 901, 10))], both(range(700, 1001, 10)), 1000), "8 fail", "train_loss NaN since step 310", "that part is still the run's own"),
    Meaning("evaluation of the best checkpoint afterwards at step 1", logs((both(range(1, 11)), {}), ([(1, {VAL: 0.3})], {"after": 600.0, "pid": 9})), "ready", "epoch 10 of 10, completed | not: epoch 1 of 10", "it starts and cuts nothing", final=finals(10)),
    Meaning("evaluation afterwards at the best epoch", logs((both(range(1, 11)), {}), ([(7, {VAL: 0.3})], {"after": 600.0, "pid": 9})), "ready", "epoch 10 of 10, completed", "", final=finals(10)),
    Meaning("evaluation afterwards in the same file", one_file([*both(range(1, 11)), (4, {VAL: 0.3})]), "ready", "epoch 10 of 10, completed", "records of validation only", final=finals(10)),
    Meaning("evaluation afterwards in a folder of its own", logs((both(range(1, 11)), {"folder": "tb/version_0"}), ([(1, {VAL: 0.3})], {"after": 600.0, "folder": "tb/version_1"})), "ready", "epoch 10 of 10, completed", "trainer.test() makes a newer version", final=finals(10)),
    Meaning("a later file with a header only", logs((both(range(1, 11)), {}), ([], {"after": 3600.0, "pid": 9})), "ready", "epoch 10 of 10, completed | not: previous run", "f20", final=finals(10)),
    Meaning("a later file with hparams only", logs((both(range(1, 11)), {}), ([(0, {"hp_metric": -1.0})], {"after": 3600.0, "pid": 9})), "ready", "epoch 10 of 10, completed", "holds no configured series", final=finals(10)),
    Meaning("a second run of Keras appended, died after 3 of 4", table_of(epochs_text(range(4), 3.0) + epochs_text(range(3), head=False), 4), "8 skip", "epoch 3 of 4 | the table begins again, and only what follows counts | not: completed", "f18: the last block counts", final=finals(2)),
    Meaning("a second run appended, whole", table_of(epochs_text(range(4), 3.0) + epochs_text(range(4), head=False), 4), "ready", "epoch 4 of 4, completed | the table begins again", "that is said", final=finals(3)),
    Meaning("header repeated", table_of(epochs_text(range(4), 3.0) + epochs_text(range(4)), 4), "ready", "epoch 4 of 4, completed | begins again", "the last block counts", final=finals(3)),
    Meaning("header repeated, NaN in the first block", table_of(epochs_text(range(3)) + "3,nan,nan\r\n" + epochs_text(range(4)), 4), "ready", "epoch 4 of 4, completed", "thrown away with its block", final=finals(3)),
    Meaning("table pasted twice", table_of(epochs_text(range(4)) * 2, 4), "ready", "epoch 4 of 4, completed", "", final=finals(3)),
    Meaning("table resumed in between", table_of(epochs_text(range(8), 3.0) + epochs_text(range(5, 10), head=False), 10), "ready", "epoch 10 of 10, completed | the training was resumed there", "", final=finals(9)),
    Meaning("table resumed in between, killed", table_of(epochs_text(range(10), 3.0) + epochs_text(range(5, 7), head=False), 10), "8 skip", "epoch 7 of 10 | not: completed", "what it had thrown away does not count", final=finals(6)),
    Meaning("one row of a table out of order", table_of(epochs_text([0, 1, 2, 4, 3, 5, 6, 7, 8, 9]), 10), "ready", "epoch 10 of 10, completed | out of order", "it makes nothing void", final=finals(9)),
    Meaning("resumed in version_1", logs((both(range(1, 6)), {"folder": "tb/version_0", "after": -200.0}), (both(range(6, 11)), {"folder": "tb/version_1", "pid": 8})), "ready", "epoch 10 of 10, completed | not: previous run", "its series continue: the same run", final=finals(10)),
    Meaning("resumed in version_1, overlapping", logs((both(range(1, 8)), {"folder": "tb/version_0", "after": -200.0}), (both(range(6, 11)), {"folder": "tb/version_1", "pid": 8})), "ready", "epoch 10 of 10, completed", "", final=finals(10)),
    Meaning("trained again, killed after 3", logs((both(range(1, 11)), {"after": -3600.0}), (both(range(1, 4)), {"pid": 8, "after": 100.0})), "8 fail, 9 fail", "epoch 3 of 10, then silent | is from the previous run", "begins where the run began"),
    Meaning("trained again, the validation's writer opened first", logs((both(range(1, 11)), {"after": -3600.0}), (series(VAL, range(1, 11), factor=2.0), {"pid": 8, "gap": 11.0}), (series(TRAIN, range(1, 11)), {"pid": 8, "after": 0.5})), "ready", TEN, "it is no evaluation of the first run", final={"train_loss": falling_at(10), "val_loss": falling_at(10, factor=2.0)}),
    Meaning("trained again, the validation's writer opened first, NaN in it", logs((both(range(1, 11)), {"after": -3600.0}), ([*series(VAL, range(1, 10)), (10, {VAL: NAN})], {"pid": 8, "gap": 11.0}), (series(TRAIN, range(1, 11)), {"pid": 8, "after": 0.5})), "8 fail", "val_loss NaN since epoch 10", "it hid there"),
    Meaning("validation counted in samples", logs(([*series(TRAIN, range(10, 501, 10)), *series(VAL, [3200, 16000])], {}), total=1000, by="steps"), "8 fail", "step 500 of 1,000, then silent", "the training counts, in words too"),
    Meaning("validation with a counter of its own", one_file([*both(range(1, 6)), *series(TRAIN, range(6, 11)), *series("other", [1, 2, 3])]), "ready", "epoch 10 of 10, completed", "other counters cut nothing"),
    Meaning("one record out of order", one_file([*both(range(1, 5)), *both([6]), *both([5]), *both(range(7, 11))]), "ready", "epoch 10 of 10, completed", "writers flush as they like", final=finals(10)),
]

SILENCE = [
    Meaning("alive and silent for three hours", alive(both(range(1, 6))), "8 skip, 9 skip", "epoch 5 of 10; its process lives, nothing was written since | not: then silent", "a notebook's kernel outlives its training", age=10800.0),
    Meaning("alive and quiet", alive(both(range(1, 6))), "8 skip, 9 skip", "epoch 5 of 10, still training", "", verdict="training", age=60.0),
    Meaning("alive before its first record", alive([], after=0.0), "8 skip, 9 skip, 3 skip", "still training", "nothing is stalled before it begins", verdict="training", age=5.0),
    Meaning("alive, and nothing saved yet", unsaved(alive(both(range(1, 6)))), "1 skip, 8 skip, 9 skip", "no checkpoint saved yet (epoch 5 of 10, still training) | not: Already failing", "many save at the end only", verdict="training", age=60.0),
    Meaning("gone, and nothing saved", unsaved(one_file(both(range(1, 6)))), "1 fail, 8 fail", "last.pt is missing | epoch 5 of 10, then silent", "what has ended saves nothing any more"),
    Meaning("ended, and nothing saved", unsaved(one_file(both(range(1, 11)))), "1 fail", "last.pt is missing", "a model is always asked"),
    Meaning("gone in the middle", lambda f: (f.events(**EPOCHS), f.total(10), f.here(both(range(1, 6)), GONE_PID)), "8 fail", "epoch 5 of 10, then silent", "its process is gone"),
    Meaning("CSV only, epochs of ten minutes, last row five minutes old", table_of(epochs_text(range(4)), 10), "8 skip", "epoch 4 of 10, still training", "f24: its pace is not known", verdict="training", age=301.0),
    Meaning("CSV only, silent for a week", table_of(epochs_text(range(4)), 10), "8 skip", "epoch 4 of 10: nothing was written since", "a week says much, and proves nothing", age=7 * 86400.0),
    Meaning("one record, three hours old", one_file(both([1])), "8 skip, 9 skip", "epoch 1 of 10; nothing says that it stopped", "its pace is not known", age=10800.0),
    Meaning("silent past its own pace on another host", one_file(both(range(1, 6))), "8 fail", "epoch 5 of 10, then silent", "ten gaps are long"),
    Meaning("silent past a limit that was set", lambda f: (with_table([(n, 0.5) for n in range(4)], "epoch", "loss")(f), f.said.update(stall={"stalled_seconds": 60.0})), "8 fail", "epoch 4 of 10, then silent", "who sets a limit knows the pace"),
    Meaning("silent, ten-minute epochs, eleven minutes", one_file(both(range(1, 6)), gap=600.0), "8 skip, 9 skip", "epoch 5 of 10, still training", "its own pace counts", verdict="training", age=660.0),
]

CLOCKS = [
    Meaning("heartbeat without a stream says failed", ended_by({"outcome": "failed"}, at=1.0), "8 fail", "the training recorded that it failed", "there is no other stream that it could speak of"),
    Meaning("heartbeat says failed, at no time", ended_by({"stream": "net", "outcome": "failed"}), "8 skip", "says `failed` without a time", "this run's or another's: nothing defaults to good"),
    Meaning("heartbeat without a stream says completed", ended_by({"outcome": "completed"}, at=1.0), "ready", "epoch 10 of 10, completed", ""),
    Meaning("file server two minutes behind", skewed(-120.0), "ready", "checkpoint and losses of one run | not: previous run", "f47: checkpoint and events bear the same clock"),
    Meaning("file server two minutes ahead", skewed(120.0), "ready", "checkpoint and losses of one run", ""),
    Meaning("file server behind, checkpoint of yesterday", skewed(-120.0, checkpoint=-86400.0), "9 fail", "was written before its run | not: previous run", "a skew explains two minutes; no previous run is seen"),
    Meaning("checkpoint of yesterday", skewed(0.0, checkpoint=-86400.0), "9 fail", "was written before its run", ""),
    Meaning("file times an hour off", skewed(3600.0), "9 skip", "times were lost", "a copy, or a clock that is wrong"),
]

PARTS = [
    Meaning("one of two shards is not in the backup", backed_up(SHARDS[1]), "5 fail", "backup.zip holds no out/model-00002-of-00002.safetensors (or an empty one)", "half a model was saved"),
    Meaning("the index is not in the backup", backed_up("out/model.safetensors.index.json"), "5 fail", "backup.zip holds no out/model.safetensors.index.json", ""),
    Meaning("DVCLive: one of two files named", parts(DVC_TRAIN, *DVC), "8 skip", "dvc/val/loss.tsv beside its table holds its validation, and nothing names it | path: [dvc/train/loss.tsv, dvc/val/loss.tsv] | not: all losses finite", "f35: half of the losses were read by nobody"),
    Meaning("DVCLive: one of two files named, NaN in the other", parts(DVC_TRAIN, DVC[0], ("dvc/val/loss.tsv", tsv([0.5, NAN, NAN, NAN], "step", "loss"))), "8 skip", "nothing names it", "a NaN must not hide there"),
    Meaning("DVCLive: the validation alone named", parts({"path": "dvc/val/loss.tsv", "columns": {"val_loss": "loss"}}, *DVC), "8 skip", "dvc/train/loss.tsv beside its table holds its training", "the other half"),
    Meaning("DVCLive: the other file named for its NaN", parts({"path": ["dvc/train/loss.tsv", "dvc/val/loss.tsv"]}, DVC[0], ("dvc/val/loss.tsv", tsv([0.5, NAN, NAN, NAN], "step", "loss"))), "8 fail", "val_loss NaN since step 1", "what the hint says to write finds it"),
    Meaning("CatBoost: the learning error alone named", parts({"path": "cb/learn_error.tsv", "columns": {"train_loss": "Logloss", "step": "iter"}}, *((f"cb/{name}_error.tsv", tsv(LOSSES, "iter", "Logloss")) for name in ("learn", "test"))), "8 skip", "cb/test_error.tsv beside its table", "the word stands in the name"),
    Meaning("one of two shards missing, an index beside", checkpoint_of("out", {SHARDS[0]: shard(1), "out/model.safetensors.index.json": index(SHARDS[0][4:], SHARDS[1][4:])}), "1 fail", "model-00002-of-00002.safetensors", "f26: one shard was taken for the whole"),
    Meaning("one of two shards missing, no index", checkpoint_of(SHARDS[0], {SHARDS[0]: shard(1)}), "1 fail", "model-00002-of-00002.safetensors", "its name says that there are two"),
    Meaning("hollow save of sharded parameters", checkpoint_of("best.safetensors", {"best.safetensors": safetensors({"embed.weight": weights(1, (0,)), "head.weight": weights(2, (0,)), "inv_freq": weights(3, (4,))})}), "1 fail", "2 of 3 tensors are empty", "f28: ZeRO-3"),
    Meaning("best.pt is a link that leads nowhere", linked, "1 fail", "link", "by name"),
]

WORDS = [
    Meaning("event files described, a link that leads nowhere, a table beside", lambda f: (with_table([(n, falling_at(n)) for n in range(10)], "epoch", "loss")(f), f.whole.clear(), f.total(10), f.put("best.pt", torch_zip(), 2.0), (f.root / "tb").symlink_to("gone")), "3 fail, 9 skip", "the link `tb` leads to nothing", "they were written somewhere: nobody sees what they hold"),
    Meaning("event files described, only half of a table is there", lambda f: (with_table([(n, falling_at(n)) for n in range(5)], "epoch", "loss")(f), f.whole.clear(), f.total(10), f.put("best.pt", torch_zip(), 2.0)), "8 skip, 9 skip", "epoch 5 of 10; nothing says that it stopped | (events_missing)", "the table tells"),
    Meaning("the configured tags are in no file", logs((series("epoch_loss", range(6)), {}), epochs=False, total=6), "3 fail, 8 fail, 9 skip", "`loss/train`, `loss/val` not found in the event files, which hold `epoch_loss`", "f43: the tags that are there"),
    Meaning("a model without any record", lambda f: f.total(10), "3 fail, 8 fail, 9 skip", "nothing says how it was trained: no event file | not: not trained", "f29: that there is no record does not say that nobody trained"),
    Meaning("neither a model nor a record, and a config", unsaved(lambda f: f.total(10)), "1 skip, 3 skip, 8 skip, 9 skip", "nothing has been trained yet", "nothing is claimed of it", verdict="not_ready"),
    Meaning("a training without validation, in a table", lambda f: (with_table([(n, falling_at(n), 0.001) for n in range(10)], "epoch", "loss", "lr")(f), f.said.pop("events")), "ready", "completed | not: val_loss", "what nobody has is missed by nobody"),
    Meaning("a validation whose column has another name", with_table([(n, falling_at(n), 0.5) for n in range(10)], "epoch", "loss", "loss_on_val", total=10), "ready", "has no column for `val_loss` | loss_on_val", "one that is there and not read is news"),
    Meaning("a validation that was named and is not there", with_table([(n, falling_at(n)) for n in range(10)], "epoch", "loss", total=10, columns={"train_loss": "loss", "val_loss": "evaluation"}), "ready", "has no column for `val_loss`: expected `evaluation`", "it was configured"),
    Meaning("a tag that is nearly right", logs((series("Loss/train", range(1, 11)), {}), total=10), "3 fail, 8 fail, 9 skip", "nearest is `Loss/train`", ""),
    Meaning("event files are LFS pointers", lambda f: (f.put("tb/events.out.tfevents.1700000000.host.1.0", LFS), f.total(10)), "3 fail, 8 fail, 9 skip", "git lfs pull | no event file with a record that can be read", "f45"),
    Meaning("a pattern for the table", lambda f: (f.put("lightning_logs/version_0/metrics.csv", epochs_text(range(1)), -900.0), f.table(epochs_text(range(2)), "lightning_logs/version_1/metrics.csv"), f.said.update(loss_history={"path": "lightning_logs/version_*/metrics.csv"}), f.total(2), f.without_events()), "ready", "epoch 2 of 2, completed", "f41: the newest, as elsewhere", final=finals(1)),
    Meaning("a pattern for the table that matches nothing", lambda f: (one_file(both(range(1, 11)))(f), f.said.update(loss_history={"path": "logs/version_*/metrics.csv"})), "ready", "epoch 10 of 10, completed", "the events are enough"),
    Meaning("a table with other columns", with_table([(n, 0.5) for n in range(3)], "epoch", "perplexity"), "8 fail", "perplexity | not: Nothing has been trained", "what was found is named"),
]
# fmt: on

ROWS = [*SERIES, *GONE, *SILENCE, *CLOCKS, *PARTS, *WORDS]
