"""One stream's curves and progress -> its metrics and how far it is, as the state tells them. Pure.

What a state holds of the curves is made in `summary`; values that are not finite are null there and told beside.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from collectors.contract.metric_rules import Better
from collectors.contract.metrics import Completion, MetricFacts, Nonfinite, Point, StreamMetrics, Writer
from collectors.contract.streams import Stream
from collectors.evidence.documents import value_at
from collectors.numbers import utc
from collectors.training.curves import Losses
from collectors.training.divergence import number_or_none, step_or_none
from collectors.training.metric_facts import better_of
from collectors.training.progress import Progress
from collectors.training.remembered import per_object
from collectors.training.stream_runs import Curve
from collectors.training.summary import Summary, most_points


def build_metrics(
    stream: Stream, told: tuple[Losses, Summary], progress: Progress, *, config: Any, in_current_run: bool
) -> StreamMetrics:
    """One stream's metrics; `told`: its losses, and what the state holds of them; `config` is its document, or None."""
    losses, summary = told
    points = _points(stream, losses)
    divergences = progress.divergences
    first = min(divergences, key=lambda d: d.first_epoch if d.first_epoch is not None else np.inf, default=None)
    return StreamMetrics(
        label=stream.label,
        config=highlights_of(stream, config),
        source=losses.source,
        completion=_completion(progress, in_current_run=in_current_run),
        series=dict(summary.series),
        courses=dict(summary.courses),
        curves=summary.digest,
        about=points.about,
        nonfinite=tuple(
            Nonfinite(
                series=d.series,
                kind=d.kind,
                first_epoch=d.first_epoch,
                first_step=d.first_step,
                last_step=d.last_step,
                count=d.count,
            )
            for d in (*divergences, *progress.odd)
        ),
        final=points.final,
        best=points.best,
        diverged_at=Point(value=None, epoch=first.first_epoch, step=first.first_step) if first else None,
    )


class _Points(NamedTuple):
    """What is told of single points of a stream's curves."""

    about: dict[str, MetricFacts]
    final: dict[str, Point]
    best: dict[str, Point]


@per_object
def _points(stream: Stream, losses: Losses) -> _Points:
    curves, most = losses.told, most_points(losses.told)
    about = {name: _facts(stream, name, is_reduced=len(c) > most[name]) for name, c in curves.items()}
    best = {name: p for name, c in curves.items() if (p := _best(c, about[name].better)) is not None}
    return _Points(about, {name: _point(c, -1) for name, c in curves.items()}, best)


def _facts(stream: Stream, name: str, *, is_reduced: bool) -> MetricFacts:
    said = stream.metrics.get(name)
    targets = [target for target in stream.targets if target.metric == name]
    return MetricFacts(
        better=better_of(stream, name),
        unit=said.unit if said else None,
        label=said.label if said else None,
        reduced=is_reduced,
        at_least=max((t.at_least for t in targets if t.at_least is not None), default=None),
        at_most=min((t.at_most for t in targets if t.at_most is not None), default=None),
    )


def _point(curve: Curve, at: int) -> Point:
    return Point(
        value=number_or_none(curve.value[at]),
        epoch=number_or_none(curve.epoch[at]),
        step=step_or_none(curve.step[at]),
    )


def _best(curve: Curve, better: Better | None) -> Point | None:
    """The first of the best values; None where there is none."""
    at = curve.best_at(better)
    return None if at is None else _point(curve, at)


def _completion(p: Progress, *, in_current_run: bool) -> Completion:
    total = p.target.total
    return Completion(
        status=p.status,
        epoch=p.epoch,
        epochs=total if p.target.unit == "epoch" else None,
        step=p.step,
        steps=total if p.target.unit == "step" else None,
        unit=p.target.unit,
        early_stop=p.early_stop,
        quiet=p.quiet,
        started_at=utc(p.started_at),
        last_record_at=utc(p.last_at),
        gap_seconds=p.gap,
        quiet_at=utc(p.quiet_at),
        stalled_at=utc(p.stalled_at),
        expected_end_at=utc(p.expected_end_at),
        writer=Writer(host=p.writer.host, pid=p.writer.pid, alive=p.writer.alive) if p.writer else None,
        from_previous_run=not in_current_run,
    )


def highlights_of(stream: Stream, config: Any) -> dict[str, bool | int | float | str | None]:
    """The allow-listed config values, plain scalars only; null for what is missing or not a scalar."""
    highlights = stream.config.highlights if stream.config else {}
    return {name: _plain(value_at(config, key)) for name, key in highlights.items()}


def _plain(value: Any) -> bool | int | float | str | None:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)
    return value if isinstance(value, (bool, int, float, str)) else None
