"""What the scripts beside this share: tables and event files as other code than the product's reads them.

A series is `file`, `column` or tag, `at` = step or epoch as written, and `values`; `record.py` starts, ends and packs.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

Series = dict[str, dict[str, Any]]


def kill_now() -> None:
    """What an out-of-memory killer does: no handler, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def table_series(root: Path, path: Path, at: str, *others: str) -> Series:
    """Every column of a CSV as pandas reads it, empty cells left out; `others` are axes too."""
    table = pd.read_csv(path, skipinitialspace=True)
    return rows_series(path.relative_to(root).as_posix(), table.to_dict("records"), at, *others)


def rows_series(file: str, rows: Sequence[Mapping[Any, Any]], at: str, *others: str) -> Series:
    """Rows of numbers as series: where (`at`, and the other axes by name) and what; what is no number is left out."""
    found: Series = {}
    for row in rows:
        for column, value in row.items():
            if column in (at, *others) or not isinstance(value, int | float) or pd.isna(value):
                continue
            series = found.setdefault(f"{file}:{column}", {"file": file, "column": column, "axis": at})
            for name, number in {"at": row[at], **{name: row[name] for name in others}, "values": value}.items():
                series.setdefault(name, []).append(number)
    return found


def points(series: Series, column: str) -> list[tuple[Any, float]]:
    """Where and what of one column, over all files that have it."""
    chosen = [its for its in series.values() if its["column"] == column]
    return [point for its in chosen for point in zip(its["at"], its["values"], strict=True)]


def best_of(series: Series, column: str, *, higher: bool = False) -> dict[str, Any]:
    """The best value in the file, and where."""
    at, value = (max if higher else min)(points(series, column), key=lambda point: point[1])
    return {"column": column, "value": value, "at": at, "better": "higher" if higher else "lower"}
