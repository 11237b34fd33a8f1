"""Text of a CSV in any usual dialect -> rows of losses, a bad line costing that line alone.

Input: the text's lines and the wanted columns. Output: the names found, and rows in `Parts`. It
refuses no dialect; what it cannot read it names with its line. Where another header stands further down, its columns
are those of the rows below it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from collectors.readers.common.finding_list import FindingList
from collectors.readers.tables.cells import Cells, grid_of, part_of
from collectors.readers.tables.columns import Chosen, LossColumns, choose_columns, report_missing, report_repeated
from collectors.readers.tables.dialect import (
    MAX_COLUMNS,
    MAX_JOINED,
    Dialect,
    find_dialect,
    joined_lines,
    split_fields,
    tidy,
)
from collectors.readers.tables.headers import blocks_of
from collectors.readers.tables.lines import Lines
from collectors.readers.tables.numbers import stops_short
from collectors.readers.tables.parts import MAX_ROWS, Parts
from collectors.readers.text.text import brief

MOST_BEFORE: Final = 50
"""Lines that show how the last one is written."""


def read_csv(lines: Lines, columns: LossColumns, parts: Parts, *, live: bool) -> tuple[tuple[str, ...], bool]:
    """Read all rows into `parts`; the names of the columns, and whether the last line is unfinished."""
    findings = parts.findings
    try:
        dialect = find_dialect(lines)
    except csv.Error as problem:
        findings.error(f"has a header that cannot be split into fields ({problem})")
        return (), False
    if dialect is None:
        findings.error("holds only blank or comment lines; a header such as `epoch,train_loss,val_loss` was expected")
        return (), False
    if not dialect.line:
        findings.error(f"has no header: its first line holds numbers ({brief(', '.join(dialect.names))})", "line 1")
        return (), False
    blocks = blocks_of(lines, dialect, columns)
    names = tuple(dict.fromkeys(name for _, block in blocks for name in block.names))
    is_unfinished_header = lines.last <= dialect.line and not lines.is_finished
    if not is_unfinished_header:
        _report_header(dialect, columns, names, findings)
    for held, block in blocks:
        may_be_cut = held is lines and (live or not lines.is_finished)
        reading = _Reading(held, block, choose_columns(block.names, columns), parts, may_be_cut=may_be_cut)
        reading.read(drop_last=live and not held.is_finished)
    return names, reading.is_cut or is_unfinished_header


def _report_header(dialect: Dialect, columns: LossColumns, names: tuple[str, ...], findings: FindingList) -> None:
    """What is odd about the first header, and which columns stand in none."""
    if dialect.width > MAX_COLUMNS:
        findings.warning(f"has {dialect.width:,} columns: only the first {MAX_COLUMNS:,} are looked at")
    report_repeated(dialect.names, findings)
    report_missing(names, columns, choose_columns(names, columns), findings)


@dataclass(slots=True)
class _Reading:
    """One pass over the rows."""

    lines: Lines
    dialect: Dialect
    chosen: Chosen
    parts: Parts
    may_be_cut: bool
    """The last line may be half written."""
    is_cut: bool = False

    def read(self, *, drop_last: bool) -> None:
        """Read every batch of lines; `drop_last`: what has no line end yet is not read at all."""
        for first, batch in self.lines.batches(self.dialect.position, self.dialect.first_row):
            may_end_early = not self.lines.is_finished and first + batch.count("\n") >= self.lines.last
            grid = None if may_end_early else grid_of(batch, first, self.dialect.delimiter, self.dialect.width)
            self._add(grid or self._cells(first, batch, drop_last=drop_last))
            if self.parts.count > MAX_ROWS:
                return

    def _cells(self, first: int, batch: str, *, drop_last: bool) -> Cells:
        """Lines cut one by one."""
        numbered = self._numbered(first, batch)
        if numbered and numbered[-1][0] == self.lines.last and (drop_last or self._is_half(numbered)):
            self._cut(numbered.pop()[0])
        split = self._split_quoted if '"' in batch or "\0" in batch else self._split
        return Cells.of_rows(list(split(numbered)), plain=batch.isascii() and "_" not in batch)

    def _add(self, cells: Cells) -> None:
        """Keep the wanted numbers of all lines; a line with a wrong one is left out."""
        if not cells.places:
            return  # a part of no rows would be a series without points
        part, wrong = part_of(cells, self.chosen)
        for at, why in wrong.items():
            self._skip(at, why)
        self.parts.add(part)

    def _is_half(self, numbered: list[tuple[int, str]]) -> bool:
        """A last line without a line end that stops where its last field would begin, or within its number."""
        sign, wanted = self.dialect.delimiter, self.chosen.last == self.dialect.width - 1
        *before, last = (line for _, line in numbered[-MOST_BEFORE:])
        if self.lines.is_finished or last.endswith(sign):
            return not self.lines.is_finished
        ends = [line.rpartition(sign)[2] for line in before]
        return wanted and stops_short(last.rpartition(sign)[2], ends)

    def _numbered(self, first: int, batch: str) -> list[tuple[int, str]]:
        """Lines that hold anything, with their numbers."""
        delimiter = self.dialect.delimiter
        lines = [(at, line) for at, line in enumerate(batch.split("\n"), first) if line and not line.isspace()]
        if "#" in batch:
            lines = [(at, line) for at, line in lines if not line.lstrip().startswith("#")]
        if delimiter == " ":
            lines = [(at, tidy(line, delimiter)) for at, line in lines]
        return lines

    def _split(self, numbered: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
        """Fields of lines without quotes; only as far as they are wanted."""
        delimiter, between, last = self.dialect.delimiter, self.dialect.width - 1, self.chosen.last + 1
        for at, line in numbered:
            if line.count(delimiter) == between:
                yield at, line.split(delimiter, last)
            else:
                self._skip_width(at, line.count(delimiter) + 1)

    def _split_quoted(self, numbered: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
        """Fields of lines that may have quotes, which may hold line ends."""
        index = 0
        while index < len(numbered):
            at, line = numbered[index]
            row, taken = None, 1
            if "\0" in line:
                self._skip(at, "holds a NUL byte")
            elif line.count('"') % 2:
                row, taken = self._row_over_lines(numbered, index)
            else:
                row = self._quoted_row(at, line)
            index += taken
            if row:
                yield at, row

    def _row_over_lines(self, numbered: list[tuple[int, str]], index: int) -> tuple[list[str] | None, int]:
        """Fields of a row that begins with an open quote, and its lines; a quote that never ends costs one line."""
        taken, whole = joined_lines([line for _, line in numbered[index : index + MAX_JOINED]])
        try:
            row = split_fields(whole, self.dialect.delimiter) if taken else []
        except csv.Error:
            row = []
        # Two open quotes on different lines look like one text: a number never reaches over lines.
        if len(row) == self.dialect.width and not any("\n" in row[at] for at in self.chosen.places):
            return row, taken
        self._skip(numbered[index][0], "a quote is opened and never closed")
        return None, 1

    def _quoted_row(self, at: int, line: str) -> list[str] | None:
        delimiter, width = self.dialect.delimiter, self.dialect.width
        if line.count(delimiter) > width + MAX_COLUMNS:
            self._skip_width(at, line.count(delimiter) + 1)
            return None
        try:
            row = split_fields(line, delimiter)
        except csv.Error as problem:
            self._skip(at, f"cannot be split into fields ({problem})")
            return None
        if len(row) != width:
            self._skip_width(at, len(row))
            return None
        return row

    def _skip_width(self, at: int, count: int) -> None:
        fields = "1 field" if count == 1 else f"{count:,} fields"
        self._skip(at, f"has {fields}, the header has {self.dialect.width:,}")

    def _skip(self, at: int, why: str) -> None:
        if at == self.lines.last and self.may_be_cut:
            self._cut(at)
        else:
            self.parts.skip(at, why)

    def _cut(self, at: int) -> None:
        self.is_cut = True
        self.parts.note_cut(at)
