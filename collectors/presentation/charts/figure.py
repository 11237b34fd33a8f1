"""One stream's losses -> a figure that needs no script: chart, legend, a sentence and the numbers. Pure."""

from __future__ import annotations

from dataclasses import replace

from collectors.compare.compare import duration_of
from collectors.contract.metrics import StreamMetrics
from collectors.contract.values import Status
from collectors.numbers import duration_words, number_words, plural
from collectors.presentation.charts.chart import draw_chart, off_scale
from collectors.presentation.charts.curves import Curves, curves_of, is_crowded
from collectors.presentation.charts.scale import Look
from collectors.presentation.markup import Element, el
from collectors.presentation.metric_groups import main_part
from collectors.presentation.regions.loss_table import loss_table
from collectors.presentation.regions.losses import chart_sentence, loss_foot, loss_head, loss_key
from collectors.presentation.regions.metrics import metric_tables
from collectors.presentation.words import stream_word


def loss_figure(stream: StreamMetrics, ghost: StreamMetrics | None, look: Look, name: str) -> Element:
    """Return the figure; `ghost` is the baseline's stream."""
    run, others = main_part(stream), el("div", metric_tables(stream), class_="metric-groups")
    curves = curves_of(run, ghost, look.smoothing)
    caption = el("figcaption", el("h3", run.label), el("span", loss_head(run), class_="figure"))
    keys = [loss_key(line.label, line.role) for line in curves.ghosts]
    notes = el("span", " · ".join(_notes(run, curves, look)), class_="loss-note")
    foot = el("p", loss_foot(run, *keys), notes, class_="loss-words")
    if not curves.lines:
        return el("figure", caption, loss_table(run), foot, others, class_="loss")
    sentence = chart_sentence(run)
    plot = el("div", draw_chart(curves, look, name, sentence), class_="loss-plot")
    table = el("details", el("summary", "Data table"), loss_table(run), class_="loss-data")
    return el("figure", caption, plot, _whole(curves, look, name, sentence), foot, table, others, class_="loss")


def _whole(curves: Curves, look: Look, name: str, sentence: str) -> Element | None:
    """The same chart with every value on its scale, behind one click; nothing where the chart has them all."""
    off = off_scale(curves, look)
    if not off:
        return None
    words = f"{plural(len(off), 'value')} off the scale, to {number_words(max(off, key=abs))}: show all"
    plot = draw_chart(curves, replace(look, is_whole=True), f"{name}-whole", sentence)
    return el("details", el("summary", words), el("div", plot, class_="loss-plot"), class_="loss-whole")


def _notes(run: StreamMetrics, curves: Curves, look: Look) -> list[str]:
    """What a reader must know about how long it took and how it is drawn."""
    status, seconds = run.completion.status, duration_of(run)
    notes = [] if seconds is None else [duration_words(seconds)]
    notes += [stream_word(run)] if status in (Status.STALLED, Status.RUNNING) else []
    if any(line.smooth for line in curves.lines):
        notes.append(f"smoothed {look.smoothing:.2f}, measured faint")
    if look.kind == "log" and curves.lines:
        lost = sum(1 for line in curves.lines for value in line.value if value is not None and value <= 0)
        notes += ["log scale", *([f"{plural(lost, 'value')} ≤ 0 cannot be drawn"] if lost else [])]
    if curves.lines and curves.axis not in ("epoch", "index"):
        why = "several records an epoch" if is_crowded(run.series.values()) else "no epochs recorded"
        notes.append(f"{why}, by {curves.axis}")
    return [*notes, *curves.notes]
