"""Evidence of an event file <-> bytes: JSON, and behind it the points as they lie in memory.

Steps (int64), times and values (float64) of each tag follow each other, little-endian; the JSON says how many there
are. Refuses bytes whose number is not exactly what the JSON says, more tags than a file may have, and tags twice.
"""

from __future__ import annotations

import dataclasses
import json
import struct
from typing import Any, Final

import numpy as np

from collectors.evidence.events import EventEvidence, ScalarSeries

_LENGTH: Final = struct.Struct("<Q")
_COLUMNS: Final = ("<i8", "<f8", "<f8")
_POINT: Final = 24
"""Bytes of one point."""


def pack(evidence: EventEvidence) -> bytes:
    """Return the evidence as bytes; numpy's own integers become Python's."""
    series = evidence.series.values()
    values = dataclasses.asdict(dataclasses.replace(evidence, series={}))
    head = json.dumps({"values": values, "points": [[s.tag, len(s.value)] for s in series]}).encode("ascii")
    head += b" " * (-len(head) % _LENGTH.size)  # so that the columns lie as their numbers need it
    columns = (np.asarray(c, kind) for s in series for c, kind in zip((s.step, s.time, s.value), _COLUMNS, strict=True))
    return b"".join((_LENGTH.pack(len(head)), head, *(column.tobytes() for column in columns)))


def unpack(data: bytes) -> tuple[Any, dict[str, ScalarSeries]]:
    """Return what the JSON says of the evidence, still unchecked, and its series.

    Raises ValueError, TypeError or KeyError for anything else.
    """
    if len(data) < _LENGTH.size:
        raise ValueError("no length")
    start = _LENGTH.size + _LENGTH.unpack_from(data)[0]
    head = json.loads(data[_LENGTH.size : start])
    counts: dict[str, int] = dict(head["points"])
    if len(counts) != len(head["points"]) or not all(type(n) is int and n >= 0 for n in counts.values()):
        raise ValueError("tags twice, or no numbers of points")
    needed = start + _POINT * sum(counts.values())
    if len(data) != needed:
        raise ValueError(f"{len(data):,} bytes, {needed:,} were announced")
    series = {}
    for tag, count in counts.items():
        step, time, value = (np.frombuffer(data, kind, count, start + 8 * n * count) for n, kind in enumerate(_COLUMNS))
        series[tag] = ScalarSeries(tag, step, time, value)
        start += _POINT * count
    return head["values"], series
