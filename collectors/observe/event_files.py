"""Event files of one workspace -> their evidence, each read on from where the last reading ended, in the child.

A file whose identity is unchanged is not opened again; one that has grown is read on, if what was read is still
there. What could not be read is said, and tried again later: a costly file must not cost its time limit at every
look. Refuses to read here: nothing of an event file is decoded in this process.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from collectors.contract.metrics import MAX_POINTS
from collectors.evidence.events import EventEvidence, ReadBefore, ScalarSeries
from collectors.evidence.files import FileFacts, Finding
from collectors.files.workspace import CannotRead, OpenFile, Workspace
from collectors.observe.consumed import checksum_before
from collectors.observe.growing_curve import GrowingCurve, share_columns
from collectors.observe.memory import Learnt
from collectors.readers.child.process import ReaderProcess
from collectors.readers.events.join import join_events
from collectors.readers.events.name import parse_event_file_name
from collectors.training.series import EventFile

READ_AT_ONCE = 16 << 20
"""Bytes of an event file whose points are held at full detail while it is read for the first time."""
AGAIN_SECONDS = 300.0
"""A reading that failed on this machine today is tried again after this, and after a restart."""
NO_POINTS = ScalarSeries("", np.empty(0, np.int64), np.empty(0), np.empty(0))


class EventFiles:
    """Every event file that was read, kept while it stays the same."""

    def __init__(self, workspace: Workspace, child: ReaderProcess, learnt: Learnt | None = None) -> None:
        self._workspace = workspace
        self._child = child
        self._learnt = learnt
        self.wanted: tuple[str, ...] = ()
        """Tags that are kept of a file that has more than are kept."""
        self.readings = 0
        self._files: dict[str, EventFile] = {}
        self._curves: dict[str, dict[str, GrowingCurve]] = {}
        self._unsaved: set[str] = set()
        self._again_at: dict[str, float] = {}
        self._refused: dict[str, tuple[str, str]] = {}
        """Path -> path and problem of a file of which nothing could be read."""

    def read(self, path: str) -> EventFile | tuple[str, str]:
        """Read one file from where the last reading ended; path and problem if it cannot be."""
        facts = self._workspace.facts(path)
        known, again_at = self._known(path), self._again_at.get(path, -math.inf)
        if time.monotonic() < again_at and (known or path in self._refused):
            return known or self._refused[path]
        if known and path not in self._again_at and known.facts.identity == facts.identity:
            return known
        try:
            with self._workspace.open(path) as opened:
                goes_on = known is not None and _same_file_grown(known, opened)
                evidence = self._read_on(path, opened, known.evidence if known and goes_on else None)
                facts = _facts_when_opened(facts, opened)
        except CannotRead as error:
            return error.path, error.problem
        self.readings += 1
        if isinstance(evidence, str):
            self._refused[path] = path, evidence
            return self._refused[path]
        self._files[path] = EventFile(facts, parse_event_file_name(path.rpartition("/")[2]), evidence)
        self._unsaved.add(path)
        return self._files[path]

    def _known(self, path: str) -> EventFile | None:
        if path not in self._files and self._learnt is not None:
            found = self._learnt.load_events(path)
            if found is not None:
                self._files[path], self._curves[path] = found
        return self._files.get(path)

    def _read_on(self, path: str, opened: OpenFile, before: EventEvidence | None) -> EventEvidence | str:
        """All that the file holds, reading only behind what was read before; a problem where that is nothing."""
        self._again_at.pop(path, None)
        if before is None:
            self._files.pop(path, None)
            self._curves[path] = {}
        found = before
        while found is None or found.more_to_read or found is before:
            part = self._part(path, opened, found)
            if isinstance(part, str):
                self._again_at[path] = time.monotonic() + AGAIN_SECONDS
                return part if found is None else _broken_off(found, part)
            found = replace(_joined(found, part), series=self._extended(path, part))
        return replace(found, consumed=checksum_before(opened.handle, found.end_offset))

    def _part(self, path: str, opened: OpenFile, before: EventEvidence | None) -> EventEvidence | str:
        """What the child says of the next bytes; why it says nothing."""
        failures, offset = self._child.failures, before.end_offset if before else 0
        told = ReadBefore(before.open_steps if before else None, tuple(self._curves[path]), self.wanted)
        part: EventEvidence = self._child.read("events", opened, offset=offset, budget=READ_AT_ONCE, before=told)
        return part if self._child.failures == failures else part.findings[0].text

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

    @property
    def paths(self) -> set[str]:
        """Every file of which something is kept."""
        return {*self._files, *self._again_at, *self._refused}

    def forget(self, paths: Iterable[str]) -> None:
        """Let go of files that are gone."""
        for path in paths:
            self._unsaved.discard(path)
            for kept in (self._files, self._curves, self._again_at, self._refused):
                kept.pop(path, None)

    def save(self, learnt: Learnt) -> None:
        """Keep what was learnt, so that a restart reads only what is new."""
        for path in (self._unsaved & self._files.keys()) - self._again_at.keys():
            learnt.save_events(path, self._files[path], self._curves[path])
        self._unsaved.clear()


def names_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags and, as they may be written with their sub-folder, what follows each slash in them; sorted."""
    parts = (tag.split("/") for tag in tags)
    return tuple(sorted({"/".join(words[first:]) for words in parts for first in range(len(words))}))


def _broken_off(found: EventEvidence, problem: str) -> EventEvidence:
    """What was read before, and that the rest could not be."""
    finding = Finding("error", f"{problem}; what follows was not read", f"offset {found.end_offset}")
    return replace(found, findings=(finding, *found.findings), more_to_read=False)


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
