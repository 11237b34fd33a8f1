"""Lines of the index <-> rows of runs. Pure.

Input: bytes of the index. Output: rows, each read from its line when it is first looked at: opening
a history of a hundred thousand runs reads their heads only. A line that was not written whole, by
this version, is wrong: its sum says so, and the others are not lost.
"""

from __future__ import annotations

import gc
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple, overload

from pydantic import TypeAdapter, ValidationError

from collectors.run_rows import FileFacts, RunRow, damaged_row

_BEGIN: Final = b'{"v":2,"sum":'
_HEAD: Final = re.compile(
    _BEGIN + rb'(\d{1,10}),"run_id":"([A-Za-z0-9._-]{1,64})","size_bytes":(\d{1,18}),"mtime_ns":(-?\d{1,20}),'
    rb'"started_at":(?:"([0-9T:.+-]{10,40})"|null),"timestamp":"([0-9T:.+-]{10,40})",'
)
_ROW: Final[TypeAdapter[RunRow]] = TypeAdapter(RunRow)
_ROWS: Final[TypeAdapter[list[RunRow]]] = TypeAdapter(list[RunRow])


class Head(NamedTuple):
    """What is known of a line before it is read. Heads are ordered by time."""

    when: str
    """Start of the run, or the time of its content where that is unknown; ISO 8601, UTC."""
    run_id: str
    facts: FileFacts
    line: bytes
    """Without the newline."""


class HeadsFound(NamedTuple):
    """The heads of an index: the last line of a run counts."""

    heads: dict[str, Head]
    lines: int
    wrong: int
    """Lines that were not written whole by this version."""


def line_of(row: RunRow) -> bytes:
    """A row as a line of the index, without the newline."""
    body = json.dumps(row, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()[1:]
    return b"%s%d,%s" % (_BEGIN, zlib.crc32(body), body)


def head_of(row: RunRow) -> Head:
    """The head of a row, with its line."""
    return Head(
        row["started_at"] or row["timestamp"], row["run_id"], (row["size_bytes"], row["mtime_ns"]), line_of(row)
    )


def heads_in(index: bytes) -> HeadsFound:
    """The heads of every run of an index."""
    lines = index.split(b"\n")
    if not lines[-1]:
        lines.pop()
    with without_cycles():
        found = [head for line in lines if (head := _head(line)) is not None]
        return HeadsFound({head.run_id: head for head in found}, len(lines), len(lines) - len(found))


def _head(line: bytes) -> Head | None:
    found = _HEAD.match(line)
    # The sum is that of all that follows it: a line that was cut or changed anywhere is wrong.
    if found is None or zlib.crc32(line[found.end(1) + 1 :]) != int(found[1]):
        return None
    _, run_id, size, mtime, started, timestamp = found.groups()
    return Head((started or timestamp).decode(), run_id.decode(), (int(size), int(mtime)), line)


class RunRows(Sequence[RunRow]):
    """Rows, newest first; each is read when it is first looked at. It does not change."""

    def __init__(self, heads: Iterable[Head]) -> None:
        self._heads = sorted(heads, reverse=True)
        self._read: list[RunRow | None] = [None] * len(self._heads)
        self._places: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._heads)

    @overload
    def __getitem__(self, place: int) -> RunRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[RunRow]: ...
    def __getitem__(self, place: int | slice) -> RunRow | list[RunRow]:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        row = self._read[place]
        if row is None:
            row = self._read[place] = _row_in(self._heads[place])
        return row

    def __iter__(self) -> Iterator[RunRow]:
        if None in self._read:
            self._read = list(_rows_in(self._heads))
        return iter([row for row in self._read if row is not None])

    def find(self, run_id: str) -> RunRow | None:
        """The row of a run; None where there is none."""
        if self._places is None:
            self._places = {head.run_id: place for place, head in enumerate(self._heads)}
        place = self._places.get(run_id)
        return None if place is None else self[place]

    @property
    def run_ids(self) -> list[str]:
        """Every id, newest first, without reading a row."""
        return [head.run_id for head in self._heads]

    @property
    def lines(self) -> Iterator[bytes]:
        """Every line, the oldest first, as it stands in an index without spare lines."""
        return (head.line for head in reversed(self._heads))


def _row_in(head: Head) -> RunRow:
    try:
        return _ROW.validate_json(head.line)
    except ValidationError:
        # Its sum is right, so nobody but a person can have written it.
        return damaged_row(head.run_id, "its row in the index is wrong; remove runs/index.jsonl", head.facts)


def _rows_in(heads: Sequence[Head]) -> Iterable[RunRow]:
    try:
        with without_cycles():
            return _ROWS.validate_json(b"[" + b",".join(head.line for head in heads) + b"]")
    except ValidationError:
        return map(_row_in, heads)


@contextmanager
def without_cycles() -> Iterator[None]:
    """Plain values hold no cycles: looking for some would double the time of reading many rows."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
