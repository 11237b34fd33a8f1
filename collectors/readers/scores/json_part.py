"""Whole lines of JSON objects -> their wanted keys as columns; keys may be dotted.

Refuses no line: one that is no JSON object is told, and has no values.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from collectors.evidence.documents import MISSING, value_at
from collectors.readers.common.finding_list import FindingList
from collectors.readers.scores.cells import NAMED, Frame
from collectors.readers.scores.csv_part import DETAILED_ROWS, mask_ratios


def json_frame(data: bytes, wanted: Mapping[str, Sequence[str]], findings: FindingList) -> Frame:
    """The wanted columns of the rows."""
    rows = [_row(number, line, findings) for number, line in enumerate(data.splitlines(), 1) if line.strip()]
    first = next((row for row in rows if row), {})
    places = {meaning: n for meaning, some in wanted.items() if (n := _first(some, first, rows)) is not None}
    details = places.pop("details", None)
    masks = mask_ratios([row.get(details) for row in rows[:DETAILED_ROWS]]) if details else 0
    cells = {meaning: _column(meaning, [_value(row, name) for row in rows]) for meaning, name in places.items()}
    return Frame("jsonl", tuple(map(str, first)), len(rows), cells, masks)


def _row(number: int, line: bytes, findings: FindingList) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    findings.error("is no JSON object", f"line {number:,}")
    return {}


def _first(some: Sequence[str], first: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str | None:
    for name in some:
        if value_at(first, name) is not MISSING or name in first or any(_value(row, name) is not None for row in rows):
            return name
    return None


def _value(row: Mapping[str, Any], name: str) -> Any:
    found = row.get(name, MISSING)
    found = value_at(row, name) if found is MISSING else found
    return None if found is MISSING else found


def _is_plain(value: Any) -> bool:
    """A number or nothing: `true` is no number, and a NaN is told."""
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value))


def _column(meaning: str, values: list[Any]) -> Any:
    """Numbers where all are, else texts: `true` is no number."""
    if meaning in NAMED or meaning.startswith("time"):
        return [None if v is None else str(v) for v in values]
    if all(map(_is_plain, values)):
        return np.array([np.nan if v is None else float(v) for v in values], np.float64)
    return [None if v is None else json.dumps(v).strip('"') for v in values]
