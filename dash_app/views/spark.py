"""A few numbers -> a tiny line. Only numbers ever get into the picture; its colour is the theme's.

The line is a mask over an element that CSS colours, so that it needs no colour and no script of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dash import html

from collectors.numbers import number_words
from collectors.presentation.spark import HEIGHT, WIDTH, spark_path
from dash_app.views.markup import attributes

KEPT = " =:/'.,-"
"""Characters of the picture that an address may hold as they are."""


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
    size = f"viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'"
    look = "fill='none' stroke='black' stroke-width='1.6' stroke-linejoin='round' stroke-linecap='round'"
    path = f"<path d='{spark_path(values)}' {look} vector-effect='non-scaling-stroke'/>"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{path}</svg>"
