"""An arrangement and its edges -> a smooth route for each edge that passes no card.

An edge crosses the strips between columns as an S and every column on its way as a straight line
in a free gap. Edges with a common end may share a line; others keep apart where there is room.
A route is given as control points of quadratic curves that meet half-way between two of them,
which is how the canvas draws them (`unbundled-bezier`). It knows no status and no screen.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from collectors.contract.graph import EdgeInfo
from dash_app.views.graph.layout import FRAME_HEAD, Arrangement, Box, Point

CLEARANCE: Final = 9.0
"""Least distance of a passing line from a card."""
LANE: Final = 7.0
"""Distance of two lines that pass through the same gap."""
TURN: Final = 20.0
"""What a bend costs, in graph units of way."""
CROWD: Final = 60.0
"""What running on top of an unrelated edge costs."""
CHOICES: Final = 10
"""Most lanes looked at in one column."""
FAR: Final = math.inf
"""Where a column's open sides end."""

Lanes = dict[int, list[tuple[float, EdgeInfo]]]


@dataclass(frozen=True)
class Route:
    """Way of one edge, ends on the borders of the two cards."""

    start: Point
    end: Point
    controls: tuple[Point, ...]
    """Empty for a straight line."""

    def reversed(self) -> Route:
        """Return the same way, walked the other way round."""
        return Route(self.end, self.start, self.controls[::-1])


@dataclass
class _Router:
    """What is known while the edges are routed one after the other."""

    arrangement: Arrangement
    taken: Lanes = field(default_factory=lambda: defaultdict(list))
    column_of: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        columns = enumerate(self.arrangement.columns)
        self.column_of = {stage: index for index, column in columns for stage in column}

    def cards_in(self, column: int) -> list[Box]:
        return [self.arrangement.cards[stage] for stage in self.arrangement.columns[column]]

    def obstacles_in(self, column: int) -> list[Box]:
        """Cards of a column, each with the label of the frame that begins above it."""
        frames = [frame.box for frame in self.arrangement.frames]
        return [_with_label(card, frames) for card in self.cards_in(column)]


def route_edges(arrangement: Arrangement, edges: Sequence[EdgeInfo]) -> dict[tuple[str, str], Route]:
    """Return (source, target) -> route; edges with an end that is not drawn are left out."""
    router = _Router(arrangement)
    drawn = [edge for edge in edges if _is_drawn(edge, arrangement)]
    drawn.sort(key=lambda edge: abs(router.column_of[edge.target] - router.column_of[edge.source]))
    return {(edge.source, edge.target): _route(router, edge) for edge in drawn}


def _is_drawn(edge: EdgeInfo, arrangement: Arrangement) -> bool:
    ends = {edge.source, edge.target}
    return len(ends) == 2 and ends <= arrangement.cards.keys()


def _route(router: _Router, edge: EdgeInfo) -> Route:
    first, last = router.column_of[edge.source], router.column_of[edge.target]
    if first == last:
        return _within_column(router, edge, first)
    if first > last:
        return _route(router, EdgeInfo(source=edge.target, target=edge.source)).reversed()
    source, target = router.arrangement.cards[edge.source], router.arrangement.cards[edge.target]
    start, end = Point(source.right, source.middle.y), Point(target.left, target.middle.y)
    lanes = _choose_lanes(router, edge, range(first + 1, last))
    for column, lane in zip(range(first + 1, last), lanes, strict=True):
        router.taken[column].append((lane, edge))
    heights = [start.y, *lanes, end.y]
    strips = [_strip(router, column) for column in range(first, last)]
    return Route(start, end, tuple(_s_curves(strips, heights)))


def _within_column(router: _Router, edge: EdgeInfo, column: int) -> Route:
    """Straight down or up to a neighbour; past others, a bow through the strip at the right."""
    stages = router.arrangement.columns[column]
    source, target = router.arrangement.cards[edge.source], router.arrangement.cards[edge.target]
    if abs(stages.index(edge.source) - stages.index(edge.target)) == 1:
        down = source.top < target.top
        leaves, enters = (source.bottom, target.top) if down else (source.top, target.bottom)
        return Route(Point(source.middle.x, leaves), Point(target.middle.x, enters), ())
    left, right = _strip(router, column)
    bow = left + 0.7 * (right - left)
    start, end = Point(source.right, source.middle.y), Point(target.right, target.middle.y)
    return Route(start, end, (Point(bow, start.y), Point(bow, end.y)))


