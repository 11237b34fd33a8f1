"""First lines of a CSV -> its delimiter, its header and where the rows begin.

Knows commas, semicolons, tabs, bars and blanks as delimiters, Excel's `sep=;` line, comments, and a
header that is itself a comment, as numpy writes it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import Final

from collectors.readers.tables.lines import Lines
from collectors.readers.tables.numbers import number

MAX_COLUMNS: Final = 10_000
"""More are counted, but not looked at."""
MAX_QUOTED: Final = 4 << 20
"""Characters of a line in which quotes are followed."""
MAX_JOINED: Final = 16
"""Lines over which a quoted field may reach."""
_DELIMITERS: Final = ("\t", ";", ",", "|")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the rows are written."""

    delimiter: str
    names: tuple[str, ...]
    """At most `MAX_COLUMNS`."""
    width: int
    """Fields of every line."""
    line: int
    """Where the header is, from 1; 0 when there is none."""
    first_row: int
    """Number of the line behind it."""
    position: int
    """Where that line begins in the text."""


def find_dialect(lines: Lines) -> Dialect | None:
    """Dialect of a table; None where there are only blank and comment lines.

    Without a header (the first line holds numbers) `line` is 0 and the names are those numbers.
    """
    delimiter, comment, position = "", "", 0
    numbered = lines.each()
    for at, line in numbered:
        text = line.strip(" \t\ufeff\0")
        if text[:4].lower() == "sep=" and len(text) == 5:
            delimiter = text[4]
        elif text.startswith("#"):
            comment = text.lstrip("# ")
        elif text:
            following = [next_line for _, next_line in islice(numbered, MAX_JOINED - 1)] if line.count('"') % 2 else []
            taken, whole = joined_lines([line, *following])
            header = whole if taken else line
            return _dialect(header, comment, delimiter, (at + max(taken, 1) - 1, position + len(header) + 1))
        position += len(line) + 1
    return None


def _dialect(line: str, comment: str, delimiter: str, place: tuple[int, int]) -> Dialect:
    delimiter = delimiter or _delimiter(line)
    names = split_fields(line, delimiter, MAX_COLUMNS)[:MAX_COLUMNS]
    at, behind = place
    if not _is_numeric(names):
        return Dialect(delimiter, tuple(names), field_count(line, delimiter), at, at + 1, behind)
    named = split_fields(comment, _delimiter(comment) if comment else delimiter, MAX_COLUMNS)
    is_header = len(named) == len(names) > 1
    width = field_count(line, delimiter)
    header = tuple(named if is_header else names)
    return Dialect(delimiter, header, width, at - 1 if is_header else 0, at, behind - len(line) - 1)


def joined_lines(lines: list[str]) -> tuple[int, str]:
    """How many lines a row takes whose quoted fields reach over lines, and these as one; 0 where a quote never ends."""
    whole = ""
    for taken, line in enumerate(lines, 1):
        whole = line if taken == 1 else f"{whole}\n{line}"
        if whole.count('"') % 2 == 0:
            return taken, whole
    return 0, ""


def field_count(line: str, delimiter: str) -> int:
    """Fields of a line, without splitting a very long one that has no quotes."""
    if _is_quoted(line):
        return len(split_fields(line, delimiter))
    return tidy(line, delimiter).count(delimiter) + 1


def split_fields(line: str, delimiter: str, most: int = -1) -> list[str]:
    """Fields of one line without their quotes; only the first `most` where it has no quotes.

    Raises csv.Error for a field beyond Python's limit.
    """
    line = tidy(line, delimiter)
    if _is_quoted(line):
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]
    return [cell.strip() for cell in line.split(delimiter, most)]


def _is_quoted(line: str) -> bool:
    # The quotes of a line of megabytes are not followed: it would become millions of fields at once.
    return '"' in line and len(line) <= MAX_QUOTED


def tidy(text: str, delimiter: str) -> str:
    """A line whose columns are held apart by any number of blanks, with one blank between them."""
    return " ".join(text.split()) if delimiter == " " else text


def _delimiter(line: str) -> str:
    outside = "".join(line.split('"')[::2])
    counts = {delimiter: outside.count(delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: counts[delimiter])
    if counts[best]:
        return best
    return " " if " " in outside.strip() else ","


def _is_numeric(cells: list[str]) -> bool:
    """All cells are numbers, so they are no names."""
    try:
        found = [number(cell) for cell in cells]
    except ValueError:
        return False
    return any(cell is not None for cell in found)
