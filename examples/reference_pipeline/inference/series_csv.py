"""A CSV file with ``timestamp``, optionally ``recording``, and numeric channels -> Series.

Every refusal names the line. Empty cells are missing values (NaN); unreadable timestamps are
kept as NaN, because judging them is the work of the data-quality step.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .problems import PipelineProblem
from .series import Series

TIME, RECORDING = "timestamp", "recording"
EXPECTED = (
    "a header line 'timestamp,channel1,channel2,...' (a 'recording' column is optional), "
    "timestamps in seconds or ISO 8601, numbers in the channels"
)


def load_csv(path: Path) -> Series:
    """Read one CSV file of recordings.

    Raises:
        PipelineProblem: When the header, a row's length, or a number is wrong.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            rows = csv.reader(handle)
            header = _header(path, next(rows, []))
            table = list(_rows(path, header, rows))
    except UnicodeDecodeError as error:
        raise _problem(path, f"bytes that are not UTF-8 ({error.reason})") from error
    if len(table) < 2:
        raise _problem(path, f"{len(table)} rows of data")
    return _series(path, header, table)


def _problem(path: Path, found: str) -> PipelineProblem:
    return PipelineProblem(str(path), expected=EXPECTED, found=found, next_step="correct the file and run again")


def _header(path: Path, cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if TIME not in names:
        raise _problem(path, f"no '{TIME}' column (the header is {','.join(names)[:80]!r})")
    if len(set(names)) != len(names) or "" in names:
        raise _problem(path, f"an empty or repeated column name in {','.join(names)[:80]!r}")
    if not set(names) - {TIME, RECORDING}:
        raise _problem(path, "no channel column")
    return names


def _rows(path: Path, header: list[str], rows: Iterator[list[str]]) -> Iterator[tuple[str, float, list[float]]]:
    """Yield (recording, timestamp in seconds, channel values) of every line."""
    for line, cells in enumerate(rows, start=2):
        if not cells:
            continue
        if len(cells) != len(header):
            raise _problem(path, f"{len(cells)} cells for {len(header)} columns in line {line}")
        named = dict(zip(header, cells, strict=True))
        time = _seconds(named.pop(TIME))
        recording = named.pop(RECORDING, "")
        yield recording, time, [_number(path, line, *item) for item in named.items()]


def _number(path: Path, line: int, name: str, cell: str) -> float:
    text = cell.strip()
    try:
        value = float(text) if text else math.nan
    except ValueError:
        raise _problem(path, f"{text[:40]!r} in line {line}, column '{name}'") from None
    if math.isinf(value):
        raise _problem(path, f"an infinite value in line {line}, column '{name}'")
    return value


def _seconds(cell: str) -> float:
    text = cell.strip()
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return math.nan
    # Only differences count, so a time without a zone may be read as UTC.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _series(path: Path, header: list[str], table: list[tuple[str, float, list[float]]]) -> Series:
    labels = [label for label, _, _ in table]
    starts = [row for row in range(1, len(labels)) if labels[row] != labels[row - 1]]
    values = np.array([numbers for _, _, numbers in table], dtype=np.float32)
    times = tuple(np.split(np.array([time for _, time, _ in table]), starts))
    channels = tuple(name for name in header if name not in (TIME, RECORDING))
    recordings = tuple(np.split(values, starts))
    return Series(path.name, channels, _measured_rate(path, times), recordings, times)


def _measured_rate(path: Path, times: tuple[NDArray[np.float64], ...]) -> float:
    gaps = np.concatenate([np.diff(part) for part in times])
    gaps = gaps[gaps > 0]  # drops NaN too
    if not len(gaps):
        raise _problem(path, "no two timestamps that grow")
    # Timestamps are often rounded to the millisecond; four digits are what they can carry.
    return float(f"{1.0 / float(np.median(gaps)):.4g}")