def _strip(router: _Router, column: int) -> tuple[float, float]:
    """Free strip at the right of a column, from its cards to the next column's."""
    left = max(card.right for card in router.cards_in(column))
    if column + 1 == len(router.arrangement.columns):
        return left, left + 36.0
    return left, min(card.left for card in router.cards_in(column + 1))


def _s_curves(strips: Sequence[tuple[float, float]], heights: Sequence[float]) -> Iterator[Point]:
    """Control points: an S across each strip where the height changes, else nothing."""
    for index, ((left, right), (before, after)) in enumerate(zip(strips, pairwise(heights), strict=True)):
        if before == after:
            continue
        half = (right - left) / 2
        if index > 0:
            yield Point(left - half, before)
        yield Point(left + half, before)
        yield Point(left + half, after)
        if index < len(strips) - 1:
            yield Point(right + half, after)


def _choose_lanes(router: _Router, edge: EdgeInfo, columns: Sequence[int]) -> list[float]:
    """Cheapest height in every column on the way: short, few bends, not on top of strangers."""
    cards = router.arrangement.cards
    begin, goal = cards[edge.source].middle.y, cards[edge.target].middle.y
    best: dict[float, tuple[float, list[float]]] = {begin: (0.0, [])}
    for column in columns:
        reached = {}
        for lane in _candidates(router.obstacles_in(column), begin, goal):
            cost, way = min((_step(at, lane) + cost, way) for at, (cost, way) in best.items())
            reached[lane] = (cost + _crowding(router, edge, column, lane), [*way, lane])
        best = reached
    return min((_step(at, goal) + cost, way) for at, (cost, way) in best.items())[1]


def _step(before: float, after: float) -> float:
    return abs(after - before) + (TURN if after != before else 0.0)


def _crowding(router: _Router, edge: EdgeInfo, column: int, lane: float) -> float:
    strangers = sum(
        abs(lane - other) < LANE - 1 and not _share_an_end(edge, taken_by) for other, taken_by in router.taken[column]
    )
    return CROWD * strangers


def _share_an_end(edge: EdgeInfo, other: EdgeInfo) -> bool:
    return edge.source == other.source or edge.target == other.target


def _candidates(obstacles: Sequence[Box], begin: float, goal: float) -> list[float]:
    """Free heights in a column, the ones nearest to the way first."""
    lanes = {lane for gap in _gaps(obstacles) for lane in _lanes_in(gap, (begin, goal))}
    low, high = min(begin, goal), max(begin, goal)
    return sorted(lanes, key=lambda lane: (max(low - lane, lane - high, 0.0), lane))[:CHOICES]


def _lanes_in(gap: tuple[float, float], wishes: Sequence[float]) -> set[float]:
    """Straight on where that is free, else lanes around the middle, or along an open side."""
    low, high = gap
    straight = {wish for wish in wishes if low <= wish <= high}
    if low == -FAR or high == FAR:
        border, away = (high, -LANE) if low == -FAR else (low, LANE)
        return straight | {border + away * shift for shift in range(4)}
    around = {(low + high) / 2 + LANE * shift for shift in range(-3, 4)}
    return straight | {lane for lane in around if low <= lane <= high}


def _gaps(obstacles: Sequence[Box]) -> Iterator[tuple[float, float]]:
    """Free heights of a column, from far above its first card to far below its last."""
    floor = -FAR
    for box in obstacles:
        if box.top - CLEARANCE > floor:
            yield floor, box.top - CLEARANCE
        floor = box.bottom + CLEARANCE
    yield floor, FAR


def _with_label(card: Box, frames: Sequence[Box]) -> Box:
    """Lines keep off a frame's label too: it stands between the frame's top and its first card."""
    begins = any(frame.meets(card) and frame.top == card.top - FRAME_HEAD for frame in frames)
    return card._replace(top=card.top - FRAME_HEAD) if begins else card
