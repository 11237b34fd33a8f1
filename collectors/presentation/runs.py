"""Rows of runs -> a table in a terminal, JSON or CSV; one run -> text. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from collectors.contract.metrics import StreamMetrics
from collectors.contract.run_row import RunRow, StreamRow, config_of, metric_names, metrics_in, spark_of, values_in
from collectors.contract.state import DashboardState
from collectors.numbers import instant_words, number_words
from collectors.presentation.checklist import as_text, plain
from collectors.presentation.metric_groups import main_series, metric_groups
from collectors.presentation.regions.metrics import last_words
from collectors.presentation.words import VERDICT_WORDS, point_words, stream_word, unit_words
from collectors.training.courses import course_of

MEASURES = (
    "status",
    "epochs",
    "steps",
    "duration_seconds",
    "final_train_loss",
    "final_val_loss",
    "best_train_loss",
    "best_val_loss",
)
FACTS = (
    "run_id",
    "workspace",
    "started_at",
    "finished_at",
    "timestamp",
    "verdict",
    "passed",
    "failed",
    "skipped",
    "total",
    "problem",
)
KINDS = ("best", "final")
MOST_METRICS, MOST_SHOWN = 20, 2
"""Other metrics of each stream in a table of cells, and in a terminal."""
MOST_KEYS = 100
"""Keys of configs in a table of cells."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would run."""


