"""A workspace, looked at every few milliseconds -> what was written to it, in order.

It hooks nothing and slows nothing: it compares sizes, times and inodes, as any observer must. Two
writes of one file between two looks are one. Unfinished files (`.name.tmp`) and what is left out on
purpose are not looked at.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Seen:
    """One change of one file.

    Attributes:
        at: When it was written, seconds since the Unix epoch.
        operation: What happened to the file.
        path: From the workspace on.
        data: The bytes that were written.
    """

    at: float
    operation: Literal["create", "append", "replace", "remove"]
    path: str
    data: bytes = b""


@dataclass(frozen=True)
class _File:
    inode: int
    modified_ns: int
    data: bytes

    def is_still(self, status: os.stat_result) -> bool:
        same = (self.inode, self.modified_ns, len(self.data))
        return same == (status.st_ino, status.st_mtime_ns, status.st_size)


class Watch:
    """Looks at a workspace again and again; `changes` is what it saw so far."""

    def __init__(self, root: Path, left_out: Sequence[str], clock: Callable[[], float]) -> None:
        """Leave out what lies below the top folders named in `left_out`."""
        self.root, self.left_out, self.clock = root, frozenset(left_out), clock
        self.changes: list[Seen] = []
        self._files: dict[str, _File] = {}

    def look(self) -> None:
        """Note what changed since the last look, in the order of the files' own times.

        A look takes a moment: what was written behind its back is seen by the next, though it came before the rest.
        """
        there = dict(self._walk(self.root, ""))
        seen = [change for path in there for change in self._compare(path, there[path])]
        gone = [Seen(self.clock(), "remove", path) for path in self._files if path not in there]
        for change in gone:
            del self._files[change.path]
        self.changes += [*seen, *gone]
        self.changes.sort(key=lambda change: change.at)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look every 20 ms while the block lasts, and once more at its end."""
        stop = threading.Event()
        thread = threading.Thread(target=self._look_until, args=(stop,), name="watch")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
        self.look()

    def _look_until(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_SECONDS):
            self.look()

    def _walk(self, folder: Path, prefix: str) -> Iterator[tuple[str, os.stat_result]]:
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            return
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if path not in self.left_out:
                    yield from self._walk(Path(entry.path), f"{path}/")
            elif not (entry.name.startswith(".") and entry.name.endswith(".tmp")):
                try:
                    yield path, entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue

    def _compare(self, path: str, status: os.stat_result) -> Iterator[Seen]:
        before = self._files.get(path)
        if before is not None and before.is_still(status):
            return
        read = self._read(path)
        if read is None:
            return
        self._files[path] = read
        at = read.modified_ns / 1e9
        if before is None:
            yield Seen(at, "create", path, read.data)
        elif before.inode == read.inode and read.data.startswith(before.data) and len(read.data) > len(before.data):
            yield Seen(at, "append", path, read.data[len(before.data) :])
        elif before.data != read.data or before.inode != read.inode:
            yield Seen(at, "replace", path, read.data)

    def _read(self, path: str) -> _File | None:
        """Read a file and the facts of just these bytes; a file that is gone again was never there."""
        try:
            with (self.root / path).open("rb") as handle:
                data, status = handle.read(), os.fstat(handle.fileno())
        except FileNotFoundError:
            return None
        return _File(status.st_ino, status.st_mtime_ns, data)
