"""Lines of the index <-> rows of runs. Pure.

Input: bytes of the index. Output: rows, each read from its line when it is first looked at: opening
a history of a hundred thousand runs reads their heads only. An index that was written as a whole begins
with its contents, all heads in columns under one sum; rows that came later have heads of their own. A line
that was not written whole, by this version, is wrong: its sum says so, and the others are not lost.
"""

from __future__ import annotations

import gc
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple, overload

from pydantic import TypeAdapter, ValidationError

from collectors.contract.run_row import FileFacts, RunRow
from collectors.store.rows import damaged_row

_BEGIN: Final = b'{"v":4,"sum":'
_HEAD: Final = re.compile(
    _BEGIN + rb'(\d{1,10}),"run_id":"([A-Za-z0-9._-]{1,64})","size_bytes":(\d{1,18}),"mtime_ns":(-?\d{1,20}),'
    rb'"started_at":(?:"([0-9T:.+-]{10,40})"|null),"timestamp":"([0-9T:.+-]{10,40})",'
)
_CONTENTS: Final = re.compile(rb'\{"v":4,"contents":(\d{1,10}),"bytes":(\d{1,12}),')
CONTENTS_FROM: Final = 1_000
"""Rows from which on contents pay."""


class Head(NamedTuple):
    """What is known of a line before it is read. Heads are ordered by time."""

    when: str
    """Start of the run, or the time of its content where that is unknown; ISO 8601, UTC."""
    run_id: str
    facts: FileFacts
    line: bytes | memoryview
    """Without the newline."""


class HeadsFound(NamedTuple):
    """The heads of an index: the last line of a run counts."""

    heads: dict[str, Head]
    lines: int
    """Rows, those that a later one has replaced included."""
    wrong: int
    """Lines that were not written whole by this version."""
    listed: int
    """Rows whose heads stand in the contents."""


def line_of(row: RunRow) -> bytes:
    """A row as a line of the index, without the newline."""
    body = json.dumps(row, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()[1:]
    return b"%s%d,%s" % (_BEGIN, zlib.crc32(body), body)


def head_of(row: RunRow) -> Head:
    """The head of a row, with its line."""
    return Head(
        row["started_at"] or row["timestamp"], row["run_id"], (row["size_bytes"], row["mtime_ns"]), line_of(row)
    )


def index_of(heads: Sequence[Head]) -> bytes:
    """A whole index of these heads; with contents where there are many."""
    rows = b"".join(part for head in heads for part in (head.line, b"\n"))
    if len(heads) < CONTENTS_FROM:
        return rows
    columns = {
        "ids": " ".join(head.run_id for head in heads),
        "whens": " ".join(head.when for head in heads),
        "sizes": [head.facts[0] for head in heads],
        "mtimes_ns": [head.facts[1] for head in heads],
        "ends": list(accumulate(len(head.line) + 1 for head in heads)),
    }
    body = json.dumps(columns, separators=(",", ":")).encode()[1:] + b"\n"
    return b'{"v":4,"contents":%d,"bytes":%d,%s%s' % (zlib.crc32(rows, zlib.crc32(body)), len(rows), body, rows)


def heads_in(index: bytes) -> HeadsFound:
    """The heads of every run of an index."""
    with without_cycles():
        listed, end = _listed(index)
        lines = index[end:].split(b"\n")
        if not lines[-1]:
            lines.pop()
        found = [head for line in lines if (head := _head(line)) is not None]
        heads = {head.run_id: head for head in (*listed, *found)}
        return HeadsFound(heads, len(listed) + len(lines), len(lines) - len(found), len(listed))


def _listed(index: bytes) -> tuple[list[Head], int]:
    """The heads of the contents, and where the rows end that they list; none where the sum is another one."""
    found = _CONTENTS.match(index)
    begin = index.find(b"\n") + 1
    if found is None or not begin:
        return [], 0
    end = begin + int(found[2])
    if end > len(index) or zlib.crc32(memoryview(index)[found.end() : end]) != int(found[1]):
        return [], 0
    try:
        return _heads_of(json.loads(b"{" + index[found.end() : begin]), memoryview(index)[begin:end]), end
    except (ValueError, KeyError, TypeError, AttributeError):
        # Its sum is right, so nobody but a person can have written it.
        return [], 0


def _heads_of(columns: Mapping[str, Any], rows: memoryview) -> list[Head]:
    """The heads of the contents' columns. Raises ValueError, KeyError, TypeError and AttributeError."""
    facts = zip(columns["sizes"], columns["mtimes_ns"], strict=True)
    # Views, not copies: a hundred thousand rows are a hundred megabytes, of which a page shows fifty.
    lines = [rows[start : stop - 1] for start, stop in pairwise((0, *columns["ends"]))]
    columns_of_heads = (columns["whens"].split(" "), columns["ids"].split(" "), facts, lines)
    return list(map(Head._make, zip(*columns_of_heads, strict=True)))


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
    def oldest_first(self) -> list[Head]:
        """Every head, as they stand in an index that is written as a whole."""
        return self._heads[::-1]


def _row_in(head: Head) -> RunRow:
    try:
        return _parsed([head])[0]
    except ValidationError:
        # Its sum is right, so nobody but a person can have written it.
        return damaged_row(head.run_id, "its row in the index is wrong; remove runs/index.jsonl", head.facts)


def _rows_in(heads: Sequence[Head]) -> Iterable[RunRow]:
    try:
        with without_cycles():
            return _parsed(heads)
    except ValidationError:
        return map(_row_in, heads)


def _parsed(heads: Sequence[Head]) -> list[RunRow]:
    """Rows of lines. Raises ValidationError."""
    return _adapter().validate_json(b"[" + b",".join(head.line for head in heads) + b"]")


@cache
def _adapter() -> TypeAdapter[list[RunRow]]:
    """Made when a row is first read: a program that reads none starts without it."""
    return TypeAdapter(list[RunRow])


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
