"""Points of long curves in the state folder: file of packed rows <-> arrays.

Input: the state folder and a name. Output: rows of step (int64), time (seconds since the epoch, float64)
and value (float64). What is damaged or missing is as if it had never been kept.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from collectors.store.store import POINTS_FOLDER

ROW: Final = np.dtype([("step", "<i8"), ("time", "<f8"), ("value", "<f8")])
"""One point of a long curve on disk: 24 bytes."""
POINTS: Final = POINTS_FOLDER
POINTS_INDEX: Final = "index.json"


def points_name(path: str, tag: str) -> str:
    """Name of the side file of one tag of one event file."""
    return f"{digest(path)}-{digest(tag)}.points"


def read_points_index(state_dir: Path) -> dict[str, Any]:
    """Run id -> stream -> series -> side files; empty where there is none."""
    try:
        data = json.loads((state_dir / "cache" / POINTS / POINTS_INDEX).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def read_points(state_dir: Path, name: str, axis: str, span: tuple[float, float]) -> Any:
    """Rows (dtype ROW) of a side file whose `axis` (`step` or `time`) lies in `span`, found by bisection.

    One row beyond each end is added, so that the line reaches the edges. Raises OSError.
    """
    path = state_dir / "cache" / POINTS / name
    with path.open("rb") as handle:
        total = path.stat().st_size // ROW.itemsize
        first = max(_bisect(handle, total, axis, span[0]) - 1, 0)
        stop = min(_bisect(handle, total, axis, span[1]) + 2, total)
        handle.seek(first * ROW.itemsize)
        return np.frombuffer(handle.read((stop - first) * ROW.itemsize), ROW)


def _bisect(handle: Any, total: int, axis: str, value: float) -> int:
    """First row whose axis is not below `value`."""
    low, high = 0, total
    while low < high:
        middle = (low + high) // 2
        handle.seek(middle * ROW.itemsize)
        if np.frombuffer(handle.read(ROW.itemsize), ROW)[axis][0] < value:
            low = middle + 1
        else:
            high = middle
    return low


def packed_rows(step: Any, time: Any, value: Any) -> bytes:
    """Columns as the bytes that are kept, one `ROW` a point."""
    rows = np.empty(value.size, ROW)
    rows["step"], rows["time"], rows["value"] = step, time, value
    return rows.tobytes()


def digest(text: str) -> str:
    """A short name for a text, the same every time."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:20]
