"""One stream's losses -> its figures in words, its legend, and its chart in one sentence. Pure."""

from __future__ import annotations

from collectors.contract.metrics import StreamMetrics
from collectors.presentation.markup import Element, el
from collectors.presentation.metric_groups import role_of
from collectors.presentation.pieces import icon
from collectors.presentation.words import (
    loss_words,
    measure_label,
    point_words,
    progress_words,
    series_label,
    told_label,
    unit_words,
)
from collectors.training.divergence_words import divergence_words


def loss_head(run: StreamMetrics) -> Element | None:
    """Return the last value of the most telling series, and the best one where it is another."""
    name = next((n for n in ("val_loss", "train_loss", *_told_first(run)) if n in run.final), None)
    if name is None:
        return None
    final, best = run.final[name], run.best.get(name)
    unit, label = unit_words(run, name), told_label(run, name, series_label(name))
    last = el("span", f"{label} ", el("b", f"{loss_words(final.value)}{unit}"))
    is_other = best is not None and best.value is not None and best.value != final.value
    return el(
        "span", last, el("span", f"best {point_words(best, unit)}") if best and is_other else None, class_="dotted"
    )


def _told_first(run: StreamMetrics) -> list[str]:
    """What was measured on validation data before the rest."""
    return sorted(run.final, key=lambda name: role_of(name) != "val")


def loss_foot(run: StreamMetrics, *more: Element) -> list[Element]:
    """Return the legend with `more` keys, where the losses were not finite, and how far the stream is."""
    keys = [loss_key(told_label(run, name, series_label(name)), role_of(name)) for name in reversed(run.series)]
    broken = [el("span", icon("nonfinite"), divergence_words(gap), class_="loss-broken") for gap in run.nonfinite]
    return [*keys, *more, *broken, el("span", progress_words(run), class_="loss-progress")]


def loss_key(name: str, role: str, *, title: str | None = None) -> Element:
    """Return one entry of the legend: a line of the curve's colour, and its name."""
    return el("span", el("i", class_=f"key key-{role}"), name, class_="loss-key", title=title)


def chart_sentence(run: StreamMetrics) -> str:
    """Return the chart in one sentence, for those who cannot see it."""
    told = [
        f"{told_label(run, name, measure_label(name))} ends at {point_words(point, unit_words(run, name))}"
        + (f", best {point_words(run.best[name], unit_words(run, name))}" if name in run.best else "")
        for name, point in run.final.items()
        if name in run.best or point.value is not None
    ]
    told += map(divergence_words, run.nonfinite)
    return f"{run.label}, {progress_words(run)}: {'; '.join(told)}." if told else f"{run.label}: no losses yet."
