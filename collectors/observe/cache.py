"""Paths -> evidence, reading only what is new.

A file whose identity (device, inode, size, mtime, ctime) is unchanged is not opened again; an event file that
has grown is read on from where the last reading ended, if what was read is still there. Errors become part of the
evidence.
"""

from __future__ import annotations

import hashlib
import math
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from collectors.contract.metrics import MAX_POINTS
from collectors.contract.sections import Limits
from collectors.evidence.events import EventEvidence, ScalarSeries
from collectors.evidence.files import FileFacts, Finding
from collectors.files.workspace import CannotRead, OpenFile, Workspace, read_settled
from collectors.observe.consumed import checksum_before
from collectors.observe.growing_curve import GrowingCurve, share_columns
from collectors.observe.memory import Learnt
from collectors.observe.table_writes import TableWrites
from collectors.readers.child.process import ReaderProcess
from collectors.readers.events.join import join_events
from collectors.readers.events.name import parse_event_file_name
from collectors.readers.events.read import read_events
from collectors.training.evidence import ReadFile
from collectors.training.series import EventFile

TEXT_LIMIT = 64 << 20
"""Configs, tables and documents above this many bytes are not hashed; no reader takes them."""
READ_AT_ONCE = 32 << 20
"""Bytes of an event file whose points are held at full detail while it is read for the first time."""
AGAIN_SECONDS = 300.0
"""A reading that failed on this machine today is tried again after this, and after a restart."""


NO_POINTS = ScalarSeries("", np.empty(0, np.int64), np.empty(0), np.empty(0))


@dataclass(frozen=True, slots=True)
class _Read:
    evidence: Any
    crc32: int | None
    sha256: str | None


