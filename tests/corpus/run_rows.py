"""Rows about event files, runs, times, and trainings that went wrong."""

# ruff: noqa: E501 -- a table is read row by row

from __future__ import annotations

import json
import math
import os
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from corpus_case import Case
from support.breakages import (
    BUNDLE,
    CANARY,
    CFG,
    CKPT,
    CKPT2,
    RUNS,
    SCALER,
    TABLE,
    TABLE2,
    Broken,
    Edit,
    also,
    backup,
    cut,
    flipped,
    folder,
    gone,
    put,
    put_events,
    rerun,
    sparse,
    then_backup,
    touched,
)
from support.build_events import (
    content_tensor,
    event,
    float_tensor,
    header,
    key,
    message,
    record,
    simple_value,
    step,
    tensor_value,
    wall_time,
)
from support.workspaces import (
    checkpoint_bytes,
    event_bytes,
    event_path,
    falling,
    table_text,
    write,
    write_backup,
    write_scaler,
    write_stream,
)

from checkpoint_rows import HTML  # isort: skip

DAY = 86_400.0


def losses(val: Sequence[float], train: Sequence[float] | None = None, *, first: int = 1, shift: float = 0.0) -> Edit:
    """PatchTST's events with other losses, steps or times; the loss history goes."""

    def apply(w: Broken) -> None:
        out = [header(w.patchtst.start + shift)]
        for n, v in enumerate(val):
            at = w.patchtst.start + shift + w.patchtst.gap * (n + 1)
            out.append(record(event(first + n, [simple_value("loss/train", train[n] if train else v * 1.1)], at)))
            out.append(record(event(first + n, [simple_value("loss/val", v)], at)))
        put_events(b"".join(out))(w)
        gone(TABLE)(w)

    return apply


def learnt(val: Sequence[float]) -> Edit:
    """The same, with the checkpoint that such a training leaves."""
    return then_backup(losses(val), lambda w: put(CKPT, checkpoint_bytes(replace(w.patchtst, val=val)))(w))


def records(*datas: bytes) -> Edit:
    """PatchTST's event file made of these records behind a header."""
    return lambda w: put_events(header(w.patchtst.start) + b"".join(map(record, datas)))(w)


def epochs(make: object, tail: Callable[[float], bytes] = lambda at: b"") -> Edit:
    """PatchTST's eight epochs in another spelling: `make(tag, value)` gives a summary value.

    `tail` gives the bytes behind them, for records written at the run's end: the table is made long before its rows.
    """

    def apply(w: Broken) -> None:
        out = [header(w.patchtst.start)]
        for n, v in enumerate(w.patchtst.val, 1):
            at = w.patchtst.start + w.patchtst.gap * n
            out += [record(event(n, [make(tag, v * f)], at)) for tag, f in (("loss/train", 1.1), ("loss/val", 1.0))]  # type: ignore[operator]
        put_events(b"".join(out) + tail(w.patchtst.end))(w)

    return apply


def timed(*seconds: float) -> Edit:
    """PatchTST's events whose records say they were written at these (odd) times; no table."""

    def apply(w: Broken) -> None:
        values = [simple_value("loss/train", 0.5), simple_value("loss/val", 0.5)]
        out = [record(wall_time(seconds[0]) + message(3, b"brain.Event:2"))]
        out += [record(event(n, values, at)) for n, at in enumerate(seconds, 1)]
        put_events(b"".join(out))(w)
        gone(TABLE)(w)

    return apply


AT_ITS_END = "when PatchTST ended"


def status(**fields: object) -> Edit:
    """A heartbeat file of the training."""

    def apply(w: Broken) -> None:
        end = datetime.fromtimestamp(w.patchtst.end, UTC).isoformat()
        told = {key: end if value == AT_ITS_END else value for key, value in fields.items()}
        write(w.root / "run_status.json", json.dumps(told))

    return apply


def stopped_at(after: int, **beat: object) -> Edit:
    """PatchTST broken off after some epochs; its table was never written."""

    def apply(w: Broken) -> None:
        short = replace(w.patchtst, val=w.patchtst.val[:after])
        put_events(event_bytes(short))(w)
        os.utime(w.root / w.events(), (short.end, short.end))
        gone(TABLE)(w)
        put(CKPT, checkpoint_bytes(short))(w)
        backup(w)
        if beat:
            status(**beat)(w)

    return apply


