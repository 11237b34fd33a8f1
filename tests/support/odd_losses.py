"""The good workspace of `gathered`, whose PatchTST has other losses in its table, in its event files or in both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from support.gathered import good, patchtst, with_stream

from collectors.training.agreement import compared
from collectors.training.evidence import WorkspaceEvidence
from collectors.training.stream_runs import Curve

CSV = "artifacts/loss/patchtst_loss_history.csv"
CKPT = "checkpoints/patchtst_ssl.pt"
Values = Sequence[float | None] | Mapping[float, float]
"""Values of the epochs from 1, None where there is none; or epoch -> value."""


def event_file() -> str:
    """PatchTST's event file."""
    run = patchtst().run
    assert run is not None
    return run.latest_file.facts.path


def curve(values: Values, *, unit: str = "epoch") -> Curve:
    """A series at these epochs, or steps."""
    pairs = values.items() if isinstance(values, Mapping) else enumerate(values, 1)
    held = [(float(place), value) for place, value in pairs if value is not None]
    place, unknown = np.array([p for p, _ in held], np.float64), np.full(len(held), math.nan)
    value = np.array([v for _, v in held], np.float64)
    if unit == "step":
        return Curve(place.astype(np.int64), unknown, value, unknown)
    return Curve(np.full(len(held), -1), unknown, value, place)


def odd(
    table: Mapping[str, Values] | None = None, events: Mapping[str, Values] | None = None, *, unit: str = "epoch"
) -> WorkspaceEvidence:
    """PatchTST with these series in its table and in its event files; nothing where None."""
    ours, theirs = (
        {name: v if isinstance(v, Curve) else curve(v, unit=unit) for name, v in (of or {}).items()}
        for of in (table, events)
    )
    losses = replace(patchtst().losses, table=ours, events=theirs, curves=ours or theirs, pairs=compared(ours, theirs))
    return with_stream(good(), losses=losses)


def texts(found: Any) -> list[str]:
    """What is told, without the stream before it."""
    return [f.text.removeprefix("patchtst: ") for f in found]
