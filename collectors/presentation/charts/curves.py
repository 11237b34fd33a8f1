"""Losses of a stream and its baseline -> the lines of its chart, on the first axis that they all know. Pure.

Epochs are preferred, then steps, then time, then the mere order, as on the page. A line keeps its
gaps; long ones are reduced with minima and maxima kept. Values that are not finite are marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from collectors.contract.metrics import Nonfinite, Point, Series, StreamMetrics
from collectors.numbers import place_words
from collectors.presentation.charts.scale import Range, is_smoothed, smoothed, usual_range
from collectors.presentation.metric_groups import role_of
from collectors.presentation.words import series_label, targets_of, told_label
from collectors.training.divergence_words import divergence_words
from collectors.training.metric_facts import told_way
from collectors.training.series import is_loss

AxisName = Literal["epoch", "step", "time", "index"]
MOST_POINTS: Final = 800
"""Points of one drawn line: two a pixel of the widest chart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: `at` and `value` are equally long, a value that is not finite is None."""

    label: str
    role: str
    """`train`, `val`, `other` or `baseline`."""
    at: tuple[float, ...]
    value: tuple[float | None, ...]
    usual: Range | None
    """From where to where it lies without its farthest points."""
    smooth: tuple[float | None, ...] | None = None
    """The same smoothed; None where it is drawn as it was measured."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where a loss was not finite."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Curves:
    """All that one chart draws."""

    axis: AxisName
    unit: str
    """What stands at the horizontal axis: `epoch`, `step`, `minutes`."""
    lines: tuple[Line, ...]
    ghosts: tuple[Line, ...]
    marks: tuple[Mark, ...]
    end: float | None
    """Where the axis should end: the configured last epoch or step."""
    measure: str
    """What stands at the value axis: `loss` where every series is one."""
    best: tuple[float, float, str] | None
    """Place and value of the best validation loss, and whether it is a `min` or a `max`."""
    targets: tuple[tuple[float, str], ...]
    """What a series must reach, in words too."""
    diverged: tuple[float | None, str] | None
    """Place and words of the first loss that was not finite."""
    notes: tuple[str, ...]


def curves_of(
    run: StreamMetrics, baseline: StreamMetrics | None, weight: float = 0.0, most_points: int = MOST_POINTS
) -> Curves:
    """Return what is drawn, long curves smoothed by `weight`, a line of at most `most_points`.

    Without any point there are no lines.
    """
    held = {name: series for name, series in run.series.items() if series.value}
    axis = _axis_of(list(held.values()))
    zero, size, unit = _clock(held, axis)
    ruler = _Ruler(axis, zero, size, most_points)
    weights = {name: weight if is_smoothed(series.value) else 0.0 for name, series in held.items()}
    lines = tuple(
        _line((told_label(run, n, series_label(n)), role_of(n)), series, ruler, weights[n])
        for n, series in held.items()
    )
    ghosts, notes = _ghosts(baseline, ruler, weights)
    return Curves(
        axis=axis,
        unit=unit,
        lines=lines,
        ghosts=ghosts,
        marks=tuple(_marks(run, held, ruler)),
        end=_end(run, axis),
        measure="loss" if all(map(is_loss, held)) else "value",
        best=_best(run, held, ruler),
        targets=targets_of(run),
        diverged=_diverged(run, ruler),
        notes=notes,
    )


def _axis_of(held: list[Series]) -> AxisName:
    order: tuple[AxisName, ...] = ("epoch", "step", "time")
    is_placed = bool(held) and not any(one.is_spark for one in held)  # of a lost document the sparks alone are left
    known = [name for name in order if is_placed and all(None not in getattr(one, name) for one in held)]
    if known[:2] == ["epoch", "step"] and is_crowded(held):
        return "step"
    return next(iter(known), "index")


def is_crowded(held: Iterable[Series]) -> bool:
    """Whether a series has several points of one epoch, so that they would stand above each other."""
    return any(at is not None and at == after for one in held for at, after in pairwise(one.epoch))


def _clock(held: dict[str, Series], axis: AxisName) -> tuple[float, float, str]:
    """Where the axis begins, how much one unit of it is, and the unit's name."""
    if axis != "time":
        return 0.0, 1.0, "point" if axis == "index" else axis
    times = [moment for series in held.values() for moment in series.time if moment is not None]
    first, last = min(times), max(times)
    for limit, size, unit in ((180.0, 1.0, "seconds"), (7200.0, 60.0, "minutes")):
        if last - first <= limit:
            return first, size, unit
    return first, 3600.0, "hours"