def beside(*seconds_after: float) -> Edit:
    """Event files of nothing but a header, opened so long after PatchTST's own."""

    def apply(w: Broken) -> None:
        for number, after in enumerate(seconds_after):
            at = w.patchtst.start + after
            write(w.root / RUNS / f"events.out.tfevents.{int(at)}.rank{number}.7.{number}", header(at), at)

    return apply


def resumed(w: Broken) -> None:
    """PatchTST broken off after epoch 4 and taken up again: two event files, one run."""
    first = replace(w.patchtst, val=w.patchtst.val[:4])
    put_events(event_bytes(first))(w)
    os.utime(w.root / w.events(), (first.end, first.end))
    out, begun = [header(first.end + 60)], first.end + 60
    for n, v in enumerate(w.patchtst.val[4:], 5):
        at = begun + w.patchtst.gap * (n - 4)
        out += [
            record(event(n, [simple_value("loss/train", v * 1.1)], at)),
            record(event(n, [simple_value("loss/val", v)], at)),
        ]
    ended = begun + 4 * w.patchtst.gap
    write(w.root / event_path(replace(w.patchtst, start=begun)), b"".join(out), ended)
    for path in (CKPT, TABLE):
        os.utime(w.root / path, (ended + 1, ended + 1))


def training_now(
    stream: str = "swinmae", *, epochs: int = 30, seen: int = 3, age: float = 1.0, pid: int | None = None
) -> Edit:
    """One stream is being trained right now, by this process unless another is named, over its old outputs."""

    def apply(w: Broken) -> None:
        old = w.swinmae if stream == "swinmae" else w.patchtst
        now = replace(
            old, val=falling(seen, 0.7), epochs=epochs, pid=pid or os.getpid(), start=time.time() - age - old.gap * seen
        )
        write(w.root / event_path(now), event_bytes(now), now.end)
        config = w.root / f"configs/{stream}_ssl_real.yaml"
        write(config, config.read_text().replace(f"epochs: {old.epochs}", f"epochs: {epochs}"), now.start - 1)

    return apply


def only(stream: str) -> Edit:
    """As if the other stream had never been trained."""
    other = "patchtst" if stream == "swinmae" else "swinmae"
    return gone(f"checkpoints/{other}_ssl.pt", f"runs/{other}_ssl", f"artifacts/loss/{other}_loss_history.csv")


def second_run(w: Broken) -> None:
    """PatchTST trained again, well, with everything saved anew; SwinMAE is from the run before."""
    again = replace(w.patchtst, start=w.swinmae.end + 200, seed=9)
    write_stream(w.root, again)
    config = w.root / CFG
    write(config, config.read_text() + f"wandb:\n  api_key: {CANARY}\n", again.start - 5)
    write_scaler(w.root, again.start - 2)
    write_backup(w.root, [again, w.swinmae], again.end + 5)


def write_table(w: Broken) -> None:
    """PatchTST's loss history as it was: all numbers."""
    write(w.root / TABLE, table_text(w.patchtst), w.patchtst.end + 1)


def elsewhere(w: Broken) -> None:
    """Nothing but the word that the reference pipeline is to train here."""
    for path in list(w.root.iterdir()):
        gone(path.name)(w)
    (w.root / "dashboard.yaml").write_text("trainer: reference\n")


def many_tags(count: int) -> Callable[[float], bytes]:
    return lambda at: b"".join(record(event(1, [simple_value(f"tag/{n}", 0.5)], at)) for n in range(count))


NAN, INF = math.nan, math.inf

