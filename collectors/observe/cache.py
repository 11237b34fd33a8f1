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

from collectors.contract.sections import Limits
from collectors.evidence.files import FileFacts, Finding
from collectors.files.find import Found
from collectors.files.workspace import CannotRead, OpenFile, Workspace, read_settled
from collectors.observe.event_files import AGAIN_SECONDS, EventFiles
from collectors.observe.memory import Learnt
from collectors.observe.table_writes import TableWrites
from collectors.readers.child.process import ReaderProcess
from collectors.training.evidence import ReadFile
from collectors.training.series import EventFile

TEXT_LIMIT = 64 << 20
"""Configs, tables and documents above this many bytes are not hashed; no reader takes them."""


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
        self._asked: set[str] = set()
        self._listed: dict[tuple[str, ...], Found] = {}
        self.search_problems: dict[Finding, None] = {}
        """What could not be searched since the last look began, in order."""
        self.event_files = EventFiles(workspace, child, learnt)
        self.readings = 0
        """How often a file was read: equal means that nothing new was learnt."""

    def begin_look(self) -> None:
        """Begin to look at the workspace once more."""
        self.search_problems.clear()
        self._asked.clear()

    def forget_listings(self) -> None:
        """What was listed in the look before may no longer be true."""
        self._listed.clear()

    def search(self, patterns: Sequence[str]) -> list[str]:
        """Paths that match, sorted, listed once a look; what could not be searched is remembered."""
        found = self._listed.get(tuple(patterns)) or self.workspace.find(patterns)
        self._listed[tuple(patterns)] = found
        self.search_problems.update(dict.fromkeys(found.problems))
        return list(found.paths)

    def read(self, reader: str, path: str, **options: Any) -> ReadFile[Any]:
        """Read one file with the named reader, or return what is known of an unchanged one."""
        self._asked.add(path)
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

    @property
    def failures(self) -> int:
        """Readings that gave no evidence: the machine was busy or short of memory, or the reader died."""
        return self._child.failures

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
        before = self.event_files.readings
        found = self.event_files.read(path)
        self.readings += self.event_files.readings - before
        return found

    def forget_gone(self, run_id: str | None) -> None:
        """Forget files that are gone, in the store too where this is its current run.

        Not where all are gone: a disk that is away comes back, and would be read from the start.
        """
        kept = {path for _, path in self._files} | self._digests.keys() | self._joined.keys() | self.event_files.paths
        gone = {path for path in kept if self._is_gone(path)}
        if gone == kept:
            return
        gone -= self._asked  # what is looked for in vain is remembered as missing
        self.event_files.forget(gone)
        for key in [key for key in self._files if key[1] in gone]:
            del self._files[key]
            self._again_at.pop(key, None)
            self._files_changed = True
        for path in gone:
            self._digests.pop(path, None)
            self._joined.pop(path, None)
        if self._learnt is not None and run_id is not None:
            self._learnt.forget_others(self.event_files.paths, run_id)

    def _is_gone(self, path: str) -> bool:
        facts = self.workspace.facts(path)
        return not facts.exists and not facts.problem

    def save(self) -> None:
        """Keep what was learnt, so that a restart reads only what is new."""
        if self._learnt is None:
            return
        self.event_files.save(self._learnt)
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
