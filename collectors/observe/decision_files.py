"""The files of decisions -> what they hold, reading only what is new of tables that grow.

A table that has grown is read on from where the last reading ended, if what was read is still there. Errors become
part of what was read; a reading that failed on this machine today is tried again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from collectors.contract.decision_rules import Decisions as Rules
from collectors.decisions.thresholds import calibration_in
from collectors.evidence.documents import value_at
from collectors.evidence.files import FileFacts, Finding
from collectors.evidence.scores import (
    NAMES_KEPT,
    DecisionFiles,
    Floats,
    ReadTo,
    ScorePart,
    ScoreTable,
    distinct,
    unpacked,
)
from collectors.files.workspace import CannotRead, OpenFile
from collectors.observe.cache import ReadCache
from collectors.observe.consumed import checksum_before
from collectors.observe.event_files import AGAIN_SECONDS
from collectors.observe.shared_files import newest_first

MOST_ROWS: Final = 5_000_000
"""More are not read, and that is said; a scoring of them takes gigabytes as text."""
MOST_TABLES: Final = 64
NAMED: Final = ("word", "stream")
"""Columns of names as codes, -1 where a row has none."""
SINGLE: Final = ("index", "time", "stream", "score", "warn", "anomaly", "details")


@dataclass(frozen=True, slots=True)
class _Read:
    """One table, and where its reading ended."""

    table: ScoreTable
    end: int = 0
    header: str = ""
    consumed: int = 0
    again_at: float = math.inf
    """When it is read anew though it is the same file, because its reading failed."""


class DecisionReader:
    """Reads the files of one workspace's decisions again and again."""

    def __init__(self, rules: Rules, cache: ReadCache) -> None:
        self._rules = rules
        self._cache = cache
        self._read: dict[str, _Read] = {}
        self._last: DecisionFiles | None = None

    def files(self) -> DecisionFiles:
        """What there is now; the same object while nothing changed."""
        found = self._files()
        if self._last is None or not _are_same(self._last, found):
            self._last = found
        return self._last

    def _files(self) -> DecisionFiles:
        rules, paths = self._rules, self._newest()
        thresholds = (
            self._cache.read("config", rules.thresholds.path, name=rules.thresholds.path) if rules.thresholds else None
        )
        data = thresholds.evidence.data if thresholds and thresholds.evidence else None
        report_path = self._report(paths)
        report = self._cache.read("decision_report", report_path) if report_path else None
        block = calibration_in(value_at(data, rules.thresholds.calibration)) if rules.thresholds else None
        found = DecisionFiles(
            scores=tuple(self._table(path) for path in paths),
            thresholds=thresholds.facts if thresholds else None,
            thresholds_data=data,
            thresholds_findings=thresholds.evidence.findings if thresholds and thresholds.evidence else (),
            report=report.facts if report else None,
            report_evidence=report.evidence if report else None,
            normal=self._optional(rules.alarm_rate.normal),
            calibration=self._optional(block.scores if block else None),
        )
        self._forget_but(found)
        return found

    def _forget_but(self, found: DecisionFiles) -> None:
        """Let go of tables of earlier scorings, which are large; not where there is none: a disk may be away."""
        tables = (*found.scores, found.normal, found.calibration)
        paths = {table.facts.path for table in tables if table is not None}
        if paths:
            self._read = {path: read for path, read in self._read.items() if path in paths}

    def _newest(self) -> list[str]:
        """The newest table, and those that match in its folder."""
        workspace = self._cache.workspace
        found = newest_first(workspace.facts(path) for path in self._cache.search(self._rules.scores))
        if not found:
            return []
        folder = found[0].path.rpartition("/")[0]
        beside = [facts.path for facts in found if facts.path.rpartition("/")[0] == folder]
        return [found[0].path, *sorted(beside[1:])][:MOST_TABLES]

    def _report(self, tables: Sequence[str]) -> str | None:
        if self._rules.report is None:
            return None
        folder = tables[0].rpartition("/")[0] if tables else None
        facts = map(self._cache.workspace.facts, self._cache.search([self._rules.report.path]))
        found = newest_first(facts)
        beside = [one.path for one in found if one.path.rpartition("/")[0] == folder]
        return next(iter(beside), found[0].path if found and not tables else None)

    def _optional(self, path: str | None) -> ScoreTable | None:
        return self._table(path) if path and self._cache.workspace.facts(path).exists else None

    def _table(self, path: str) -> ScoreTable:
        facts = self._cache.workspace.facts(path)
        known = self._read.get(path)
        if known and known.table.facts == facts and time.monotonic() < known.again_at:
            return known.table
        failures = self._cache.failures
        try:
            with self._cache.workspace.open(path) as opened:
                read = self._read_on(facts, opened, known)
        except CannotRead as error:
            read = _Read(ScoreTable(facts, (Finding("error", error.problem),)))
        if self._cache.failures > failures:
            read = replace(read, again_at=time.monotonic() + AGAIN_SECONDS)
        self._read[path] = read
        self._cache.readings += 1
        return read.table

    def _read_on(self, facts: FileFacts, opened: OpenFile, known: _Read | None) -> _Read:
        """All rows, those of before first where they are still there."""
        before = known if known and _goes_on(known, opened) else _Read(ScoreTable(facts))
        parts: list[ScorePart] = []
        end, header, rows = before.end, before.header, before.table.rows
        more, is_broken = end == 0 or end < opened.size, False
        while more and not is_broken and rows < MOST_ROWS:
            part = self._cache.read_part(
                "scores", opened, wanted=wanted_columns(self._rules), behind=ReadTo(end, header, rows)
            )
            is_broken = not part.columns and any(f.severity == "error" for f in part.findings)
            more = part.more_to_read and part.end_offset > end
            end, header, rows = max(part.end_offset, end), part.header or header, rows + part.rows
            parts.append(part)
        table = joined(replace(before.table, facts=facts), parts)
        return _Read(
            replace(table, is_cut=(more or is_broken) and table.rows > 0),
            end,
            header,
            checksum_before(opened.handle, end),
        )


