"""A stream of a state -> what each whole curve tells, and the stream with its whole curves. Pure.

A state says it of every series; of one of the first version, whose series are whole, it is made here when asked for.
"""

from __future__ import annotations

from collectors.contract.metrics import Course, CurveDocument, Series, StreamMetrics


def course_of(run: StreamMetrics, name: str) -> Course:
    """What a series tells. Raises KeyError for one that the stream does not have."""
    told = run.courses.get(name)
    if told is not None:
        return told
    from collectors.training.summary import course_from, curve_from  # states of today need no arithmetic

    return course_from(curve_from(run.series[name]))


def with_curves(run: StreamMetrics, document: CurveDocument | None) -> StreamMetrics:
    """A stream's metrics with every curve as long as it is kept; where the document is lost, its sparks in order."""
    held = document.series if document else {}
    series = {n: held.get(n) or _unplaced(one) for n, one in run.series.items() if one.is_spark}
    return run.model_copy(update={"series": {**run.series, **series}}) if series else run


def _unplaced(spark: Series) -> Series:
    """A spark as a curve of which nothing but the order is known."""
    nothing = (None,) * len(spark.value)
    return Series(epoch=nothing, step=nothing, time=nothing, value=spark.value)
