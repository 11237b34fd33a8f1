"""Open event file -> scalars of every tag, from any border of records up to a given size.

TFRecord framing and checksums are read by `borders` and `chunk`, the messages `Event`
and `Summary` by `proto`. A damaged record costs that record, a damaged length what lies
before the next sound record, a partial record at the end is a live writer. Histograms, pictures, texts and graphs are
counted, not decoded. Bad content never raises; an I/O error of the handle does.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from collectors.evidence.events import NOTHING_BEFORE, EventEvidence, ReadBefore
from collectors.readers.events.reading import EventReading

BUDGET: Final = 1 << 30
"""Bytes read in one call: some 20 million points."""
_LEAST: Final = 1 << 16


def read_events(
    handle: BinaryIO,
    size: int,
    *,
    offset: int = 0,
    budget: int = BUDGET,
    before: ReadBefore = NOTHING_BEFORE,
) -> EventEvidence:
    """Read records from `offset` (0, or an earlier `end_offset`) up to `size` bytes of the file.

    With the `open_steps` of the part before, the segments go on; `join_events` joins both parts.
    After `budget` bytes (at least 64 KiB) the reading stops at a border with `more_to_read`.
    Raises OSError of the handle only.
    """
    reading = EventReading(handle, size, offset, before)
    reading.read(min(size, offset + max(budget, _LEAST)))
    return reading.evidence()


def read_events_one_by_one(handle: BinaryIO, size: int, offset: int = 0) -> EventEvidence:
    """Give what `read_events` gives, but parse every record by itself: what the fast path is tested against."""
    reading = EventReading(handle, size, offset)
    reading.read_one_by_one()
    return reading.evidence()
