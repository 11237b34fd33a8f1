"""Text of a log -> rows of losses: JSON behind a prefix, or values found by patterns with named groups.

Input: lines and the wanted columns; a line without JSON, or that no pattern fits, is no row. Bounded: only the first
`LONGEST_LINE` characters of a line are searched, for `MOST_SECONDS` in all. A pattern that could take for ever is
refused by name.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from collectors.contract.line_pattern import checked_pattern
from collectors.readers.common.finding_list import shorten
from collectors.readers.tables.columns import LossColumns, plain_name
from collectors.readers.tables.json_file import DECODER, JsonTable, parsed_line
from collectors.readers.tables.json_rows import JsonRows
from collectors.readers.tables.lines import Lines
from collectors.readers.tables.parts import MAX_ROWS, Parts
from collectors.readers.text.text import brief

BEGINNING: Final = '{"'
LOOKED_AT: Final = 1000
"""Lines in which JSON behind a prefix is looked for where nobody says that there is some."""
LONGEST_LINE: Final = 2000
MOST_SECONDS: Final = 15.0
"""Of processor time: a busy machine reads as much as an idle one."""
_AT_A_TIME: Final = 256
"""Lines between two looks at the clock."""


def prefixed_line(lines: Lines) -> int | None:
    """Number of the first line that is text and then a JSON object; None where none is."""
    for at, line in islice(lines.each(), LOOKED_AT):
        start = line.find(BEGINNING)
        before = line[:start] if start > 0 else ""
        if re.search(r"\w", before) and '"' not in before and isinstance(parsed_line(line[start:]), dict):
            return at
    return None


def read_prefixed(lines: Lines, columns: LossColumns, parts: Parts, *, live: bool) -> JsonTable:
    """Read the JSON object of each line that holds one; numbers may be written as texts."""
    rows, may_be_cut, is_cut = JsonRows(columns, parts), live or not lines.is_finished, False
    for at, line in lines.each():
        start = line.find(BEGINNING)
        if start < 0:
            continue
        row = _object_at(line, start)
        if isinstance(row, str) and at == lines.last and may_be_cut:
            parts.note_cut(at)
            is_cut = True
        else:
            rows.add(at, row)
        if len(rows) > MAX_ROWS:
            break
    if not len(rows) and not parts.skipped:
        parts.findings.error(f"has no line with JSON behind a prefix: `{BEGINNING}` was expected in some of its lines")
    return JsonTable("text", rows.finish(), is_cut)


def read_patterns(
    lines: Lines, patterns: Sequence[str], columns: LossColumns, parts: Parts, *, live: bool
) -> JsonTable:
    """Read what the named groups of each line's first fitting pattern find; an epoch or step holds on till the next."""
    try:
        compiled = [re.compile(checked_pattern(pattern)) for pattern in patterns]
    except ValueError as problem:
        parts.findings.error(f"cannot be searched: {problem}")
        return JsonTable("unknown")
    places = _place_names(compiled, columns)
    rows, holding, is_cut = JsonRows(columns, parts), dict[str, str](), False
    for at, line in _in_time(lines, parts):
        if at == lines.last and live and not lines.is_finished:
            parts.note_cut(at)  # half a number is a number too
            is_cut = True
            break
        found = _found(compiled, line[:LONGEST_LINE])
        if not found:
            continue
        if found.keys() - places:
            rows.add(at, holding | found)
        holding |= {name: text for name, text in found.items() if name in places}
        if len(rows) > MAX_ROWS:
            break
    if not len(rows) and not parts.skipped and not parts.findings.has_errors:
        first = next((line for _, line in lines.each() if line.strip()), "")
        parts.findings.error(f"none of its {lines.last:,} lines fits `lines`; the first is {brief(first)}")
    return JsonTable("text", rows.finish(), is_cut)


def _place_names(patterns: Sequence[re.Pattern[str]], columns: LossColumns) -> set[str]:
    """Names of groups that place a row."""
    wanted = {plain_name(name) for name in (*columns.epoch, *columns.step, *columns.time)}
    return {name for pattern in patterns for name in pattern.groupindex if plain_name(name) in wanted}


def _found(patterns: Sequence[re.Pattern[str]], line: str) -> dict[str, str]:
    """What the first pattern that fits finds by name."""
    for pattern in patterns:
        match = pattern.search(line)
        if match:
            return {name: text for name, text in match.groupdict().items() if text is not None}
    return {}


def _in_time(lines: Lines, parts: Parts) -> Iterator[tuple[int, str]]:
    """Each line, until the time is over."""
    until = time.process_time() + MOST_SECONDS
    for at, line in lines.each():
        if at % _AT_A_TIME == 0 and time.process_time() > until:
            parts.findings.error(
                f"takes more than {MOST_SECONDS:g} s of processor time: the rest is not read", f"line {at}"
            )
            return
        yield at, line


def _object_at(line: str, start: int) -> Any:
    """The object that begins there, whatever follows it; a text that says what is wrong where there is none."""
    try:
        return DECODER.raw_decode(line, start)[0]
    except RecursionError:
        return "is nested too deep"
    except (json.JSONDecodeError, ValueError) as problem:
        return f"holds no JSON behind its prefix ({shorten(str(problem))})"
