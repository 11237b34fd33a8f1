"""A workspace as all trainer modules see it: names from one walk, and bounded parts of its files.

Input: an open workspace. Output: paths, first bytes, column names, tags, small documents. Whatever cannot be read
is empty: a module takes it for no sign. It refuses to read more than `MOST_READ` files, or a whole one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from collectors.evidence.events import ScalarSeries
from collectors.files.problems import shown
from collectors.files.tree import Tree
from collectors.files.workspace import CannotRead, Workspace
from collectors.numbers import numbers_in
from collectors.readers.common.magic import LOOK
from collectors.readers.events.read import read_events
from collectors.readers.text.read_config import read_config
from collectors.trainers.patterns import compiled, ending_of, is_plain

HEAD_BYTES: Final = 64 << 10
"""Of a file's beginning."""
TAIL_BYTES: Final = 16 << 10
DOCUMENT_BYTES: Final = 256 << 10
"""A config or a small document is read whole, or not at all."""
MOST_DIGITS: Final = 15
MOST_READ: Final = 600
"""Parts of files read in one look at a workspace."""
MOST_EVENTS: Final = 100
"""Event files that are looked into, of more the newest: a sweep leaves thousands of runs, and the newest is shown."""


class Folder:
    """One look at a workspace; without one, a folder in which nothing lies."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        self._workspace = workspace
        self._tree = workspace.tree() if workspace is not None else Tree()
        self._parts: dict[tuple[str, int], bytes] = {}
        self._documents: dict[tuple[str, int], Mapping[str, Any]] = {}
        self._matches: dict[str, dict[str, None]] = {}
        self._scalars: dict[str, Mapping[str, ScalarSeries]] = {}
        self._times: dict[str, float] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that was seen, nearest first."""
        return self._tree.files

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self.files)

    @property
    def is_whole(self) -> bool:
        """Whether every name near the top was looked at."""
        return self._tree.is_whole

    @cached_property
    def by_ending(self) -> dict[str, list[str]]:
        """Files by what follows the last dot of their names, with the dot."""
        groups: dict[str, list[str]] = {}
        for path in self.files:
            groups.setdefault(ending_of(path), []).append(path)
        return groups

    @cached_property
    def event_files(self) -> list[str]:
        """TensorBoard event files, by their names: the nearest first, of more than `MOST_EVENTS` the newest."""
        found = [path for path in self.files if "tfevents" in path and "tfevents" in path.rpartition("/")[2]]
        return found if len(found) <= MOST_EVENTS else sorted(found, key=self.modified_at, reverse=True)

    @cached_property
    def unread_events(self) -> frozenset[str]:
        """Event files that are too many to be looked into."""
        return frozenset(self.event_files[MOST_EVENTS:])

    def named(self, *names: str) -> list[str]:
        """Files of exactly these names, wherever they lie."""
        return [path for name in names for path in self._called(name)]

    def _called(self, name: str) -> list[str]:
        return [path for path in self.by_ending.get(ending_of(name), ()) if path.rpartition("/")[2] == name]

    def matching(self, *patterns: str) -> list[str]:
        """Files that fit a pattern of `*`, `?`, `[...]` within a name and `**/` for any folders, nearest first."""
        found: dict[str, None] = {}
        for pattern in patterns:
            found |= self._fitting(pattern)
        return list(found)

    def _fitting(self, pattern: str) -> dict[str, None]:
        """Files of one pattern, kept: several trainers ask for the same ones."""
        if pattern not in self._matches:
            fits = compiled(pattern).fullmatch
            self._matches[pattern] = dict.fromkeys(path for path in self._pool(pattern) if fits(path))
        return self._matches[pattern]

    def _pool(self, pattern: str) -> Iterable[str]:
        """Files among which all matches are."""
        last = pattern.rpartition("/")[2]
        if is_plain(last):
            return self._called(last)
        if "tfevents" in last:
            return self.event_files
        return self.by_ending.get(ending_of(last), ()) if is_plain(ending_of(last)) else self.files

    def has(self, path: str) -> bool:
        """Whether a file of this path was seen."""
        return path in self._paths

    def modified_at(self, path: str) -> float:
        """Seconds since the Unix epoch; 0 where it is not known."""
        if self._workspace is not None and path not in self._times:
            self._times[path] = self._workspace.facts(path).modified_at or 0.0
        return self._times.get(path, 0.0)

    def size(self, path: str) -> int:
        """Bytes; 0 where it is not known."""
        return (self._workspace.facts(path).size_bytes or 0) if self._workspace is not None else 0

    def newest(self, paths: Iterable[str]) -> str | None:
        """The one that was written last."""
        return max(paths, key=lambda path: (self.modified_at(path), numbers_in(path)), default=None)

    def head(self, path: str) -> bytes:
        """The first bytes of a file, at most `HEAD_BYTES`."""
        return self._part(path, HEAD_BYTES)

    def beginning(self, path: str, length: int) -> bytes:
        """The first `length` bytes of a file whose signs may stand deeper than its head."""
        return self._part(path, length)

    def tail(self, path: str) -> bytes:
        """The last bytes of a file, at most `TAIL_BYTES`."""
        return self._part(path, -TAIL_BYTES)

    def text(self, path: str) -> str:
        """The beginning of a text; empty where it is none."""
        head = self.head(path)
        return "" if b"\x00" in head[:LOOK] else head.decode("utf-8-sig", "replace")

    def ending(self, path: str) -> str:
        """The end of a text; it may begin inside a line, or a character."""
        return self.tail(path).decode("utf-8", "replace")

    def columns(self, path: str) -> tuple[str, ...]:
        """Names in the first line of a CSV or TSV, without blanks around them."""
        first = self.text(path).partition("\n")[0].strip("\r\n")
        sign = max(",;\t", key=first.count)
        if sign not in first or len(first) > HEAD_BYTES // 2:
            return ()
        return tuple(next(iter(_cells([first], sign)), ()))

    def rows(self, path: str) -> list[list[str]]:
        """Lines of a CSV or TSV below the first one, as many as the head holds whole."""
        sign = max(",;\t", key=self.text(path).partition("\n")[0].count)
        whole = self.text(path).rpartition("\n")[0]
        return _cells(whole.splitlines(), sign)[1:]

    def tags(self, path: str) -> frozenset[str]:
        """Scalar tags at the beginning of an event file."""
        return frozenset(self.scalars(path))

    def scalars(self, path: str) -> Mapping[str, ScalarSeries]:
        """Tag -> points, at the beginning of an event file; kept: several trainers ask for the same ones."""
        if path in self.unread_events:
            return {}
        if path not in self._scalars:
            head = self.head(path)
            self._scalars[path] = read_events(io.BytesIO(head), len(head)).series if is_event_data(head) else {}
        return self._scalars[path]

    def document(self, path: str, most: int = DOCUMENT_BYTES) -> Mapping[str, Any]:
        """A YAML, JSON or TOML mapping of at most so many bytes; empty where it is none, or cannot be read."""
        if (path, most) not in self._documents:  # what is too large for one trainer is not for another
            is_small = 0 < self.size(path) <= most
            data = read_config(self._part(path, most), name=path).data if is_small else None
            self._documents[path, most] = data if isinstance(data, Mapping) else {}
        return self._documents[path, most]

    def _part(self, path: str, length: int) -> bytes:
        """`length` bytes from the start, or a negative number from the end."""
        if (path, length) not in self._parts:
            if self._workspace is None or len(self._parts) >= MOST_READ:
                return b""
            self._parts[path, length] = _read(self._workspace, path, length)
        return self._parts[path, length]