@dataclass(frozen=True, slots=True)
class _Ruler:
    """How a series' points find their place on the chosen axis."""

    axis: AxisName
    zero: float
    size: float
    most: int = MOST_POINTS

    def along(self, series: Series) -> list[float]:
        """Places of all points; the axis was chosen so that every one is known."""
        if self.axis == "index":
            return [float(n) for n in range(1, len(series.value) + 1)]
        return [((at or 0) - self.zero) / self.size for at in getattr(series, self.axis)]

    def of(self, point: Point) -> float | None:
        """Place of one told point, where it says its epoch or step."""
        at = {"epoch": point.epoch, "step": point.step}.get(self.axis)
        return None if at is None else float(at)


def _kept(places: Sequence[float], values: Sequence[float], most: int) -> Sequence[int]:
    if len(values) <= most:
        return range(len(values))
    from collectors.evidence.downsample import downsample  # numpy, which a page of short curves does without

    return list(map(int, downsample(places, values, most)))


def _line(named: tuple[str, str], series: Series, ruler: _Ruler, weight: float) -> Line:
    """One curve, smoothed before it is reduced."""
    places = ruler.along(series)
    values = [float("nan") if value is None else value for value in series.value]
    kept = _kept(places, values, ruler.most)
    measured = tuple(series.value[n] for n in kept)
    average = smoothed(series.value, weight) if weight else None
    smooth = tuple(average[n] for n in kept) if average else None
    return Line(*named, tuple(places[n] for n in kept), measured, usual_range(series.value), smooth)


def _ghosts(
    baseline: StreamMetrics | None, own: _Ruler, weights: Mapping[str, float]
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """The baseline's validation curve, else its train curve, where it can stand on this axis; smoothed as the run's."""
    held, axis = baseline.series if baseline else {}, own.axis
    name = next((n for n in ("val_loss", "train_loss") if n in held), None)
    if name is None or not held[name].value:
        return (), ()
    series = held[name]
    if axis != "index" and None in getattr(series, axis):
        return (), (f"the baseline's curve has no {axis} and is not drawn",)
    first = min((at for at in series.time if at is not None), default=0.0)
    ruler = _Ruler(axis, first if axis == "time" else 0.0, own.size)
    return (_line((f"baseline {series_label(name)}", "baseline"), series, ruler, weights.get(name, 0.0)),), ()


def _marks(run: StreamMetrics, held: dict[str, Series], ruler: _Ruler) -> list[Mark]:
    """Every drawn place without a finite value; what was told and fell out of a reduced curve is added."""
    marks = []
    for name, series in held.items():
        told = "; ".join(divergence_words(gap) for gap in run.nonfinite if gap.series == name)
        text = told or f"{series_label(name)} is not finite"
        places = ruler.along(series)
        marks += [Mark(places[n], text) for n, value in enumerate(series.value) if value is None]
    drawn = {mark.at for mark in marks}
    lost = ((ruler.of(_start(gap)), divergence_words(gap)) for gap in run.nonfinite)
    return marks + [Mark(at, text) for at, text in lost if at is not None and at not in drawn]


def _start(gap: Nonfinite) -> Point:
    return Point(value=None, epoch=gap.first_epoch, step=gap.first_step)


def _end(run: StreamMetrics, axis: AxisName) -> float | None:
    end = {"epoch": run.completion.epochs, "step": run.completion.steps}.get(axis)
    return None if end is None else float(end)


def _best(run: StreamMetrics, held: dict[str, Series], ruler: _Ruler) -> tuple[float, float, str] | None:
    """The best point of validation, else of the first series that has a better way; the first of equals."""
    ways = {n: way for n in held if (way := told_way(n, run))}
    name = "val_loss" if "val_loss" in ways else next(iter(ways), None)
    if name is None:
        return None
    finite = [(value, at) for at, value in zip(ruler.along(held[name]), held[name].value, strict=True)
              if value is not None]  # fmt: skip
    if not finite:
        return None
    if ways[name] == "lower":
        value, at = min(finite)
        return at, value, "min"
    value, at = max(finite, key=lambda one: (one[0], -one[1]))
    return at, value, "max"


def _diverged(run: StreamMetrics, ruler: _Ruler) -> tuple[float | None, str] | None:
    point = run.diverged_at
    if point is None:
        return None
    place = place_words(point.epoch, point.step)
    return ruler.of(point), f"diverged at {place}" if place else "diverged"
