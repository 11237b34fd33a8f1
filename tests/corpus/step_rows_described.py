"""Descriptions that say too little, or what is not there, and what a person writes into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import yaml
from step_rows import Row, finished
from support.breakages import (
    CKPT,
    RUNS,
    TABLE,
    Broken,
    Edit,
    also,
    put,
    then_backup,
)
from support.build_events import event, header, record, simple_value
from support.workspaces import falling, write, write_stream

from collectors.observe.load_pipeline import default_config_bytes


def described(change: Callable[[dict[str, Any]], object]) -> Edit:
    """The description as it is, or the reference pipeline's, with a change."""

    def apply(w: Broken) -> None:
        path = w.root / "dashboard.yaml"
        data = yaml.safe_load(path.read_bytes() if path.exists() else default_config_bytes())
        change(data)
        write(path, yaml.safe_dump(data, sort_keys=False))

    return apply


def stream(**changes: Any) -> Edit:
    """Other keys in PatchTST's section; None takes one out."""

    def change(data: dict[str, Any]) -> None:
        section = data["streams"][0] | changes
        data["streams"][0] = {key: value for key, value in section.items() if value is not None}

    return described(change)


def section(**changes: Any) -> Edit:
    """Other sections beside the streams."""
    return described(lambda data: data.update(changes))


def events_alone(tag: str, at: Iterable[int]) -> Edit:
    """PatchTST's event file alone tells of its losses, and holds these epochs."""

    def edit(w: Broken) -> None:
        path, s = w.root / w.events(), w.patchtst
        values = zip(at, falling(20), strict=False)
        told = [record(event(n, [simple_value(tag, v)], s.start + s.gap * n)) for n, v in values]
        write(path, b"".join([header(s.start), *told]), s.end)
        stream(loss_history=None)(w)

    return edit


def logged(total: int, *at: int) -> Edit:
    """Of so many epochs these were logged."""
    said = stream(completion={"by": "epochs", "total": total}, checkpoint=CKPT)
    return also(events_alone("loss/train", at), said)


def steps(rules: dict[str, Any], total: int | None = None) -> Edit:
    """Event files alone, whose steps are as described; a config that names no number of epochs unless told."""
    events = {"folder": RUNS, "tags": {"train_loss": "loss/train", "val_loss": "loss/val"}, **rules}
    said = {"by": "epochs", "total": "training.rounds" if total is None else total}
    return stream(events=events, loss_history=None, completion=said)


def stopped_early(**said: Any) -> Edit:
    """A training that was best in its fifth epoch of 20 and waited for three more."""
    rules = {"by": "epochs", "total": 20, "patience": 3, "monitor": "val_loss"} | said

    def edit(w: Broken) -> None:
        write_stream(w.root, replace(w.patchtst, val=[*falling(5), 0.9, 0.95, 0.97]))
        stream(completion=rules)(w)

    return then_backup(edit)


def unplaced(w: Broken) -> None:
    """A table alone, with two rows an epoch, that say of none which it is."""
    stream(events=None)(w)
    values = [f"{v},{v}\n{v},{v}\n" for v in w.patchtst.val]
    put(TABLE, "".join(["train_loss,val_loss\n", *values]), at=-7200)(w)


def asked(metric: str, at_most: float) -> Edit:
    """A target of PatchTST's."""
    return stream(targets=[{"metric": metric, "at": "best", "at_most": at_most}])


TAGS = {"folder": RUNS, "steps_are": "epochs", "tags": {"val_loss": "cost"}}
ROWS = (
    Row("tags that nobody named", events_alone("cost", range(1, 9)), "Name one of these under `events: {tags",
        "logs training", None, stream(events=TAGS)),
    Row("a backup larger than is read", section(limits={"read_bytes": 1000}), "Raise `limits.read_bytes`",
        "provenance", None, section(limits={"read_bytes": 10**9})),
    Row("more epochs than are described", stream(completion={"by": "epochs", "total": 6}),
        "Correct `completion: {by: ..., total: ...}`", "training", None,
        stream(completion={"by": "epochs", "total": 8})),
    Row("a total that nobody said", stream(completion={"by": "epochs", "total": "training.rounds"}),
        "Say how many: `completion: {by: epochs, total: N}`", "training", None,
        stream(completion={"by": "epochs", "total": 8})),
    Row("which epoch a step is", steps({}), "`events: {steps_are: epochs}` and `completion: {total: N}`",
        "training", None, steps({"steps_are": "epochs"}, total=8)),
    Row("which epoch a step is, of so many", steps({}, total=20), "Say which epoch a step is", "training", None,
        stream(completion={"by": "steps", "total": 8})),
    Row("a monitor that is not there", stopped_early(monitor="val_acc"), "Name a series that is there", "training",
        None, stopped_early(monitor="val_loss")),
    Row("no patience said", stopped_early(patience="unknown"), "Say for how many values it waits", "training",
        None, stopped_early()),
    Row("logged each third epoch", logged(10, 3, 6, 9), "Let the training record its end", "training", None,
        logged(10, 3, 6, 9, 10)),
    Row("the first epoch is not logged", logged(10, *range(2, 10)), "Say with which number the first epoch begins",
        "training", None, stream(completion={"by": "epochs", "total": 10, "epochs_from": 0})),
    Row("rows without a place", unplaced, "Write a column `epoch` or `step` into the table",
        "training provenance", None, finished),
    Row("target missed", asked("val_loss", 0.1), "Train PatchTST further or otherwise, or correct `targets`",
        "targets", None, asked("val_loss", 0.6)),
    Row("target of no metric", asked("val_los", 0.6), "or correct `targets`", "targets", None, asked("val_loss", 0.6)),
    Row("a column that is not there", stream(events=None, loss_history={"path": TABLE, "columns": {"val_loss": "v"}}),
        f"Correct {TABLE}, or its section", "logs training", None, stream(loss_history={"path": TABLE})),
    Row("streams too far apart", section(max_gap_hours=0.0001), "or say why this gap is right", "provenance", None,
        section(max_gap_hours=1)),
)  # fmt: skip
"""Every row: a remedy that is done in `dashboard.yaml`, or beside what it says."""
