"""One reading of an event file: chunk after chunk from a border of records on.

Input: an open handle, where to begin and where to stop. Output: `EventEvidence`. Memory is bounded
by one chunk, one record and the points that are kept.
"""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO, Final

from collectors.evidence.events import NOTHING_BEFORE, EventEvidence, ReadBefore, SessionStart
from collectors.readers.events.borders import BorderFinder, Borders
from collectors.readers.events.chunk import DAMAGED, ChunkReader, read_one
from collectors.readers.events.crc32c import crc32c, masked
from collectors.readers.events.findings import EventFindings, with_summary
from collectors.readers.events.hparams import Hparams, all_hparams
from collectors.readers.events.lost import MOST_BYTES, most_tags, tags_in
from collectors.readers.events.points import MAX_TAGS, ChunkPoints, KeptTags
from collectors.readers.events.resync import Resync
from collectors.readers.events.rows import FRAME, HEADER, record_at
from collectors.readers.events.series import MAX_STARTS, SeriesByTag, StepTracker

CHUNK: Final = 4 << 20
"""Bytes read at once."""
MAX_DECODED: Final = 64 << 20
"""Bytes of a record that is parsed; of a longer one only the checksum is tested."""


class EventReading:
    """How far one reading is, and what it found."""

    def __init__(self, handle: BinaryIO, size: int, start: int, before: ReadBefore = NOTHING_BEFORE) -> None:
        self._handle = handle
        self._size = size
        self._start = self._at = start
        self._borders = BorderFinder()
        self._chunks = ChunkReader()
        self._resync = Resync(handle, size)
        self._lost: tuple[str, ...] = ()
        self._series = SeriesByTag()
        self._kept = KeptTags(set(before.known), frozenset(before.wanted))
        self._steps = StepTracker(dict(before.open_steps or {}), resumed=before.open_steps is not None)
        self._findings = EventFindings()
        self._records = self._damaged = self._others = 0
        self._starts: list[SessionStart] = []
        self._hparams: Hparams = {}
        self._file_version: str | None = None
        self._first_time: float | None = None
        self._last_time: float | None = None
        self._partial_tail = self._more_to_read = False

    def read_one_by_one(self) -> None:
        """Read all records without any of the ways that take many at once."""
        self._borders, self._chunks = BorderFinder(vectorised=False), ChunkReader(vectorised=False)
        self.read(self._size)

    def read(self, stop: int) -> None:
        """Read whole records up to `stop`, but at least one, where it is there."""
        if self._start > self._size:
            self._findings.shorter_than_read(self._size, self._start)
            self._at = 0
            return
        while self._at < self._size:
            if self._at >= stop:
                self._more_to_read = True
                return
            chunk = self._bytes(self._at, min(CHUNK, stop - self._at))
            found = self._borders.find(chunk)
            if not self._goes_on(chunk, found, stop):
                return

    def _goes_on(self, chunk: bytes, found: Borders, stop: int) -> bool:
        """Keep one chunk's records; False when there is nothing to read behind them."""
        if found.stop:
            points = self._chunks.read(chunk, found)
            self._lose(*(record_at(chunk, place) for place, _ in points.damaged))
            self._keep(points, (stop - self._at) / found.stop)
            self._at += found.stop
        if found.damaged or found.absurd:
            return self._found_again(chunk[found.stop :], found)
        return bool(found.stop) or self._long_record(found.needed, stop)

    def _found_again(self, rest: bytes, found: Borders) -> bool:
        """Go on at the next sound record behind a bad length; `rest` begins with it. False where there is none."""
        again = self._resync.next_record(self._at) if found.damaged else None
        if found.damaged:
            self._lose(self._bytes(self._at, min((again or self._size) - self._at, MOST_BYTES)))
        if again is None:
            self._findings.bad_length(self._at, rest, found, self._size)
            return False
        self._findings.skipped(self._at, again - self._at)
        self._damaged += 1
        self._at = again
        return True

    def _lose(self, *skipped: bytes) -> None:
        self._lost = most_tags(self._lost, *map(tags_in, skipped))

    def _bytes(self, at: int, count: int) -> bytes:
        self._handle.seek(at)
        return self._handle.read(count)

    def _keep(self, points: ChunkPoints, share: float) -> None:
        """Add what was found from the current place on; `share` such chunks may be left."""
        by_tag = points.by_tag(self._kept)
        self._series.append(by_tag, share)
        self._findings.damaged_records(self._at, points.damaged)
        self._findings.too_many_values(self._at, points.cut)
        self._findings.steps_back(self._at, self._steps.add(by_tag))
        self._records += points.records
        self._others += points.others
        self._damaged += len(points.damaged)
        self._starts = [*self._starts, *(start for _, start in sorted(points.starts, key=lambda s: s[0]))][-MAX_STARTS:]
        self._file_version = self._file_version or points.file_version
        self._hparams = all_hparams(self._hparams, points.hparams)
        if points.times:
            self._first_time = min(points.times)[1] if self._first_time is None else self._first_time
            self._last_time = max(points.times)[1]

    def _long_record(self, needed: int, stop: int) -> bool:
        """Read the record that did not fit into its chunk; False when it is not all there."""
        ends = self._at + max(needed, HEADER)
        if self._at > self._start and stop < ends <= self._size:
            self._more_to_read = True
            return False
        if ends > self._size or not needed or not self._whole_record(needed):
            self._partial_tail = bool(self._at) or not self._findings.is_foreign(self._bytes(0, HEADER))
            return False
        self._at += needed
        return True

    def _whole_record(self, needed: int) -> bool:
        """Read one record by itself; False when the file turns out to be shorter."""
        if needed > MAX_DECODED:
            return self._checked_only(needed)
        record = self._bytes(self._at + HEADER, needed - HEADER)
        if len(record) < needed - HEADER:
            return False
        points = ChunkPoints()
        read_one(record, 0, points)
        self._lose(*(record for _ in points.damaged))
        self._keep(points, 1.0)
        return True

    def _checked_only(self, needed: int) -> bool:
        """Test the checksum of a very long record piece by piece, without parsing it."""
        left, crc = needed - FRAME, 0
        self._handle.seek(self._at + HEADER)
        while left and (piece := self._handle.read(min(CHUNK, left))):
            crc = crc32c(piece, crc)
            left -= len(piece)
        stored = self._handle.read(4)
        if left or len(stored) < 4:
            return False
        is_sound = masked(crc) == int.from_bytes(stored, "little")
        points = ChunkPoints(records=is_sound, others=is_sound, damaged=[] if is_sound else [(0, DAMAGED)])
        if is_sound:
            self._findings.not_decoded(self._at, needed)
        self._keep(points, 1.0)
        return True

    def evidence(self) -> EventEvidence:
        """Everything that was found."""
        if not self._kept.are_all:
            self._findings.too_many_tags(MAX_TAGS)
        found = EventEvidence(
            findings=(),
            series=self._series.finished(),
            records=self._records,
            damaged=self._damaged,
            lost_tags=self._lost,
            first_time=self._first_time,
            last_time=self._last_time,
            end_offset=self._at,
            partial_tail=self._partial_tail,
            segments=tuple(self._steps.segments),
            start_offset=self._start,
            more_to_read=self._more_to_read,
            file_version=self._file_version,
            other_values=self._others,
            repeated_steps=self._steps.repeated,
            steps_back=self._steps.backs,
            continues=self._steps.continues,
            open_steps=dict(self._steps.open_steps),
            starts=tuple(self._starts),
            hparams=self._hparams,
        )
        return replace(found, findings=with_summary(found, self._findings.details))