class ReadCache:
    """Everything that was read of one workspace, kept while the files stay the same."""

    def __init__(
        self, workspace: Workspace, child: ReaderProcess, limits: Limits, learnt: Learnt | None = None
    ) -> None:
        self.workspace = workspace
        self.limits = limits
        self._child = child
        self._learnt = learnt
        self._files: dict[tuple[str, str], ReadFile[Any]]
        self._files, self.writes = learnt.load_files() if learnt else ({}, TableWrites())
        self._files_changed = False
        self._digests: dict[str, tuple[Any, str]] = {}
        self._joined: dict[str, tuple[Any, ReadFile[Any]]] = {}
        self._again_at: dict[tuple[str, str], float] = {}
        self.search_problems: dict[Finding, None] = {}
        """What could not be searched since this was cleared, in order."""
        self.readings = 0
        """How often a file was read: equal means that nothing new was learnt."""
        self._events: dict[str, EventFile] = {}
        self._curves: dict[str, dict[str, GrowingCurve]] = {}
        self._unsaved: set[str] = set()

    def search(self, patterns: Sequence[str]) -> list[str]:
        """Paths that match, sorted; what could not be searched is remembered."""
        found = self.workspace.find(patterns)
        self.search_problems.update(dict.fromkeys(found.problems))
        return list(found.paths)

    def read(self, reader: str, path: str, **options: Any) -> ReadFile[Any]:
        """Read one file with the named reader, or return what is known of an unchanged one."""
        facts = self.workspace.facts(path)
        known, key = self._files.get((reader, path)), (reader, path)
        fresh = time.monotonic() < self._again_at.get(key, math.inf)
        if known and fresh and known.facts == facts and not known.being_written:
            return known
        failures = self._child.failures
        read = self._read(reader, path, facts, options)
        self._again_at.pop(key, None)
        if self._child.failures > failures:
            self._again_at[key] = time.monotonic() + AGAIN_SECONDS
        self._files[key] = read
        self._files_changed = True
        self.readings += 1
        return read

    def _read(self, reader: str, path: str, facts: FileFacts, options: dict[str, Any]) -> ReadFile[Any]:
        if not facts.exists or facts.problem:
            return ReadFile(facts)
        try:
            found, writing = read_settled(self.workspace, path, lambda opened: self._in_child(reader, opened, options))
        except CannotRead as error:
            problem = f"{error.problem}; {error.hint}" if error.hint else error.problem
            return ReadFile(replace(facts, exists=not error.missing, problem=None if error.missing else problem))
        return ReadFile(facts, found.evidence, writing, found.crc32, found.sha256)

    def _in_child(self, reader: str, opened: OpenFile, options: dict[str, Any]) -> _Read:
        if reader in {"checkpoint", "archive"}:
            budget = options.get("budget", self.limits.read_bytes)
            evidence = self._child.read(reader, opened, budget=budget, name=opened.path)
            return _Read(evidence, getattr(evidence, "crc32", None), evidence.sha256)
        evidence = self._child.read(reader, opened, **options)
        if opened.size > TEXT_LIMIT:
            return _Read(evidence, None, None)
        opened.handle.seek(0)
        data = opened.handle.read(TEXT_LIMIT)
        return _Read(evidence, zlib.crc32(data), hashlib.sha256(data).hexdigest())

    def read_part(self, reader: str, opened: OpenFile, **options: Any) -> Any:
        """Read a part of a file that is open; who asks keeps what was read."""
        return self._child.read(reader, opened, **options)

    def digest(self, path: str) -> str | None:
        """A sha256 of any file; of one over 64 MiB what tells that it is the same; None where there is no file."""
        facts = self.workspace.facts(path)
        if not facts.exists or facts.problem:
            return None
        known = self._digests.get(path)
        if known is None or known[0] != facts.identity:
            try:
                found, _ = read_settled(self.workspace, path, _digest_of)
            except CannotRead:
                return None
            self._digests[path] = known = (facts.identity, found)
        return known[1]

    def join(self, parts: Sequence[ReadFile[Any]], make: Callable[[], Any]) -> ReadFile[Any]:
        """What several files are together, under the path of the first; made anew only when one of them changed."""
        made_of, path = tuple((one.facts, one.evidence) for one in parts), parts[0].path
        known = self._joined.get(path)
        if known is None or known[0] != made_of:
            times = [one.facts.modified_at for one in parts if one.facts.modified_at is not None]
            facts = replace(parts[0].facts, modified_at=max(times, default=None))
            writing = any(one.being_written for one in parts)
            self._joined[path] = known = (made_of, ReadFile(facts, make(), writing, parts=tuple(parts)))
            self.readings += 1
        return known[1]

    def events(self, path: str) -> EventFile | tuple[str, str]:
        """Read one event file from where the last reading ended; path and problem if it cannot be."""
        facts = self.workspace.facts(path)
        known = self._known_events(path)
        if known and known.facts.identity == facts.identity:
            return known
        try:
            with self.workspace.open(path) as opened:
                goes_on = known is not None and _same_file_grown(known, opened)
                evidence = self._read_on(path, opened, known.evidence if known and goes_on else None)
                facts = _facts_when_opened(facts, opened)
        except CannotRead as error:
            return error.path, error.problem
        name = parse_event_file_name(path.rpartition("/")[2])
        self._events[path] = EventFile(facts, name, evidence)
        self._unsaved.add(path)
        self.readings += 1
        return self._events[path]

    def _known_events(self, path: str) -> EventFile | None:
        if path not in self._events and self._learnt is not None:
            found = self._learnt.load_events(path)
            if found is not None:
                self._events[path], self._curves[path] = found
        return self._events.get(path)

    def _read_on(self, path: str, opened: OpenFile, before: EventEvidence | None) -> EventEvidence:
        """All that an event file holds, reading only behind what was read before."""
        if before is None:
            self._curves[path] = {}
        found = before
        while found is None or found.more_to_read or found is before:
            offset, steps = (found.end_offset, found.open_steps) if found else (0, None)
            part = read_events(opened.handle, opened.size, offset=offset, budget=READ_AT_ONCE, open_steps=steps)
            curves = self._extended(path, part)
            found = replace(_joined(found, part), series=curves)
        return replace(found, consumed=checksum_before(opened.handle, found.end_offset))

    def _extended(self, path: str, part: EventEvidence) -> dict[str, ScalarSeries]:
        """The file's curves with the points of the next part, and long ones in their side files."""
        curves = self._curves[path]
        for tag, series in part.series.items():
            curve = curves.setdefault(tag, GrowingCurve(tag))
            if self._learnt is not None and curve.count + series.points > MAX_POINTS:
                self._learnt.append_points(path, curve, series)
            curve.extend(series)
        share_columns(curves.values())
        return {tag: curve.series() for tag, curve in curves.items()}

    def save(self) -> None:
        """Keep what was learnt, so that a restart reads only what is new."""
        if self._learnt is None:
            return
        for path in self._unsaved & self._events.keys():
            self._learnt.save_events(path, self._events[path], self._curves[path])
        self._unsaved.clear()
        if self._files_changed:
            certain = {key: read for key, read in self._files.items() if key not in self._again_at}
            self._learnt.save_files(certain, self.writes)
            self._files_changed = False

    def has_points(self, path: str, tag: str) -> bool:
        """Whether a curve's full detail lies in a side file."""
        return self._learnt is not None and self._learnt.has_points(path, tag)


def _digest_of(opened: OpenFile) -> str:
    if opened.size > TEXT_LIMIT:
        return " ".join(map(str, opened.identity[1:]))
    return hashlib.sha256(opened.handle.read(TEXT_LIMIT)).hexdigest()


def _joined(earlier: EventEvidence | None, later: EventEvidence) -> EventEvidence:
    """Both parts without their points, which the growing curves hold."""
    bare = replace(later, series=dict.fromkeys(later.series, NO_POINTS))
    if earlier is None:
        return bare
    return join_events(replace(earlier, series=dict.fromkeys(earlier.series, NO_POINTS)), bare)


def _same_file_grown(known: EventFile, opened: OpenFile) -> bool:
    """Whether it is the same inode, longer, and begins with what was consumed: a writer only appends."""
    before = known.facts.identity
    if before is None or before[:2] != opened.identity[:2] or opened.size <= before[2]:
        return False
    return checksum_before(opened.handle, known.evidence.end_offset) == known.evidence.consumed


def _facts_when_opened(facts: FileFacts, opened: OpenFile) -> FileFacts:
    """What the file was like when its bytes were read: a writer may have appended since `facts` were taken."""
    seconds = opened.identity[3] / 1e9
    return replace(facts, size_bytes=opened.size, modified_at=seconds, identity=opened.identity)
