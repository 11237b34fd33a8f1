"""Bytes -> evidence of the event reader, and evidence in a form that compares equal where it is equal."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from collectors.evidence.events import EventEvidence, ReadBefore
from collectors.readers.events.join import join_events
from collectors.readers.events.read import read_events

DATA = Path(__file__).parent.parent / "data"


def read(data: bytes, **options: Any) -> EventEvidence:
    """Read bytes as an event file."""
    return read_events(io.BytesIO(data), len(data), **options)


def read_file(path: Path) -> EventEvidence:
    """Read a file of the test data."""
    return read(path.read_bytes())


def only_file(folder: str) -> Path:
    """Return the one event file of a folder of the test data."""
    (path,) = (DATA / folder).glob("events.out.tfevents.*")
    return path


def read_in_parts(data: bytes, cuts: list[int]) -> EventEvidence:
    """Read a file while it grows to each of the sizes in `cuts`, and join the parts."""
    handle, whole = io.BytesIO(data), None
    for size in [*sorted(cuts), len(data)]:
        if whole is None:
            whole = read_events(handle, size)
        else:
            part = read_events(handle, size, offset=whole.end_offset, before=ReadBefore(whole.open_steps))
            whole = join_events(whole, part)
    assert whole is not None
    return whole


def points(evidence: EventEvidence, tag: str) -> list[tuple[int, float]]:
    """Steps and values of one tag."""
    series = evidence.series[tag]
    return list(zip(series.step.tolist(), series.value.tolist(), strict=True))


def comparable(evidence: EventEvidence) -> dict[str, Any]:
    """Return every field as plain values; arrays as their bytes, so that NaN equals NaN."""
    fields = {name: getattr(evidence, name) for name in evidence.__dataclass_fields__}
    fields["series"] = {
        tag: [(array.dtype.str, np.ascontiguousarray(array).tobytes()) for array in (s.step, s.time, s.value)]
        for tag, s in evidence.series.items()
    }
    return fields
