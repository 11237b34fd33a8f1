"""A stream's metrics beside its losses -> their words, and a table a group where no script runs. Pure.

A best value is told only where a way is known to be better. It draws no chart of its own: the page does.
"""

from __future__ import annotations

from collectors.contract.metrics import StreamMetrics
from collectors.numbers import UNKNOWN, plural
from collectors.presentation.markup import Element, el
from collectors.presentation.metric_groups import MetricGroup, metric_groups, role_of
from collectors.presentation.pieces import table
from collectors.presentation.spark import spark
from collectors.presentation.words import loss_words, point_words, told_label, unit_words
from collectors.training.divergence_words import divergence_words

COLUMNS = ("Metric", "Last", "Best", "Course")
WAYS = {"lower": "lowest", "higher": "highest"}


def metric_label(run: StreamMetrics, name: str) -> str:
    """What a metric is called on screen."""
    return told_label(run, name, name)


def last_words(run: StreamMetrics, name: str) -> str:
    """Its last value, with its unit."""
    value = run.final[name].value
    return loss_words(value) + ("" if value is None else unit_words(run, name))


def best_words(run: StreamMetrics, name: str) -> str:
    """Its best value with its unit and place; nothing where it has none."""
    best = run.best.get(name)
    return "" if best is None else point_words(best, unit_words(run, name))


def odd_words(run: StreamMetrics, name: str) -> str:
    """Where it was not finite, without its name; nothing where it always was."""
    told = (divergence_words(gap) for gap in run.nonfinite if gap.series == name)
    return "; ".join(words.removeprefix(f"{name} ") for words in told)


def group_title(group: MetricGroup) -> str:
    """A group's name and how many metrics it has: `val · 3 metrics`."""
    return f"{group.key} · {plural(len(group.members), 'metric')}"


def metric_tables(run: StreamMetrics) -> list[Element]:
    """Return a table for each group; none where the stream has nothing beside its losses."""
    return [_group(run, group) for group in metric_groups(run.series)]


def _group(run: StreamMetrics, group: MetricGroup) -> Element:
    rows = (_row(run, name) for name in group.members)
    body = table(COLUMNS, rows, "delta-table metric-table")
    return el("details", el("summary", group_title(group)), body, class_="metric-group", open=True)


def _row(run: StreamMetrics, name: str) -> Element:
    odd, best, facts = odd_words(run, name), best_words(run, name), run.about.get(name)
    way = f"{WAYS[facts.better]} " if facts and facts.better else ""
    return el(
        "tr",
        el("th", metric_label(run, name), scope="row", title=name),
        el("td", last_words(run, name), el("span", f" {odd}", class_="loss-broken") if odd else None),
        el("td", f"{way}{best}" if best else UNKNOWN),
        el("td", spark(run.series[name].value, role_of(name))),
        data_metric=name,
    )
