"""State and baseline -> a section with one figure a stream: chart, legend, a sentence and the numbers. Pure."""

from __future__ import annotations

from collectors.contract.metrics import Point, StreamMetrics
from collectors.contract.state import DashboardState
from collectors.contract.values import Status
from collectors.numbers import number_words, place_words
from collectors.presentation.html.axes import Kind
from collectors.presentation.html.chart import draw_chart
from collectors.presentation.html.curves import Curves, Line, curves_of
from collectors.presentation.html.loss_table import render_loss_table
from collectors.presentation.html.markup import Html, dotted, el, joined
from collectors.presentation.html.shades import icon
from collectors.presentation.words import loss_words, progress_words, series_label
from collectors.training.words import divergence_words


def render_losses(state: DashboardState, baseline: DashboardState | None, kind: Kind) -> Html:
    """Return the section; `kind` is how the value axis is divided."""
    ghosts = baseline.metrics if baseline else {}
    figures = [_figure(n, run, ghosts.get(stream), kind) for n, (stream, run) in enumerate(state.metrics.items())]
    return el("section", el("h2", "Loss curves"), el("div", *figures, class_="figures"), class_="panel", id="losses")


def _figure(number_: int, run: StreamMetrics, ghost: StreamMetrics | None, kind: Kind) -> Html:
    curves = curves_of(run, ghost)
    sentence = chart_sentence(run)
    if not curves.lines:
        drawn = el("p", "No losses yet.", class_="empty")
    else:
        drawn = el("div", draw_chart(curves, kind, f"loss-{number_}", sentence), class_="plot")
    caption = el("figcaption", el("h3", f"{run.label} loss"), _head(run))
    notes = el("span", dotted(*_notes(run, curves, kind)), class_="note")
    foot = el("p", *_keys(curves), *_broken(run), notes, class_="keys")
    return el("figure", caption, drawn, foot, render_loss_table(run), class_="loss")


def _head(run: StreamMetrics) -> Html:
    """The last and the best value of the most telling series."""
    name = next((n for n in ("val_loss", "train_loss", *run.final) if n in run.final), None)
    if name is None:
        return el("span", class_="figure")
    final, best = run.final[name], run.best.get(name)
    last = joined(f"{series_label(name)} ", el("b", loss_words(final.value)))
    lowest = _at(f"best {number_words(best.value)}", best) if best and best.value != final.value else None
    return el("span", dotted(last, lowest), class_="figure")


def _at(words: str, point: Point) -> str:
    return f"{words} at {place_words(point.epoch, point.step)}" if place_words(point.epoch, point.step) else words


def _keys(curves: Curves) -> list[Html]:
    return [_key(line) for line in (*reversed(curves.lines), *curves.ghosts)]


def _key(line: Line) -> Html:
    stroke = el("line", x1="0", x2="18", y1="5", y2="5", class_=f"line line-{line.role}")
    drawn = el("svg", stroke, viewBox="0 0 18 10", class_="key-line", aria_hidden="true")
    return el("span", drawn, line.label, class_="key")


def _broken(run: StreamMetrics) -> list[Html]:
    return [el("span", icon("fail"), divergence_words(gap), class_="broken is-fail") for gap in run.nonfinite]


def _notes(run: StreamMetrics, curves: Curves, kind: Kind) -> list[str]:
    """What a reader must know about how far the stream is and how it is drawn."""
    status = run.completion.status
    notes = [progress_words(run), *([status.value] if status in (Status.STALLED, Status.RUNNING) else [])]
    if kind == "log" and curves.lines:
        notes.append("log scale")
        lost = sum(1 for line in curves.lines for value in line.value if value is not None and value <= 0)
        notes += [f"{lost} values ≤ 0 cannot be drawn"] if lost else []
    if curves.lines and curves.axis not in ("epoch", "index"):
        notes.append(f"no epochs recorded, by {curves.axis}")
    return [*notes, *curves.notes]


def chart_sentence(run: StreamMetrics) -> str:
    """Return the chart in one sentence, for those who cannot see it."""
    told = [_ending(name, point, run.best[name]) for name, point in run.final.items() if name in run.best]
    words = told + [divergence_words(gap) for gap in run.nonfinite]
    if run.diverged_at is not None:
        words.insert(0, _at("diverged", run.diverged_at))
    return f"{run.label} loss, {progress_words(run)}: {'; '.join(words) or 'no losses yet'}."


def _ending(name: str, last: Point, best: Point) -> str:
    value = "not finite" if last.value is None else number_words(last.value)
    return f"{series_label(name)} ends at {value}, {_at(f'lowest {number_words(best.value)}', best)}"
