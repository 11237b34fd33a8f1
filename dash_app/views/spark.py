"""A few numbers -> a tiny line. Only numbers ever get into the picture; its colour is the theme's.

The line is a mask over an element that CSS colours, so that it needs no colour and no script of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dash import html

from collectors.numbers import number_words
from dash_app.views.markup import attributes

WIDTH, HEIGHT, EDGE = 96, 20, 2
KEPT = " =:/'.,-"
"""Characters of the picture that an address may hold as they are."""
Place = tuple[float, float]


def render_spark(values: Sequence[float | None]) -> html.Span | str:
    """Return the line, `None` being a gap; nothing where there are not two numbers."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    words = f"{number_words(known[0])} to {number_words(known[-1])}, lowest {number_words(min(known))}"
    gaps = len(values) - len(known)
    title = f"validation loss {words}" + (f", {gaps} not finite" if gaps else "")
    look = {"--spark": f'url("data:image/svg+xml,{quote(spark_svg(values), safe=KEPT)}")'}
    return html.Span(className="spark", style=look, title=title, role="img", **attributes(aria_label=title))


def spark_svg(values: Sequence[float | None]) -> str:
    """Return the picture as SVG."""
    lines = "".join(_path(part) for part in _parts(values))
    size = f"viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'"
    look = "fill='none' stroke='black' stroke-width='1.6' stroke-linejoin='round' stroke-linecap='round'"
    path = f"<path d='{lines}' {look} vector-effect='non-scaling-stroke'/>"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{path}</svg>"


def _parts(values: Sequence[float | None]) -> list[list[Place]]:
    """The places of each run of numbers between two gaps."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    parts: list[list[Place]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            parts.append([])
            continue
        across = EDGE + index * (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
        # Halves keep the span of two huge numbers finite.
        share = (value / 2 - low / 2) / (high / 2 - low / 2) if high / 2 > low / 2 else 0.5
        parts[-1].append((across, HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)))
    return [part for part in parts if part]


def _path(places: Sequence[Place]) -> str:
    first, *rest = [f"{x:.1f} {y:.1f}" for x, y in places]
    return f"M{first}" + "".join(f"L{place}" for place in rest or [first])
