"""Bytes of an MLflow store (SQLite) -> some of its runs: status, times, params, losses.

Input: the whole file and the metrics that are wanted. Output: `MlflowEvidence`. The bytes are read in
memory, by queries of ours on ordinary tables: nothing is opened, written or executed, and views,
triggers, extensions and attached files are refused. What SQLite cannot read is an error in words.
"""

from __future__ import annotations

import math
import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, Final

from collectors.evidence.files import Finding
from collectors.evidence.mlflow import MlflowCurve, MlflowEvidence, MlflowRun
from collectors.readers.mlflow.points import LONGEST_TEXT, MAGIC, MOST_NAMES, MOST_PARAMS, Point, reduced, seconds

HEADER_BYTES: Final = 100
TABLES: Final = ("experiments", "runs", "metrics", "params", "tags")
LONGEST_CELL: Final = 1 << 20
"""Bytes of a text that SQLite may make up."""
WAL: Final = 2
"""What stands at bytes 18 and 19 of a store that also writes into a file beside it."""
ALLOWED: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}
NAMES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"
RUNS: Final = """
SELECT r.run_uuid, coalesce(nullif(r.name, ''), t.value), e.name, r.status, r.start_time, r.end_time
FROM runs AS r
LEFT JOIN experiments AS e ON e.experiment_id = r.experiment_id
LEFT JOIN tags AS t ON t.run_uuid = r.run_uuid AND t.key = 'mlflow.runName'
WHERE r.lifecycle_stage = 'active'
ORDER BY r.start_time, r.run_uuid
LIMIT ? OFFSET ?
"""
METRICS: Final = "SELECT DISTINCT key FROM metrics WHERE run_uuid = ? ORDER BY key"
POINTS: Final = """
SELECT step, timestamp, value, is_nan FROM metrics WHERE key = ? AND run_uuid = ? ORDER BY step, timestamp
"""


def read_mlflow(
    data: bytes, *, tags: Mapping[str, Sequence[str]] | None = None, first: int = 0, count: int = 50
) -> MlflowEvidence:
    """Read `count` runs from the `first` on, the oldest first; `tags` names each series' metrics by preference."""
    if not data.startswith(MAGIC):
        return _broken("is no SQLite file; the store of MLflow was expected")
    try:
        with closing(opened(data)) as store:
            missing = set(TABLES) - {name for (name,) in store.execute(NAMES)}
            if missing:
                return _broken(f"is no store of MLflow: it has no table {', '.join(sorted(missing))}")
            found = store.execute(RUNS, (count, first)).fetchall()
            runs = tuple(_run(store, row, tags or {}) for row in found if isinstance(row[0], str))
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as problem:  # names of a damaged store may be any bytes
        return _broken(f"cannot be read as a store of MLflow: {problem}")
    return MlflowEvidence("sqlite", (), runs, is_last=len(found) < count)


def _broken(problem: str) -> MlflowEvidence:
    return MlflowEvidence("unknown", (Finding("error", problem),))


def opened(data: bytes) -> sqlite3.Connection:
    """A copy in memory of a store that can be read and nothing else. Raises sqlite3.Error."""
    if len(data) < HEADER_BYTES:
        raise sqlite3.DatabaseError(f"it has {len(data)} bytes, the header of a database alone has {HEADER_BYTES}")
    store = sqlite3.connect(":memory:")
    try:
        store.deserialize(_without_wal(data))
        store.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
        store.execute("PRAGMA trusted_schema = OFF")
        store.execute("PRAGMA query_only = ON")
        store.text_factory = lambda raw: raw[: LONGEST_TEXT * 4].decode("utf-8", "replace")[:LONGEST_TEXT]
        store.set_authorizer(_only_reading)
    except BaseException:
        store.close()
        raise
    return store


def _without_wal(data: bytes) -> bytes | bytearray:
    """The same without its claim to be continued in another file, which a copy in memory has not."""
    if data[18] != WAL:
        return data
    alone = bytearray(data)
    alone[18:20] = b"\1\1"
    return alone


def _only_reading(action: int, *_: str | None) -> int:
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


def _run(store: sqlite3.Connection, row: Sequence[Any], tags: Mapping[str, Sequence[str]]) -> MlflowRun:
    run_id, name, experiment, status, started, ended = row
    params = store.execute("SELECT key, value FROM params WHERE run_uuid = ? LIMIT ?", (run_id, MOST_PARAMS))
    curves = {series: curve_of(store, run_id, names) for series, names in tags.items()}
    metrics = [key for (key,) in store.execute(METRICS, (run_id,)) if isinstance(key, str)]
    return MlflowRun(
        run_id=run_id,
        name=_text(name),
        experiment=_text(experiment),
        status=_text(status),
        started_at=seconds(started),
        ended_at=seconds(ended),
        params={key: value for key, value in params if isinstance(key, str) and isinstance(value, str)},
        curves={series: curve for series, curve in curves.items() if curve is not None},
        metrics=tuple(metrics[:MOST_NAMES]),
        metric_count=len(metrics),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def curve_of(store: sqlite3.Connection, run_id: str, names: Iterable[str]) -> MlflowCurve | None:
    """The first of these metrics that the run has; None where it has none of them."""
    for name in names:
        rows = store.execute(POINTS, (name, run_id)).fetchall()
        points = [point for row in rows if (point := _point(*row)) is not None]
        if points:
            return reduced(name, points)
    return None


def _point(step: object, timestamp: object, value: object, is_nan: object) -> Point | None:
    """One point; None for what is none. MLflow writes NaN as a mark, and infinities as the largest float."""
    if not isinstance(step, int) or not isinstance(value, (int, float)):
        return None
    is_infinite = abs(value) >= sys.float_info.max
    number = math.nan if is_nan else math.copysign(math.inf, value) if is_infinite else float(value)
    return step, seconds(timestamp), number
