"""What is wished of the table of runs -> its columns: how each is called, what it shows and what it is sorted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from collectors.contract.run_row import RunRow, Target, metric_names, targets_in
from collectors.numbers import number_words
from dash_app.reading.query import RunQuery, streams_of
from dash_app.reading.run_configs import ConfigColumns
from dash_app.reading.run_order import METRIC
from dash_app.views.runs.groups import config_label

FACTS = {"started": "Started", "verdict": "Verdict", "why": "Why not", "passed": "Passed", "workspace": "Workspace"}
NUMBERS = ("passed", "final_val_loss", "delta", "best_val_loss", "metrics", "final_train_loss", "epochs")
"""Columns whose cells stand at the right, so that digits of one worth stand one below the other."""
MEASURE_LABELS = {
    "spark": "curve",
    "final_val_loss": "final val",
    "delta": "vs baseline",
    "best_val_loss": "best val",
    "final_train_loss": "final train",
    "epochs": "epochs",
    "duration_seconds": "duration",
}
METRIC_TITLE = "Its best value, or its last where neither way is better."
DELTA_TITLE = "Final validation loss less the baseline's, judged as the comparison judges it."


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    """A fact or a measure."""
    stream: str | None
    """The stream it is about; null for a fact of the run."""
    label: str
    """Its heading."""
    sort: str | None
    """What its button sorts by; null for none."""
    title: str | None = None
    """What a reader must know about it."""
    metric: str | None = None
    """The metric that it shows, where it is none of the usual losses."""
    config: str | None = None
    """The column of configs, `stream:config.key`, whose value it shows."""
    is_differing: bool = False
    """Whether the value differs, where beside it stand others that do not."""

    @property
    def look(self) -> str:
        """The class of its cells."""
        return f"cell-{self.name}" + (" cell-number" if self.name in NUMBERS or self.config else "")


class StreamColumns(NamedTuple):
    """What a table must know of a stream."""

    metrics: tuple[str, ...]
    """Names of its metrics besides the usual losses."""
    targets: Mapping[str, Target]
    """What its series must reach in the newest of the runs."""

    def target_words(self, series: str) -> str:
        """The bounds of a series, as a heading adds them: ` ≥ 0.9`; nothing without one."""
        bounds = zip("≥≤", self.targets.get(series, (None, None)), strict=True)
        return "".join(f" {sign} {number_words(bound)}" for sign, bound in bounds if bound is not None)


def stream_columns(rows: Sequence[RunRow], most_streams: int, most_metrics: int) -> dict[str, StreamColumns]:
    """Return the streams of some rows, newest first, with what a table must know of each."""
    metrics = metric_names(rows, most_metrics)
    newest = {s: told for row in reversed(rows) for s, told in row["streams"].items()}
    names = streams_of(rows)[:most_streams]
    return {stream: StreamColumns(tuple(metrics[stream]), targets_in(newest[stream])) for stream in names}


def columns_of(
    query: RunQuery, streams: Mapping[str, StreamColumns], configs: ConfigColumns, *, has_baseline: bool
) -> list[Column]:
    """Return the run's name, the chosen facts, measures and metrics stream by stream, then values of configs.

    Without a baseline nothing differs from it.
    """
    chosen = [name for name in query.columns if has_baseline or name != "delta"]
    facts = [Column(name, None, label, name) for name, label in FACTS.items() if name in chosen]
    measures = [
        column
        for stream, told in streams.items()
        for column in (
            *(_measure(name, stream, told) for name in MEASURE_LABELS if name in chosen),
            *(_metric(name, stream, told) for name in told.metrics if "metrics" in chosen),
        )
    ]
    differing = configs.differing if "differing" in chosen else ()
    is_mixed = any(name not in differing for name in query.configs)
    names = dict.fromkeys([*differing, *query.configs])
    values = [_config(name, is_differing=is_mixed and name in differing) for name in names]
    return [Column("run", None, "Run", "run"), *facts, *measures, *values]


def _config(name: str, *, is_differing: bool) -> Column:
    return Column("config", None, config_label(name), name, config=name, is_differing=is_differing)


def _measure(name: str, stream: str, told: StreamColumns) -> Column:
    """A difference stands beside the value it is one of, and is not told again whose it is."""
    measured = {"spark": None, "delta": "final_val_loss"}.get(name, name)
    title = {"delta": DELTA_TITLE, "spark": "Validation loss"}.get(name)
    label = MEASURE_LABELS[name] if name == "delta" else f"{stream} {MEASURE_LABELS[name]}"
    if name in ("final_val_loss", "best_val_loss"):
        label += told.target_words("val_loss")
    return Column(name, stream, label, measured and f"{stream}:{measured}", title)


def _metric(name: str, stream: str, told: StreamColumns) -> Column:
    label = f"{stream} {name}{told.target_words(name)}"
    return Column("metrics", stream, label, f"{stream}:{METRIC}{name}", METRIC_TITLE, name)