# fmt: off
EVENTS = [
    Case("no event folder", gone(RUNS), "3 fail, 9 skip", "no event file below runs/patchtst_ssl", ""),
    Case("event file of 0 bytes", put_events(b""), "3 fail, 9 skip", "no scalar record", "tensorboardX before it closes"),
    Case("event file of random bytes", put_events(np.random.default_rng(5).bytes(4000)), "3 fail, 9 skip", "runs/patchtst_ssl", ""),
    Case("event file is an HTML page", put_events(HTML), "3 fail, 9 skip", "runs/patchtst_ssl", ""),
    Case("event file of zeros", put_events(bytes(4096)), "3 fail, 9 skip", "runs/patchtst_ssl", ""),
    Case("event file cut in its last record", put_events(cut(-9)), "as good", "no damaged record", "how every live file ends"),
    Case("event file cut in its first record", put_events(cut(20)), "3 fail, 9 skip", "no scalar record", ""),
    Case("one flipped bit in a record", put_events(flipped(250)), "as good", "1 damaged record", "costs that record only"),
    Case("one flipped bit in a length", put_events(flipped(183)), "as good", "1 damaged record | up to the next sound one", "costs that record only, and its loss stands in the table"),
    Case("one flipped bit in a length, no table", also(gone(TABLE), put_events(flipped(183))), "8 fail", "damaged records took val_loss of epoch 2 (losses_damaged)", "a loss that stands nowhere else is lost"),
    Case("one flipped bit in the last length, no table", also(gone(TABLE), put_events(flipped(747))), "8 fail, 9 fail", "damaged records took val_loss of epoch 8", "there is no record behind it"),
    Case("a record of 8 EB", put_events(lambda d: d + struct.pack("<Q", 1 << 63) + bytes(8)), "as good", "epoch 8 of 8", "nothing is allocated on a claim"),
    Case("event file of 64 GiB", lambda w: sparse(w.events(), 64 << 30)(w), "3 fail, 9 skip", "runs/patchtst_ssl", "a sparse file must cost nothing"),
    Case("event file is a folder", lambda w: folder(w.events())(w), "3 fail, 9 skip", "runs/patchtst_ssl", ""),
    Case("200 event files of 0 bytes", lambda w: [write(w.root / RUNS / f"events.out.tfevents.{n}.h.1.0", b"") for n in range(200)] and None, "as good", "201 event files", ""),
    Case("headers of other processes", beside(0.0, 1.0, 5.0), "as good", "epoch 8 of 8", "each process of one training opens a file, one of them writes"),
    Case("header of a rerun that has not begun", beside(150.0), "as good", "epoch 8 of 8", "a header alone, whose process is gone, starts no run"),
    Case("losses as tensors", epochs(lambda t, v: tensor_value(t, float_tensor(v))), "as good", "epoch 8 of 8", "TensorFlow 2 writes them so"),
    Case("losses as raw tensors", epochs(lambda t, v: tensor_value(t, content_tensor(1, struct.pack("<f", v)))), "as good", "epoch 8 of 8", ""),
    Case("losses as half tensors of 3 bytes", also(gone(TABLE), epochs(lambda t, v: tensor_value(t, content_tensor(19, b"abc")))), "3 fail, 8 fail", "runs/patchtst_ssl", "no number in it"),
    Case("a tag with HTML", epochs(simple_value, lambda at: record(event(9, [simple_value("<img src=x onerror=alert(1)>", 0.5)], at))), "as good", "epoch 8 of 8", ""),
    Case("a tag of bytes that are no text", epochs(simple_value, lambda at: record(event(9, [message(1, b"\xff\xfe\x00") + key(2, 5) + struct.pack("<f", 1.0)], at))),
         "as good", "epoch 8 of 8", ""),
    Case("20,000 tags", epochs(simple_value, many_tags(20_000)), "as good", "epoch 8 of 8", "the losses are still found"),
    Case("a summary of a million values", epochs(simple_value, lambda at: record(event(9, [simple_value("x", 0.5)] * 200_000, at))), "as good", "epoch 8 of 8", ""),
    Case("a varint without end", epochs(simple_value, lambda _: record(b"\x10" + b"\xff" * 200)), "as good", "epoch 8 of 8", ""),
    Case("a negative step", epochs(simple_value, lambda at: record(wall_time(at) + step(-5) + message(5, message(1, simple_value("loss/val", 0.5))))), "as good", "patchtst", ""),
    Case("a step of 2^62", epochs(simple_value, lambda at: record(event(1 << 62, [simple_value("loss/val", 0.5)], at))), "as good", "patchtst", "nonsense that must not break the page"),
    Case("records at time NaN", timed(NAN, NAN), "8 fail, 9 skip", "patchtst", "an instant that is none"),
    Case("records at infinite time", timed(INF, INF), "8 fail, 9 skip", "patchtst", ""),
    Case("records at a time of 1e300", timed(1e300, 1e300), "8 fail, 9 skip", "patchtst", "beyond every calendar"),
    Case("records at a negative time", timed(-1e12, -1e12), "8 fail, 9 skip", "patchtst", "before every calendar"),
    Case("records at time 0", timed(0.0, 0.0), "8 fail, 9 skip", "patchtst", "1970: a machine without a clock"),
]