def _read(workspace: Workspace, path: str, length: int) -> bytes:
    try:
        with workspace.open(path) as opened:
            opened.handle.seek(max(0, opened.size + length) if length < 0 else 0)
            return opened.handle.read(abs(length))
    except (CannotRead, OSError):
        return b""


def last_cells(folder: Folder, path: str, sign: str = ",") -> list[str]:
    """Cells of a table's last whole line, without blanks around them."""
    line = folder.ending(path).rpartition("\n")[0].rpartition("\n")[2]
    return [cell.strip() for cell in line.split(sign)]


def last_count(folder: Folder, path: str, sign: str = ",") -> int | None:
    """The first cell of a table's last whole line: an epoch, a step; None where it is none."""
    return count_in(next(iter(last_cells(folder, path, sign)), ""))


def count_in(cell: str) -> int | None:
    """A cell as a count; None where it is none, and no training counts to more than `MOST_DIGITS` digits."""
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= MOST_DIGITS else None


def _cells(lines: Sequence[str], sign: str) -> list[list[str]]:
    """Rows of cells without blanks around them; none where it is no such table."""
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=sign)]
    except csv.Error:
        return []


def is_event_data(head: bytes) -> bool:
    """Whether bytes begin like an event file: a framed record that names its version."""
    return b"brain.Event:" in head[:64]


def parent(path: str) -> str:
    """The folder a path lies in; empty for the workspace itself."""
    return path.rpartition("/")[0]


def join(*parts: str) -> str:
    """Parts of a path as one; empty ones are left out."""
    return "/".join(part for part in parts if part)


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or lies somewhere in it."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def said(path: str) -> str:
    """A path as it stands in a sentence."""
    return f"`{shown(path)}`"
