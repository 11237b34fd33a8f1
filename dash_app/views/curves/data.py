"""State -> what the loss charts draw, as plain values for the browser.

One entry a stream: curves with three x-axes (epoch, step, seconds since its first record), where
they were not finite, and where each axis should end. Smoothing, scale and colours are chosen while
looking, so the browser does them; this refuses to drop a point or to invent one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from collectors.contract.metrics import Nonfinite, Series, StreamMetrics
from collectors.presentation.charts.scale import is_smoothed, usual_range
from collectors.presentation.metric_groups import role_of
from collectors.presentation.words import chart_text, series_label, targets_of, told_label
from collectors.training.divergence_words import divergence_words

DECIMALS: Final = 3
"""Of seconds."""


def loss_data(metrics: StreamMetrics) -> dict[str, Any]:
    """Return `{zero, curves, broken, ends, targets}` of one stream, all text safe for a chart; `zero`: Unix seconds.

    Of a curve is told whether it may be `smooth`ed, and its `usual` range.
    """
    zero = _first_time(metrics)
    labels = {name: chart_text(told_label(metrics, name, series_label(name))) for name in metrics.series}
    curves = [_curve(name, series, zero) | {"name": labels[name]} for name, series in metrics.series.items()]
    return {
        "zero": zero,
        "curves": [curve for curve in curves if curve["value"]],
        "broken": _broken(metrics, zero),
        "ends": _ends(metrics, zero),
        "targets": [_target(metrics, value, words) for value, words in targets_of(metrics)],
    }


def _target(metrics: StreamMetrics, value: float, words: str) -> dict[str, Any]:
    """A value to reach, its words, and on which `side` of it a series must be."""
    is_least = any(facts.at_least == value for facts in metrics.about.values())
    return {"value": value, "text": chart_text(words), "side": "above" if is_least else "below"}


def curve_columns(series: Series, shown: StreamMetrics) -> dict[str, list[Any]]:
    """Columns of an earlier version of a curve, as they stood beside what is shown now."""
    return _columns(series, _first_time(shown))


def _curve(name: str, series: Series, zero: float | None) -> dict[str, Any]:
    usual = usual_range(series.value)
    looks = {"series": name, "role": role_of(name), "smooth": is_smoothed(series.value), "usual": usual}
    return looks | _columns(series, zero)


def _columns(series: Series, zero: float | None) -> dict[str, list[Any]]:
    return {
        "epoch": list(series.epoch),
        "step": list(series.step),
        "time": _all_since(zero, series.time),
        "value": list(series.value),
    }


def _broken(metrics: StreamMetrics, zero: float | None) -> list[dict[str, Any]]:
    """Every place without a finite value, with a sentence; told ones that fell out are added."""
    marks: list[dict[str, Any]] = []
    for name, series in metrics.series.items():
        told = [gap for gap in metrics.nonfinite if gap.series == name]
        text = chart_text("; ".join(map(divergence_words, told)) or f"{name} is not finite")
        marks += [_mark(series, i, zero, text) for i, v in enumerate(series.value) if v is None]
    drawn = {mark["epoch"] for mark in marks} | {mark["step"] for mark in marks}
    lost = [gap for gap in metrics.nonfinite if not {gap.first_epoch, gap.first_step} & drawn]
    return marks + [_lost_mark(gap) for gap in lost]


def _mark(series: Series, index: int, zero: float | None, text: str) -> dict[str, Any]:
    return {
        "epoch": series.epoch[index],
        "step": series.step[index],
        "time": _since(zero, series.time[index]),
        "text": text,
    }


def _lost_mark(gap: Nonfinite) -> dict[str, Any]:
    text = chart_text(divergence_words(gap))
    return {"epoch": gap.first_epoch, "step": gap.first_step, "time": None, "text": text}


def _ends(metrics: StreamMetrics, zero: float | None) -> dict[str, Any]:
    """Where the axes end: at the configured last epoch or step, or at the expected end."""
    done = metrics.completion
    end = done.expected_end_at.timestamp() if done.expected_end_at else None
    return {"epoch": done.epochs, "step": done.steps, "time": _since(zero, end)}


def _first_time(metrics: StreamMetrics) -> float | None:
    return min((min(known) for s in metrics.series.values() if (known := _known(s.time))), default=None)


def _known(times: Sequence[float | None]) -> list[float]:
    return [moment for moment in times if moment is not None]


def _all_since(zero: float | None, moments: Sequence[float | None]) -> list[float | None]:
    import numpy as np  # by those who look at a curve alone

    if zero is None:
        return [None] * len(moments)
    since = np.round(np.array(moments, np.float64) - zero, DECIMALS).tolist()
    return [None if known is None else at for known, at in zip(moments, since, strict=True)]


def _since(zero: float | None, moment: float | None) -> float | None:
    return None if zero is None or moment is None else round(moment - zero, DECIMALS)
