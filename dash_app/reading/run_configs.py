"""Rows of runs -> which values of their configs differ, and groups of runs that share one. Pure.

Configs are compared among the newest of the rows only: a sweep is told from them, and ten thousand need not be read
before the first row is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from collectors.contract.run_row import RunRow, StreamRow, values_in
from collectors.contract.values import Scalar
from dash_app.reading.run_order import CONFIG, EVERY, config_value, order_of

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


NO_CONFIGS = ConfigColumns((), ())


def config_columns(rows: Sequence[RunRow]) -> ConfigColumns:
    """Look at the first rows; a value that one of them does not tell is no difference."""
    found: dict[tuple[str, str], set[Scalar]] = {}
    own: set[str] = set()
    for row in rows[:LOOKED_AT]:
        first: dict[str, Scalar] = {}
        for stream, told in row["streams"].items():
            for key, value in values_in(told).items():
                if value is not None:
                    found.setdefault((stream, key), set()).add(value)
                    own.update([key] if first.setdefault(key, value) != value else [])
    columns = _columns(found, own)
    differing = [column for column, values in columns.items() if len(values) > 1]
    known = dict.fromkeys([*differing, *columns])
    return ConfigColumns(tuple(known)[:MOST_KNOWN], tuple(differing)[:MOST_DIFFERING])


def _columns(found: Mapping[tuple[str, str], set[Scalar]], own: set[str]) -> dict[str, set[Scalar]]:
    """One column for a key that several streams have and no run tells otherwise of one than of the other."""
    shared = Counter(key for _, key in found)
    columns: dict[str, set[Scalar]] = {}
    for (stream, key), values in found.items():
        of = EVERY if shared[key] > 1 and key not in own else stream
        columns.setdefault(f"{of}:{CONFIG}{key}", set()).update(values)
    return columns


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
