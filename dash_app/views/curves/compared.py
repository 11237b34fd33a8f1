"""Baseline and overlaid runs -> what the loss charts draw behind the current curves, and say above them.

One entry a stream: curves with the same three x-axes as the run's own, the legend's keys, and the
difference to the baseline in words. Nothing is judged here: better or worse stands in the delta.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from collectors.compare.limits import limits_of
from collectors.contract.delta import Delta, LossChange, StreamDelta
from collectors.contract.state import DashboardState
from collectors.numbers import number_words, percent_words
from collectors.presentation.regions.losses import loss_key
from collectors.presentation.words import DIRECTION_LOOKS, DIRECTION_WORDS, status_class
from dash_app.reading.documents import curves_version
from dash_app.views.markup import attributes
from dash_app.views.tree import component

MOST_OVERLAYS = 8


def compared_curves(
    baseline: DashboardState | None, overlays: Sequence[DashboardState], delta: Delta | None
) -> dict[str, Any]:
    """Return stream id -> `{others, delta, keys, bands}`; streams that only the shown run has are left out.

    `others` are `{run, version, kind, place}` of the runs whose curves are drawn too, and asked for then; `bands`
    `{series, limit, side, text}`: what the policy allows, where the two runs can be compared.
    """
    states = [state for state in (baseline, *overlays) if state is not None]
    streams = dict.fromkeys(stream for state in states for stream in state.metrics)
    changes = {stream.id: stream for stream in delta.streams} if delta else {}
    return {
        stream: _entry(stream, (baseline, overlays), changes) | {"bands": _bands(baseline, delta, changes.get(stream))}
        for stream in streams
    }


def _bands(baseline: DashboardState | None, delta: Delta | None, change: StreamDelta | None) -> list[dict[str, Any]]:
    theirs = baseline.metrics.get(change.id) if baseline and change and change.comparable else None
    if theirs is None or delta is None:
        return []
    return [
        {
            "series": limit.series,
            "limit": limit.value,
            "side": "below" if limit.better == "lower" else "above",
            "text": limit.words,
        }
        for limit in limits_of(theirs, delta.policy)
    ]


def _entry(
    stream: str,
    runs: tuple[DashboardState | None, Sequence[DashboardState]],
    changes: Mapping[str, StreamDelta],
) -> dict[str, Any]:
    baseline, overlays = runs
    others, keys = [], []
    if baseline is not None and stream in baseline.metrics:
        others.append(_other(baseline, stream, "baseline", None))
        keys.append(component(loss_key("baseline val", "baseline", title="baseline val")))
    for place, run in enumerate(overlays[:MOST_OVERLAYS]):
        if stream in run.metrics:
            others.append(_other(run, stream, "overlay", place))
            keys.append(component(loss_key(run.meta.run_id, f"overlay key-overlay-{place}", title=run.meta.run_id)))
    words = _delta_words(changes[stream]) if stream in changes else []
    return {"others": others, "keys": keys, "delta": words}


def _other(run: DashboardState, stream: str, kind: str, place: int | None) -> dict[str, Any]:
    return {"run": run.meta.run_id, "version": curves_version(run.metrics[stream]), "kind": kind, "place": place}


def _delta_words(stream: StreamDelta) -> list[Component]:
    """`▼ 42 % vs baseline 0.4753, better`: the final value of the most telling series."""
    change = told_change(stream)
    if change is None or change.value.baseline is None:
        return []
    parts = [f"vs baseline {number_words(change.value.baseline)}"]
    if change.direction.is_told and change.value.difference is not None:
        arrow = "▼" if change.value.difference < 0 else "▲" if change.value.difference > 0 else "="
        parts.insert(0, f"{arrow} {percent_words(change.value.relative)}")
    words = f"{' '.join(parts)}, {DIRECTION_WORDS[change.direction]}"
    title = change.reason or f"final {change.series} against the baseline's"
    look = f"loss-change {status_class(DIRECTION_LOOKS[change.direction][0])}"
    return [html.Span(words, className=look, title=title, **attributes(data_direction=change.direction.value))]


def told_change(stream: StreamDelta) -> LossChange | None:
    """Return the final value's change of validation, else train loss, else whatever there is."""
    finals = {change.series: change for change in stream.losses if change.which == "final"}
    order = ["val_loss", "train_loss", *finals]
    return next((finals[name] for name in order if name in finals), None)
