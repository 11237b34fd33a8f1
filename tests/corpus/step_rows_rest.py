"""Findings, tables and descriptions of which no other table of steps speaks."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from step_rows import Row, finished
from step_rows_described import TAGS, asked, events_alone, section, stream
from step_rows_scores import again, asking, change_text, fused
from step_rows_strict import failing
from support.breakages import CFG, CKPT, RUNS, TABLE, Broken, Edit, also, backup, gone, put, put_events, touched
from support.build_events import event, header, record, simple_value
from support.decisions import EVENTS, THRESHOLDS
from support.fused_scoring import HELD_OUT
from support.workspaces import checkpoint_bytes, falling, model_of, table_text, write_stream


def told_by(**table: Any) -> Edit:
    """A table alone tells of PatchTST's losses."""
    return stream(events=None, loss_history={"path": TABLE, **table})


def timed(w: Broken) -> None:
    """The table says when each of its rows was written."""
    s = w.patchtst
    rows = (f"{n},{v},{v},{s.start + s.gap * n}" for n, v in enumerate(s.val, 1))
    put(TABLE, "\n".join(["epoch,train_loss,val_loss,time", *rows, ""]))(w)


HALVES = ["dvc/train/loss.tsv", "dvc/val/loss.tsv"]


def halves(w: Broken) -> None:
    """Losses of training and validation in files of one name, of which one is described."""
    for path, values in zip(HALVES, (w.patchtst.train(), w.patchtst.val), strict=True):
        put(path, "step\tloss\n" + "".join(f"{n}\t{v}\n" for n, v in enumerate(values)))(w)
    touched(w.patchtst.end - time.time(), *HALVES)(w)
    stream(events=None, loss_history={"path": HALVES[0]}, completion={"by": "steps", "total": 8})(w)


def half_validated(w: Broken) -> None:
    """Event files alone, whose validation stops half-way; the checkpoint is of its best epoch there."""
    s = w.patchtst
    series = (("loss/train", s.train()), ("loss/val", s.val[:4]))
    points = [(n, tag, v) for tag, values in series for n, v in enumerate(values, 1)]
    told = [record(event(n, [simple_value(tag, v)], s.start + s.gap * n)) for n, tag, v in sorted(points)]
    put_events(b"".join([header(s.start), *told]))(w)
    gone(TABLE)(w)
    put(CKPT, checkpoint_bytes(s, epoch=4, val_loss=s.val[3]))(w)


def ended(w: Broken) -> None:
    """The training recorded that it completed."""
    at = datetime.fromtimestamp(w.patchtst.end, UTC).isoformat()
    put("run_status.json", f'{{"stream": "patchtst", "outcome": "completed", "updated_at": "{at}"}}')(w)


def one_epoch(w: Broken) -> None:
    """PatchTST recorded one epoch, on another machine, hours ago."""
    gone(RUNS, TABLE)(w)
    write_stream(w.root, replace(w.patchtst, val=[1.0], host="elsewhere", start=time.time() - 9000), table=False)


def adapter(w: Broken) -> None:
    """A checkpoint of a head alone."""
    put(CKPT, checkpoint_bytes(w.patchtst, {"lora.weight": model_of(w.patchtst)["head.weight"]}))(w)
    backup(w)


def other_numbers(w: Broken) -> None:
    """The table holds another series than the event files."""
    stream(loss_history={"path": TABLE})(w)
    put(TABLE, table_text(replace(w.patchtst, val=falling(8, 3.0))))(w)


def without(path: str, *columns: str) -> Edit:
    """A table of scores whose rows lack these columns."""

    def edit(text: str) -> str:
        lines = [line.split(",") for line in text.splitlines()]
        kept = [n for n, name in enumerate(lines[0]) if name not in columns]
        return "\n".join([",".join(line[n] for n in kept) for line in lines] + [""])

    return change_text(path, edit)


