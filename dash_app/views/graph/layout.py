"""Grid positions of a pipeline -> where everything of one view stands, in graph units (px at zoom 1).

Cards never overlap, every frame holds its own group and nobody else, and the gaps between columns
stay free of cards, so that edges (`edge_routes`) can pass. It knows no status and no screen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from collectors.contract.graph import Pipeline, StageInfo

NOMINAL_WIDTH: Final = 930.0
"""Width the drawing fills at zoom 1: the panel of a 1440-px page, less its margins."""
NOMINAL_HEIGHT: Final = 300.0
"""Height it fills at zoom 1, frames included."""
CARD_WIDTHS: Final = (124.0, 208.0)
"""Narrowest and widest card: few columns get wide cards, many get narrow ones."""
CARD_HEIGHTS: Final = (76.0, 104.0)
"""With three lines of name and message; with one for a duration and all of a message where the rows leave room."""
FRAME_PAD: Final = 12.0
FRAME_HEAD: Final = 26.0
"""Room above a frame's first card for its label."""
CHANNEL: Final = 20.0
"""Free strip between two columns, frames not counted."""
MIN_CHANNEL: Final = 30.0
ROW_GAP: Final = 14.0
MAX_PITCH: Final = 146.0


class Point(NamedTuple):
    """A place in graph units, y growing downwards."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle in graph units."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Tell whether the two share any area."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    @property
    def middle(self) -> Point:
        """Centre of the rectangle."""
        return Point((self.left + self.right) / 2, (self.top + self.bottom) / 2)


@dataclass(frozen=True)
class Frame:
    """A quiet frame around the stages of one group."""

    group: str
    label: str
    box: Box


@dataclass(frozen=True)
class Arrangement:
    """Where the cards and frames of one view stand."""

    columns: tuple[tuple[str, ...], ...]
    """Stage ids, column by column from the left, each from the top."""
    cards: Mapping[str, Box]
    """Stage id -> its card."""
    frames: tuple[Frame, ...]


def arrange(pipeline: Pipeline, view: str) -> Arrangement:
    """Place every stage and group of one view."""
    columns = _columns(stage for stage in pipeline.stages if stage.view == view)
    height = _card_height(columns)
    tops = _tops(columns, height)
    cards = {
        stage.id: Box(left, tops[stage.id], right, tops[stage.id] + height)
        for column, (left, right) in zip(columns, _strips(columns), strict=True)
        for stage in column
    }
    ids = tuple(tuple(stage.id for stage in column) for column in columns)
    return Arrangement(ids, cards, _frames(pipeline, view, columns, cards))


def reading_order(pipeline: Pipeline, view: str) -> tuple[str, ...]:
    """Stages of a view along the edges, ties from left to right; what a cycle holds comes last."""
    stages = {stage.id: stage for stage in pipeline.stages if stage.view == view}
    waits = {name: _sources(pipeline, name) & stages.keys() for name in stages}
    order: dict[str, None] = {}
    while waits:
        ready = [name for name, sources in waits.items() if sources <= order.keys()]
        chosen = min(ready or waits, key=lambda name: _place(stages[name]))
        order[chosen] = None
        del waits[chosen]
    return tuple(order)


def _sources(pipeline: Pipeline, target: str) -> set[str]:
    return {edge.source for edge in pipeline.edges if edge.target == target} - {target}


def _place(stage: StageInfo) -> tuple[float, float, str]:
    return stage.position.column, stage.position.row, stage.id


def _columns(stages: Iterable[StageInfo]) -> list[list[StageInfo]]:
    """Give every distinct grid column a column of its own, however close their numbers are."""
    columns: dict[float, list[StageInfo]] = defaultdict(list)
    for stage in sorted(stages, key=_place):
        columns[stage.position.column].append(stage)
    return [columns[number] for number in sorted(columns)]


def _strips(columns: Sequence[Sequence[StageInfo]]) -> list[tuple[float, float]]:
    """Left and right end of every column."""
    gaps = [_gap_between(left, right) for left, right in pairwise(columns)]
    narrow, wide = CARD_WIDTHS
    framed = sum(any(stage.group for stage in column) for column in (*columns[:1], *columns[-1:]))
    free = NOMINAL_WIDTH - FRAME_PAD * framed - sum(gaps)
    width = min(max(free // max(len(columns), 1), narrow), wide)
    strips, left = [], 0.0
    for gap in [*gaps, 0.0]:
        strips.append((left, left + width))
        left += width + gap
    return strips[: len(columns)]


def _gap_between(left: Sequence[StageInfo], right: Sequence[StageInfo]) -> float:
    """Free strip between two columns: wider by a frame's pad for each frame that ends in it."""
    ending = {stage.group for stage in left} - {stage.group for stage in right} - {None}
    starting = {stage.group for stage in right} - {stage.group for stage in left} - {None}
    return max(CHANNEL + FRAME_PAD * (bool(ending) + bool(starting)), MIN_CHANNEL)


