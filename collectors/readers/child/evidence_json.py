"""Evidence <-> JSON, for the way from the child process to its parent.

Input: one evidence record, or the bytes made of it. Output: the other. Uses JSON with Python's `NaN`
and `Infinity`, so that both survive; the rows of a table travel as columns, the points of an event file packed
behind the JSON. Refuses pickles: what the child sends is data, checked against the record's types before it is
believed. What checks is imported by the parent alone.
"""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from collectors.evidence.events import EventEvidence
from collectors.evidence.table_rows import LossRows
from collectors.evidence.tables import LossTableEvidence
from collectors.readers.child.packed_points import pack, unpack

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from collectors.readers.child.registry import Evidence


def to_json(evidence: Any) -> bytes:
    """Return the record as JSON; what JSON cannot hold, such as a date, becomes its text."""
    if isinstance(evidence, EventEvidence):
        return pack(evidence)
    columns = None
    if isinstance(evidence, LossTableEvidence):
        columns = evidence.rows.columns() if isinstance(evidence.rows, LossRows) else None
        evidence = dataclasses.replace(evidence, rows=())
    values = dataclasses.asdict(evidence)
    if "lines" in values:  # its keys are tuples, which JSON has not
        values["lines"] = list(values["lines"].items())
    return json.dumps({"values": values, "columns": columns}, default=str).encode("ascii")


def from_json(kind: type[Evidence], data: bytes) -> Evidence:
    """Return the record; raise ValueError if `data` is not one of that kind."""
    try:
        record: Any = kind
        evidence: Evidence
        if kind is EventEvidence:
            values, series = unpack(data)
            evidence = _adapter(record).validate_python({**values, "series": series})
            return evidence
        answer = json.loads(data)
        values, columns = answer["values"], answer["columns"]
        if "lines" in values:
            values["lines"] = {tuple(path): line for path, line in values["lines"]}
        evidence = _adapter(record).validate_python(values)
        return _with_rows(evidence, columns) if isinstance(evidence, LossTableEvidence) else evidence
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"no {kind.__name__}: {error}") from None


@dataclasses.dataclass(frozen=True, slots=True)
class _Columns:
    """Rows of a loss table, column by column; null where a row has no value."""

    epoch: list[float | None]
    step: list[int | None]
    time: list[float | None]
    values: dict[str, list[float | None]]


def _with_rows(evidence: LossTableEvidence, columns: Any) -> LossTableEvidence:
    if columns is None:
        return dataclasses.replace(evidence, rows=())
    found: _Columns = _adapter(_Columns).validate_python(columns)
    axes: list[list[Any]] = [found.epoch, found.step, found.time]
    if len({len(column) for column in (*axes, *found.values.values())}) > 1:
        raise ValueError("columns of different lengths")
    rows = LossRows.from_columns(found.epoch, found.step, found.time, found.values)
    return dataclasses.replace(evidence, rows=rows)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
