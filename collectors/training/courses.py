"""A curve -> what all of its points tell: how many there are, extremes, the last value, how places are counted. Pure.

A state holds this of every series whose points stand elsewhere; of one that is whole in a state it is told here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from collectors.contract.metrics import Counting, Course, Series, StreamMetrics
from collectors.training.stream_runs import Curve


def course_of(run: StreamMetrics, name: str) -> Course:
    """What a series of a state tells. Raises KeyError for one that the stream does not have."""
    return run.courses.get(name) or course_from(curve_from(run.series[name]))


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
    stride = float(np.median(np.diff(places))) if places.size > 1 else 0.0
    return stride > 1 and (places[0] + 1) % stride == 0
