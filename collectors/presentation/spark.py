"""Values of a metric -> a tiny line as SVG, drawn where no script runs. Pure; only numbers get into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from collectors.evidence.downsample import downsample
from collectors.presentation.charts.axes import value_axis
from collectors.presentation.markup import Element, el

WIDTH: Final = 120
HEIGHT: Final = 22
MOST_POINTS: Final = 60


def spark(values: Sequence[float | None], role: str) -> Element | None:
    """Return the line, with a gap where a value is not finite; nothing where there are not two numbers."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    places = [float(n) for n in range(len(values))]
    kept = downsample(places, [float("nan") if v is None else v for v in values], MOST_POINTS).tolist()
    up, last = value_axis(known, "linear"), max(len(values) - 1, 1)
    strokes: list[list[str]] = [[]]
    for at in kept:
        value = values[at]
        share = None if value is None else up.place(value)
        if share is None:
            strokes.append([])
        else:
            strokes[-1].append(f"{at / last * WIDTH:.1f} {(1 - share) * HEIGHT:.1f}")
    drawn = "".join("M" + "L".join(stroke) + ("h0" if len(stroke) == 1 else "") for stroke in strokes if stroke)
    return el(
        "svg",
        el("path", d=drawn, class_=f"line line-{role}"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        class_="spark",
        aria_hidden="true",
    )
