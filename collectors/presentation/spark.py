"""A few numbers -> a tiny line, as a path or as an SVG that stands in a page. Pure; only numbers get into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from collectors.presentation.markup import Element, el

WIDTH: Final = 96
HEIGHT: Final = 20
EDGE: Final = 2
"""Room that the stroke needs."""
MOST_POINTS: Final = 60
Place = tuple[float, float]


def spark(values: Sequence[float | None], role: str) -> Element | None:
    """Return the line of a curve, `None` being a gap; nothing where there are not two numbers."""
    if sum(value is not None for value in values) < 2:
        return None
    path = el("path", d=spark_path(values), class_=f"line line-{role}")
    return el("svg", path, viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT, aria_hidden="true")


def spark_path(values: Sequence[float | None]) -> str:
    """Return the strokes; of many values at most 60, with their extremes."""
    return "".join(_stroke(part) for part in _parts(values, _kept(values)))


def _kept(values: Sequence[float | None]) -> Sequence[int]:
    if len(values) <= MOST_POINTS:
        return range(len(values))
    from collectors.evidence.downsample import downsample  # numpy, which a page of short curves does without

    finite = [float("nan") if value is None else value for value in values]
    return list(map(int, downsample([float(n) for n in range(len(values))], finite, MOST_POINTS)))


def _parts(values: Sequence[float | None], kept: Sequence[int]) -> list[list[Place]]:
    """The places of each run of numbers between two gaps."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    parts: list[list[Place]] = [[]]
    for index in kept:
        value = values[index]
        if value is None:
            parts.append([])
            continue
        across = EDGE + index * (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
        # Halves keep the span of two huge numbers finite.
        share = (value / 2 - low / 2) / (high / 2 - low / 2) if high / 2 > low / 2 else 0.5
        parts[-1].append((across, HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)))
    return [part for part in parts if part]


def _stroke(places: Sequence[Place]) -> str:
    first, *rest = [f"{x:.1f} {y:.1f}" for x, y in places]
    return f"M{first}" + "".join(f"L{place}" for place in rest or [first])
