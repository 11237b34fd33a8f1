"""Rows of runs -> which values of their configs differ, and groups of runs that share one. Pure.

Configs are compared among the newest of the rows only: a sweep is told from them, and ten thousand need not be read
before the first row is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from collectors.contract.run_row import RunRow, StreamRow, values_in
from collectors.contract.values import Scalar
from dash_app.reading.run_order import CONFIG, config_value, order_of

LOOKED_AT = 500
"""Rows, the first of those that were found."""
MOST_DIFFERING = 6
MOST_KNOWN = 40
"""Columns that are shown unasked, and that are offered."""


class ConfigColumns(NamedTuple):
    """Columns `stream:config.key` that rows have values for."""

    known: tuple[str, ...]
    """Those that can be chosen; what differs comes first."""
    differing: tuple[str, ...]
    """Those in which two of the rows differ."""


def config_columns(rows: Sequence[RunRow]) -> ConfigColumns:
    """Look at the first rows; a value that one of them does not tell is no difference."""
    found: dict[str, set[Scalar]] = {}
    for row in islice(rows, LOOKED_AT):
        for stream, told in row["streams"].items():
            for key, value in values_in(told).items():
                if value is not None:
                    found.setdefault(f"{stream}:{CONFIG}{key}", set()).add(value)
    differing = [column for column, values in found.items() if len(values) > 1]
    known = dict.fromkeys([*differing, *found])
    return ConfigColumns(tuple(known)[:MOST_KNOWN], tuple(differing)[:MOST_DIFFERING])


class Group(NamedTuple):
    """Runs whose config says the same."""

    value: Scalar
    """What it says; None where it says nothing."""
    runs: tuple[RunRow, ...]


def grouped(rows: Iterable[RunRow], column: str) -> list[Group]:
    """Return the rows by their value in a column, ordered by it, those without one last."""
    found: dict[tuple[bool, Scalar], list[RunRow]] = {}
    for row in rows:
        value = config_value(row, column)
        # A flag is no number: 1 and true would be one key.
        found.setdefault((isinstance(value, bool), value), []).append(row)
    groups = [Group(value, tuple(runs)) for (_, value), runs in found.items()]
    return sorted(groups, key=lambda group: (group.value is None, order_of(group.value) or ()))


class Spread(NamedTuple):
    """Values of one stream over runs."""

    told: int
    mean: float
    lowest: float
    highest: float


def final_spread(runs: Iterable[RunRow], stream: str) -> Spread | None:
    """Return how the final validation losses lie; of what diverged or stopped early there is no final one."""
    values = [told["final_val_loss"] for run in runs if (told := run["streams"].get(stream)) and is_whole(told)]
    known = [value for value in values if value is not None]
    return Spread(len(known), sum(known) / len(known), min(known), max(known)) if known else None


def is_whole(told: StreamRow) -> bool:
    """Whether a stream was trained to its end."""
    return not told["diverged"] and told["unfinished"] is None
