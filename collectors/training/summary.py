"""One stream's curves -> what a state holds of them, and the document of those that are longer. Pure.

Curves are reduced to at most 2,000 points with minima and maxima kept, many metrics to fewer. What fits a state is
whole there; of the rest it has a spark and the document's digest. Equal curves have equal digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from pydantic_core import to_json

from collectors.contract.metrics import (
    FEW_SPARK_POINTS,
    MANY_SERIES,
    MAX_POINTS,
    SHARED_POINTS,
    SPARK_POINTS,
    Counting,
    Course,
    Series,
    StreamMetrics,
)
from collectors.contract.state import SCHEMA_VERSION, DashboardState
from collectors.evidence.downsample import downsample
from collectors.evidence.order import median
from collectors.training.series import is_loss
from collectors.training.stream_runs import Curve

LEAST_POINTS: Final = 20
"""Points that a curve keeps however many there are."""
FIRST_VERSION: Final = "1"
"""Its states hold curves of any length."""
DIGITS: Final = 4
"""Of the values of a spark."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a state holds of a stream's curves."""

    series: Mapping[str, Series]
    courses: Mapping[str, Course]
    digest: str | None
    """Of the longer curves; None where there are none."""


def spark_points(series: int) -> int:
    """Most points of one series in the state of a run that has so many of them."""
    return SPARK_POINTS if series <= MANY_SERIES else FEW_SPARK_POINTS


