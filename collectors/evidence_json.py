"""Evidence <-> JSON, for the way from the child process to its parent.

Input: one evidence record, or the bytes made of it. Output: the other. Uses JSON with Python's `NaN`
and `Infinity`, so that both survive; the rows of a table travel as columns. Refuses pickles: what the
child sends is data, checked against the record's types before it is believed.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from collectors.child_readers import Evidence
from collectors.evidence import LossRow, LossTableEvidence


def to_json(evidence: Any) -> bytes:
    """Return the record as JSON; what JSON cannot hold, such as a date, becomes its text."""
    rows: Sequence[LossRow] = ()
    if isinstance(evidence, LossTableEvidence):
        rows, evidence = evidence.rows, dataclasses.replace(evidence, rows=())
    values = dataclasses.asdict(evidence)
    if "lines" in values:  # its keys are tuples, which JSON has not
        values["lines"] = list(values["lines"].items())
    if "rows" in values:
        values["rows"] = _columns(rows)
    return json.dumps(values, default=str).encode("ascii")


def from_json(kind: type[Evidence], data: bytes) -> Evidence:
    """Return the record; raise ValueError if `data` is not one of that kind."""
    try:
        values = json.loads(data)
        if "lines" in values:
            values["lines"] = {tuple(path): line for path, line in values["lines"]}
        if "rows" in values:
            values["rows"] = _rows(values["rows"])
        return _adapters()[kind].validate_python(values)
    except (ValidationError, TypeError, RecursionError) as error:
        raise ValueError(f"no {kind.__name__}: {error}") from None


@dataclasses.dataclass(frozen=True, slots=True)
class _Columns:
    """Rows of a loss table, column by column; null where a row has no value."""

    epoch: list[float | None]
    step: list[int | None]
    time: list[float | None]
    values: dict[str, list[float | None]]


def _columns(rows: Sequence[LossRow]) -> dict[str, Any]:
    kept = list(rows)  # a long table makes its rows anew each time
    names = dict.fromkeys(name for row in kept for name in row.values)
    columns = _Columns(
        [row.epoch for row in kept],
        [row.step for row in kept],
        [row.time for row in kept],
        {name: [row.values.get(name) for row in kept] for name in names},
    )
    return {field.name: getattr(columns, field.name) for field in dataclasses.fields(columns)}


def _rows(columns: Any) -> tuple[LossRow, ...]:
    found = _columns_adapter().validate_python(columns)
    rows = zip(found.epoch, found.step, found.time, _row_values(found), strict=True)
    return tuple(LossRow(epoch, step, time, values) for epoch, step, time, values in rows)


def _row_values(columns: _Columns) -> list[dict[str, float]]:
    values: list[dict[str, float]] = [{} for _ in columns.epoch]
    for name, column in columns.values.items():
        for row, value in zip(values, column, strict=True):
            if value is not None:
                row[name] = value
    return values


@cache
def _adapters() -> dict[type[Evidence], TypeAdapter[Evidence]]:
    return {kind: TypeAdapter(kind) for kind in get_args(Evidence)}


@cache
def _columns_adapter() -> TypeAdapter[_Columns]:
    return TypeAdapter(_Columns)