def _goes_on(known: _Read, opened: OpenFile) -> bool:
    before = known.table.facts.identity
    if (
        before is None
        or known.again_at < math.inf
        or before[:2] != opened.identity[:2]
        or opened.size < known.end
        or not known.table.rows
    ):
        return False
    opened.handle.seek(max(known.end - 1, 0))
    return opened.handle.read(1) == b"\n" and checksum_before(opened.handle, known.end) == known.consumed


def wanted_columns(rules: Rules) -> dict[str, list[str]]:
    """What a column means -> its names, as the reader takes them."""
    columns = rules.columns
    single = {name: list(getattr(columns, name)) for name in SINGLE}
    named = {"word": list(columns.decision)}
    named |= {f"series:{stream}": [name] for stream, name in columns.series.items()}
    named |= {f"time:{stream}": [name] for stream, name in columns.times.items()}
    return {meaning: names for meaning, names in {**single, **named}.items() if names}


def joined(table: ScoreTable, parts: Sequence[ScorePart]) -> ScoreTable:
    """A table with further parts behind it."""
    words, streams = table.words, table.streams
    columns: dict[str, list[Floats]] = {name: [values] for name, values in table.columns.items()}
    rows = table.rows
    for part in parts:
        words, streams = distinct(part.words, words), distinct(part.streams, streams)
        for name in (*columns, *(n for n in part.columns if n not in columns)):
            values = unpacked(part.columns[name]) if name in part.columns else np.full(part.rows, np.nan)
            if name in NAMED:
                values = _recoded(values, *((part.words, words) if name == "word" else (part.streams, streams)))
            columns.setdefault(name, [np.full(rows, -1.0 if name in NAMED else np.nan)]).append(values)
        rows += part.rows
    first = parts[0] if parts and not table.rows else None
    return replace(
        table,
        findings=tuple(dict.fromkeys((*table.findings, *(f for part in parts for f in part.findings)))),
        format=first.format if first else table.format,
        names=first.names if first else table.names,
        rows=rows,
        columns={name: np.concatenate(values) if values else np.empty(0) for name, values in columns.items()},
        words=words[: NAMES_KEPT + 1],
        streams=streams[: NAMES_KEPT + 1],
        clocks=tuple(dict.fromkeys((*table.clocks, *(c for part in parts for c in part.clocks)))),
        unreadable_times=table.unreadable_times + sum(part.unreadable_times for part in parts),
        mask_ratios=max([table.mask_ratios, *(part.mask_ratios for part in parts)]),
    )


def _recoded(codes: Floats, own: tuple[str, ...], every: tuple[str, ...]) -> Floats:
    """Codes of a part as those of the whole table."""
    places = np.array([*(min(every.index(name), NAMES_KEPT) for name in own), -1], np.float64)
    whole = np.where(np.isnan(codes) | (codes < 0), -1, codes).astype(np.int64)
    return places[np.minimum(whole, len(own))]


def _are_same(before: DecisionFiles, now: DecisionFiles) -> bool:
    """Whether the same objects were read."""
    tables = ((before.normal, now.normal), (before.calibration, now.calibration))
    pairs = (*zip(before.scores, now.scores, strict=False), *tables)
    same: Mapping[str, Any] = {"thresholds": now.thresholds, "report": now.report}
    return (
        len(before.scores) == len(now.scores)
        and all(one is other for one, other in pairs)
        and all(getattr(before, name) == value for name, value in same.items())
        and before.report_evidence is now.report_evidence
    )
