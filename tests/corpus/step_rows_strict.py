"""Findings that only warn until somebody asks for more, and records of losses that are not whole; with their steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from step_rows import Row, finished
from step_rows_described import events_alone, section, stream
from support.breakages import (
    CKPT,
    POLICY,
    RUNS,
    TABLE,
    Broken,
    Edit,
    also,
    flipped,
    gone,
    put,
    put_events,
    then_backup,
)
from support.build_events import event, header, record, simple_value
from support.workspaces import checkpoint_bytes, event_bytes, falling, table_text, write, write_policy, write_stream


def failing(finding: str, *edits: Edit) -> Edit:
    """A finding that fails by this description."""
    return also(section(checks={finding: {"level": "fail", "reason": "asked for"}}), *edits)


def trained_as(val: Iterable[float], **changes: float) -> Edit:
    """PatchTST trained with these losses, and was packed."""
    return then_backup(lambda w: write_stream(w.root, replace(w.patchtst, val=[*val], **changes)))


def rising(w: Broken) -> None:
    """PatchTST was best in its third epoch and kept the weights of its last."""
    s = replace(w.patchtst, val=[0.9, 0.8, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2])
    write_stream(w.root, s)
    put(CKPT, checkpoint_bytes(s, epoch=8, val_loss=1.2))(w)


def second_writer(w: Broken) -> None:
    """Another process wrote other losses into the same folder at the same time."""
    other = replace(w.patchtst, val=[*falling(8, 0.5)])
    name = f"{RUNS}/events.out.tfevents.{int(other.start)}.other.7.1"
    write(w.root / name, event_bytes(other), other.end)


def without_second(w: Broken) -> None:
    """The second writer's file lies elsewhere."""
    gone(f"{RUNS}/events.out.tfevents.{int(w.patchtst.start)}.other.7.1")(w)


def events(*at: int) -> Edit:
    """PatchTST's event file holds train and val of these epochs."""

    def edit(w: Broken) -> None:
        s = w.patchtst
        told = [
            record(event(n, [simple_value(tag, v)], s.start + s.gap * n))
            for n in at
            for tag, v in (("loss/train", s.train()[n - 1]), ("loss/val", s.val[n - 1]))
        ]
        put_events(b"".join([header(s.start), *told]))(w)

    return edit


def rows_of(*at: int) -> Edit:
    """PatchTST's table holds these epochs."""

    def edit(w: Broken) -> None:
        lines = table_text(w.patchtst).split("\r\n")
        put(TABLE, "\r\n".join([lines[0], *(lines[n] for n in at), ""]))(w)

    return edit


WITH_ACC = {"folder": RUNS, "steps_are": "epochs", "tags": {"train_loss": "loss/train", "acc": "acc"}}
ROWS = (
    Row("a short policy", failing("short_policy", put(POLICY, "Train, calibration and normal windows are apart.\n")),
        f"Say in {POLICY} how each part of the data was chosen.", "split_policy", None, lambda w: write_policy(w.root)),
    Row("the last weights are kept", failing("val_rises", then_backup(rising)), "Keep PatchTST's best weights",
        "training", None, finished, then=""),
    Row("validated on the training data", failing("val_equals_train", trained_as(falling(8), factor=1.0)),
        "Validate PatchTST on data it was not trained with", "training", None, finished),
    Row("an epoch is missing", failing("epochs_missing", events(1, 2, 3, 4, 6, 7, 8)),
        "was cut or changed; a training writes every one of them.", "training", None, finished),
    Row("event files end early", failing("events_end_early", events(1, 2, 3, 4)),
        "Look whether event files of this run are missing, or were cut.", "training", None, finished),
    Row("a table of one row", failing("one_row", rows_of(8)), f"Look whether {TABLE} was cut.", "training", None,
        finished),
    Row("two writers", second_writer, "Let one process write each series, or give each its folder.", "provenance",
        None, without_second),
    Row("a record is damaged",
        failing("losses_damaged", put_events(flipped(lambda data: len(data) // 2)), gone(TABLE)),
        "Bring back a sound copy of runs/patchtst_ssl/", "training", None, finished),
    Row("nothing but a model", gone(RUNS, TABLE), "Bring back PatchTST's event files below runs/patchtst_ssl",
        "logs training provenance", None, finished),
    Row("no losses among its metrics", also(events_alone("acc", range(1, 9)), stream(events=WITH_ACC)),
        "Train PatchTST with loss logging on, or name the tag of its loss", "logs", None, finished),
    Row("a failure without a time", put("run_status.json", '{"stream": "patchtst", "outcome": "failed"}'),
        "Correct run_status.json, or remove what is left of another run.", "training", None, gone("run_status.json")),
)  # fmt: skip
"""Every row: a remedy that no other table tries."""