def most_points(curves: Collection[str]) -> dict[str, int]:
    """How many points are kept of each: losses whole, of many other metrics a fair share."""
    others = sum(not is_loss(name) for name in curves)
    share = min(MAX_POINTS, max(SHARED_POINTS // max(others, 1), LEAST_POINTS))
    return {name: MAX_POINTS if is_loss(name) else share for name in curves}


def summarise(curves: Mapping[str, Curve], spark: int) -> Summary:
    """Of curves that are not empty: each whole in at most `spark` points, or that many values of it."""
    longer = longer_curves(curves, spark)
    return Summary(
        series={n: _spark(c, spark) if n in longer else as_series(c) for n, c in curves.items()},
        courses={n: course_from(c) for n, c in curves.items()},
        digest=_digest(longer) if longer else None,
    )


def longer_curves(curves: Mapping[str, Curve], spark: int) -> dict[str, Curve]:
    """The curves that do not fit into the state, with as many points as are kept of each."""
    most = most_points(curves)
    return {name: reduced(curve, most[name]) for name, curve in curves.items() if len(curve) > spark}


def reduced(curve: Curve, most: int) -> Curve:
    """A curve of at most `most` points, minimum and maximum of each bucket kept."""
    if len(curve) <= most:
        return curve
    kept = downsample(curve.epoch, curve.value, most)
    return Curve(curve.step[kept], curve.time[kept], curve.value[kept], curve.epoch[kept])


def as_series(curve: Curve) -> Series:
    """A curve as parallel arrays, non-finite values null."""
    step, time, value, epoch = columns_of(curve)
    return Series(epoch=tuple(epoch), step=tuple(step), time=tuple(time), value=tuple(value))


def columns_of(curve: Curve) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Step, time, value and epoch as plain lists, null where unknown or not finite."""
    step = curve.step.tolist()
    if not bool((curve.step >= 0).all()):
        step = [None if at < 0 else at for at in step]
    return step, _numbers(curve.time), _numbers(curve.value), _numbers(curve.epoch)


def _numbers(column: Any) -> list[Any]:
    """Finite numbers as they are, others as None."""
    finite = np.isfinite(column)
    if bool(finite.all()):
        return list(column.tolist())
    return [number if is_finite else None for number, is_finite in zip(column.tolist(), finite.tolist(), strict=True)]


def _spark(curve: Curve, most: int) -> Series:
    values = _numbers(curve.value[downsample(np.arange(len(curve)), curve.value, most)])
    told = tuple(None if value is None else float(f"{value:.{DIGITS}g}") for value in values)
    return Series(epoch=(), step=(), time=(), value=told)


def _digest(curves: Mapping[str, Curve]) -> str:
    found = hashlib.sha256()
    for name, curve in curves.items():
        found.update(f"{len(name)} {name} {len(curve)} ".encode("utf-8", "surrogatepass"))
        for column in (curve.step, curve.time, curve.value, curve.epoch):
            found.update(np.ascontiguousarray(column).tobytes())
    return found.hexdigest()[:20]


def curve_document(stream: str, curves: Mapping[str, Curve], spark: int) -> bytes:
    """The document of a stream's longer curves, a `CurveDocument` of the contract."""
    names = ("step", "time", "value", "epoch")
    longer = longer_curves(curves, spark)
    series = {name: dict(zip(names, columns_of(curve), strict=True)) for name, curve in longer.items()}
    return to_json({"stream": stream, "series": series}) + b"\n"


def leaned(state: DashboardState) -> tuple[DashboardState, dict[str, bytes]]:
    """A state as it is stored, and the documents of the longer curves that it holds itself, by stream."""
    spark = spark_points(sum(len(run.series) for run in state.metrics.values()))
    leaner = {s: _leaned(run, spark) for s, run in state.metrics.items() if _holds_longer(run.series.values(), spark)}
    if not leaner and state.schema_version != FIRST_VERSION:
        return state, {}
    metrics = {**state.metrics, **{stream: run for stream, (run, _) in leaner.items()}}
    documents = {stream: curve_document(stream, curves, spark) for stream, (_, curves) in leaner.items()}
    return state.model_copy(update={"schema_version": SCHEMA_VERSION, "metrics": metrics}), documents


def _holds_longer(series: Iterable[Series], spark: int) -> bool:
    return any(len(one.value) > spark for one in series)


def _leaned(run: StreamMetrics, spark: int) -> tuple[StreamMetrics, dict[str, Curve]]:
    curves = {name: curve_from(series) for name, series in run.series.items() if series.value}
    found = summarise(curves, spark)
    courses = {**found.courses, **run.courses}
    update = {"series": {**run.series, **found.series}, "courses": courses, "curves": found.digest}
    return run.model_copy(update=update), curves


def curve_from(series: Series) -> Curve:
    """A series of a state as columns; the places of a spark are unknown."""
    count = len(series.value)
    step = [-1 if at is None else at for at in series.step] or [-1] * count
    epoch, time = (_floats(places, count) for places in (series.epoch, series.time))
    return Curve(np.array(step, np.int64), time, _floats(series.value, count), epoch)


def _floats(column: tuple[float | None, ...], count: int) -> Any:
    return np.array(column or (None,) * count, np.float64)


def course_from(curve: Curve) -> Course:
    """What a curve tells."""
    values, epochs = curve.value[np.isfinite(curve.value)], curve.epoch[np.isfinite(curve.epoch)]
    known = values.size > 0
    return Course(
        count=_count(curve),
        lowest=float(values.min()) if known else None,
        highest=float(values.max()) if known else None,
        last=float(values[-1]) if known else None,
        first_epoch=float(epochs.min()) if epochs.size else None,
        last_epoch=float(epochs.max()) if epochs.size else None,
        epochs=counting_of(epochs),
        steps=counting_of(curve.step[curve.step >= 0]),
    )


def _count(curve: Curve) -> int | None:
    if curve.count is not None:
        return curve.count
    return None if curve.recent is not None else len(curve)


def counting_of(places: Any) -> Counting | None:
    """How the known places of a curve are counted, in order; None without any."""
    if not places.size:
        return None
    if not bool((places == np.floor(places)).all()):
        return "between"
    return "from_0" if places.min() == 0 or _ends_strides(places) else "from_1"


def _ends_strides(places: Any) -> bool:
    """Whether values stand at each stride's last place, counted from 0: 9, 19, 29."""
    stride = median(np.diff(places)) if places.size > 1 else 0.0
    return stride > 1 and (places[0] + 1) % stride == 0