LOSSES = [
    Case("validation loss NaN since epoch 5", losses([*falling(4), NAN, NAN, NAN, NAN]), "8 fail", "diverged | val_loss NaN since epoch 5 (4 values) | train_loss NaN",
         "exit code 0, logs written, and useless"),
    Case("train loss NaN only", losses(falling(8), [*falling(7), NAN]), "8 fail", "train_loss NaN since epoch 8", ""),
    Case("loss Inf", losses([*falling(6), INF, 0.5]), "8 fail", "val_loss Inf since epoch 7", "one infinite value is enough"),
    Case("loss -Inf", losses([*falling(7), -INF]), "8 fail", "val_loss -Inf since epoch 8", ""),
    Case("NaN in the events, numbers in the table", also(losses([*falling(7), NAN]), write_table), "8 fail", "NaN since epoch 8", "neither source may hide the other"),
    Case("records from next week, broken off", also(losses(falling(3), shift=7 * DAY), lambda w: touched(0.0, w.events())(w)), "8 fail, 9 skip", "epoch 3 of 8, then silent | times were lost",
         "a clock that is ahead keeps nothing alive"),
    Case("status file from next century, broken off", stopped_at(5, stream="patchtst", updated_at="2099-01-01T00:00:00+00:00", epoch=6), "8 fail", "epoch 6 of 8, then silent",
         "nor does a heartbeat"),
    Case("epochs from 0", losses(falling(8), first=0), "as good", "epoch 8 of 8", "Keras and timm count so"),
    Case("epochs from 0, one missing", losses(falling(7), first=0), "8 fail", "epoch 7 of 8", ""),
    Case("only one loss of two tags", then_backup(epochs(lambda t, v: simple_value("loss/val" if t == "loss/val" else "other", v))), "as good", "epoch 8 of 8", "completed all the same"),
    Case("losses that are all 0", losses([0.0] * 8), "8 fail", "val_loss is exactly 0", "finite, and nothing was measured"),
    Case("losses of 3e38", learnt([3e38] * 8), "as good", "epoch 8 of 8", "huge, and finite"),
    Case("denormal losses", learnt([1e-42] * 8), "as good", "epoch 8 of 8", ""),
]