def _card_height(columns: Sequence[Sequence[StageInfo]]) -> float:
    """Tall cards where all rows of them fit, flat ones else."""
    flat, tall = CARD_HEIGHTS
    rows = _row_span(columns) / _smallest_step(columns)
    needed = rows * (tall + ROW_GAP) + tall + FRAME_HEAD + FRAME_PAD
    return tall if needed <= NOMINAL_HEIGHT else flat


def _tops(columns: Sequence[Sequence[StageInfo]], height: float) -> dict[str, float]:
    """Top of every card: its row, scaled to fill the height, pushed down where cards would touch."""
    pitch = _row_pitch(columns, height)
    tops: dict[str, float] = {}
    for column in columns:
        floor, above = float("-inf"), None
        for stage in column:
            top = max(round(stage.position.row * pitch), floor + _gap_below(above, stage))
            tops[stage.id] = top
            floor, above = top + height, stage
    return tops


def _gap_below(above: StageInfo | None, stage: StageInfo) -> float:
    framed = above is not None and above.group != stage.group
    return FRAME_HEAD + FRAME_PAD + ROW_GAP / 2 if framed else ROW_GAP


def _row_pitch(columns: Sequence[Sequence[StageInfo]], height: float) -> float:
    """Graph units from one grid row to the next."""
    span = _row_span(columns)
    if not span:
        return MAX_PITCH
    fill = (NOMINAL_HEIGHT - FRAME_HEAD - FRAME_PAD - height) / span
    return min(max(fill, (height + ROW_GAP) / _smallest_step(columns)), MAX_PITCH)


def _row_span(columns: Sequence[Sequence[StageInfo]]) -> float:
    rows = [stage.position.row for column in columns for stage in column] or [0.0]
    return max(rows) - min(rows)


def _smallest_step(columns: Sequence[Sequence[StageInfo]]) -> float:
    """Least distance in rows inside a column; less than half a row is pushed apart, not scaled."""
    steps = [below.position.row - above.position.row for column in columns for above, below in pairwise(column)]
    return min((step for step in steps if step >= 0.5), default=1.0)


def _frames(
    pipeline: Pipeline,
    view: str,
    columns: Sequence[Sequence[StageInfo]],
    cards: Mapping[str, Box],
) -> tuple[Frame, ...]:
    """One frame a group; one a run of it where a whole one would take in somebody else."""
    labels = {group.id: group.label for group in pipeline.groups if group.view == view}
    runs = {group: _runs(group, columns) for group in labels}
    parts = {group: [_frame_box(cards, run) for run in of] for group, of in runs.items() if of}
    wholes = {group: _around(boxes) for group, boxes in parts.items()}
    frames: list[Frame] = []
    for group, boxes in parts.items():
        members = {stage.id for run in runs[group] for stage in run}
        others = [box for name, box in cards.items() if name not in members]
        others += [box for name, box in wholes.items() if name != group]
        kept = boxes if any(wholes[group].meets(other) for other in others) else [wholes[group]]
        frames += [Frame(group, labels[group], box) for box in kept]
    return tuple(frames)


def _runs(group: str, columns: Sequence[Sequence[StageInfo]]) -> list[list[StageInfo]]:
    """Members of a group that follow each other in a column."""
    runs: list[list[StageInfo]] = []
    for column in columns:
        before: StageInfo | None = None
        for stage in column:
            if stage.group == group:
                if before is None or before.group != group:
                    runs.append([])
                runs[-1].append(stage)
            before = stage
    return runs


def _frame_box(cards: Mapping[str, Box], run: Sequence[StageInfo]) -> Box:
    box = _around([cards[stage.id] for stage in run])
    return Box(box.left - FRAME_PAD, box.top - FRAME_HEAD, box.right + FRAME_PAD, box.bottom + FRAME_PAD)


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
