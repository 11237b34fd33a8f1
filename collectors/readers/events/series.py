"""Points of one chunk after another -> one growing series for each tag, and the segments of steps.

Arrays are reserved for what the rest of the file may hold (untouched memory costs nothing), so that
nothing is copied at the end. A tag whose steps go back begins a new segment for all tags: a
restart or a reset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from collectors.evidence.events import EventSegment, ScalarSeries
from collectors.readers.events.points import Points

MAX_SEGMENTS: Final = 100
"""Steps that go back more often are disorder, not restarts."""


MAX_STARTS: Final = 1_000
"""Latest START records that are kept."""


class GrowingSeries:
    """One tag's points so far."""

    def __init__(self, tag: str, capacity: int) -> None:
        self.tag = tag
        self.count = 0
        self._step = np.empty(capacity, np.int64)
        self._time = np.empty(capacity)
        self._value = np.empty(capacity)

    def append(self, points: Points) -> None:
        """Add points behind the others."""
        stop = self.count + len(points.step)
        if stop > len(self._step):
            self._grow(stop + stop // 2)
        self._step[self.count : stop] = points.step
        self._time[self.count : stop] = points.time
        self._value[self.count : stop] = points.value
        self.count = stop

    def _grow(self, capacity: int) -> None:
        self._step = np.concatenate((self._step[: self.count], np.empty(capacity - self.count, np.int64)))
        self._time = np.concatenate((self._time[: self.count], np.empty(capacity - self.count)))
        self._value = np.concatenate((self._value[: self.count], np.empty(capacity - self.count)))

    def finished(self) -> ScalarSeries:
        """The series as evidence."""
        kept = slice(0, self.count)
        return ScalarSeries(self.tag, self._step[kept], self._time[kept], self._value[kept])


@dataclass(slots=True)
class SeriesByTag:
    """All tags of one reading."""

    _series: dict[str, GrowingSeries] = field(default_factory=dict)

    def append(self, points_by_tag: Mapping[str, Points], share: float) -> None:
        """Add one chunk's points; `share` is how many such chunks the rest may hold."""
        for tag, points in points_by_tag.items():
            series = self._series.get(tag)
            if series is None:
                series = self._series[tag] = GrowingSeries(tag, int(len(points.step) * share))
            series.append(points)

    def finished(self) -> dict[str, ScalarSeries]:
        """Tag -> series."""
        return {tag: series.finished() for tag, series in self._series.items()}


Back = tuple[int, str, int, int]
"""Place in the chunk, tag, its step before and after: what begins a new segment."""


@dataclass(slots=True)
class StepTracker:
    """Splits the points into segments in which no tag's steps go back."""

    open_steps: dict[str, int] = field(default_factory=dict)
    """Tag -> last step within the open segment."""
    resumed: bool = False
    """The open segment was begun by an earlier reading."""
    continues: bool = False
    repeated: int = 0
    backs: int = 0
    segments: list[EventSegment] = field(default_factory=list)

    def add(self, points_by_tag: Mapping[str, Points]) -> list[Back]:
        """Follow one chunk's points; tells where steps went back."""
        cuts = list(self._cuts(points_by_tag))
        starts = [-1, *(cut[0] for cut in cuts)]
        for start, stop in zip(starts, [*starts[1:], None], strict=True):
            if start >= 0:
                self.open_steps, self.resumed = {}, False
            self._extend(_between(points_by_tag, start, stop) if cuts else points_by_tag)
        self.backs += len(cuts)
        return cuts

    def _cuts(self, points_by_tag: Mapping[str, Points]) -> Iterator[Back]:
        """Where new segments begin: a tag goes back behind a step of the same segment."""
        falls = [fall for tag, points in points_by_tag.items() for fall in self._falls(tag, points)]
        begins, left = -1, MAX_SEGMENTS - 1 - self.backs
        for place, previous, tag, before, after in sorted(falls):
            if previous >= begins and left > 0:
                yield place, tag, before, after
                begins, left = place, left - 1

    def _falls(self, tag: str, points: Points) -> Iterator[tuple[int, int, str, int, int]]:
        """Place, place of the tag's point before (-1: before this chunk), tag, both steps."""
        step, known = points.step, self.open_steps.get(tag)
        if known is not None and step[0] < known:
            yield int(points.place[0]), -1, tag, known, int(step[0])
        for at in np.flatnonzero(step[1:] < step[:-1]).tolist():
            yield int(points.place[at + 1]), int(points.place[at]), tag, int(step[at]), int(step[at + 1])

    def _extend(self, points_by_tag: Mapping[str, Points]) -> None:
        """Add points without a fall to the open segment, or begin one with them."""
        held = {tag: points for tag, points in points_by_tag.items() if len(points.step)}
        if not held:
            return
        for tag, points in held.items():
            step = points.step
            again = self.open_steps.get(tag) == step[0]
            self.repeated += int(np.count_nonzero(step[1:] == step[:-1])) + int(again)
        segment = _segment_of(list(held.values()))
        if self.open_steps and self.segments:
            segment = merged(self.segments.pop(), segment)
        self.continues |= self.resumed and not self.segments
        self.segments.append(segment)
        self.open_steps.update({tag: int(points.step[-1]) for tag, points in held.items()})


def _between(points_by_tag: Mapping[str, Points], start: int, stop: int | None) -> dict[str, Points]:
    """Points from the place `start` on, before the place `stop`."""
    parts = {}
    for tag, points in points_by_tag.items():
        first = int(np.searchsorted(points.place, start))
        last = len(points.place) if stop is None else int(np.searchsorted(points.place, stop))
        parts[tag] = points.part(first, last)
    return parts


def _segment_of(parts: list[Points]) -> EventSegment:
    times = [seconds for points in parts for seconds in _time_range(points.time)]
    return EventSegment(
        first_step=min(int(points.step[0]) for points in parts),
        last_step=max(int(points.step[-1]) for points in parts),
        first_time=min(times, default=0.0),
        last_time=max(times, default=0.0),
    )


def _time_range(time: NDArray[np.float64]) -> tuple[float, ...]:
    """Earliest and latest finite time; empty where there is none."""
    ends: tuple[float, ...] = float(time.min()), float(time.max())
    if not np.isfinite(ends).all():
        time = time[np.isfinite(time)]
        ends = (float(time.min()), float(time.max())) if len(time) else ()
    return ends


def merged(one: EventSegment, other: EventSegment) -> EventSegment:
    """Two parts of one segment as a whole."""
    return EventSegment(
        first_step=min(one.first_step, other.first_step),
        last_step=max(one.last_step, other.last_step),
        first_time=min(one.first_time, other.first_time),
        last_time=max(one.last_time, other.last_time),
    )
