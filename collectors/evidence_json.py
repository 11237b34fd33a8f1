"""Evidence <-> JSON, for the way from the child process to its parent.

Input: one evidence record, or the bytes made of it. Output: the other. Uses JSON with Python's `NaN`
and `Infinity`, so that both survive. Refuses pickles: what the child sends is data, checked against
the record's types before it is believed.
"""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from collectors.child_readers import Evidence


def to_json(evidence: Any) -> bytes:
    """Return the record as JSON; what JSON cannot hold, such as a date, becomes its text."""
    values = dataclasses.asdict(evidence)
    if "lines" in values:  # its keys are tuples, which JSON has not
        values["lines"] = list(values["lines"].items())
    return json.dumps(values, default=str).encode("ascii")


def from_json(kind: type[Evidence], data: bytes) -> Evidence:
    """Return the record; raise ValueError if `data` is not one of that kind."""
    try:
        values = json.loads(data)
        if "lines" in values:
            values["lines"] = {tuple(path): line for path, line in values["lines"]}
        return _adapters()[kind].validate_python(values)
    except (ValidationError, TypeError, RecursionError) as error:
        raise ValueError(f"no {kind.__name__}: {error}") from None


@cache
def _adapters() -> dict[type[Evidence], TypeAdapter[Evidence]]:
    return {kind: TypeAdapter(kind) for kind in get_args(Evidence)}
