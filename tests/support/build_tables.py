"""Losses -> bytes of loss histories as different programs write them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

Row = tuple[Any, ...]

REFERENCE: list[Row] = [("epoch", "train_loss", "val_loss"), (1, 0.5, 0.75), (2, 0.25, 0.5), (3, 0.125, 0.25)]
"""Header and three epochs, as the reference pipeline has them."""


def csv_table(rows: Sequence[Row] = REFERENCE, delimiter: str = ",", end: str = "\r\n", **options: Any) -> bytes:
    """Write rows with Python's own writer; `options` may name `quoting`, `encoding` and `decimal`."""
    encoding, decimal = options.pop("encoding", "utf-8"), options.pop("decimal", ".")
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, **options)
    for row in rows:
        writer.writerow([str(cell).replace(".", decimal) if isinstance(cell, float) else cell for cell in row])
    return out.getvalue().encode(encoding)


def json_lines(rows: Sequence[Row] = REFERENCE) -> bytes:
    """Write one object a line."""
    names, *values = rows
    return b"".join(json.dumps(dict(zip(names, row, strict=True))).encode() + b"\n" for row in values)


def trainer_state(history: Sequence[dict[str, Any]]) -> bytes:
    """Write Hugging Face's `trainer_state.json`."""
    state = {"best_metric": None, "epoch": 2.0, "global_step": 20, "log_history": list(history), "max_steps": 20}
    return json.dumps(state, indent=2, sort_keys=True).encode() + b"\n"


HUGGING_FACE = [
    {"epoch": 0.5, "grad_norm": 1.5, "learning_rate": 5e-05, "loss": 2.0, "step": 5},
    {"epoch": 1.0, "grad_norm": 1.25, "learning_rate": 4e-05, "loss": 1.5, "step": 10},
    {"epoch": 1.0, "eval_loss": 1.75, "eval_runtime": 0.1, "step": 10},
    {"epoch": 1.5, "grad_norm": 1.0, "learning_rate": 3e-05, "loss": 1.25, "step": 15},
    {"epoch": 2.0, "grad_norm": 0.5, "learning_rate": 2e-05, "loss": 1.0, "step": 20},
    {"epoch": 2.0, "eval_loss": 1.5, "eval_runtime": 0.1, "step": 20},
    {"epoch": 2.0, "step": 20, "total_flos": 0.0, "train_loss": 1.4375, "train_runtime": 3.2},
]
"""Train, eval and summary rows of two epochs."""

LIGHTNING = b"""epoch,lr,step,train_loss_epoch,train_loss_step,val_loss
0,0.001,9,,2.5,
0,0.001,19,,2.25,
0,,19,,,2.0
0,,19,2.375,,
1,0.001,29,,1.75,
1,0.001,39,,1.5,
1,,39,,,1.25
1,,39,1.625,,
"""
"""`metrics.csv` of CSVLogger: sparse, train and val on different lines."""

KERAS = b"epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,2.0,0.4,2.5\n1,0.6,1.0,0.5,1.5\n"
"""CSVLogger: epochs from 0."""