def slow(w: Broken) -> None:
    """A table whose lines a pattern takes long to find nothing in."""
    put("a.log", "abcd" * 150 + "\n" + "".join(f"e{n} {v}\n" for n, v in enumerate(w.patchtst.val)))(w)
    lines = r"a.*b.*c.*d.*x|e(?P<epoch>\d) (?P<val_loss>\S+)"
    stream(loss_history={"path": "a.log", "lines": lines})(w)
    section(limits={"seconds": 0.5})(w)


def patient(w: Broken) -> None:
    """As much time as it takes."""
    section(limits={"seconds": 60})(w)


AGAIN = "Bring back PatchTST's event files below runs/patchtst_ssl, or train again with its event writer on."
OFF = {"table_and_events": {"level": "off", "reason": "the table holds means"}}
UNASKED = {name: {"enabled": False, "reason": "asked by hand"} for name in ("training", "checkpoints")}
UNTRAINED = also(section(checks=UNASKED), gone(RUNS, TABLE, CKPT))
LINELESS = without(EVENTS, "warn_threshold", "anomaly_threshold")
ODD = {"train_loss": "train_loss", "odd": "val_loss"}
ROWS = (
    Row("no sign of a training", UNTRAINED, "Train PatchTST with its event writer on; it should write below runs/",
        "logs provenance", None, finished),
    Row("no sign of a training in a table", also(UNTRAINED, told_by()), f"Train PatchTST; it should write {TABLE}.",
        "logs provenance", None, finished),
    Row("the table gone", also(told_by(), gone(TABLE)), f"Bring back PatchTST's table {TABLE}, or train again.",
        "logs training provenance", None, finished),
    Row("a table that ends after the checkpoint", also(told_by(), touched(-4000, CKPT)),
        f"Write a column `time` into {TABLE}, or event files beside it.", "provenance", None, also(finished, timed)),
    Row("half a table", halves, f"Name both as one table: `path: [{', '.join(HALVES)}]`.", "training", None,
        stream(loss_history={"path": HALVES})),
    Row("a metric that may be better either way",
        also(told_by(columns=ODD), asked("odd", 0.6)), "Say it: `metrics: {odd: {better: higher}}` (or `lower`)",
        "targets", None, stream(metrics={"odd": {"better": "lower"}})),
    Row("a checkpoint written late", failing("written_after_end", touched(-5, CKPT)),
        "Put back PatchTST's own checkpoint with its time (`cp -p`), or train again.", "provenance", None, finished),
    Row("a config written late", failing("config_rewritten", touched(-5, CFG)),
        "Put back PatchTST's own config with its time (`cp -p`), or train again.", "provenance", None, finished),
    Row("no event files beside a table", failing("events_missing", stream(loss_history={"path": TABLE}), gone(RUNS)),
        "or take `events` out of its description.", "logs", None, stream(events=None)),
    Row("validation stops", failing("validation_stops", half_validated),
        "Find out why PatchTST was not validated to its end, and train again.", "training", None, finished),
    Row("nothing says that it ended", one_epoch, "Look whether PatchTST still trains; where it does not, train it",
        "training provenance", None, finished),
    Row("an adapter", adapter, "Of an adapter or a head say so: `checkpoint: {part: ...}`.", "provenance", None,
        stream(checkpoint={"path": CKPT, "part": "adapter"})),
    Row("ended without a loss", also(gone(RUNS, TABLE), ended), AGAIN, "logs training provenance", None, finished),
    Row("ended with a loss of no name", also(gone(TABLE), events_alone("cost", range(1, 9)), ended),
        "Name one of these under `events: {tags", "logs training", None, stream(events=TAGS)),
    Row("event files that are none", put_events(b"broken"), AGAIN, "logs provenance", None, finished),
    Row("a table of other numbers", other_numbers, "Say whether both hold the same numbers", "provenance", None,
        section(checks=OFF)),
    Row("no threshold anywhere", also(fused, LINELESS, asking(thresholds=None)),
        "Record thresholds in the rows, or name their file", "scores", None, asking(thresholds={"path": THRESHOLDS})),
    Row("no times of the normal windows", also(fused, without(HELD_OUT, "timestamp")),
        "Record when each of the normal windows ended", "alarm_rate", None, again),
)  # fmt: skip
"""Every row: a remedy that no other table tries."""