RUNS_GONE_WRONG = [
    Case("NaN rerun over a good old run", rerun(val=[NAN] * 8, checkpoint=False), "8 fail, 9 fail", "NaN since epoch 1 | is from the previous run", "the worst trap"),
    Case("rerun, better, everything saved", second_run, "as good", "swinmae: checkpoint and losses of one run", "the other stream is of the run before"),
    Case("rerun, worse, nothing backed up", rerun(val=falling(8, 3.0), seed=4), "9 fail", "holds another checkpoints/patchtst_ssl.pt", "it replaced a better checkpoint"),
    Case("rerun that never improved", rerun(val=falling(8, 3.0), checkpoint=False), "9 fail", "the checkpoint checkpoints/patchtst_ssl.pt | is from the previous run", "an old checkpoint beside new logs"),
    Case("killed rerun", rerun(val=falling(3), checkpoint=False, table=False), "8 fail, 9 fail", "epoch 3 of 8, then silent | the loss history", "the old table and checkpoint lie there still"),
    Case("resumed run", resumed, "as good", "2 event files", "one run in two files"),
    Case("training broken off", stopped_at(5), "8 fail", "epoch 5 of 8, then silent", ""),
    Case("early stop recorded", stopped_at(5, stream="patchtst", outcome="early_stopped", updated_at=AT_ITS_END), "as good", "stopped early", ""),
    Case("outcome of an older run", stopped_at(5, stream="patchtst", outcome="completed", updated_at="2001-01-01T00:00:00+00:00"), "8 fail", "epoch 5 of 8, then silent", "not believed"),
    Case("failure recorded", status(stream="patchtst", outcome="failed", updated_at="2099-01-01T00:00:00+00:00"), "8 fail", "recorded that it failed", "") ,
    Case("status file of nonsense", lambda w: write(w.root / "run_status.json", b"\xff{[" * 1000) and None, "as good", "epoch 8 of 8", "never needed"),
    Case("status file nested 100,000 deep", lambda w: write(w.root / "run_status.json", "[" * 100_000) and None, "as good", "epoch 8 of 8", ""),
    Case("status file with odd values", status(stream="swinmae", pid=-1, host="<b>", epoch=1e300, epochs=10**20, updated_at="2026-99-99", started_at="0001-01-01T00:00:00+14:00",
         outcome=["x"], outcomes={"patchtst": 3}), "as good", "epoch 8 of 8", ""),
    Case("status file of the year 1 and 9999", status(stream="swinmae", updated_at="9999-12-31T23:59:59-12:00", started_at="0001-01-01T00:00:00+12:00"), "as good", "epoch 8 of 8",
         "instants that overflow when they are moved to UTC"),
    Case("only PatchTST trained", only("patchtst"), "1 fail, 3 fail, 5 pass, 8 fail, 9 skip", "swinmae: not trained", ""),
    Case("only SwinMAE trained", only("swinmae"), "1 fail, 3 fail, 8 fail, 9 skip", "patchtst: not trained", ""),
    Case("nothing trained", elsewhere, "1 fail, 2 fail, 3 fail, 4 fail, 5 fail, 7 fail, 8 fail, 9 skip", "Nothing has been trained here yet", ""),
    Case("SwinMAE is training", training_now(), "8 skip, 9 skip", "epoch 3 of 30, still training", "nothing fails yet", verdict="training"),
    Case("SwinMAE is training, scaler broken", also(training_now(), put(SCALER, "{")), "2 fail, 8 skip, 9 skip", "Already failing: 2. Scaler", "", verdict="training"),
    Case("checkpoint half written while training", also(training_now(), lambda w: write(w.root / CKPT2, checkpoint_bytes(w.swinmae)[:1000]) and None),
         "1 skip, 8 skip, 9 skip", "is being written", "a normal save looks like that", verdict="training"),
    Case("training, silent for an hour", training_now(age=400.0, pid=4_000_000), "8 fail, 9 fail", "epoch 3 of 30, then silent", "its process is gone; one that lives is never called stalled") ,
    Case("scaler older than the previous run's end", also(second_run, lambda w: os.utime(w.root / SCALER, (w.patchtst.start - 50,) * 2)), "9 fail", "is from patchtst's previous run", "fitted on other data"),
]

TIMES = [
    Case("times lost in a copy", touched(0.0), "9 skip", "times were lost", "contents are still compared"),
    Case("times lost, and another checkpoint in the backup", also(put(CKPT, lambda d: d[:-22] + d[-22:-20] + d[-20:]), touched(0.0), put(CFG, lambda d: d + b"#\n")), "9 fail", "holds another configs/patchtst_ssl_real.yaml",
         "a contradiction fails whatever the times say"),
    Case("every file from the year 1970", lambda w: [os.utime(p, (0, 0)) for p in w.root.rglob("*") if p.is_file()] and None, "9 skip", "times were lost", "an archive without times"),
    Case("every file from tomorrow", touched(DAY), "9 skip", "times were lost", "a clock that is wrong"),
    Case("checkpoint from tomorrow", touched(DAY, CKPT), "as good", "patchtst: checkpoint and losses of one run", "not older than its run") ,
    Case("checkpoint from before the run", lambda w: os.utime(w.root / CKPT, (w.patchtst.start - 500,) * 2), "9 fail", "was written before its run", ""),
    Case("loss history from before the run", lambda w: os.utime(w.root / TABLE2, (w.swinmae.start - 500,) * 2), "9 fail", "the loss history | was written before its run", ""),
    Case("events from next week", also(losses(falling(8), shift=7 * DAY), lambda w: os.utime(w.root / w.events(), (w.patchtst.end + 7 * DAY,) * 2)), "9 fail", "was written before its run",
         "by the clock of its own machine the checkpoint is older than its run"),
    Case("file times of the year 2500", lambda w: os.utime(w.root / CKPT, (1.7e10, 1.7e10)), "as good", "patchtst", ""),
    Case("file times before 1970", lambda w: os.utime(w.root / BUNDLE, (-1e9, -1e9)), "as good", "run_bundle.zip", ""),
]
# fmt: on


ROWS = [*EVENTS, *LOSSES, *RUNS_GONE_WRONG, *TIMES]
