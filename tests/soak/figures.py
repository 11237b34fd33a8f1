"""Samples of a long run -> how much each figure grows in an hour, the table, and the verdict. Pure.

A part that is restarted begins anew: growth is looked for within its lives, in all of them together. What was sampled
for too short a time cannot be told, and what cannot be told has not passed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MIB: Final = 1 << 20
SETTLE_SECONDS: Final = 600.0
"""The first minutes of each life: libraries are loaded, caches of a bounded size filled."""
LEAST_SECONDS: Final = 600.0
"""Of samples behind the warm-up, in lives of at least three samples."""


@dataclass(frozen=True)
class Sample:
    """One look at one figure."""

    at_seconds: float
    """Since the soak began."""
    value: float
    life: int = 0
    """Of the part that it is of."""


@dataclass(frozen=True)
class Bound:
    """How much a figure may grow."""

    unit: str
    scale: float
    """How much of what is sampled makes one unit."""
    most_an_hour: float
    """In units."""


MEMORY: Final = Bound("MB", MIB, 1.0)
COUNT: Final = Bound("", 1.0, 5.0)
NODES: Final = Bound("", 1.0, 500.0)


def growth_an_hour(samples: Sequence[Sample], warm_up_seconds: float) -> float | None:
    """Return the common slope of all lives by least squares; None where there is too little to tell."""
    lives: dict[int, list[Sample]] = defaultdict(list)
    begun: dict[int, float] = {}
    for sample in samples:
        begun.setdefault(sample.life, sample.at_seconds)
        if sample.at_seconds >= max(warm_up_seconds, begun[sample.life] + SETTLE_SECONDS):
            lives[sample.life].append(sample)
    told = [life for life in lives.values() if len(life) >= 3]
    if sum(life[-1].at_seconds - life[0].at_seconds for life in told) < LEAST_SECONDS:
        return None
    above = below = 0.0
    for life in told:
        middle = sum(one.at_seconds for one in life) / len(life)
        mean = sum(one.value for one in life) / len(life)
        above += sum((one.at_seconds - middle) * (one.value - mean) for one in life)
        below += sum((one.at_seconds - middle) ** 2 for one in life)
    return 3600.0 * above / below if below else None


def table_of(
    figures: Mapping[str, tuple[Bound, Sequence[Sample]]], warm_up_seconds: float
) -> tuple[list[str], list[str]]:
    """Return the lines of the table, and every figure that grows too much or cannot be told."""
    lines = [f"{'figure':34} {'first':>9} {'last':>9} {'most':>9} {'an hour':>9} {'allowed':>8}"]
    wrong = []
    for name, (bound, samples) in figures.items():
        growth = growth_an_hour(samples, warm_up_seconds)
        values = [sample.value / bound.scale for sample in samples]
        ends = [f"{value:9.1f}" for value in ((values[0], values[-1], max(values)) if values else ())]
        told = "   cannot" if growth is None else f"{growth / bound.scale:+9.2f}"
        lines.append(f"{f'{name} {bound.unit}':34} {' '.join(ends):29} {told} {bound.most_an_hour:8.1f}")
        if growth is None:
            wrong.append(f"{name}: too short to tell")
        elif growth / bound.scale > bound.most_an_hour:
            wrong.append(f"{name}: grows by {growth / bound.scale:.2f} {bound.unit} an hour".rstrip())
    return lines, wrong
