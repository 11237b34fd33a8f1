"""A CSV whose columns change on the way -> its blocks, each below a header of its own. Pure.

A training that is resumed with one metric more writes its header again, and other rows below it. Input: the text's
lines, the first header and the wanted columns. Output: one block a header. It refuses what only looks like one: a line
that begins as the header did counts where its names place a row and hold a wanted series.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

from collectors.readers.tables.columns import LossColumns, choose_columns
from collectors.readers.tables.dialect import MAX_COLUMNS, Dialect, field_count, split_fields
from collectors.readers.tables.lines import Lines

MOST_HEADERS: Final = 1000
"""More are rows that cannot be read."""


def blocks_of(lines: Lines, first: Dialect, columns: LossColumns) -> list[tuple[Lines, Dialect]]:
    """The lines up to the end of each block, and how those behind its header are written."""
    blocks: list[tuple[Lines, Dialect]] = []
    current = first
    for start, found in _headers(lines, first):
        chosen = choose_columns(found.names, columns)
        is_placed = chosen.epoch is not None or chosen.step is not None
        if found.names != current.names and is_placed and chosen.series:
            blocks.append((Lines(lines.text[:start], is_finished=True, last=found.line - 1), current))
            current = found
    return [*blocks, (lines, current)]


def _headers(lines: Lines, first: Dialect) -> Iterator[tuple[int, Dialect]]:
    """Where each line starts that begins as the header does, and what it would be as a header."""
    text, sign = lines.text, first.delimiter
    written = text[: first.position].rstrip("\n").rpartition("\n")[2].lstrip("\ufeff").partition(sign)[0]
    begin, line, counted = first.position - 1, first.line, first.position - 1
    for _ in range(MOST_HEADERS):
        begin = text.find(f"\n{written}{sign}", begin)
        if begin < 0 or not written.strip():
            return
        line += text.count("\n", counted, begin) + 1
        counted = begin + 1
        end = text.find("\n", begin + 1)
        whole = text[begin + 1 : end if end >= 0 else len(text)]
        try:
            names = split_fields(whole, sign, MAX_COLUMNS)[:MAX_COLUMNS]
        except csv.Error:
            names = []
        behind = begin + len(whole) + 2
        yield begin + 1, Dialect(sign, tuple(names), field_count(whole, sign), line, line + 1, behind)
        begin += 1
