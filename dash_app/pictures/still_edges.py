"""A route -> one edge of the still picture: a smooth line and the head of its arrow. SVG, pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from collectors.presentation.svg import Pen, numbers
from dash_app.views.graph.layout import Point
from dash_app.views.graph.routes import Route

ARROW: Final = 7.0
"""Length of an arrow's head."""


def draw_edge(pen: Pen, route: Route, flow: str) -> Iterator[str]:
    """Draw a line and the head of its arrow; a failed one is thicker, as on the page."""
    yield pen.tag("path", d=_way(route), fill="none", stroke=flow, stroke_width=2 if flow == "fail" else 1.5)
    yield pen.tag("path", d=_arrow_head(route), fill=flow)


def _way(route: Route) -> str:
    """Quadratic curves that meet half-way between two control points, as the page's canvas draws them."""
    parts = [f"M{_place(route.start)}"]
    for control, after in pairwise(route.controls):
        parts.append(f"Q{_place(control)} {_place(_between(control, after))}")
    end = _place(route.end)
    parts.append(f"Q{_place(route.controls[-1])} {end}" if route.controls else f"L{end}")
    return "".join(parts)


def _between(one: Point, other: Point) -> Point:
    return Point((one.x + other.x) / 2, (one.y + other.y) / 2)


def _arrow_head(route: Route) -> str:
    """A small triangle at the end, in the direction in which the line arrives."""
    came_from = route.controls[-1] if route.controls else route.start
    dx, dy = route.end.x - came_from.x, route.end.y - came_from.y
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / length * ARROW, dy / length * ARROW
    back = Point(route.end.x - ux, route.end.y - uy)
    sides = (Point(back.x - uy / 2, back.y + ux / 2), Point(back.x + uy / 2, back.y - ux / 2))
    return f"M{_place(route.end)}L{_place(sides[0])}L{_place(sides[1])}z"


def _place(point: Point) -> str:
    return " ".join(numbers(point.x, point.y))
