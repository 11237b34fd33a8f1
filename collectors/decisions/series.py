"""Tables of scores -> one series a stream, and the fused one: score, time, word and thresholds of each window.

Input: the rules and tables. Output: `Series`, in the order of their first row. It judges nothing; a word that the
rules do not know is foreign, and a stream that nobody names keeps its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from collectors.contract.decision_rules import Decisions as Rules
from collectors.evidence.order import distinct
from collectors.evidence.scores import Floats, ScoreTable

FUSED: Final = "fused"
"""Id of the series that several streams are judged by together."""
LONE: Final = "scores"
"""Id of a series of which nothing says whose it is."""
Codes: TypeAlias = NDArray[np.int8]


class Word(IntEnum):
    """What a row says of its window."""

    NORMAL = 0
    WARN = 1
    ANOMALY = 2
    NONE = -1
    FOREIGN = -2


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The windows of one series, in the order of their rows; every array has one item a window."""

    id: str
    score: Floats
    """NaN where a row has none, infinite where it is not finite."""
    word: Codes
    """`Word` of each row."""
    path: str
    """The table it stands in."""
    warn: Floats
    """The lower threshold that its row names; NaN where it names none."""
    anomaly: Floats
    time: Floats | None = None
    index: Floats | None = None
    parts: Mapping[str, Floats] = field(default_factory=dict)
    """Of a fused series: stream -> its score in the same row."""
    part_times: Mapping[str, Floats] = field(default_factory=dict)
    """Of a fused series: stream -> the time of its window in the same row."""

    @property
    def decides(self) -> bool:
        """Whether its rows record words, and not only scores."""
        return bool((self.word != Word.NONE).any())

    def __len__(self) -> int:
        return len(self.score)


def series_of(rules: Rules, streams: Sequence[str], tables: Sequence[ScoreTable]) -> tuple[Series, ...]:
    """Every series; of one that stands in two tables the first counts."""
    found: dict[str, Series] = {}
    for table in tables:
        if table.rows:
            for one in _in_table(rules, streams, table):
                found.setdefault(one.id, one)
    first = [one for one in found.values() if one.id == FUSED]
    return (*(one for one in found.values() if one.id != FUSED), *first)


def _in_table(rules: Rules, streams: Sequence[str], table: ScoreTable) -> Iterator[Series]:
    codes = table.columns.get("stream")
    parts = {name.partition(":")[2]: values for name, values in table.columns.items() if name.startswith("series:")}
    whole = np.arange(table.rows)
    if codes is None or not table.streams:
        yield from _of_rows(rules, table, _Rows(_whose(rules, streams, table, parts), whole), parts)
        return
    own: dict[str, list[float]] = {}
    for code in distinct(codes).tolist():
        called = table.streams[int(code)] if 0 <= code < len(table.streams) else ""
        name = FUSED if rules.fused and called == rules.fused.called else called or _whose(rules, streams, table, parts)
        own.setdefault(name, []).append(code)
    for name, some in own.items():
        rows = whole if len(own) == 1 else np.flatnonzero(np.isin(codes, some))
        yield from _of_rows(rules, table, _Rows(name, rows), parts)


def _whose(rules: Rules, streams: Sequence[str], table: ScoreTable, parts: Mapping[str, Floats]) -> str:
    """Whose the rows are where no column says it."""
    if parts and rules.fused:
        return FUSED
    file = table.path.rpartition("/")[2]
    named = [stream for stream in streams if stream in file] or (list(streams) if len(streams) == 1 else [])
    return max(named, key=len, default=LONE)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows of a table that judge one series."""

    series: str
    rows: NDArray[np.int64]


def _of_rows(rules: Rules, table: ScoreTable, its: _Rows, parts: Mapping[str, Floats]) -> Iterator[Series]:
    """The series that the rows judge, and those whose scores stand beside it."""
    one, rows, blank = its.series, its.rows, np.full(len(its.rows), np.nan)

    def of(meaning: str) -> Floats | None:
        values = table.columns.get(meaning)
        return None if values is None else values if len(rows) == table.rows else values[rows]

    own = {stream: values if len(rows) == table.rows else values[rows] for stream, values in parts.items()}
    score = of("score")
    if score is None:
        score = own.get(one, blank)
    beside = {stream: values for stream, values in own.items() if stream != one and not np.isnan(values).all()}
    is_fused = one == FUSED
    times = {stream: t for stream in beside if (t := of(f"time:{stream}")) is not None}
    if is_fused or not np.isnan(score).all():
        yield Series(
            id=one,
            score=score,
            word=_words(rules, table, rows),
            path=table.path,
            warn=_or(of("warn"), blank),
            anomaly=_or(of("anomaly"), blank),
            time=of("time"),
            index=of("index"),
            parts=beside if is_fused else {},
            part_times=times if is_fused else {},
        )
    for stream, values in beside.items():
        time = times.get(stream, of("time"))
        none = np.full(len(rows), Word.NONE, np.int8)
        yield Series(stream, values, none, table.path, blank, blank, time, of("index"))


def _or(values: Floats | None, blank: Floats) -> Floats:
    return blank if values is None else values


def _words(rules: Rules, table: ScoreTable, rows: NDArray[np.int64]) -> Codes:
    codes = table.columns.get("word")
    if codes is None:
        return np.full(len(rows), Word.NONE, np.int8)
    known = [
        *((word, Word.NORMAL) for word in rules.words.normal),
        *((word, Word.WARN) for word in rules.words.warn),
        *((word, Word.ANOMALY) for word in rules.words.anomaly),
    ]
    meaning = {word.lower(): code for word, code in known}
    # One place more stands for the empty cell: its code is -1.
    every = [meaning.get(word.lower(), Word.FOREIGN) for word in table.words]
    table_of = np.array([*every, *[Word.FOREIGN] * (66 - len(every)), Word.NONE], np.int8)
    return table_of[codes[rows].astype(np.int64)]
