"""The documents of a workspace as files of one folder: the state directory.

Input: keys, and bytes. Output: files, written atomically and under a lock. This is the only module that knows
their names and where they lie.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from collectors.contract.run_row import FileFacts
from collectors.files.workspace import Workspace, identity_of
from collectors.store.atomic import (
    PRIVATE,
    READABLE,
    append_line,
    explained,
    folders_in,
    open_own,
    opened_to_append,
    read_own,
    regular_files,
    replace_file,
    sweep,
    throw_odd_away,
)
from collectors.store.backend import MAX_BYTES, Backend, Key, Kind, StateKept, StoreProblem, Version
from collectors.store.lock import Held, locked

STATE_FILE: Final = "dashboard-state.json"
HEARTBEAT_FILE: Final = "heartbeat.json"
SMOKE_FILE: Final = "smoke.json"
RUNS_FOLDER: Final = "runs"
INDEX_FILE: Final = "index.jsonl"
POINTS_FOLDER: Final = "cache/points"
COLLECTOR_LOCK: Final = ".collector.lock"
"""Held by the one that keeps the state up to date, for as long as it does."""
WRITE_LOCK: Final = ".write.lock"
"""Held for one change by whoever makes it."""
WRITE_SECONDS: Final = 10.0
"""How long one change waits for another one."""
GROWN_BYTES: Final = 1 << 30
"""Most bytes of what holds something of every run or of every file."""
_GROWN: Final = {Kind.AUDIT, Kind.INDEX, Kind.FILES, Kind.EVENTS, Kind.POINTS_INDEX}
_PRIVATE: Final = {Kind.ACCESS, Kind.SECRETS, Kind.AUDIT}
"""What only the owner may read."""
_PLACES: Final = {
    Kind.STATE: (".", STATE_FILE),
    Kind.HEARTBEAT: (".", HEARTBEAT_FILE),
    Kind.SMOKE: (".", SMOKE_FILE),
    Kind.AFTER_END: (".", "after_end.json"),
    Kind.BASELINE: (".", "baseline.json"),  # beside the runs, not among them: a run may be called `baseline`
    Kind.POLICY: (".", "policy.json"),
    Kind.DIGEST_KEY: (".", ".digest.key"),
    Kind.ACCESS: (".", "access.json"),
    Kind.SECRETS: (".", ".session.secrets"),
    Kind.AUDIT: (".", "audit.jsonl"),
    Kind.INDEX: (RUNS_FOLDER, INDEX_FILE),
    Kind.RUN: (RUNS_FOLDER, "{}.json"),
    Kind.CURVES: ("curves", "{}.json"),  # a folder a run
    Kind.DECISIONS: ("decisions", "{}.json"),
    Kind.FILES: ("cache", "files.json"),
    Kind.EVENTS: ("cache", "events-{}.npz"),
    Kind.POINTS_INDEX: (POINTS_FOLDER, "index.json"),
    Kind.POINTS: (POINTS_FOLDER, "{}"),
}
"""Folder and name of each kind; the place of a name is `{}`."""


class Folder(Backend):
    """One state directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._folders = {kind: path / folder for kind, (folder, _) in _PLACES.items()}
        # Paths are made once: a page looks at five of them every moment.
        self._named = {Key(kind): path / folder / name for kind, (folder, name) in _PLACES.items() if "{}" not in name}

    @property
    def where(self) -> str:
        """The folder's path."""
        return str(self.path)

    def make(self) -> None:
        """Make the folder and those inside."""
        for folder in self._folders.values():
            with explained(folder):
                throw_odd_away(folder)
                with suppress(FileExistsError):  # a file, which is somebody's
                    folder.mkdir(parents=True, exist_ok=True)
                if not folder.is_dir():
                    raise StoreProblem(f"{folder.name} is a file where a folder of ours must be: move it away")

    def _path(self, key: Key) -> Path:
        known = self._named.get(key)
        if known is not None:
            return known
        folder = self._folders[key.kind]
        return folder / _PLACES[key.kind][1].format(key.name) if key.name else folder

    def called(self, key: Key) -> str:
        """The file's name; the folder is nobody's business on screen."""
        return self._path(key).name

    def versions(self, *keys: Key) -> tuple[Version, ...]:
        """One `stat` each: device, inode, size, mtime and ctime (chmod changes only that), or the error's number."""
        return tuple(_version(self._path(key)) for key in keys)

    def facts(self, key: Key) -> FileFacts | None:
        """Size and mtime; None for what is no file of ours: a link is none."""
        with suppress(OSError):
            found = self._path(key).lstat()
            if stat.S_ISREG(found.st_mode):
                return found.st_size, found.st_mtime_ns
        return None

    def list(self, kind: Kind, run_id: str = "") -> Iterator[tuple[str, FileFacts]]:
        """Names of files without their suffix; links and folders are none of ours."""
        folder, (prefix, _, suffix) = self._folders[kind], _PLACES[kind][1].partition("{}")
        if kind is not Kind.CURVES:
            found = regular_files(folder, suffix)
            return ((name.removeprefix(prefix), facts) for name, facts in found if name.startswith(prefix))
        runs = [run_id] if run_id else folders_in(folder)
        return ((f"{run}/{name}", facts) for run in runs for name, facts in regular_files(folder / run, suffix))

    def read(self, key: Key) -> bytes:
        """Read a file; refused are other things in its place, and more bytes than such a file can have."""
        return read_own(self._path(key), GROWN_BYTES if key.kind in _GROWN else MAX_BYTES)

    def open(self, key: Key) -> BinaryIO:
        """Open a file to seek in."""
        return os.fdopen(open_own(self._path(key), os.O_RDONLY), "rb")

    def write(self, key: Key, data: bytes, *, durable: bool = True) -> FileFacts:
        """Replace a file."""
        path = self._path(key)
        if key.kind is Kind.CURVES:
            with explained(path):
                throw_odd_away(path.parent)
                path.parent.mkdir(exist_ok=True)
        replace_file(path, data, durable=durable, mode=_mode(key))
        with explained(path):
            found = path.stat()
        return found.st_size, found.st_mtime_ns

    def append(self, key: Key, line: bytes) -> None:
        """Append a line to a file."""
        append_line(self._path(key), line, _mode(key))

    def extend(self, key: Key, at: int, data: bytes) -> bool:
        """Append to a file; a writer that was killed may have left more in it than was remembered."""
        path = self._path(key)
        with explained(path), opened_to_append(path) as handle:
            size = handle.seek(0, os.SEEK_END)
            if size > at:
                handle.truncate(at)
            if size >= at:
                handle.write(data)
        return size >= at

    def delete(self, key: Key) -> None:
        """Remove a file."""
        path = self._path(key)
        with explained(path):
            path.unlink(missing_ok=True)
        if key.kind is Kind.CURVES:
            with suppress(OSError):  # others are in it still
                path.parent.rmdir()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock."""
        try:
            with _held(self.path / WRITE_LOCK, WRITE_SECONDS):
                yield
        except Held as held:
            raise StoreProblem(f"{held} has been writing into this state directory for too long") from None

    @contextmanager
    def keeping(self, wait_seconds: float) -> Iterator[None]:
        """Hold the collector's lock; leftovers of killed writers are swept first."""
        try:
            with _held(self.path / COLLECTOR_LOCK, wait_seconds):
                self._sweep()
                yield
        except Held as held:
            words = "already collects into this state directory; name another one with --state-dir"
            raise StateKept(f"{held} {words}") from None

    def _sweep(self) -> None:
        """Remove unfinished files; nobody is writing one now: heartbeats are the collector's alone."""
        with self.writing():
            curves = self._folders[Kind.CURVES]
            for folder in {*self._folders.values(), *(curves / run for run in folders_in(curves))}:
                sweep(folder)


@contextmanager
def _held(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold a lock file; only taking it is explained, what happens under it explains itself."""
    with ExitStack() as stack:
        with explained(path):
            stack.enter_context(locked(path, wait_seconds))
        yield


def _mode(key: Key) -> int:
    return PRIVATE if key.kind in _PRIVATE else READABLE


def _version(path: Path) -> Version:
    try:
        found = path.stat()
    except OSError as problem:
        return (problem.errno or 0,)
    return identity_of(found)


def snapshots_in(other: Workspace, most: int) -> list[str]:
    """Paths of the snapshots of a state directory that is looked at like a workspace, or of its folder of runs."""
    if other.facts(f"{RUNS_FOLDER}/{INDEX_FILE}").exists or other.facts(STATE_FILE).exists:
        return other.glob([f"{RUNS_FOLDER}/*.json"], limit=most)
    return other.glob(["*.json"], limit=most) if other.facts(INDEX_FILE).exists else []
