"""Curves -> where their values stopped being finite numbers: of losses a divergence, of others odd. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from collectors.training.curves import Losses
from collectors.training.metric_facts import must_be_finite
from collectors.training.remembered import finite_of, per_object
from collectors.training.stream_runs import Curve


@dataclass(frozen=True, slots=True)
class Divergence:
    """A non-finite stretch of one series."""

    series: str
    kind: Literal["nan", "inf", "-inf"]
    first_epoch: float | None
    first_step: int | None
    first_time: float | None
    last_step: int | None
    count: int


@per_object
def all_divergences(losses: Losses) -> tuple[tuple[Divergence, ...], tuple[Divergence, ...]]:
    """What is not finite in either source of the run: first of its losses, then of what is no loss."""
    shown = find_divergences(losses.curves)
    known = {(d.series, d.kind) for d in shown}
    every = (*shown, *(d for d in find_divergences(losses.others) if (d.series, d.kind) not in known))
    grave = must_be_finite([*losses.curves, *losses.others])
    return tuple(d for d in every if d.series in grave), tuple(d for d in every if d.series not in grave)


def find_divergences(curves: Mapping[str, Curve]) -> tuple[Divergence, ...]:
    """Every series' non-finite values, a row a series and kind."""
    found = []
    for name, curve in curves.items():
        if finite_of(curve.value).size == len(curve):
            continue
        kinds: tuple[tuple[Literal["nan", "inf", "-inf"], Any], ...] = (
            ("nan", np.isnan(curve.value)),
            ("inf", curve.value == np.inf),
            ("-inf", curve.value == -np.inf),
        )
        found += [_divergence(name, kind, mask, curve) for kind, mask in kinds if mask.any()]
    return tuple(sorted(found, key=lambda d: (d.first_epoch is None, d.first_epoch or 0.0)))


def _divergence(name: str, kind: Literal["nan", "inf", "-inf"], mask: Any, curve: Curve) -> Divergence:
    at = np.flatnonzero(mask)
    first, last = int(at[0]), int(at[-1])
    return Divergence(
        series=name,
        kind=kind,
        first_epoch=number_or_none(curve.epoch[first]),
        first_step=step_or_none(curve.step[first]),
        first_time=number_or_none(curve.time[first]),
        last_step=step_or_none(curve.step[last]),
        count=curve.nonfinite[kind] if curve.nonfinite else int(at.size),
    )


def number_or_none(value: float) -> float | None:
    """A finite number, or None."""
    return float(value) if np.isfinite(value) else None


def step_or_none(value: int) -> int | None:
    """A known step, or None for -1."""
    return int(value) if value >= 0 else None