def rows_as_json(rows: Sequence[RunRow], baseline: str | None) -> str:
    """Every row with its spark lines as numbers and its configs as objects, and the baseline's id."""
    runs = [_facts(row) | {"named": row["named"], "streams": _streams(row)} for row in rows]
    return json.dumps({"baseline": baseline, "runs": runs}, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _facts(row: RunRow) -> dict[str, Any]:
    """What a row says of its run; why it is not ready only where that is told."""
    return {name: row[name] for name in FACTS} | {"why": row.get("why")}  # type: ignore[literal-required] # keys of the row


def _streams(row: RunRow) -> dict[str, dict[str, Any]]:
    return {
        s: {
            **found,
            "config": config_of(found),
            "values": dict(values_in(found)),
            "metrics": {name: value._asdict() for name, value in metrics_in(found).items()},
            "spark": spark_of(found),
        }
        for s, found in row["streams"].items()
    }


def rows_as_csv(rows: Sequence[RunRow], baseline: str | None) -> str:
    """A line a run and a column a measure of each stream; no cell is a formula."""
    streams = list(dict.fromkeys(stream for row in rows for stream in row["streams"]))
    metrics = metric_names(rows, MOST_METRICS)
    others = [(s, name) for s in streams for name in metrics[s]]
    keys = _config_keys(rows)
    told = (
        *(f"{s} {m}" for s in streams for m in MEASURES),
        *(f"{s} {w} {n}" for s, n in others for w in KINDS),
        *(f"{s} config {key}" for s, key in keys),
    )
    columns = [harmless(n) for n in (*FACTS, "why", "baseline", *told)]
    parts = ((*_table_row(row, streams, baseline), *_metric_cells(row, others), *_values(row, keys)) for row in rows)
    cells = [[harmless(cell) for cell in line] for line in parts]
    # pandas takes half a second to import: only who asks for a table waits. As objects, counts stay whole numbers
    # in a column that also has an empty cell.
    from pandas import DataFrame

    text: str = DataFrame(cells, columns=columns, dtype=object).to_csv(index=False, lineterminator="\r\n")
    return text


def _table_row(row: RunRow, streams: Sequence[str], baseline: str | None) -> Iterator[object]:
    yield from _facts(row).values()
    yield "yes" if row["run_id"] == baseline else ""
    found: dict[str, Any] = {**row["streams"]}
    yield from (found.get(s, {}).get(m) for s in streams for m in MEASURES)


def _metric_cells(row: RunRow, named: Sequence[tuple[str, str]]) -> Iterator[float | None]:
    found = {stream: metrics_in(told) for stream, told in row["streams"].items()}
    values = (found.get(stream, {}).get(name) for stream, name in named)
    return (value and getattr(value, kind) for value in values for kind in KINDS)


def _config_keys(rows: Sequence[RunRow]) -> list[tuple[str, str]]:
    """Stream and key of every value of a config, in the order of the rows, so many as a table may have."""
    found = ((s, key) for row in rows for s, told in row["streams"].items() for key in values_in(told))
    return list(dict.fromkeys(found))[:MOST_KEYS]


def _values(row: RunRow, keys: Sequence[tuple[str, str]]) -> Iterator[object]:
    found = {stream: values_in(told) for stream, told in row["streams"].items()}
    return (found.get(stream, {}).get(key) for stream, key in keys)


def harmless(cell: object) -> object:
    """A cell that a spreadsheet shows and does not run; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def rows_as_text(rows: Sequence[RunRow], baseline: str | None) -> str:
    """A table: run, start, verdict, final validation loss and metrics of each stream. `*` marks the baseline."""
    streams = list(dict.fromkeys(stream for row in rows for stream in row["streams"]))
    others = [(s, name) for s, names in metric_names(rows, MOST_SHOWN).items() for name in names]
    values = (*(f"{s} val_loss" for s in streams), *(f"{s} {name}" for s, name in others))
    head = ("", "run", "started", "verdict", "passed", *values)
    lines = [head, *((*_cells(row, streams, baseline), *_shown(row, others)) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    padded = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([*padded, ""])


def _cells(row: RunRow, streams: Sequence[str], baseline: str | None) -> tuple[str, ...]:
    mark = "*" if row["run_id"] == baseline else ""
    started = instant_words(row["started_at"] or row["timestamp"])
    if row["problem"] is not None:
        return (mark, row["run_id"], started, "DAMAGED", row["problem"], *("" for _ in streams))
    verdict = VERDICT_WORDS[row["verdict"]] if row["verdict"] else ""
    losses = (_loss(row["streams"].get(s)) for s in streams)
    return (mark, row["run_id"], started, verdict, f"{row['passed']}/{row['total']}", *losses)


def _shown(row: RunRow, named: Sequence[tuple[str, str]]) -> Iterator[str]:
    found = {stream: metrics_in(told) for stream, told in row["streams"].items()}
    values = (found.get(stream, {}).get(name) for stream, name in named)
    return ("" if value is None or value.telling is None else number_words(value.telling) for value in values)


def _loss(stream: StreamRow | None) -> str:
    if stream is None:
        return ""
    if stream["diverged"]:
        return "diverged"
    return "" if stream["final_val_loss"] is None else number_words(stream["final_val_loss"])


def run_as_text(state: DashboardState) -> str:
    """One run: its checklist, then every stream's metrics."""
    streams = [line for stream, metrics in state.metrics.items() for line in _stream_lines(stream, metrics)]
    judge = [f"judged by version {state.meta.collector_version}"] if state.meta.collector_version else []
    return "\n".join([as_text(state, plain), *judge, *streams, ""])


def _stream_lines(stream: str, metrics: StreamMetrics) -> list[str]:
    lines = [f"{stream}: {stream_word(metrics)}"]
    groups = (group.members for group in metric_groups(metrics.final))
    for name in (*main_series(metrics.final), *chain.from_iterable(groups)):
        lines.append(f"  {name} {last_words(metrics, name)}{_best_words(name, metrics)}")
    return lines


def _best_words(name: str, metrics: StreamMetrics) -> str:
    """The best value, where the series has one; that no value was ever finite, where that is so."""
    best = metrics.best.get(name)
    if best is not None:
        return f", best {point_words(best, unit_words(metrics, name))}"
    known = name not in metrics.series or course_of(metrics, name).last is not None
    return "" if known else ", never finite"
