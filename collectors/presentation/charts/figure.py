"""One stream's losses -> a figure that needs no script: chart, legend, a sentence and the numbers. Pure."""

from __future__ import annotations

from collectors.compare.compare import duration_of
from collectors.contract.metrics import StreamMetrics
from collectors.contract.values import Status
from collectors.numbers import duration_words, plural
from collectors.presentation.charts.axes import Kind
from collectors.presentation.charts.chart import draw_chart
from collectors.presentation.charts.curves import Curves, curves_of, is_crowded
from collectors.presentation.markup import Element, el
from collectors.presentation.metric_groups import main_part
from collectors.presentation.regions.loss_table import loss_table
from collectors.presentation.regions.losses import chart_sentence, loss_foot, loss_head, loss_key
from collectors.presentation.regions.metrics import metric_tables
from collectors.presentation.words import stream_word


def loss_figure(stream: StreamMetrics, ghost: StreamMetrics | None, kind: Kind, name: str) -> Element:
    """Return the figure; `ghost` is the baseline's stream, `kind` how the value axis is divided."""
    run, others = main_part(stream), el("div", metric_tables(stream), class_="metric-groups")
    curves = curves_of(run, ghost)
    caption = el("figcaption", el("h3", run.label), el("span", loss_head(run), class_="figure"))
    keys = [loss_key(line.label, line.role) for line in curves.ghosts]
    notes = el("span", " · ".join(_notes(run, curves, kind)), class_="loss-note")
    foot = el("p", loss_foot(run, *keys), notes, class_="loss-words")
    if not curves.lines:
        return el("figure", caption, loss_table(run), foot, others, class_="loss")
    plot = el("div", draw_chart(curves, kind, name, chart_sentence(run)), class_="loss-plot")
    table = el("details", el("summary", "Data table"), loss_table(run), class_="loss-data")
    return el("figure", caption, plot, foot, table, others, class_="loss")


def _notes(run: StreamMetrics, curves: Curves, kind: Kind) -> list[str]:
    """What a reader must know about how long it took and how it is drawn."""
    status, seconds = run.completion.status, duration_of(run)
    notes = [] if seconds is None else [duration_words(seconds)]
    notes += [stream_word(run)] if status in (Status.STALLED, Status.RUNNING) else []
    if kind == "log" and curves.lines:
        lost = sum(1 for line in curves.lines for value in line.value if value is not None and value <= 0)
        notes += ["log scale", *([f"{plural(lost, 'value')} ≤ 0 cannot be drawn"] if lost else [])]
    if curves.lines and curves.axis not in ("epoch", "index"):
        why = "several records an epoch" if is_crowded(run.series.values()) else "no epochs recorded"
        notes.append(f"{why}, by {curves.axis}")
    return [*notes, *curves.notes]
